package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"time"
)

// A contender is a subject that can be measured.
type contender struct {
	name string
	// measure takes a sample. It is given the number of the round, for edits that
	// differ from all before.
	measure func(ctx context.Context, round int) (sample, error)
}

// A sample has a value for each metric, by name.
type sample map[string]float64

// orderSeed is one with which either of two contenders is first about as often, in few
// rounds, too.
const orderSeed = 29

// measure takes samples of the contenders, in rounds. What else goes on in the
// machine meets all of them, and so does what each leaves behind for the next, as
// every round has an order of its own. The orders are random, but those of every run.
//
// Round 0 is not counted: it warms up servers, compilers and the system's caches.
// Nor is one with an error, which leaves those before as they are.
func (c *Comparison) measure(ctx context.Context, rounds int, contenders []contender) error {
	c.Subjects = make([]Subject, len(contenders))
	for i, contender := range contenders {
		c.Subjects[i] = Subject{Name: contender.name, Samples: map[string][]float64{}}
	}
	random := rand.New(rand.NewPCG(orderSeed, 0))
	for round := range rounds + 1 {
		fmt.Fprintf(os.Stderr, "%s: round %d of %d\n", c.Name, round, rounds)
		samples := make([]sample, len(contenders))
		for _, at := range random.Perm(len(contenders)) {
			var err error
			if samples[at], err = contenders[at].measure(ctx, round); err != nil {
				return fmt.Errorf("%s: %s: %w", c.Name, contenders[at].name, err)
			}
		}
		if round == 0 {
			continue
		}
		for at, sample := range samples {
			of := c.Subjects[at].Samples
			for metric, value := range sample {
				of[metric] = append(of[metric], value)
			}
		}
	}
	return nil
}

// timed runs f, and returns the seconds that it took.
func timed(f func() error) (float64, error) {
	start := time.Now()
	err := f()
	return time.Since(start).Seconds(), err
}

// timedCommand runs a command, and returns the seconds that it took.
func timedCommand(cmd *exec.Cmd) (float64, error) {
	return timed(func() error {
		_, err := output(cmd)
		return err
	})
}

// settle waits until the disk has nothing to do: what was written before would be
// written on while the next is measured. A Bazel server, too, tidies up after a
// build, for a second or so.
func settle(ctx context.Context) error {
	if _, err := output(command(ctx, "", "sync")); err != nil {
		return err
	}
	select {
	case <-time.After(3 * time.Second):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
