package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/go-overlay/go_overlay/internal/bazeltest"
)

// A session is one benchmark at work.
type session struct {
	root    string // of the repository
	rulesGo string // version
	dir     string // for all that the benchmark writes
	stdout  io.Writer
	rounds  int
	cold    bool // whether the system's caches may be dropped

	servers     []*bazel // to be shut down
	folders     []string // to be deleted
	comparisons []*Comparison
}

// open makes the folder of the session, which is gone when that is closed.
func (s *session) open() (err error) {
	s.dir, err = os.MkdirTemp("", "go_overlay_bench")
	s.folders = append(s.folders, s.dir)
	return err
}

// close ends the Bazel servers and deletes the folders, after an interrupt, too.
func (s *session) close(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	var errs []error
	for _, server := range s.servers {
		_, err := output(server.command(ctx, "shutdown"))
		errs = append(errs, err)
	}
	for _, folder := range s.folders {
		errs = append(errs, bazeltest.RemoveAll(folder))
	}
	return errors.Join(errs...)
}

// compare measures the contenders, prints the result, and keeps it. The rounds before
// an error, or an interrupt, took long enough to be a result as well.
func (s *session) compare(ctx context.Context, c *Comparison, contenders []contender) error {
	err := c.measure(ctx, s.rounds, contenders)
	if !slices.ContainsFunc(c.Subjects, func(s Subject) bool { return len(s.Samples) > 0 }) {
		return err
	}
	s.comparisons = append(s.comparisons, c)
	return errors.Join(err, c.print(s.stdout, limits))
}

// progress says what takes long and is not measured.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
}
