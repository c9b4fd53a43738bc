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
	"golang.org/x/perf/benchproc"
)

// The results of a comparison that are to fail a CI.
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
		return errors.New("usage: go run ./bench compare [-threshold PERCENT] OLD NEW")
	}
	return compareFiles(w, flags.Arg(0), flags.Arg(1), limits, *threshold)
}

func compareFiles(w io.Writer, oldFile, newFile string, limits []Limit, threshold float64) error {
	config, err := new(benchproc.ProjectionParser).Parse(".config", nil)
	if err != nil {
		return err
	}
	before, err := readResults(oldFile, config)
	if err != nil {
		return err
	}
	after, err := readResults(newFile, config)
	if err != nil {
		return err
	}
	return compareResults(w, before, after, limits, threshold)
}

// compareResults prints what got worse by more than the threshold, or can't be compared.
// It returns errWorse if that is significant somewhere, and errMissed if a limit is
// missed by the new results.
func compareResults(w io.Writer, before, after *results, limits []Limit, threshold float64) error {
	differences := configDifferences(slices.Concat(before.config, after.config))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	compared, worse := 0, 0
	for _, s := range before.series {
		if !before.isCompared(s, len(differences) == 0) {
			continue
		}
		if len(after.values[s]) == 0 {
			fmt.Fprintf(table, "%s\t%s\tnot measured any more\n", s.name, s.unit)
			continue
		}
		compared++
		if compareSeries(table, s, before.values[s], after.values[s], before.units.GetAssumption(s.unit), threshold) {
			worse++
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "%d compared, %d worse.\n", compared, worse)
	if len(differences) > 0 {
		fmt.Fprintf(w, "References are not compared, as the environments differ in %s.\n", strings.Join(differences, ", "))
	}
	var errs []error
	if compared == 0 {
		errs = append(errs, errors.New("the files have nothing in common"))
	}
	if worse > 0 {
		errs = append(errs, errWorse)
	}
	if after.printMissed(w, limits) {
		errs = append(errs, errMissed)
	}
	return errors.Join(errs...)
}

// isCompared tells what can get worse: ratios to the reference, which was measured in
// the same rounds, as the machine may be another one or have had more to do; counts,
// which are the same everywhere; and where that says something, the references: a
// slower one makes all ratios better.
func (r *results) isCompared(s series, sameEnvironment bool) bool {
	if r.units.GetAssumption(s.unit) == benchmath.AssumeExact {
		return !isRatioUnit(s.unit)
	}
	return isRatioUnit(s.unit) || sameEnvironment && r.isReference(s.name)
}

// configDifferences lists the keys of the configuration that have several values.
func configDifferences(config []benchproc.Key) []string {
	var differences []string
	for _, field := range benchproc.NonSingularFields(config) {
		var values []string
		for _, c := range config {
			if value := c.Get(field); !slices.Contains(values, value) {
				values = append(values, value)
			}
		}
		differences = append(differences, fmt.Sprintf("%s (%s)", field.Name, strings.Join(values, ", ")))
	}
	return differences
}

// compareSeries prints a change for the worse by more than the threshold in percent, and
// counts that vary. It tells whether the change is one for the worse, and not by chance.
func compareSeries(w io.Writer, s series, before, after []float64, assumption benchmath.Assumption, threshold float64) bool {
	x, y := newSample(before), newSample(after)
	old, new, test := assumption.Summary(x, confidence), assumption.Summary(y, confidence), assumption.Compare(x, y)
	isMore := new.Center > old.Center*(1+threshold/100)
	isWorse := isMore && test.P <= test.Alpha
	var notes []string
	if isWorse {
		notes = append(notes, "WORSE")
	}
	if isMore {
		notes = append(notes, texts(test.Warnings)...)
	}
	if assumption == benchmath.AssumeExact {
		notes = append(notes, texts(slices.Concat(old.Warnings, new.Warnings))...)
	}
	if isMore || len(notes) > 0 {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t(%s)\t%s\n", s.name, s.unit, format(old.Center), format(new.Center),
			test.FormatDelta(old.Center, new.Center), test, strings.Join(notes, "; "))
	}
	return isWorse
}
