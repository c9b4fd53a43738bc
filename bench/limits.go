package main

import (
	"fmt"
	"io"
	"path"
)

// A Limit is a claim of this project: what the median of a subject is at most.
type Limit struct {
	Comparison string // its name, for path.Match
	Subject    string
	Metric     Metric
	Max        float64
	Reference  string // if not "", it is the ratio to this that is limited
}

var limits = []Limit{
	{"analysis/*", "no overlays", metricTime, 1.02, "rules_go alone"},
	{"analysis/*", "no overlays", metricCreated, 1, "rules_go alone"},
	{"ci/*", "on, cached", metricActions, 0, ""},
	// The overlay is applied, the package compiled, what imports it compiled and linked.
	{"ci/*", "on, new", metricActions, 4, ""},
	{"canary/*", "both", metricActions, 4, ""},
	{"edit/*", "overlay", metricTime, 1.15, "first-party"},
	{"goroot/links", "helper goroot", metricTime, 1.5, "cp"},
	{"goroot/copies", "helper goroot", metricTime, 1.3, "cp"},
	{"std/http", "GoOverlayStdlib", metricTime, 0.25, "GoStdlib"},
	{"std/fmt", "GoOverlayStdlib", metricTime, 0.25, "GoStdlib"},
	{"std/os", "GoOverlayStdlib", metricTime, 0.25, "GoStdlib"},
	{"std/runtime", "GoOverlayStdlib", metricTime, 0.25, "GoStdlib"},
	// These change the export data, so that importers are compiled again, too.
	{"std/fmt_lines", "GoOverlayStdlib", metricTime, 1.10, "GoStdlib"},
	{"std/http_api", "GoOverlayStdlib", metricTime, 1.10, "GoStdlib"},
	{"store/install", "overlay sdk install", metricTime, 1.2, "unzip"},
	{"store/install", "overlay sdk path, packed", metricTime, 1, ""},
	{"store/lay_down", "overlay sdk use -on", metricTime, 1.5, "cp -al"},
	{"store/patched", "patched, too", metricFiles, 0.01, "stock"},
	// Hard links of what is the same can do no better.
	{"store/space", "store", metricFiles, 0.42, "unpacked"},
	{"store/space", "store, packed", metricAll, 0.1, "unpacked"},
	{"store/update", "export -since", metricBytes, 0.15, "zip"},
	{"store/use", "exec, on top", metricTime, 0.01, ""},
	{"store/use", "use", metricTime, 0.01, ""},
	{"switch/*", "on, cached", metricActions, 0, ""},
	{"switch/*", "off, cached", metricActions, 0, ""},
}

// printLimits tells which of the limits of the comparison are kept.
func (c *Comparison) printLimits(w io.Writer, limits []Limit) {
	for _, limit := range limits {
		if matches, _ := path.Match(limit.Comparison, c.Name); !matches {
			continue
		}
		s := c.subject(limit.Subject)
		if s == nil {
			fmt.Fprintf(w, "There is no subject %q to limit.\n", limit.Subject)
			continue
		}
		values := s.Samples[limit.Metric.Name]
		if limit.Reference != "" {
			values = nil
			if limit.Reference == c.Reference {
				values = c.ratios(s, limit.Metric.Name)
			}
		}
		text, _ := limit.check(values)
		fmt.Fprintln(w, text)
	}
}

// printMissed prints the limits that are missed, and tells whether there are some.
func (r *results) printMissed(w io.Writer, limits []Limit) bool {
	found := false
	for _, s := range r.series {
		for _, limit := range limits {
			if !limit.isOf(s) {
				continue
			}
			if text, missed := limit.check(r.values[s]); missed {
				found = true
				fmt.Fprintf(w, "%s: %s\n", s.name, text)
			}
		}
	}
	return found
}

// isOf tells whether values of a series are what is limited.
func (l Limit) isOf(s series) bool {
	unit := l.Metric.GoUnit
	if l.Reference != "" {
		unit = l.Metric.ratioUnit(l.Reference)
	}
	matches, _ := path.Match(benchmarkName(l.Comparison, l.Subject), s.name)
	return matches && unit == s.unit
}

// check tells whether the limit is kept. It is not missed by what was not measured.
func (l Limit) check(values []float64) (text string, missed bool) {
	claim := fmt.Sprintf("%s of %s is to be at most %s", l.Metric.Name, l.Subject, format(l.Max))
	if l.Reference != "" {
		claim += " × " + l.Reference
	}
	if len(values) == 0 {
		return claim + ": not measured.", false
	}
	verdict := "kept"
	center := summarize(values).Center
	if missed = center > l.Max; missed {
		verdict = "MISSED"
	}
	return fmt.Sprintf("%s: %s, %s.", claim, format(center), verdict), missed
}
