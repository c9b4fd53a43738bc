package store

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/files"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/paths"
)

func (o Object) perm() fs.FileMode {
	if o.Executable {
		return 0o555
	}
	return 0o444
}

// name is that of its file. As links of a file share their mode, one content can be two objects.
func (o Object) name() string {
	if o.Executable {
		return o.Digest.String() + ".x"
	}
	return o.Digest.String()
}

// parseObject returns the object that a file of the store is named after, without its size.
func parseObject(name string) (o Object, err error) {
	const suffix = ".x"
	if o.Executable = len(name) == 2*sha256.Size+len(suffix) && name[2*sha256.Size:] == suffix; o.Executable {
		name = name[:2*sha256.Size]
	}
	o.Digest, err = ParseDigest(name)
	return o, err
}

// modTime is the time that its file is changed at. It is made of the digest: who writes through a link moves it, and the same file of
// two SDKs has the same one only if its content is. So it looks, to who compares sizes and times, as the go command's index of packages does.
func (o Object) modTime() time.Time {
	const (
		year2000 = 946684800
		twoYears = 1 << 26 // seconds
	)
	return time.Unix(year2000+int64(binary.BigEndian.Uint32(o.Digest[:4])%twoYears), 0)
}

func (s *Store) objectPath(o Object) string {
	name := o.name()
	return s.path("objects", name[:2], name)
}

// looksRight tells whether a file has the size, the mode and the time of an object. It is enough to know that a file need not be written.
func (o Object) looksRight(info fs.FileInfo) bool {
	return info.Mode().IsRegular() && info.Size() == o.Size && info.ModTime().Equal(o.modTime()) && (!modesTell || info.Mode().Perm() == o.perm())
}

// has tells whether the store seems to have an object as a file.
func (s *Store) has(o Object) bool {
	if o.Size == 0 {
		return true // Empty files are never linked.
	}
	info, err := os.Lstat(s.objectPath(o))
	return err == nil && o.looksRight(info)
}

// A damagedError says that a file is not what its name says.
type damagedError struct {
	path  string
	found string
}

func (e *damagedError) Error() string {
	return fmt.Sprintf("%s is damaged: %s", e.path, e.found)
}

// A modeError says that a file has the content that its name says, and another mode.
type modeError struct{ *damagedError }

func (e *modeError) Unwrap() error { return e.damagedError }

// check returns an error unless a file has the content, and what else belongs to an object.
func (o Object) check(path string, buffer []byte) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() // It was only read.
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return &damagedError{path, "it is no file"}
	}
	if info.Size() != o.Size {
		return &damagedError{path, fmt.Sprintf("expected %d bytes, found %d", o.Size, info.Size())}
	}
	hash := sha256.New()
	if _, err := io.CopyBuffer(struct{ io.Writer }{hash}, struct{ io.Reader }{file}, buffer); err != nil {
		return err
	}
	if found := Digest(hash.Sum(nil)); found != o.Digest {
		return &damagedError{path, fmt.Sprintf("expected the SHA-256 %s, found %s", o.Digest, found)}
	}
	if modesTell && info.Mode().Perm() != o.perm() {
		return &modeError{&damagedError{path, fmt.Sprintf("expected the mode %s, found %s", o.perm(), info.Mode().Perm())}}
	}
	return nil
}

// finish gives a file, which has the content, what else belongs to an object.
func (o Object) finish(path string) error {
	return errors.Join(os.Chmod(path, o.perm()), os.Chtimes(path, time.Time{}, o.modTime()))
}

// A shelf is files on their way into the store: those of one folder in tmp, which have the names of objects.
type shelf struct {
	s   *Store
	dir string

	mu    sync.Mutex
	files map[Object]bool
}

// put puts an object on the shelf whose content has been written to a file in its folder.
func (f *shelf) put(o Object, path string) error {
	if err := o.finish(path); err != nil {
		return err
	}
	if err := os.Rename(path, filepath.Join(f.dir, o.name())); err != nil {
		return err
	}
	f.mu.Lock()
	f.files[o] = true
	f.mu.Unlock()
	return nil
}

// failed tells whether an error is one of writing files of the shelf, and not of what they are made of.
func (f *shelf) failed(err error) bool {
	path, link := (*fs.PathError)(nil), (*os.LinkError)(nil)
	return errors.As(err, &path) && paths.Below(f.dir, path.Path) || errors.As(err, &link) && paths.Below(f.dir, link.Old)
}

func (f *shelf) has(o Object) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.files[o]
}

// store gives all objects their places. They are on the disk before they have their names.
func (f *shelf) store() error {
	if len(f.files) == 0 {
		return nil
	}
	if err := flush(f.dir); err != nil {
		return err
	}
	made := map[string]bool{}
	for o := range f.files {
		if f.s.has(o) {
			continue // Another process has been faster, and trees have links of its file.
		}
		target := f.s.objectPath(o)
		if dir := filepath.Dir(target); !made[dir] {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return err
			}
			made[dir] = true
		}
		if err := os.Rename(filepath.Join(f.dir, o.name()), target); err != nil {
			return err
		}
	}
	return nil
}

// flush has the file system write what is below a folder to the disk.
func flush(dir string) error {
	if err := flushAll(dir); !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return files.Walk(dir, func(_, path string, _ fs.FileInfo) error {
		file, err := os.OpenFile(path, os.O_RDONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(syncFile(file), file.Close())
	})
}
