// Package files copies, shares and walks files.
package files

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Copy writes the content of a file to another one, which it creates with permissions
// if it is not there.
func Copy(target, source string, perm fs.FileMode) (err error) {
	r, err := os.Open(source)
	if err != nil {
		return err
	}
	defer r.Close() // It was only read.
	w, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, perm)
	if err != nil {
		return err
	}
	return errors.Join(CopyContent(w, r), w.Close())
}

// CopyContent lets w, which is empty, have the content of r: by a reflink where the file
// system has them, by a copy elsewhere.
func CopyContent(w, r *os.File) error {
	if err := clone(w, r); err == nil || !CannotShare(err) {
		return err
	}
	_, err := io.Copy(w, r)
	return err
}

// CannotShare tells whether an error says that a file can't be linked, or cloned,
// but may be copied.
func CannotShare(err error) bool {
	for _, target := range []error{
		syscall.EMLINK, // The source has as many links as the file system allows.
		syscall.EPERM,  // It belongs to somebody else, or the file system has no links.
		syscall.EXDEV,  // It is on another file system or, as in a sandbox, mount.
		errors.ErrUnsupported,
	} {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

// Walk calls a function for each file below a folder, with its name relative to that,
// with slashes. It follows links.
func Walk(folder string, found func(name, path string, info fs.FileInfo) error) error {
	return walk("", folder, found)
}

func walk(prefix, folder string, found func(name, path string, info fs.FileInfo) error) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name, path := prefix+entry.Name(), filepath.Join(folder, entry.Name())
		info, err := os.Stat(path)
		if err == nil && info.IsDir() {
			err = walk(name+"/", path, found)
		} else if err == nil {
			err = found(name, path, info)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Mirror makes the folders that are in a folder in another one, too, and calls a
// function for each file, which is to put it there. It follows no links.
func Mirror(target, source string, put func(target, source string) error) error {
	return filepath.WalkDir(source, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(source, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(target, name), 0o755)
		}
		return put(filepath.Join(target, name), path)
	})
}
