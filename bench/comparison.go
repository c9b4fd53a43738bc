package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"text/tabwriter"
	"time"
)

// comparison is what two subjects took, run by run.
type comparison struct {
	title     string
	names     [2]string
	alternate bool // whether in every other pair the second is the first to be run
	times     [2][]time.Duration
	ratios    []float64 // of the first to the second
}

// run measures both subjects once, one after the other.
func (c *comparison) run(measure func(subject int) (time.Duration, error)) error {
	order := []int{0, 1}
	if c.alternate && len(c.ratios)%2 == 1 {
		slices.Reverse(order)
	}
	for _, i := range order {
		elapsed, err := measure(i)
		if err != nil {
			return fmt.Errorf("%s: %w", c.names[i], err)
		}
		c.times[i] = append(c.times[i], elapsed)
	}
	last := len(c.times[0]) - 1
	c.ratios = append(c.ratios, c.times[0][last].Seconds()/c.times[1][last].Seconds())
	return nil
}

func (c *comparison) print() error {
	fmt.Printf("%s, %d pairs\n\n", c.title, len(c.ratios))
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\tmedian\tmin\tmax\t")
	for i, name := range c.names {
		t := c.times[i]
		fmt.Fprintf(table, "%s\t%.2f s\t%.2f s\t%.2f s\t\n",
			name, median(t).Seconds(), slices.Min(t).Seconds(), slices.Max(t).Seconds())
	}
	fmt.Fprintf(table, "%s / %s\t%.2f\t%.2f\t%.2f\t\n",
		c.names[0], c.names[1], median(c.ratios), slices.Min(c.ratios), slices.Max(c.ratios))
	return table.Flush()
}

// median returns the median, of an even number of values the upper one.
func median[T time.Duration | float64](values []T) T {
	return slices.Sorted(slices.Values(values))[len(values)/2]
}

// settle waits until the disk has nothing to do: what was written before would be
// written on while the next is measured.
func settle() error {
	if err := exec.Command("sync").Run(); err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	time.Sleep(3 * time.Second)
	return nil
}
