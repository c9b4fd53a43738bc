package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/files"
)

// tree returns the folder that an SDK is laid out in. Its name is made of what it has, so that the go command, whose index of packages
// knows a file by its name, size and time, takes no other for it.
func (s *Store) tree(version string, id Digest) string {
	version = strings.NewReplacer(" ", "_", ":", "_").Replace(strings.TrimPrefix(version, "go"))
	return s.path("trees", version+treeSuffix(id))
}

// treeSuffix returns what the name of a tree of an SDK ends with.
func treeSuffix(id Digest) string { return fmt.Sprintf("-%x", id[:8]) }

// lay lays an SDK out in a folder, which it makes: whole, or not at all. Its objects have to be in the store, unpacked.
func (s *Store) lay(ctx context.Context, m *Manifest, target string) (err error) {
	var made string
	if parent := filepath.Dir(target); s.owns(target) {
		folder, remove, failed := s.Temporary()
		if failed != nil {
			return failed
		}
		defer func() { err = errors.Join(err, remove()) }()
		made = filepath.Join(folder, "tree")
		if err := os.MkdirAll(parent, 0o755); err != nil {
			return s.unwritable(err)
		}
	} else { // a file system on which the store may not be
		if err := os.MkdirAll(parent, 0o755); err != nil {
			return err
		}
		prefix := "." + filepath.Base(target) + "."
		if err := removeAbandoned(parent, prefix); err != nil {
			return err
		}
		if made, err = os.MkdirTemp(parent, prefix+"*"+temporarySuffix); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, removeTree(made)) }()
	}
	if err := s.layInto(ctx, m, made); err != nil {
		return err
	}
	if err := os.Chmod(made, 0o755); err != nil {
		return err
	}
	if s.owns(target) {
		if err := s.mark(filepath.Base(target)); err != nil {
			return s.unwritable(err)
		}
	}
	if err := os.Rename(made, target); err != nil && !exists(target) {
		return err
	}
	return nil // Where it is already, another process has been faster, with the same.
}

// removeAbandoned removes folders whose makers have died: laying out takes seconds.
func removeAbandoned(parent, prefix string) error {
	entries, err := os.ReadDir(parent)
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), prefix) || !strings.HasSuffix(entry.Name(), temporarySuffix) {
			continue
		}
		if info, statErr := entry.Info(); statErr == nil && time.Since(info.ModTime()) > time.Hour {
			err = errors.Join(err, removeTree(filepath.Join(parent, entry.Name())))
		}
	}
	return err
}

func (s *Store) layInto(ctx context.Context, m *Manifest, dir string) error {
	var folders []string
	seen := map[string]bool{".": true}
	for _, f := range m.Files {
		for folder := path.Dir(f.Path); !seen[folder]; folder = path.Dir(folder) {
			seen[folder] = true
			folders = append(folders, folder)
		}
	}
	slices.Sort(folders) // Those above come first.
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, folder := range folders {
		if err := os.Mkdir(filepath.Join(dir, filepath.FromSlash(folder)), 0o755); err != nil {
			return err
		}
	}
	var folded notice
	err := parallel(ctx, len(m.Files), func(i int, buffer []byte) error {
		return s.layFile(m.Files[i].Object, filepath.Join(dir, filepath.FromSlash(m.Files[i].Path)), buffer, &folded)
	})
	if reason := folded.get(); reason != nil {
		s.Warn(fmt.Sprintf("files in %s are copies, which take space, for there can be no hard links of those in %s: %v", filepath.Dir(dir), s.Dir, reason))
	}
	return err
}

// layFile puts an object into a tree, after a look at what it really is.
func (s *Store) layFile(o Object, target string, buffer []byte, fallen *notice) error {
	if o.Size == 0 {
		// One file for all empty ones would let an edit of one be an edit of all.
		if err := os.WriteFile(target, nil, 0o644); err != nil {
			return err
		}
		return o.finish(target)
	}
	source := s.objectPath(o)
	if err := o.check(source, buffer); err != nil {
		return damagedOrMissing(err)
	}
	err := os.Link(source, target)
	if err == nil || !cannotLink(err) {
		return err
	}
	if !errors.Is(err, syscall.EMLINK) { // of which the user sees nothing but one file more
		fallen.set(withoutNames(err))
	}
	return s.copyFile(o, source, target)
}

// withoutNames returns what an error says of any two files.
func withoutNames(err error) error {
	if link := (*os.LinkError)(nil); errors.As(err, &link) {
		return link.Err
	}
	return err
}

func (s *Store) copyFile(o Object, source, target string) error {
	if err := files.Copy(target, source, 0o644); err != nil {
		return err
	}
	return o.finish(target)
}

// cannotLink tells whether an error says that a file may be copied, but not linked.
func cannotLink(err error) bool { return files.CannotShare(err) }

// damagedOrMissing says what to do about an object that can't be used.
func damagedOrMissing(err error) error {
	if errors.As(err, new(*damagedError)) || errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; next: overlay sdk repair", err)
	}
	return err
}
