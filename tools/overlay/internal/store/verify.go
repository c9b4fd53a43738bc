package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/go-overlay/go_overlay/tools/internal/files"
)

// A Problem is something that is not as it should be.
type Problem struct {
	SDK  string // its name, or ""
	Path string
	Text string // what was expected, and found

	kind   problemKind
	object Object // for the first two kinds, and for files of trees
	name   string // of a file in a tree
}

type problemKind int

const (
	badObject   problemKind = iota // it is damaged
	noObject                       // it is missing
	badManifest                    // it is damaged or missing
	badFile                        // a file of a tree is another, or missing
	extraFile                      // a tree has a file that the SDK has not
)

func (p Problem) String() string { return p.Path + ": " + p.Text }

// Verify reads all that SDKs are made of, and compares it with what they say. Without names, it looks at all. It changes nothing.
func (s *Store) Verify(ctx context.Context, names []string, progress func(bytes int64)) ([]Problem, error) {
	done, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	return s.verify(ctx, names, progress)
}

func (s *Store) verify(ctx context.Context, names []string, progress func(bytes int64)) ([]Problem, error) {
	for _, name := range names {
		if err := s.known(name); err != nil {
			return nil, err
		}
	}
	all, err := s.names()
	if err != nil {
		return nil, err
	}
	v := &verifying{s: s, seen: map[Object]bool{}, progress: progress}
	for _, name := range all {
		if len(names) > 0 && !slices.Contains(names, name) {
			continue
		}
		if err := v.sdk(ctx, name); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(v.problems, func(a, b Problem) int { return strings.Compare(a.Path, b.Path) })
	return v.problems, nil
}

// known returns an error unless there is an SDK with a name, in whatever state.
func (s *Store) known(name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	if !exists(s.path("sdks", name)) {
		return s.notInstalled(name)
	}
	return nil
}

type verifying struct {
	s        *Store
	progress func(bytes int64)
	seen     map[Object]bool

	mu       sync.Mutex
	problems []Problem
}

func (v *verifying) found(p Problem) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.problems = append(v.problems, p)
}

