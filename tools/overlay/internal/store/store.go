// Package store keeps Go SDKs, each file once.
//
// A store is a folder:
//
//	format                 the version of all this
//	objects/ab/DIGEST      the content of a file, by its SHA-256; DIGEST.x is executable
//	packed/ab/DIGEST       the same, compressed: whole, or as a delta against another object
//	manifests/DIGEST       what files an SDK has
//	sdks/NAME              a link to a manifest: the SDKs that are installed
//	trees/VERSION-DIGEST   an SDK, laid out for use, by hard links of objects
//	generations/N          a link to the tree that was made the current one, as the Nth
//	current                a link to a generation
//	pins/NAME, used/NAME   that an SDK is to stay; when it was last used, and who uses it, by a lock
//	verified/DIGEST        that the checksum database has published what has this manifest
//	kept/TIME              what others had written into the store, and was taken out by a repair
//	tmp/                   what is being made
//
// Manifests are the truth. There is no index: whatever else there is can be told by
// them, or made anew. What is named is complete, and has been written to the disk.
//
// Any number of processes may use a store. Who adds to it, or reads, holds the lock of it
// together with others; who takes away holds it alone. Locks end with their process.
//
// Objects are read-only, which keeps nobody from writing through a link who is root, or
// changes the mode first. So nothing is trusted that can be checked: an object is read,
// and its digest compared, whenever a link of it is made.
package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/output"
	"github.com/go-overlay/go_overlay/tools/interrupt"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/lock"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/paths"
)

// format is the content of the file of this name.
const format = "go_overlay SDK store 1\n"

// Variable names the folder of the store, in the environment.
const Variable = "GO_OVERLAY_SDK_STORE"

// A Store is a folder with SDKs.
type Store struct {
	Dir  string
	Warn func(text string) // tells the user a line, once for each text

	warned map[string]bool
	memory *budget
}

// Folder returns where the store is by the environment: $GO_OVERLAY_SDK_STORE, or else a folder of the
// user's data. Caches are what people delete, and what programs delete for them.
func Folder() (string, error) {
	if dir := os.Getenv(Variable); dir != "" {
		return filepath.Abs(dir)
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		variable, below := "LocalAppData", ""
		if runtime.GOOS == "darwin" {
			variable, below = "HOME", "Library/Application Support"
		}
		base := os.Getenv(variable)
		if base == "" {
			return "", fmt.Errorf("%s is not set, so that there is no place for Go SDKs; set %s to a folder", variable, Variable)
		}
		return filepath.Join(base, below, "go_overlay", "sdk"), nil
	}
	if base := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(base) {
		return filepath.Join(base, "go_overlay", "sdk"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("%w, so that there is no place for Go SDKs; set %s to a folder", err, Variable)
	}
	return filepath.Join(home, ".local", "share", "go_overlay", "sdk"), nil
}

// Open returns the store in a folder, which need not be there: it is made when something is added.
func Open(dir string, warn func(text string)) (*Store, error) {
	if inModuleCache(dir) {
		return nil, fmt.Errorf("%s is in Go's module cache, which go clean -modcache deletes; set %s to another folder", dir, Variable)
	}
	if strings.ContainsRune(dir, os.PathListSeparator) {
		return nil, fmt.Errorf("%s can't be on PATH, as it has a %q in it; set %s to another folder", dir, os.PathListSeparator, Variable)
	}
	s := &Store{Dir: dir, warned: map[string]bool{}, memory: newBudget(mostMemory)}
	s.Warn = func(text string) {
		if !s.warned[text] {
			s.warned[text] = true
			warn(text)
		}
	}
	found, err := os.ReadFile(s.path("format"))
	switch {
	case err == nil && string(found) == format:
		// The place that links lead to is what the go command names.
		s.Dir, err = filepath.EvalSymlinks(dir)
		return s, err
	case err == nil:
		return nil, fmt.Errorf("%s: it says %q, expected %q; another version of overlay has made this store, so use that one, or set %s to another folder",
			s.path("format"), cut(string(found)), strings.TrimSpace(format), Variable)
	case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errNotDir):
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the store of Go SDKs: %w; set %s to a folder", err, Variable)
	}
	for _, entry := range entries {
		if entry.Name() == "format" { // Another process has made the store since.
			if _, err := os.Stat(s.path("format")); err != nil {
				return nil, fmt.Errorf("the store of Go SDKs: %w", err)
			}
			return Open(dir, warn)
		}
		if !strings.HasPrefix(entry.Name(), "overlay.") { // another process writes the file format just now
			return nil, fmt.Errorf("%s has %s in it, but is no store of Go SDKs; set %s to another folder", dir, entry.Name(), Variable)
		}
	}
	return s, nil
}

func cut(text string) string {
	const most = 60
	text, _, _ = strings.Cut(text, "\n")
	if len(text) > most {
		text = text[:most] + "…"
	}
	return text
}

func inModuleCache(dir string) bool {
	cache := os.Getenv("GOMODCACHE")
	return filepath.IsAbs(cache) && paths.Below(cache, dir) || strings.Contains(filepath.ToSlash(dir)+"/", "/pkg/mod/")
}

func (s *Store) path(elements ...string) string {
	return filepath.Join(append([]string{s.Dir}, elements...)...)
}

// create makes the folders of the store, if they are not there.
func (s *Store) create() error {
	if _, err := os.Stat(s.path("format")); err == nil {
		return nil
	}
	if err := os.MkdirAll(s.Dir, 0o755); err != nil {
		return err
	}
	dir, err := filepath.EvalSymlinks(s.Dir)
	if err != nil {
		return err
	}
	s.Dir = dir
	// A store is one when it says so: it does last.
	return output.Write(output.File{Path: s.path("format"), Content: []byte(format), Mode: 0o444})
}

// folder makes a folder of the store, and returns its path.
func (s *Store) folder(elements ...string) (string, error) {
	dir := s.path(elements...)
	return dir, os.MkdirAll(dir, 0o755)
}

// add returns what lets others take nothing away until it is called.
func (s *Store) add(ctx context.Context) (done func(), err error) {
	if err := s.create(); err != nil {
		return nil, s.unwritable(err)
	}
	return s.lock(ctx, lock.Shared)
}

// read is the same for who writes nothing. A store that is read-only needs no lock.
func (s *Store) read(ctx context.Context) (done func(), err error) {
	done, err = s.lock(ctx, lock.Shared)
	if err != nil && !errors.Is(err, interrupt.Err) {
		return func() {}, nil
	}
	return done, err
}

// takeAway returns what lets others use the store again.
func (s *Store) takeAway(ctx context.Context) (done func(), err error) {
	if err := s.create(); err != nil {
		return nil, s.unwritable(err)
	}
	return s.lock(ctx, lock.Exclusive)
}

func (s *Store) lock(ctx context.Context, kind lock.Kind) (done func(), err error) {
	done, err = lock.File(ctx, s.path("lock"), kind, func() {
		s.Warn("another overlay command works in " + s.Dir + "; waiting until it has ended")
	})
	if errors.Is(err, errors.ErrUnsupported) {
		s.Warn(fmt.Sprintf("%s is on a file system without locks: don't run two commands there at once", s.Dir))
		return func() {}, nil
	}
	if errors.Is(err, errReadOnly) { // Nobody can take anything away there.
		return func() {}, nil
	}
	return done, err
}

func (s *Store) unwritable(err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, errReadOnly) {
		return fmt.Errorf("%w; the store can't be written, set %s to one that can", err, Variable)
	}
	return err
}
