package main

import "strings"

// A Comparison is what several subjects took in the same rounds.
type Comparison struct {
	Name      string // edit/uuid
	Title     string // what the subjects do
	Reference string // name of the subject that ratios are taken to
	Metrics   []Metric
	Subjects  []Subject
}

// A Subject is one of the things that are compared.
type Subject struct {
	Name string
	// Samples are by name of the metric, a value for each round, and not there for
	// a metric that the subject does not have.
	Samples map[string][]float64
}

// subject returns the subject of a name, or nil.
func (c *Comparison) subject(name string) *Subject {
	for i := range c.Subjects {
		if c.Subjects[i].Name == name {
			return &c.Subjects[i]
		}
	}
	return nil
}

// A Metric is something that is measured of each subject. Less of it is better.
type Metric struct {
	Name   string
	Unit   string // in tables and charts
	GoUnit string // in Go's benchmark format
	// Exact metrics, such as counts, don't depend on the machine and what else it does.
	Exact bool
}

var (
	metricTime     = Metric{Name: "time", Unit: "s", GoUnit: "sec/op"}
	metricGoList   = Metric{Name: "go list std", Unit: "s", GoUnit: "go_list_std-sec/op"}
	metricGoBuild  = Metric{Name: "go build fmt", Unit: "s", GoUnit: "go_build_fmt-sec/op"}
	metricActions  = Metric{Name: "actions", GoUnit: "actions/op", Exact: true} // that were executed, other than by taking them from a cache
	metricCreated  = Metric{Name: "actions created", GoUnit: "actions_created/op", Exact: true}
	metricHeap     = Metric{Name: "heap", Unit: "MB", GoUnit: "heap-MB/op"}
	metricDownload = Metric{Name: "down", Unit: "MB", GoUnit: "down-MB/op"}
	metricUpload   = Metric{Name: "up", Unit: "MB", GoUnit: "up-MB/op"}
	metricFiles    = Metric{Name: "files", Unit: "MB", GoUnit: "files-MB/op"} // on the disk
	metricAll      = Metric{Name: "all", Unit: "MB", GoUnit: "all-MB/op"}     // on the disk, with folders
	metricBytes    = Metric{Name: "bytes", Unit: "MB", GoUnit: "bytes-MB/op"}
)

// String is how tables and charts call the metric.
func (m Metric) String() string {
	if m.Unit == "" {
		return m.Name
	}
	return m.Name + ", " + m.Unit
}

// ratioUnit is the unit of ratios to the reference, in Go's benchmark format.
func (m Metric) ratioUnit(reference string) string { return underscored(m.Name + "/" + reference) }

// isRatioUnit tells whether a unit is one of ratioUnit.
func isRatioUnit(unit string) bool {
	_, of, found := strings.Cut(unit, "/")
	return found && of != "op"
}

// underscored has no spaces, as they separate fields in Go's benchmark format.
func underscored(text string) string { return strings.ReplaceAll(text, " ", "_") }
