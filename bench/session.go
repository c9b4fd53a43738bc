package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-overlay/go_overlay/tests/workspace"
)

// A session is one benchmark at work.
type session struct {
	root    string // of the repository
	rulesGo string // version
	dir     string // for all that the benchmark writes
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
		errs = append(errs, workspace.RemoveAll(folder))
	}
	return errors.Join(errs...)
}

// compare measures the contenders, and keeps the result.
func (s *session) compare(ctx context.Context, c *Comparison, contenders []contender) error {
	if err := c.measure(ctx, s.rounds, contenders); err != nil {
		return err
	}
	s.comparisons = append(s.comparisons, c)
	return nil
}

// cache is the folder of caches that outlive this program, and are those of the
// end-to-end tests. Only what is not measured may come from there.
func cache() (string, error) {
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "go_overlay", "e2e"), err
}

// progress says what takes long and is not measured.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
}
