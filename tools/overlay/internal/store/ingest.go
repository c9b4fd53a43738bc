package store

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/files"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
)

// A Source is where the files of an SDK come from.
type Source struct {
	Name  string // that messages have: the path of a zip, or of a folder
	Files []SourceFile
	close func() error
}

// A SourceFile is one of the files, by the name that it has in the GOROOT.
type SourceFile struct {
	Path string
	Size int64 // in bytes
	Open func() (io.ReadCloser, error)
}

// Close closes what the source is read from.
func (s *Source) Close() error {
	if s.close == nil {
		return nil
	}
	return s.close()
}

// FromFolder returns the files of a GOROOT, which may be one that the go command has taken from a module zip: it leaves _go.mod beside what it
// makes of that, go.mod. Links are followed.
func FromFolder(dir string) (*Source, error) {
	source := &Source{Name: dir}
	err := files.Walk(dir, func(name, path string, info fs.FileInfo) error {
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%s: expected a file, found %s", path, info.Mode())
		}
		if made := fileName(name); made != name && sameFiles(path, filepath.Join(filepath.Dir(path), "go.mod")) {
			return nil
		}
		source.Files = append(source.Files, SourceFile{fileName(name), info.Size(), func() (io.ReadCloser, error) { return os.Open(path) }})
		return nil
	})
	return source, err
}

// sameFiles tells whether there are two small files with one content.
func sameFiles(a, b string) bool {
	one, err := os.ReadFile(a)
	other, otherErr := os.ReadFile(b)
	return err == nil && otherErr == nil && bytes.Equal(one, other)
}

// FromZip returns the files of a zip of the module golang.org/toolchain. The caller has to close it.
func FromZip(name string) (*Source, error) {
	archive, err := zip.OpenReader(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; expected a whole zip of the module %s", name, err, sdkmodule.Path)
	}
	source := &Source{Name: name, close: archive.Close}
	if source.Files, err = zipFiles(archive.File); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), archive.Close())
	}
	return source, nil
}

var zipPrefix = regexp.MustCompile(`^` + regexp.QuoteMeta(sdkmodule.Path) + `@v[^/]+/`)

func zipFiles(entries []*zip.File) ([]SourceFile, error) {
	if len(entries) == 0 || len(entries) > maxFiles {
		return nil, fmt.Errorf("it has %d files, expected those of a Go SDK", len(entries))
	}
	prefix := zipPrefix.FindString(entries[0].Name)
	found := make([]SourceFile, 0, len(entries))
	for _, entry := range entries {
		name, ok := strings.CutPrefix(entry.Name, prefix)
		switch {
		case !ok || prefix == "":
			return nil, fmt.Errorf("it has the file %s, expected only those of a version of the module %s", cut(entry.Name), sdkmodule.Path)
		case !entry.Mode().IsRegular():
			return nil, fmt.Errorf("%s is no file, and modules have nothing else", cut(entry.Name))
		case entry.UncompressedSize64 > maxSize:
			return nil, fmt.Errorf("%s has %d bytes, which no file of a Go SDK has", cut(entry.Name), entry.UncompressedSize64)
		}
		found = append(found, SourceFile{fileName(name), int64(entry.UncompressedSize64), entry.Open})
	}
	return found, nil
}

// ingest reads all files of a source, and puts those on a shelf that the store has not. Nothing but the shelf changes.
func (f *shelf) ingest(ctx context.Context, source *Source, progress func(bytes int64)) (*Manifest, error) {
	m := &Manifest{Files: make([]File, len(source.Files))}
	sorted := slices.Clone(source.Files)
	slices.SortFunc(sorted, func(a, b SourceFile) int { return strings.Compare(a.Path, b.Path) })
	for i, file := range sorted {
		m.Files[i] = File{file.Path, Object{Size: file.Size, Executable: gosdk.IsProgram(file.Path)}}
	}
	version, platform, err := identify(sorted)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", source.Name, err)
	}
	m.Version, m.Platform = version, platform
	// Before anything is read: names that lead elsewhere, and sizes that no disk has.
	if err := m.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", source.Name, err)
	}
	// Large files first, or one of them would be the last, and one core idle.
	order := make([]int, len(sorted))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		large := func(i int) int64 { return max(sorted[i].Size>>20, 1) }
		return int(large(b) - large(a))
	})
	err = parallel(ctx, len(order), func(i int, buffer []byte) error {
		i = order[i]
		if err := f.take(sorted[i], &m.Files[i].Object, buffer); err != nil {
			return fmt.Errorf("%s: %s: %w", source.Name, sorted[i].Path, err)
		}
		progress(sorted[i].Size)
		return nil
	})
	return m, err
}

