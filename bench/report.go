package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// A Report is what a run of this program measured. Its JSON is the schema of the
// files that -json writes and that compare reads.
type Report struct {
	Version     int           `json:"version"` // of the schema
	Environment Environment   `json:"environment"`
	Comparisons []*Comparison `json:"comparisons"`
}

// reportVersion is the version of the schema that this program knows.
const reportVersion = 1

// An Environment is where a report was made. Times of another one say little.
type Environment struct {
	Date    time.Time `json:"date"`
	Commit  string    `json:"commit,omitempty"` // of go_overlay
	Go      string    `json:"go"`
	Bazel   string    `json:"bazel"`
	RulesGo string    `json:"rules_go"`
	OS      string    `json:"os"`
	Arch    string    `json:"arch"`
	CPUs    int       `json:"cpus"`
}

// differences lists what another environment has that makes its times say nothing of
// those here.
func (e Environment) differences(other Environment) []string {
	var differences []string
	for _, field := range []struct {
		name     string
		old, new any
	}{
		{"os", e.OS, other.OS},
		{"arch", e.Arch, other.Arch},
		{"cpus", e.CPUs, other.CPUs},
		{"go", e.Go, other.Go},
		{"bazel", e.Bazel, other.Bazel},
		{"rules_go", e.RulesGo, other.RulesGo},
	} {
		if field.old != field.new {
			differences = append(differences, fmt.Sprintf("%s (%v, %v)", field.name, field.old, field.new))
		}
	}
	return differences
}

// A Comparison is what several subjects took in the same rounds.
type Comparison struct {
	Name      string    `json:"name"`      // unique in the report: edit/uuid
	Title     string    `json:"title"`     // what the subjects do
	Reference string    `json:"reference"` // name of the subject that ratios are taken to
	Metrics   []Metric  `json:"metrics"`
	Limits    []Limit   `json:"limits,omitempty"`
	Subjects  []Subject `json:"subjects"`
}

// A Metric is something that is measured of each subject. Less of it is better.
type Metric struct {
	Name string `json:"name"`
	Unit string `json:"unit,omitempty"`
	// Exact metrics, such as counts, don't depend on the machine and what else it does.
	Exact bool `json:"exact,omitempty"`
}

// The metrics of more than one benchmark.
var (
	metricTime    = Metric{Name: "time", Unit: "s"}
	metricActions = Metric{Name: "actions", Exact: true} // that were executed, other than by taking them from a cache
)

// String is how tables and charts call the metric.
func (m Metric) String() string {
	if m.Unit == "" {
		return m.Name
	}
	return m.Name + ", " + m.Unit
}

// A Limit is a claim of this project: what the median of a subject is at most.
type Limit struct {
	Subject string  `json:"subject"`
	Metric  string  `json:"metric"`
	Max     float64 `json:"max"`
	// OfReference limits the ratio to the reference, otherwise it is the value.
	OfReference bool `json:"of_reference,omitempty"`
}

// A Subject is one of the things that are compared.
type Subject struct {
	Name string `json:"name"`
	// Samples are by name of the metric, a value for each round, and not there for
	// a metric that the subject does not have.
	Samples map[string][]float64 `json:"samples"`
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

// readEnvironment finds out where this program runs. A Bazel in the repository root
// is asked for its version, which takes no server.
func readEnvironment(ctx context.Context, root string) (Environment, error) {
	env := Environment{
		Date: time.Now().UTC().Truncate(time.Second),
		Go:   runtime.Version(),
		OS:   runtime.GOOS,
		Arch: runtime.GOARCH,
		CPUs: runtime.NumCPU(),
	}
	module, err := os.ReadFile(filepath.Join(root, "examples/MODULE.bazel"))
	if err != nil {
		return env, err
	}
	rulesGo := regexp.MustCompile(`name = "rules_go", version = "([^"]+)"`).FindSubmatch(module)
	if rulesGo == nil {
		return env, errors.New("examples/MODULE.bazel: does not say which rules_go")
	}
	env.RulesGo = string(rulesGo[1])
	if env.Bazel, err = output(command(ctx, root, filepath.Join(root, "bazelw"), "--version")); err != nil {
		return env, err
	}
	env.Bazel = strings.TrimPrefix(env.Bazel, "bazel ")
	// A release has no Git.
	if commit, err := output(command(ctx, root, "git", "describe", "--always", "--dirty", "--exclude=*")); err == nil {
		env.Commit = commit
	}
	return env, nil
}

func (r *Report) write(path string) error {
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(content, '\n'), 0o644)
}

func readReport(path string) (*Report, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var r Report
	if err := json.Unmarshal(content, &r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if r.Version != reportVersion {
		return nil, fmt.Errorf("%s: has version %d of the schema, expected %d", path, r.Version, reportVersion)
	}
	return &r, nil
}
