package main

import (
	"slices"

	"golang.org/x/perf/benchmath"
)

// confidence is the level of confidence intervals, that of benchstat.
const confidence = 0.95

// newSample makes a sample for benchmath, which sorts what it is given.
func newSample(values []float64) *benchmath.Sample {
	return benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds)
}

// summarize returns the median and its confidence interval.
func summarize(values []float64) benchmath.Summary {
	return benchmath.AssumeNothing.Summary(newSample(values), confidence)
}

// ratios returns the ratios of a subject to the reference, round by round: what
// was slow in a round was slow for both. There are none for the reference, and
// where the reference has nothing.
func (c *Comparison) ratios(s *Subject, metric string) []float64 {
	reference := c.subject(c.Reference)
	if reference == nil || reference.Name == s.Name {
		return nil
	}
	values, of := s.Samples[metric], reference.Samples[metric]
	if len(values) != len(of) || slices.Contains(of, 0) {
		return nil
	}
	ratios := make([]float64, len(values))
	for i := range values {
		ratios[i] = values[i] / of[i]
	}
	return ratios
}
