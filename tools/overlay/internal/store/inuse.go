package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/go-overlay/go_overlay/tools/interrupt"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/lock"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/paths"
)

// Hold returns the GOROOT of an SDK, as Path does, and tells others that it is in use, until the file is closed: by this process, and by those that
// have the file from it. What is held is the tree that is returned: the name may come to mean another SDK meanwhile. There is no file where
// nobody can take the tree away, or nobody can be told, which the user is.
func (s *Store) Hold(ctx context.Context, name string) (tree string, file *os.File, err error) {
	done, err := s.add(ctx)
	if err != nil {
		return "", nil, err
	}
	defer done()
	sdk, err := s.Find(name)
	if err != nil {
		return "", nil, err
	}
	s.touch(name)
	if err := s.ensureSDK(ctx, sdk, sdk.Tree); err != nil {
		return "", nil, err
	}
	file, err = s.hold(ctx, sdk.Tree)
	switch {
	case errors.Is(err, errReadOnly):
		err = nil
	case errors.Is(err, fs.ErrPermission), errors.Is(err, errors.ErrUnsupported):
		s.Warn(fmt.Sprintf("nobody can be told that %s is in use, so that overlay sdk gc may take it away while it runs: %v", name, err))
		err = nil
	}
	return sdk.Tree, file, err
}

func (s *Store) hold(ctx context.Context, tree string) (*os.File, error) {
	if _, err := s.folder("used"); err != nil {
		return nil, err
	}
	for {
		file, err := lock.OpenFile(s.heldPath(tree), lock.Shared)
		if !errors.Is(err, lock.ErrLocked) {
			return file, err
		}
		select {
		case <-ctx.Done():
			return nil, interrupt.Err
		case <-time.After(time.Millisecond): // Another process looks whether it is held.
		}
	}
}

// mark makes the file of an SDK or a tree in the folder used. Who may only read the store can hold a tree that has one.
func (s *Store) mark(name string) error {
	if _, err := s.folder("used"); err != nil {
		return err
	}
	file, err := os.OpenFile(s.path("used", name), os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	return file.Close()
}

// heldPath returns the file whose lock says that a tree is in use.
func (s *Store) heldPath(tree string) string { return s.path("used", filepath.Base(tree)) }

const execRuns = "overlay sdk exec runs with it"

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
		return execRuns
	}
	return running.in(sdk.Tree)
}

// stays returns why an SDK is not taken away unless it is named, or "".
func (s *Store) stays(sdk *SDK, running *running) string {
	if reason := s.inUse(sdk, running); reason != "" {
		return reason
	}
	if sdk.Before {
		return "overlay sdk rollback leads to it"
	}
	return ""
}

// running are the processes of this machine by the files that they run, as far as it tells.
type running struct {
	byPath map[string]int // the program, and the working folder, of each
}

// in returns why a tree is in use, a process whose program or working folder is in it, or "".
func (r *running) in(tree string) string {
	for path, process := range r.byPath {
		if paths.Below(tree, path) {
			return fmt.Sprintf("process %d runs in it", process)
		}
	}
	return ""
}