func (v *verifying) sdk(ctx context.Context, name string) error {
	sdk, err := v.s.sdk(name)
	var m *Manifest
	if err == nil {
		m, err = v.s.manifest(sdk.ID)
	}
	if err != nil {
		v.found(Problem{SDK: name, Path: v.s.path("sdks", name), Text: err.Error(), kind: badManifest})
		return nil
	}
	var objects []Object
	for _, f := range m.Files {
		if f.Size > 0 && !v.seen[f.Object] {
			v.seen[f.Object] = true
			objects = append(objects, f.Object)
		}
	}
	err = parallel(ctx, len(objects), func(i int, buffer []byte) error {
		v.object(name, objects[i], buffer)
		v.progress(objects[i].Size)
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	if sdk.LaidOut {
		return v.tree(ctx, name, m, sdk.Tree)
	}
	return nil
}

// object compares the file of an object with it, and what is packed of it.
func (v *verifying) object(sdk string, o Object, buffer []byte) {
	path := v.s.objectPath(o)
	err := o.check(path, buffer)
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		v.found(Problem{SDK: sdk, Path: path, Text: reason(err), kind: badObject, object: o})
	}
	packed := v.s.packedPath(o)
	packedErr := v.s.unpackTo(o, 0, func(r io.Reader) error { return o.compare(r, buffer) })
	switch {
	case packedErr == nil:
	case !errors.Is(packedErr, fs.ErrNotExist) || exists(packed):
		v.found(Problem{SDK: sdk, Path: packed, Text: reason(packedErr), kind: badObject, object: o})
	case missing:
		v.found(Problem{SDK: sdk, Path: path, Text: "it is missing", kind: noObject, object: o})
	}
}

// reason is what an error says of a file that the user has been told the path of.
func reason(err error) string {
	if damaged := (*damagedError)(nil); errors.As(err, &damaged) {
		return damaged.found
	}
	return err.Error()
}

// tree compares a tree with the SDK.
func (v *verifying) tree(ctx context.Context, sdk string, m *Manifest, tree string) error {
	problems, err := v.s.verifyTree(ctx, m, tree)
	for _, p := range problems {
		p.SDK = sdk
		v.found(p)
	}
	return err
}

func (s *Store) verifyTree(ctx context.Context, m *Manifest, tree string) (problems []Problem, err error) {
	var mu sync.Mutex
	found := func(p Problem) {
		mu.Lock()
		defer mu.Unlock()
		problems = append(problems, p)
	}
	err = parallel(ctx, len(m.Files), func(i int, buffer []byte) error {
		f := m.Files[i]
		path := filepath.Join(tree, filepath.FromSlash(f.Path))
		info, err := os.Lstat(path)
		if err == nil && info.Mode().IsRegular() && f.Size > 0 {
			if object, err := os.Lstat(s.objectPath(f.Object)); err == nil && os.SameFile(info, object) {
				return ctx.Err() // It has been checked as an object.
			}
		}
		switch {
		case err == nil && !info.Mode().IsRegular():
			err = &damagedError{path, "expected a file, found " + info.Mode().Type().String()}
		case err == nil:
			err = f.check(path, buffer)
		}
		if errors.Is(err, fs.ErrNotExist) {
			err = &damagedError{path, "it is missing"}
		}
		if err != nil {
			found(Problem{Path: path, Text: reason(err), kind: badFile, object: f.Object, name: f.Path})
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool, len(m.Files))
	for _, f := range m.Files {
		known[f.Path] = true
	}
	return problems, filepath.WalkDir(tree, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return ignoreMissing(err)
		}
		rel, err := filepath.Rel(tree, path)
		if name := filepath.ToSlash(rel); !entry.IsDir() && !known[name] {
			found(Problem{Path: path, Text: "the SDK has no such file", kind: extraFile, name: name})
		}
		return err
	})
}

// compare returns an error unless there is to be read what an object has.
func (o Object) compare(r io.Reader, buffer []byte) error {
	digest := newDigest()
	n, err := io.CopyBuffer(struct{ io.Writer }{digest}, struct{ io.Reader }{io.LimitReader(r, o.Size+1)}, buffer)
	if err != nil {
		return err
	}
	if n != o.Size {
		return sizeError(o.Size, n)
	}
	return o.matches(digest)
}

// Repair mends what Verify finds, of all SDKs, as far as the store itself has what it takes. What others have written into objects and trees it
// keeps in a folder, which it returns. It returns what is left: objects that are lost.
func (s *Store) Repair(ctx context.Context, names []string, progress func(bytes int64)) (mended []Problem, kept string, left []Problem, err error) {
	done, err := s.takeAway(ctx)
	if err != nil {
		return nil, "", nil, err
	}
	defer done()
	problems, err := s.verify(ctx, names, progress)
	if err != nil || len(problems) == 0 {
		return nil, "", nil, err
	}
	k := &keeping{s: s}
	if err := s.repair(ctx, problems, k); err != nil {
		return nil, k.dir, nil, s.unwritable(err)
	}
	if left, err = s.verify(ctx, names, func(int64) {}); err != nil {
		return nil, k.dir, nil, err
	}
	remaining := map[string]bool{}
	for _, p := range left {
		remaining[p.Path] = true
	}
	for _, p := range problems {
		if !remaining[p.Path] {
			mended = append(mended, p)
		}
	}
	return mended, k.dir, left, nil
}

func (s *Store) repair(ctx context.Context, problems []Problem, k *keeping) (err error) {
	shelf, remove, err := s.newShelf()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	// Damaged objects first: they are not to be found by what follows.
	lost := map[Object]bool{}
	for _, p := range problems {
		switch p.kind {
		case badObject:
			if err := k.keep(p.Path); err != nil {
				return err
			}
			lost[p.object] = true
		case noObject:
			lost[p.object] = true
		}
	}
	if err := s.findLost(ctx, lost, shelf); err != nil {
		return err
	}
	if err := shelf.store(); err != nil {
		return err
	}
	for _, p := range problems {
		switch p.kind {
		case badManifest:
			if err := s.mendManifest(ctx, p.SDK); err != nil {
				return err
			}
		case badFile, extraFile:
			if err := s.mendFile(p, k); err != nil {
				return err
			}
		}
	}
	return s.mendTrees(ctx, k)
}

// findLost looks for objects in what is packed, and in trees: there are copies where there could be no links, and files that somebody
// has put there again.
func (s *Store) findLost(ctx context.Context, lost map[Object]bool, shelf *shelf) error {
	buffer := make([]byte, 128<<10)
	for o := range lost {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := s.unpackTo(o, 0, func(r io.Reader) error { return shelf.writeChecked(o, r, buffer) }); err == nil {
			delete(lost, o)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	bySize := map[int64]bool{}
	for o := range lost {
		bySize[o.Size] = true
	}
	return ignoreMissing(files.Walk(s.path("trees"), func(_, path string, info fs.FileInfo) error {
		if !bySize[info.Size()] {
			return nil
		}
		for o := range lost {
			if o.Size != info.Size() || (Object{o.Digest, o.Size, info.Mode()&0o111 != 0}).check(path, buffer) != nil && o.checkContent(path, buffer) != nil {
				continue
			}
			file, err := os.Open(path)
			if err != nil {
				continue
			}
			err = errors.Join(shelf.writeChecked(o, file, buffer), file.Close())
			if err == nil {
				delete(lost, o)
			}
		}
		return ctx.Err()
	}))
}

// mendManifest makes the manifest of an SDK anew of its tree, if the tree is what the name of the manifest says.
func (s *Store) mendManifest(ctx context.Context, name string) error {
	target, err := os.Readlink(s.path("sdks", name))
	if err != nil {
		return nil // It stays a problem.
	}
	id, err := ParseDigest(filepath.Base(target))
	if err != nil {
		return nil
	}
	trees, err := filepath.Glob(filepath.Join(globQuote(s.path("trees")), fmt.Sprintf("*-%x", id[:8])))
	if err != nil || len(trees) != 1 {
		return err
	}
	source, err := FromFolder(trees[0])
	if err != nil {
		return err
	}
	shelf, remove, err := s.newShelf()
	if err != nil {
		return err
	}
	m, err := shelf.ingest(ctx, source, func(int64) {})
	if err == nil && m.ID() == id {
		if err = shelf.store(); err == nil {
			err = s.writeManifest(m)
		}
	} else if err != nil && ctx.Err() == nil {
		err = nil // The tree is no whole SDK.
	}
	return errors.Join(err, remove())
}

// mendFile puts a file of a tree in order, if the store has its content.
func (s *Store) mendFile(p Problem, k *keeping) error {
	if p.kind == badFile && !s.has(p.object) {
		return nil
	}
	if exists(p.Path) {
		if err := k.keep(p.Path); err != nil {
			return err
		}
	}
	if p.kind == extraFile {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(p.Path), 0o755); err != nil {
		return err
	}
	var fallen notice
	return s.layFile(p.object, p.Path, make([]byte, 128<<10), &fallen)
}

// mendTrees puts trees in order whose files were links of objects that were damaged.
func (s *Store) mendTrees(ctx context.Context, k *keeping) error {
	sdks, _ := s.List() // What can't be read is told by who verifies again.
	for _, sdk := range sdks {
		m, err := s.manifest(sdk.ID)
		if err != nil || !sdk.LaidOut {
			continue
		}
		problems, err := s.verifyTree(ctx, m, sdk.Tree)
		if err != nil {
			return err
		}
		for _, p := range problems {
			if err := s.mendFile(p, k); err != nil {
				return err
			}
		}
	}
	return nil
}

// keeping moves files of others to a folder of their own, by the names that they have in the store.
type keeping struct {
	s   *Store
	dir string // or "": there is none yet
}

func (k *keeping) keep(path string) error {
	name, err := filepath.Rel(k.s.Dir, path)
	if err != nil {
		return err
	}
	if k.dir == "" {
		parent, err := k.s.folder("kept")
		if err != nil {
			return err
		}
		if k.dir, err = os.MkdirTemp(parent, now().UTC().Format("2006-01-02T15-04-05-")); err != nil {
			return err
		}
	}
	target := filepath.Join(k.dir, name)
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return os.Rename(path, target)
}
