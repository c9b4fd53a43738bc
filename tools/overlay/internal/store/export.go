package store

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/compress/zstd"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/delta"
)

// An archive is a tar, compressed as the end of its name says. Whole, it has the manifest, and the files below go/, as any tar lays them out.
// Since another SDK, it has the manifest, and of the objects that the other has not, those that are like none of it, and deltas of those that are:
//
//	sdk.manifest
//	sdk.since              the identity of the other
//	objects/NAME           content of an object
//	deltas/NAME/BASE       what package delta makes of it against an object of the other
//
// Owners, times and order are the same on every machine, and so are all bytes.
const (
	archiveManifest = "sdk.manifest"
	archiveSince    = "sdk.since"
	archiveFiles    = "go/"
	archiveObjects  = "objects/"
	archiveDeltas   = "deltas/"

	// nameRecord says in the headers of the first two which names the SDKs had.
	nameRecord = "GOOVERLAY.name"
)

// epoch is the time of all entries: of no file of an SDK does it matter, and some programs refuse 0.
var epoch = time.Unix(946684800, 0)

// ExportOptions say what an archive has.
type ExportOptions struct {
	Since  string // name of an SDK that is there already where the archive is installed
	Layer  string // name of an SDK of an image, of which it is to be a layer: files that differ, below Prefix
	Prefix string // path of the GOROOT in the image: usr/local/go
}

// Export writes an SDK to a file: whole, or not at all.
func (s *Store) Export(ctx context.Context, name, target string, o ExportOptions) (err error) {
	if o.Prefix = strings.Trim(o.Prefix, "/"); o.Layer != "" && !fs.ValidPath(o.Prefix) {
		return fmt.Errorf("expected the path of a GOROOT in an image, such as usr/local/go, found %q", o.Prefix)
	}
	done, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer done()
	m, err := s.manifestNamed(name)
	if err != nil {
		return err
	}
	var other *Manifest
	if base := o.Since + o.Layer; base != "" {
		if other, err = s.manifestNamed(base); err != nil {
			return err
		}
		if other.Platform != m.Platform {
			return fmt.Errorf("%s is for %s, and %s for %s", name, m.Platform, base, other.Platform)
		}
	}
	return writeFile(target, func(w io.Writer) error {
		a, err := newArchive(w, target)
		if err != nil {
			return err
		}
		switch {
		case o.Since != "":
			err = s.exportSince(ctx, a, name, m, o.Since, other)
		case o.Layer != "":
			err = s.exportLayer(ctx, a, m, other, o.Prefix)
		default:
			err = s.exportWhole(ctx, a, name, m)
		}
		return errors.Join(err, a.close())
	})
}

func (s *Store) manifestNamed(name string) (*Manifest, error) {
	sdk, err := s.Find(name)
	if err != nil {
		return nil, err
	}
	return s.Manifest(sdk)
}

// writeFile writes a file of the user's.
func writeFile(target string, write func(io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(target), ".overlay-*.tmp")
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: there is no folder %s", target, filepath.Dir(target))
	} else if err != nil {
		return err
	}
	err = write(file)
	if err == nil {
		err = errors.Join(file.Chmod(0o644), file.Sync())
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return rename(file.Name(), target)
}

// An archive is one that is being written.
type archive struct {
	*tar.Writer
	compressor io.WriteCloser
	folders    map[string]bool
}

func newArchive(w io.Writer, name string) (*archive, error) {
	a := &archive{folders: map[string]bool{}}
	var err error
	switch {
	case strings.HasSuffix(name, ".tar"):
		a.compressor = nopCloser{w}
	case strings.HasSuffix(name, ".tar.gz"), strings.HasSuffix(name, ".tgz"):
		a.compressor, err = gzip.NewWriterLevel(w, gzip.BestCompression)
	case strings.HasSuffix(name, ".tar.zst"), strings.HasSuffix(name, ".tzst"):
		a.compressor, err = zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithEncoderConcurrency(1))
	default:
		err = fmt.Errorf("%s: expected a name that ends with .tar.zst, .tar.gz or .tar", name)
	}
	a.Writer = tar.NewWriter(a.compressor)
	return a, err
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

func (a *archive) close() error { return errors.Join(a.Close(), a.compressor.Close()) }

