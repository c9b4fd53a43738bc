// Package output writes the files of an action: all of them, or none.
package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A File is a file to be written.
type File struct {
	Path    string
	Content []byte
	Mode    fs.FileMode // 0 stands for 0o644
}

// Write writes files under temporary names first, and then renames them in
// order. Who finds the last one has all of them. After an error there is none.
func Write(files ...File) error {
	temporary := make([]string, 0, len(files))
	for _, file := range files {
		name, err := WriteBeside(file, "overlay.*.tmp", func(*os.File) error { return nil })
		if err != nil {
			return errors.Join(fmt.Errorf("writing %s: %w", file.Path, err), remove(temporary))
		}
		temporary = append(temporary, name)
	}
	for i, file := range files {
		if err := os.Rename(temporary[i], file.Path); err != nil {
			done := temporary[i:]
			for _, file := range files[:i] {
				done = append(done, file.Path)
			}
			return errors.Join(fmt.Errorf("writing %s: %w", file.Path, err), remove(done))
		}
	}
	return nil
}

// WriteBeside writes a file's content to a new file in the same folder, as only
// within a file system one can rename. Its name is made of a pattern of
// [os.CreateTemp], not of the file's name, which may be as long as names can be.
// When all is written, finish may do more with the file, before it is closed.
func WriteBeside(file File, pattern string, finish func(*os.File) error) (name string, err error) {
	temporary, err := os.CreateTemp(filepath.Dir(file.Path), pattern)
	if err != nil {
		return "", err
	}
	mode := file.Mode
	if mode == 0 {
		mode = 0o644 // Those of os.CreateTemp are for its owner only.
	}
	_, err = temporary.Write(file.Content)
	err = errors.Join(err, temporary.Chmod(mode))
	if err == nil {
		err = finish(temporary)
	}
	err = errors.Join(err, temporary.Close())
	if err != nil {
		return "", errors.Join(err, os.Remove(temporary.Name()))
	}
	return temporary.Name(), nil
}

func remove(names []string) error {
	var errs []error
	for _, name := range names {
		errs = append(errs, os.Remove(name))
	}
	return errors.Join(errs...)
}
