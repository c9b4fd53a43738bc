package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/lock"
)

// Temporary makes a folder in the store for what is being made, and returns what removes it. While it is not removed, its maker has
// a lock of the file beside it, so that who cleans up sees whether it still lives.
func (s *Store) Temporary() (dir string, remove func() error, err error) {
	if err := s.create(); err != nil {
		return "", nil, s.unwritable(err)
	}
	parent, err := s.folder("tmp")
	if err != nil {
		return "", nil, s.unwritable(err)
	}
	for {
		dir, err = os.MkdirTemp(parent, "")
		if err != nil {
			return "", nil, s.unwritable(err)
		}
		file, err := lock.OpenFile(dir+lockSuffix, lock.Exclusive)
		if errors.Is(err, lock.ErrLocked) || err == nil && !exists(dir) {
			// Who cleans up has been faster: it has found a folder without a lock.
			if err == nil {
				err = file.Close()
			} else {
				err = nil
			}
			if err := errors.Join(err, removeIfThere(dir)); err != nil {
				return "", nil, err
			}
			continue
		}
		if err != nil && !errors.Is(err, errors.ErrUnsupported) {
			return "", nil, errors.Join(err, os.Remove(dir))
		}
		return dir, func() error {
			err := removeTree(dir)
			if file != nil {
				err = errors.Join(err, removeIfThere(dir+lockSuffix), file.Close())
			}
			return err
		}, nil
	}
}

const (
	lockSuffix = ".lock"
	day        = 24 * time.Hour
)

// cleanTemporary removes the folders whose makers have died. The store has to be locked against all others that make some, but
// not against those that download into one.
func (s *Store) cleanTemporary(dryRun bool) (bytes int64, err error) {
	entries, err := os.ReadDir(s.path("tmp"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	for _, entry := range entries {
		path := s.path("tmp", strings.TrimSuffix(entry.Name(), lockSuffix))
		unlock, err := lock.TryFile(path+lockSuffix, lock.Exclusive)
		if errors.Is(err, lock.ErrLocked) {
			continue
		}
		if errors.Is(err, errors.ErrUnsupported) {
			if info, statErr := entry.Info(); statErr != nil || time.Since(info.ModTime()) < day {
				continue // Its maker may live.
			}
		} else if err != nil {
			return bytes, err
		}
		bytes += usage(path)
		if !dryRun {
			err = errors.Join(removeTree(path), removeIfThere(path+lockSuffix))
		} else {
			err = nil
		}
		if unlock != nil {
			unlock()
		}
		if err != nil {
			return bytes, err
		}
	}
	return bytes, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// removeTree removes a folder, also if somebody has taken away the right to. It never changes the mode of a file, which may have other links.
func removeTree(dir string) error {
	err := os.RemoveAll(dir)
	if err == nil || !errors.Is(err, fs.ErrPermission) {
		return err
	}
	walkErr := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if entry != nil && entry.IsDir() {
			return os.Chmod(path, 0o755)
		}
		return err
	})
	return errors.Join(walkErr, os.RemoveAll(dir))
}

// usage returns how many bytes the files below a folder have.
func usage(dir string) (bytes int64) {
	filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			if info, err := entry.Info(); err == nil {
				bytes += info.Size()
			}
		}
		return nil // What can't be read is not counted.
	})
	return bytes
}
