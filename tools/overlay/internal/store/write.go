package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/output"
)

const temporarySuffix = ".tmp"

// writeFlushed writes a file, read-only: it is there, and on the disk, or as it was.
func writeFlushed(path string, content []byte) error {
	name, err := output.WriteBeside(output.File{Path: path, Content: content, Mode: 0o444}, "x.*"+temporarySuffix, (*os.File).Sync)
	if err != nil {
		return err
	}
	return rename(name, path)
}

// writeLink makes a symbolic link, or has one lead elsewhere, at once.
func writeLink(path, target string) error {
	for {
		name, err := os.MkdirTemp(filepath.Dir(path), "x.*"+temporarySuffix) // a name that nobody has
		if err != nil {
			return err
		}
		if err := os.Remove(name); err != nil {
			return err
		}
		err = os.Symlink(target, name)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return err
		}
		return rename(name, path)
	}
}

func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return errors.Join(err, os.Remove(from))
	}
	return nil
}

// cleanNames removes what is left in a folder of names of processes that have died.
func (s *Store) cleanNames(folder string) error {
	entries, err := os.ReadDir(s.path(folder))
	if err != nil {
		return ignoreMissing(err)
	}
	var errs []error
	for _, entry := range entries {
		if (strings.HasPrefix(entry.Name(), "x.") || folder == "." && strings.HasPrefix(entry.Name(), "overlay.")) && strings.HasSuffix(entry.Name(), temporarySuffix) {
			errs = append(errs, os.Remove(s.path(folder, entry.Name())))
		}
	}
	return errors.Join(errs...)
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
