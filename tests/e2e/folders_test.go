package e2e

import (
	"errors"
	"os"
	"path/filepath"
	"sync"

	"github.com/go-overlay/go_overlay/internal/bazeltest"
	"github.com/go-overlay/go_overlay/tests/scratch"
)

// folders are where scripts have their workspaces: a script takes the folder of one that is over, as a
// Bazel server belongs to a folder. It keeps its repositories: to start another one and to fetch them
// again takes longer than what most scripts build.
type folders struct {
	mutex sync.Mutex
	free  []string
}

// take returns an empty folder that nobody else has.
func (f *folders) take() (string, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if last := len(f.free) - 1; last >= 0 {
		folder := f.free[last]
		f.free = f.free[:last]
		return folder, nil
	}
	return os.MkdirTemp(scratch.Dir, "workspace")
}

// giveBack empties a folder that was taken.
func (f *folders) giveBack(folder string) error {
	entries, err := os.ReadDir(folder)
	for _, entry := range entries {
		err = errors.Join(err, bazeltest.RemoveAll(filepath.Join(folder, entry.Name())))
	}
	if err != nil {
		return err // What is left would be of another script.
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.free = append(f.free, folder)
	return nil
}

// moveAll moves the entries of a folder to another one.
func moveAll(from, to string) error {
	entries, err := os.ReadDir(from)
	for _, entry := range entries {
		err = errors.Join(err, os.Rename(filepath.Join(from, entry.Name()), filepath.Join(to, entry.Name())))
	}
	return err
}
