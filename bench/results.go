package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchproc"
)

// writeResults writes what was measured, in Go's benchmark format.
func writeResults(path string, env environment, comparisons []*Comparison) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(printResults(file, env, comparisons), file.Close())
}

// printResults has date and commit in a line that readers leave out: benchstat does not
// compare results whose configuration differs.
func printResults(w io.Writer, env environment, comparisons []*Comparison) error {
	if _, err := fmt.Fprintf(w, "# %s, go_overlay %s\n\n", env.date.Format(time.RFC3339), env.commit); err != nil {
		return err
	}
	records := unitMetadata(comparisons)
	for _, c := range comparisons {
		records = append(records, c.results(env.config())...)
	}
	writer := benchfmt.NewWriter(w)
	for _, record := range records {
		if err := writer.Write(record); err != nil {
			return err
		}
	}
	return nil
}

// unitMetadata says of each unit, once, that less is better, and whether it is exact.
func unitMetadata(comparisons []*Comparison) []benchfmt.Record {
	var records []benchfmt.Record
	seen := map[string]bool{}
	for _, c := range comparisons {
		for _, metric := range c.Metrics {
			for _, unit := range []string{metric.GoUnit, metric.ratioUnit(c.Reference)} {
				if seen[unit] {
					continue
				}
				seen[unit] = true
				records = append(records, metadata(unit, "better", "lower"))
				if metric.Exact {
					records = append(records, metadata(unit, "assume", "exact"))
				}
			}
		}
	}
	return records
}

func metadata(unit, key, value string) *benchfmt.UnitMetadata {
	return &benchfmt.UnitMetadata{
		UnitMetadataKey: benchfmt.UnitMetadataKey{Unit: unit, Key: key},
		OrigUnit:        unit,
		Value:           value,
	}
}

// results are those of each subject in each round. Ratios are among the values, for
// benchstat to compare.
func (c *Comparison) results(config []benchfmt.Config) []benchfmt.Record {
	var results []benchfmt.Record
	for round := 0; ; round++ {
		before := len(results)
		for i := range c.Subjects {
			s := &c.Subjects[i]
			result := &benchfmt.Result{Config: config, Name: benchfmt.Name(benchmarkName(c.Name, s.Name)), Iters: 1}
			for _, metric := range c.Metrics {
				if values := s.Samples[metric.Name]; round < len(values) {
					result.Values = append(result.Values, benchfmt.Value{Value: values[round], Unit: metric.GoUnit})
				}
				if ratios := c.ratios(s, metric.Name); round < len(ratios) {
					result.Values = append(result.Values, benchfmt.Value{Value: ratios[round], Unit: metric.ratioUnit(c.Reference)})
				}
			}
			if len(result.Values) > 0 {
				results = append(results, result)
			}
		}
		if len(results) == before {
			return results
		}
	}
}

// benchmarkName is the name of a subject in Go's benchmark format, without Benchmark.
func benchmarkName(comparison, subject string) string {
	name := underscored(comparison + "/subject=" + subject)
	return strings.ToUpper(name[:1]) + name[1:]
}

// A series is what was measured of a benchmark in one unit.
type series struct{ name, unit string }

// Results are those of a file.
type results struct {
	series []series // in the order of the file
	values map[series][]float64
	config []benchproc.Key // all that there are
	units  benchfmt.UnitMetadataMap
}

// readResults reads a file in Go's benchmark format. config has the configuration of a
// result.
func readResults(path string, config *benchproc.Projection) (*results, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() // It was only read.
	r := &results{values: map[series][]float64{}}
	reader := benchfmt.NewReader(file, path)
	for reader.Scan() {
		switch record := reader.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, record
		case *benchfmt.Result:
			r.add(record, config.Project(record))
		}
	}
	r.units = reader.Units()
	if err := reader.Err(); err != nil {
		return nil, err
	}
	if len(r.series) == 0 {
		return nil, fmt.Errorf("%s: has no results in Go's benchmark format", path)
	}
	return r, nil
}

func (r *results) add(result *benchfmt.Result, config benchproc.Key) {
	if !slices.Contains(r.config, config) {
		r.config = append(r.config, config)
	}
	for _, v := range result.Values {
		if v.OrigUnit != "" { // MB, not the B that the reader makes of it.
			v.Value, v.Unit = v.OrigValue, v.OrigUnit
		}
		s := series{result.Name.String(), v.Unit}
		if _, ok := r.values[s]; !ok {
			r.series = append(r.series, s)
		}
		r.values[s] = append(r.values[s], v.Value)
	}
}

// isReference tells whether others are compared with the benchmark of a name, but it
// with none.
func (r *results) isReference(name string) bool {
	return !slices.ContainsFunc(r.series, func(s series) bool { return s.name == name && isRatioUnit(s.unit) })
}
