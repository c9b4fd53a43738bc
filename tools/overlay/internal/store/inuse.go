package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/lock"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/paths"
)

// Hold tells others that an SDK is in use, until the file is closed: by this process, and by those that have the file from it. What is held is
// the tree: the name may come to mean another SDK meanwhile.
func (s *Store) Hold(name string) (file *os.File, err error) {
	ctx := context.Background()
	done, err := s.add(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	sdk, err := s.Find(name)
	if err != nil {
		return nil, err
	}
	if _, err := s.folder("used"); err != nil {
		return nil, s.unwritable(err)
	}
	for {
		file, err := lock.OpenFile(s.heldPath(sdk.Tree), lock.Shared)
		if !errors.Is(err, lock.ErrLocked) {
			return file, err
		}
		time.Sleep(time.Millisecond) // Another process looks whether it is held.
	}
}

// heldPath returns the file whose lock says that a tree is in use.
func (s *Store) heldPath(tree string) string { return s.path("used", filepath.Base(tree)) }

// isHeld tells whether a tree is in use by overlay sdk exec.
func (s *Store) isHeld(tree string) bool {
	path := s.heldPath(tree)
	if !exists(path) {
		return false
	}
	unlock, err := lock.TryFile(path, lock.Exclusive)
	if err == nil {
		unlock()
	}
	return errors.Is(err, lock.ErrLocked)
}

// inUse returns why an SDK can't be taken away, or "".
func (s *Store) inUse(sdk *SDK, running *running) string {
	switch {
	case sdk.Pinned:
		return "it is pinned; overlay sdk unpin " + sdk.Name + " lets it go"
	case sdk.Current:
		return "it is the current one; overlay sdk use makes another so"
	}
	if s.isHeld(sdk.Tree) {
		return "overlay sdk exec runs with it"
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
		if paths.Below(tree, path) {
			return process, true
		}
	}
	return 0, false
}