// take puts the content of a file on the shelf, unless it is there or in the store, and sets the digest of the object.
func (f *shelf) take(file SourceFile, o *Object, buffer []byte) (err error) {
	r, err := file.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	digest := sha256.New()
	if file.Size <= int64(len(buffer)) {
		content, err := readAll(r, buffer[:file.Size])
		if err != nil {
			return err
		}
		digest.Write(content)
		digest.Sum(o.Digest[:0])
		if f.s.has(*o) || f.has(*o) {
			return nil
		}
		return f.write(*o, func(w io.Writer) error {
			_, err := w.Write(content)
			return err
		})
	}
	// What is large is written before it is known whether it is needed, so that it is read once.
	w, err := os.CreateTemp(f.dir, "large.*")
	if err != nil {
		return err
	}
	n, err := io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(w, digest)}, struct{ io.Reader }{io.LimitReader(r, file.Size+1)}, buffer)
	if err == nil && n != file.Size {
		err = sizeError(file.Size, n)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		return errors.Join(err, os.Remove(w.Name()))
	}
	digest.Sum(o.Digest[:0])
	if f.s.has(*o) || f.has(*o) {
		return os.Remove(w.Name())
	}
	return f.put(*o, w.Name())
}

// A contentError says that content is not what it should be.
type contentError struct{ text string }

func (e *contentError) Error() string { return e.text }

func sizeError(want, got int64) error {
	if got > want {
		return &contentError{fmt.Sprintf("expected %d bytes, found more", want)}
	}
	return &contentError{fmt.Sprintf("expected %d bytes, found %d", want, got)}
}

// readAll fills a buffer with all that there is to read.
func readAll(r io.Reader, buffer []byte) ([]byte, error) {
	n, err := io.ReadFull(r, buffer)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return nil, sizeError(int64(len(buffer)), int64(n))
	}
	if err != nil {
		return nil, err
	}
	// The end is where a zip's checksum is compared.
	var one [1]byte
	switch n, err := r.Read(one[:]); {
	case n > 0:
		return nil, sizeError(int64(len(buffer)), int64(len(buffer))+1)
	case err != nil && err != io.EOF:
		return nil, err
	}
	return buffer, nil
}

// write puts an object on the shelf, with the content that a function writes.
func (f *shelf) write(o Object, content func(io.Writer) error) error {
	w, err := os.CreateTemp(f.dir, "small.*")
	if err != nil {
		return err
	}
	if err := errors.Join(content(w), w.Close()); err != nil {
		return errors.Join(err, os.Remove(w.Name()))
	}
	return f.put(o, w.Name())
}

// writeChecked is the same for content that may not be what it should be.
func (f *shelf) writeChecked(o Object, content io.Reader, buffer []byte) error {
	return f.write(o, func(w io.Writer) error {
		digest := sha256.New()
		n, err := io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(w, digest)}, struct{ io.Reader }{io.LimitReader(content, o.Size+1)}, buffer)
		switch {
		case err != nil:
			return err
		case n != o.Size:
			return sizeError(o.Size, n)
		}
		return o.matches(digest)
	})
}

func (o Object) matches(digest hash.Hash) error {
	if found := Digest(digest.Sum(nil)); found != o.Digest {
		return &contentError{fmt.Sprintf("expected the SHA-256 %s, found %s", o.Digest, found)}
	}
	return nil
}

var toolFolder = regexp.MustCompile(`^pkg/tool/([a-z0-9]+_[a-z0-9]+)/(compile|link)(\.exe)?$`)

// identify tells of which version and platform an SDK is.
func identify(sorted []SourceFile) (version string, platform gosdk.Platform, err error) {
	for _, file := range sorted {
		if found := toolFolder.FindStringSubmatch(file.Path); found != nil {
			platform, err = gosdk.ParsePlatform(found[1])
			if err != nil {
				return "", platform, err
			}
		}
		if file.Path == "VERSION" {
			if version, err = readVersion(file); err != nil {
				return "", platform, fmt.Errorf("VERSION: %w", err)
			}
		}
	}
	if version == "" {
		return "", platform, errors.New("expected a Go SDK, but there is no file VERSION")
	}
	if platform.GOOS == "" {
		return "", platform, errors.New("expected a Go SDK, but there is no compiler in pkg/tool")
	}
	return version, platform, nil
}

func readVersion(file SourceFile) (version string, err error) {
	r, err := file.Open()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	const most = 1 << 10
	text, err := io.ReadAll(io.LimitReader(r, most))
	if err != nil {
		return "", err
	}
	version, _, _ = strings.Cut(string(text), "\n")
	return strings.TrimRight(version, "\r"), nil
}

// newShelf returns an empty shelf, and what removes what is left of it.
func (s *Store) newShelf() (*shelf, func() error, error) {
	dir, remove, err := s.Temporary()
	if err != nil {
		return nil, nil, err
	}
	return &shelf{s: s, dir: dir, files: map[Object]bool{}}, remove, nil
}

// writeManifest gives a manifest its place. Its objects are in the store.
func (s *Store) writeManifest(m *Manifest) error {
	dir, err := s.folder("manifests")
	if err != nil {
		return err
	}
	return writeFlushed(filepath.Join(dir, m.ID().String()), m.Text())
}
