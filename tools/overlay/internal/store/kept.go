package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/files"
)

// keepChanges keeps what others have put into a tree that is about to be removed: all of it, if nothing tells what it had.
func (s *Store) keepChanges(ctx context.Context, tree string) error {
	m, err := s.manifestOfTree(tree)
	if err != nil {
		k := &keeping{s: s}
		if err := k.move(tree); err != nil {
			return err
		}
		s.Warn(fmt.Sprintf("%s may have been changed, and its manifest can't be read (%v); it is in %s", tree, err, k.dir))
		return nil
	}
	problems, err := s.verifyTree(ctx, m, tree)
	if err != nil {
		return err
	}
	buffer := make([]byte, 128<<10)
	for _, f := range m.Files {
		// Of files that are links of objects nobody has read the content yet; time and size tell of which it is worth it.
		path := filepath.Join(tree, filepath.FromSlash(f.Path))
		info, err := os.Lstat(path)
		if err != nil || !info.Mode().IsRegular() || f.looksRight(info) {
			continue
		}
		if err := f.compareFile(path, buffer); err != nil {
			problems = append(problems, Problem{Path: path, kind: kindOf(err, badFile)})
		}
	}
	k := &keeping{s: s}
	for _, p := range problems {
		if p.kind == badMode || !exists(p.Path) || k.has(p.Path) {
			continue
		}
		keep := k.keep
		if p.kind == unreadable {
			keep = k.move
		}
		if err := keep(p.Path); err != nil {
			return err
		}
	}
	if k.dir != "" {
		s.warnKept(tree, k.dir)
	}
	return nil
}

// warnKept says where that is which others have put into a tree.
func (s *Store) warnKept(tree, dir string) {
	s.Warn(fmt.Sprintf("%s had been changed; what was found there is in %s", tree, dir))
}

// keeping keeps files of others in a folder of their own, by the names that they have in the store.
type keeping struct {
	s      *Store
	dir    string // or "": there is none yet
	copies []copied
}

// A copied is a file that has been kept, as it was then.
type copied struct {
	fs.FileInfo
	path string // of the copy
}

// has tells whether a file has been kept already.
func (k *keeping) has(path string) bool {
	name, err := filepath.Rel(k.s.Dir, path)
	return err == nil && k.dir != "" && exists(filepath.Join(k.dir, name))
}

// place makes the folder for what is to be kept of a path, and returns its path there.
func (k *keeping) place(path string) (target string, err error) {
	name, err := filepath.Rel(k.s.Dir, path)
	if err != nil {
		return "", err
	}
	if k.dir == "" {
		parent, err := k.s.folder("kept")
		if err != nil {
			return "", err
		}
		if k.dir, err = os.MkdirTemp(parent, time.Now().UTC().Format("2006-01-02T15-04-05-")); err != nil {
			return "", err
		}
	}
	target = filepath.Join(k.dir, name)
	return target, os.MkdirAll(filepath.Dir(target), 0o755)
}

// keep keeps a file, which stays where it is. All links of a file are kept as one.
func (k *keeping) keep(path string) error {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return k.move(path)
	}
	target, err := k.place(path)
	if err != nil {
		return err
	}
	for _, c := range k.copies {
		if info.Size() == c.Size() && info.ModTime().Equal(c.ModTime()) && os.SameFile(info, c.FileInfo) && os.Link(c.path, target) == nil {
			return nil
		}
	}
	if err := files.Copy(target, path, 0o644); err != nil { // A link would go on being written through.
		return errors.Join(err, removeIfThere(target))
	}
	k.copies = append(k.copies, copied{info, target})
	return nil
}

// move keeps what is not to be read, and is not there any more then.
func (k *keeping) move(path string) error {
	target, err := k.place(path)
	if err != nil {
		return err
	}
	return os.Rename(path, target)
}

// takeOut keeps a file, if it is there, and removes it.
func (k *keeping) takeOut(path string) error {
	if !exists(path) {
		return nil
	}
	if err := k.keep(path); err != nil {
		return err
	}
	return removeIfThere(path)
}

// keptFor is how long what a repair has taken out stays.
const keptFor = 30 * 24 * time.Hour

func (s *Store) cleanKept() error {
	entries, err := os.ReadDir(s.path("kept"))
	if err != nil {
		return ignoreMissing(err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && time.Since(info.ModTime()) > keptFor {
			if err := removeTree(s.path("kept", entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
