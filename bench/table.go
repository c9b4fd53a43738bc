package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// print writes tables of the comparison, one for each metric, and tells whether the
// limits are kept.
func (c *Comparison) print(w io.Writer, limits []Limit) error {
	fmt.Fprintf(w, "%s (%s)\n", c.Title, c.Name)
	for _, metric := range c.Metrics {
		if err := c.printMetric(w, metric); err != nil {
			return err
		}
	}
	c.printLimits(w, limits)
	fmt.Fprintln(w)
	return nil
}

func (c *Comparison) printMetric(w io.Writer, metric Metric) error {
	fmt.Fprintln(w)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "%s\tmedian\t\tmin\tmax\t× %s\t\tmin\tmax\t\n", metric, c.Reference)
	var warnings []error
	for i := range c.Subjects {
		s := &c.Subjects[i]
		fmt.Fprintf(table, "%s\t", s.Name)
		for _, values := range [][]float64{s.Samples[metric.Name], c.ratios(s, metric.Name)} {
			if len(values) == 0 {
				fmt.Fprint(table, "\t\t\t\t")
				continue
			}
			summary := summarize(values)
			fmt.Fprintf(table, "%s\t± %s\t%s\t%s\t",
				format(summary.Center), summary.PctRangeString(), format(slices.Min(values)), format(slices.Max(values)))
			warnings = append(warnings, summary.Warnings...)
		}
		fmt.Fprintln(table)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, warning := range texts(warnings) {
		fmt.Fprintf(w, "(±: %s)\n", warning)
	}
	return nil
}

// format writes a number of four digits or more.
func format(value float64) string {
	if value >= 1000 {
		return fmt.Sprintf("%.0f", value)
	}
	return fmt.Sprintf("%.4g", value)
}

// texts returns what warnings say, each once.
func texts(warnings []error) []string {
	var texts []string
	for _, warning := range warnings {
		texts = append(texts, warning.Error())
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}
