package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/lock"
)

// Hold tells others that an SDK is in use, until the file is closed: by this process, and by those that have the file from it.
func (s *Store) Hold(name string) (*os.File, error) {
	dir, err := s.folder("used")
	if err != nil {
		return nil, s.unwritable(err)
	}
	return lock.OpenFile(filepath.Join(dir, name), lock.Shared)
}

// inUse returns why an SDK can't be taken away, or "".
func (s *Store) inUse(sdk *SDK, running *running) string {
	switch {
	case sdk.Pinned:
		return "it is pinned; overlay sdk unpin " + sdk.Name + " lets it go"
	case sdk.Current:
		return "it is the current one; overlay sdk use makes another so"
	}
	unlock, err := lock.TryFile(s.path("used", sdk.Name), lock.Exclusive)
	switch {
	case errors.Is(err, lock.ErrLocked):
		return "overlay sdk exec runs with it"
	case err == nil:
		unlock()
	}
	if process, ok := running.in(sdk.Tree); ok {
		return fmt.Sprintf("process %d runs in it", process)
	}
	return ""
}

// running are the processes of this machine by the files that they run, as far as it tells.
type running struct {
	byPath map[string]int // the program, and the working folder, of each
}

// in returns a process whose program or working folder is in a tree.
func (r *running) in(tree string) (process int, ok bool) {
	for path, process := range r.byPath {
		if rel, err := filepath.Rel(tree, path); err == nil && filepath.IsLocal(rel) {
			return process, true
		}
	}
	return 0, false
}