func (a *archive) add(name string, mode int64, content []byte, records map[string]string) error {
	header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(content)), ModTime: epoch, PAXRecords: records}
	if err := a.WriteHeader(header); err != nil {
		return err
	}
	_, err := a.Write(content)
	return err
}

// addFolders adds the folders that a file is in: who makes them otherwise has them as the umask has it.
func (a *archive) addFolders(name string) error {
	dir := path.Dir(name)
	if dir == "." || a.folders[dir] {
		return nil
	}
	if err := a.addFolders(dir); err != nil {
		return err
	}
	a.folders[dir] = true
	return a.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o755, ModTime: epoch})
}

func (s *Store) addFile(ctx context.Context, a *archive, name string, o Object) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	content, err := s.content(o, 0)
	if err != nil {
		return damagedOrMissing(err)
	}
	if err := a.addFolders(name); err != nil {
		return err
	}
	return a.add(name, int64(o.perm()), content, nil)
}

func (a *archive) addManifest(name string, m *Manifest) error {
	return a.add(archiveManifest, 0o444, m.Text(), map[string]string{nameRecord: name})
}

func (s *Store) exportWhole(ctx context.Context, a *archive, name string, m *Manifest) error {
	if err := a.addManifest(name, m); err != nil {
		return err
	}
	for _, f := range m.Files {
		if err := s.addFile(ctx, a, archiveFiles+f.Path, f.Object); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) exportSince(ctx context.Context, a *archive, name string, m *Manifest, since string, other *Manifest) error {
	if err := a.addManifest(name, m); err != nil {
		return err
	}
	if err := a.add(archiveSince, 0o444, []byte(other.ID().String()+"\n"), map[string]string{nameRecord: since}); err != nil {
		return err
	}
	defer limitMemory()()
	known := map[Object]bool{}
	same := map[string]Object{}
	for _, f := range other.Files {
		known[f.Object] = true
		same[f.Path] = f.Object
	}
	for _, f := range m.Files {
		if f.Size == 0 || known[f.Object] {
			continue
		}
		known[f.Object] = true
		if ctx.Err() != nil {
			return ctx.Err()
		}
		content, err := s.content(f.Object, 0)
		if err != nil {
			return damagedOrMissing(err)
		}
		base, ok := same[f.Path]
		if !ok || !canBeBase(base, f.Object) {
			if err := a.add(archiveObjects+f.name(), 0o444, content, nil); err != nil {
				return err
			}
			continue
		}
		against, err := s.content(base, 0)
		if err != nil {
			return damagedOrMissing(err)
		}
		var b bytes.Buffer
		if err := delta.Write(&b, content, against); err != nil {
			return err
		}
		if err := a.add(archiveDeltas+f.name()+"/"+base.name(), 0o444, b.Bytes(), nil); err != nil {
			return err
		}
	}
	return nil
}

// exportLayer writes what differs, as images have it: files, and for each file or folder that is not there any more an empty file that begins
// with .wh. What takes the place of another needs none.
func (s *Store) exportLayer(ctx context.Context, a *archive, m, other *Manifest, prefix string) error {
	before := map[string]Object{}
	for _, f := range other.Files {
		before[f.Path] = f.Object
	}
	const isFile, isFolder = 1, 2
	now := map[string]int{".": isFolder}
	for _, f := range m.Files {
		now[f.Path] = isFile
		for dir := path.Dir(f.Path); now[dir] == 0; dir = path.Dir(dir) {
			now[dir] = isFolder
		}
		if old, ok := before[f.Path]; ok && old == f.Object {
			continue
		}
		if err := s.addFile(ctx, a, path.Join(prefix, f.Path), f.Object); err != nil {
			return err
		}
	}
	gone := map[string]bool{}
	for _, f := range other.Files {
		name := f.Path
		for now[path.Dir(name)] == 0 {
			name = path.Dir(name)
		}
		if now[name] != 0 || now[path.Dir(name)] == isFile || gone[name] {
			continue
		}
		gone[name] = true
		mark := path.Join(prefix, path.Dir(name), ".wh."+path.Base(name))
		if err := a.addFolders(mark); err != nil {
			return err
		}
		if err := a.add(mark, 0o444, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// canBeBase tells whether one object can be the base of a delta for another.
func canBeBase(base, o Object) bool {
	return base.Size > 0 && base.Digest != o.Digest && base.Size <= maxBase && o.Size <= maxBase
}
