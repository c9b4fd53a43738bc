package store

import (
	"archive/tar"
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/compress/zstd"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/delta"
)

// InstallArchive installs what Export has written. Nothing changes unless all of it is right.
func (s *Store) InstallArchive(ctx context.Context, name string, o InstallOptions) (sdk *SDK, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() // It was only read.
	r, closeReader, err := decompress(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, cutOff(err))
	}
	defer closeReader()
	return s.installing(ctx, o, func(shelf *shelf, o *InstallOptions) (*Manifest, error) {
		in := &importing{shelf: shelf, tar: tar.NewReader(r), missing: map[Object]bool{}, bases: map[string]Object{}, progress: o.Progress}
		m, err := in.read(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, cutOff(err))
		}
		if o.Name == "" {
			o.Name = in.name
		}
		return m, nil
	})
}

// cutOff says what an end means that comes too early.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("it is cut off: %w", err)
	}
	return err
}

// decompress tells by the first bytes what something is.
func decompress(file io.Reader) (r io.Reader, closeReader func(), err error) {
	b := bufio.NewReaderSize(file, 64<<10)
	const window = 64 << 20 // of what is decompressed, held in memory
	start, _ := b.Peek(4)
	switch {
	case bytes.Equal(start, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		d, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(window))
		if err != nil {
			return nil, nil, err
		}
		return d, d.Close, nil
	case bytes.HasPrefix(start, []byte{0x1f, 0x8b}):
		d, err := gzip.NewReader(b)
		if err != nil {
			return nil, nil, err
		}
		return d, func() {}, nil
	default:
		return b, func() {}, nil
	}
}

// importing is an archive that is being read.
type importing struct {
	*shelf
	tar      *tar.Reader
	name     string // that the SDK had
	progress func(int64)
	missing  map[Object]bool
	bases    map[string]Object // by name, that deltas can be against
}

func (in *importing) read(ctx context.Context) (*Manifest, error) {
	header, err := in.tar.Next()
	if err != nil {
		return nil, fmt.Errorf("expected an archive of overlay sdk export: %w", err)
	}
	if header.Name != archiveManifest {
		return nil, fmt.Errorf("it begins with %s, expected %s, as overlay sdk export writes it", cut(header.Name), archiveManifest)
	}
	const most = 64 << 20
	text, err := in.content(header, most)
	if err != nil {
		return nil, err
	}
	m, err := ParseManifest(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", archiveManifest, err)
	}
	in.name = header.PAXRecords[nameRecord]
	byPath := map[string]Object{}
	for _, f := range m.Files {
		byPath[archiveFiles+f.Path] = f.Object
		if f.Size > 0 {
			in.missing[f.Object] = true
		}
	}
	since := false
	for {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		header, err := in.tar.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if header.Typeflag == tar.TypeDir {
			continue
		}
		if header.Name == archiveSince {
			since = true
			if err := in.takeSince(header); err != nil {
				return nil, err
			}
			continue
		}
		if err := in.entry(header, byPath); err != nil {
			return nil, fmt.Errorf("%s: %w", cut(header.Name), err)
		}
	}
	for _, f := range m.Files {
		if in.missing[f.Object] {
			text := "it lacks " + f.Path
			if since {
				text += ", and so does the store"
			}
			return nil, errors.New(text)
		}
	}
	if since {
		return m, nil
	}
	for _, f := range m.Files {
		if _, ok := byPath[archiveFiles+f.Path]; ok && f.Size > 0 {
			return nil, fmt.Errorf("it lacks %s", f.Path)
		}
	}
	return m, nil
}

func (in *importing) content(header *tar.Header, most int64) ([]byte, error) {
	if header.Typeflag != tar.TypeReg {
		return nil, fmt.Errorf("%s is no file, and archives of overlay sdk export have nothing else", cut(header.Name))
	}
	if header.Size > most {
		return nil, fmt.Errorf("%s has %d bytes, expected at most %d", cut(header.Name), header.Size, most)
	}
	return readAll(in.tar, make([]byte, header.Size))
}

// takeSince looks for what the archive does not have.
func (in *importing) takeSince(header *tar.Header) error {
	text, err := in.content(header, 100)
	if err != nil {
		return err
	}
	id, err := ParseDigest(strings.TrimSpace(string(text)))
	if err != nil {
		return fmt.Errorf("%s: %w", archiveSince, err)
	}
	other, err := in.s.manifest(id)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("it has only what %s has not, whose identity is %s and which the store lacks; next: install that one first, or export this one without -since",
			cmp.Or(cut(header.PAXRecords[nameRecord]), "another SDK"), id)
	}
	if err != nil {
		return damagedOrMissing(err)
	}
	for _, f := range other.Files {
		in.bases[f.name()] = f.Object
		if !in.missing[f.Object] {
			continue
		}
		if !exists(in.s.objectPath(f.Object)) && !exists(in.s.packedPath(f.Object)) {
			return damagedOrMissing(&damagedError{in.s.objectPath(f.Object), "it is missing"})
		}
		delete(in.missing, f.Object)
	}
	return nil
}

// entry takes a file of the archive.
func (in *importing) entry(header *tar.Header, byPath map[string]Object) error {
	if header.Typeflag != tar.TypeReg {
		return errors.New("it is no file, and archives of overlay sdk export have nothing else")
	}
	if o, ok := byPath[header.Name]; ok {
		delete(byPath, header.Name)
		if header.Size != o.Size {
			return sizeError(o.Size, header.Size)
		}
		return in.takeContent(o, in.tar)
	}
	if name, ok := strings.CutPrefix(header.Name, archiveObjects); ok {
		o, err := in.missingObject(name)
		if err != nil {
			return err
		}
		if header.Size != o.Size {
			return sizeError(o.Size, header.Size)
		}
		return in.takeContent(o, in.tar)
	}
	if names, ok := strings.CutPrefix(header.Name, archiveDeltas); ok {
		name, base, _ := strings.Cut(names, "/")
		return in.takeDelta(header, name, base)
	}
	return errors.New("the SDK has no such file, or it is there twice")
}

// missingObject returns an object that the archive is to have, by its name.
func (in *importing) missingObject(name string) (Object, error) {
	want, err := parseObject(name)
	if err != nil {
		return want, err
	}
	for o := range in.missing {
		if o.Digest == want.Digest && o.Executable == want.Executable {
			return o, nil
		}
	}
	return want, errors.New("the SDK has no such file, or it is there twice")
}

func (in *importing) takeContent(o Object, r io.Reader) error {
	delete(in.missing, o)
	if o.Size == 0 {
		return nil
	}
	if err := in.writeChecked(o, r, make([]byte, 64<<10)); err != nil {
		return err
	}
	if in.progress != nil {
		in.progress(o.Size)
	}
	return nil
}

func (in *importing) takeDelta(header *tar.Header, name, baseName string) error {
	o, err := in.missingObject(name)
	if err != nil {
		return err
	}
	base, ok := in.bases[baseName]
	if !ok {
		return errors.New("it is a delta against what the other SDK has not")
	}
	if !canBeBase(base, o) {
		return fmt.Errorf("it is a delta of %d bytes against %d, expected at most %d of each", o.Size, base.Size, maxBase)
	}
	against, err := in.s.content(base, 0)
	if err != nil {
		return fmt.Errorf("it is a delta: %w", damagedOrMissing(err))
	}
	packed, err := in.content(header, maxBase)
	if err != nil {
		return err
	}
	r, err := delta.NewReader(bytes.NewReader(packed), against, o.Size)
	if err != nil {
		return err
	}
	return errors.Join(in.takeContent(o, r), r.Close())
}
