package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"golang.org/x/perf/benchmath"
)

// The results of a comparison of reports that are to fail a CI.
var (
	errWorse  = errors.New("something is worse")
	errMissed = errors.New("a limit is missed")
)

// compare is the verb of that name.
func compare(w io.Writer, args []string) error {
	flags := flag.NewFlagSet("compare", flag.ContinueOnError)
	threshold := flags.Float64("threshold", 5, "by how many `PERCENT` something may get worse")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 2 || *threshold < 0 {
		return errors.New("usage: go run ./bench compare [-threshold PERCENT] OLD.json NEW.json")
	}
	before, err := readReport(flags.Arg(0))
	if err != nil {
		return err
	}
	after, err := readReport(flags.Arg(1))
	if err != nil {
		return err
	}
	return compareReports(w, before, after, *threshold)
}

// compareReports prints what has become of each metric, and returns errWorse if one
// got significantly worse by more than the threshold, and errMissed if a limit of the
// new report is missed.
func compareReports(w io.Writer, before, after *Report, threshold float64) error {
	differences := before.Environment.differences(after.Environment)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\told\tnew\tchange\t\t")
	compared, worse := 0, false
	for _, old := range before.Comparisons {
		index := slices.IndexFunc(after.Comparisons, func(c *Comparison) bool { return c.Name == old.Name })
		var new Comparison
		if index >= 0 {
			new = *after.Comparisons[index]
		}
		for _, c := range compareSamples(old, &new, len(differences) == 0) {
			if c.test == nil {
				fmt.Fprintf(table, "%s\t\t\t\t\tnot measured any more\n", c.name)
				continue
			}
			compared++
			isWorse := c.isWorse(threshold)
			worse = worse || isWorse
			c.print(table, isWorse)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if len(differences) > 0 {
		fmt.Fprintf(w, "References are not compared, as the environments differ in %s.\n", strings.Join(differences, ", "))
	}
	var errs []error
	if compared == 0 {
		errs = append(errs, errors.New("the reports have nothing in common"))
	}
	if worse {
		errs = append(errs, errWorse)
	}
	if printMissed(w, after) {
		errs = append(errs, errMissed)
	}
	return errors.Join(errs...)
}

// printMissed prints the limits that are missed, and tells whether there are some.
func printMissed(w io.Writer, r *Report) bool {
	found := false
	for _, c := range r.Comparisons {
		for _, limit := range c.Limits {
			if text, missed := c.check(limit); missed {
				found = true
				fmt.Fprintf(w, "%s: %s\n", c.Name, text)
			}
		}
	}
	return found
}

// A change is what has become of one metric of a subject.
type change struct {
	name     string
	old, new benchmath.Summary
	test     *benchmath.Comparison // nil if there is nothing new
}

// compareSamples compares ratios to the reference, which was measured in the same
// rounds, as the machine may be another one or have had more to do. It compares
// values where they are exact, and of the references if it is told to: a slower one
// makes all ratios better. Of samples that there are none of any more, the change has
// no test.
func compareSamples(old, new *Comparison, references bool) []change {
	var changes []change
	for _, metric := range old.Metrics {
		for i := range old.Subjects {
			s := &old.Subjects[i]
			c := change{name: fmt.Sprintf("%s: %s, %s", old.Name, s.Name, metric.Name)}
			counterpart := new.subject(s.Name)
			var before, after []float64
			assumption := benchmath.Assumption(benchmath.AssumeNothing)
			if metric.Exact {
				assumption = benchmath.AssumeExact
			}
			switch {
			case !metric.Exact && s.Name != old.Reference:
				c.name += " × " + old.Reference
				before = old.ratios(s, metric.Name)
				if counterpart != nil && old.Reference == new.Reference {
					after = new.ratios(counterpart, metric.Name)
				}
			case metric.Exact || references:
				before = s.Samples[metric.Name]
				if counterpart != nil {
					after = counterpart.Samples[metric.Name]
				}
			}
			if len(before) == 0 {
				continue
			}
			if len(after) > 0 {
				x, y := newSample(before), newSample(after)
				test := assumption.Compare(x, y)
				c.old, c.new, c.test = assumption.Summary(x, 0.95), assumption.Summary(y, 0.95), &test
			}
			changes = append(changes, c)
		}
	}
	return changes
}

// isWorse tells whether there is more of it, by more than the threshold in percent
// and not by chance.
func (c change) isWorse(threshold float64) bool {
	significant := c.test.P <= c.test.Alpha
	return significant && c.new.Center > c.old.Center*(1+threshold/100)
}

func (c change) print(w io.Writer, isWorse bool) {
	fmt.Fprintf(w, "%s\t%s ± %s\t%s ± %s\t%s\t(%s)\t", c.name,
		format(c.old.Center), c.old.PctRangeString(), format(c.new.Center), c.new.PctRangeString(),
		c.test.FormatDelta(c.old.Center, c.new.Center), c.test)
	if isWorse {
		fmt.Fprint(w, "WORSE ")
	}
	warnings := slices.Concat(c.old.Warnings, c.new.Warnings, c.test.Warnings)
	fmt.Fprintln(w, strings.Join(texts(warnings), "; "))
}
