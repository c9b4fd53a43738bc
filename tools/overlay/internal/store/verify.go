package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	slashpath "path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// A Problem is something that is not as it should be.
type Problem struct {
	SDK  string // its name, or ""
	Path string
	Text string // what was expected, and found

	kind   problemKind
	object Object // that is meant, or that a file of a tree should be
	name   string // of the file in the SDK
	tree   string // that it is in, if that is not in the store
}

type problemKind int

const (
	badObject   problemKind = iota // it is damaged
	noObject                       // it is missing
	noBase                         // it is a delta against one that is damaged or missing
	badManifest                    // it is damaged or missing
	badFile                        // a file of a tree is another, or missing
	badMode                        // an object, or a file of a tree, has the right content, and another mode
	unreadable                     // it can't be read, so that nobody knows what it has
	extraFile                      // a tree has a file that the SDK has not
	noTree                         // the tree of the current SDK is missing
)

func (p Problem) String() string {
	if p.ofObject() {
		return fmt.Sprintf("%s (%s): %s", p.Path, p.name, p.Text)
	}
	return p.Path + ": " + p.Text
}

// ofObject tells whether it is about the file of an object, and not about one of a tree.
func (p Problem) ofObject() bool { return filepath.Base(p.Path) == p.object.name() }

// Unreadable tells whether it is about what can't be read, which may be all right.
func (p Problem) Unreadable() bool { return p.kind == unreadable }

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
	if err := v.current(ctx, names); err != nil {
		return nil, err
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
		v.found(Problem{SDK: name, Path: v.s.path("sdks", name), Text: err.Error(), kind: kindOf(err, badManifest)})
		return nil
	}
	if err := v.objects(ctx, name, m); err != nil || !exists(sdk.Tree) {
		return err
	}
	return v.tree(ctx, name, m, sdk.Tree)
}

// current looks at the current SDK, where no name leads to its tree: it is in another place than the store, or its name is another SDK's by now.
func (v *verifying) current(ctx context.Context, names []string) error {
	g, err := v.s.currentGeneration()
	if err != nil {
		return nil // There is none.
	}
	name := filepath.Base(g.Tree)
	sdks, _ := v.s.List() // What can't be read has been told.
	at := slices.IndexFunc(sdks, func(sdk *SDK) bool { return sdk.Current && (len(names) == 0 || slices.Contains(names, sdk.Name)) })
	if at >= 0 {
		name = sdks[at].Name
	}
	if len(names) > 0 && at < 0 || at >= 0 && exists(g.Tree) && sdks[at].Tree == g.Tree {
		return nil
	}
	if !exists(g.Tree) {
		v.found(Problem{SDK: name, Path: g.Tree, Text: "it is the current GOROOT, and missing", kind: noTree})
		return nil
	}
	m, err := v.s.manifestOfTree(g.Tree)
	if err != nil {
		v.found(Problem{SDK: name, Path: g.Tree, Text: err.Error(), kind: kindOf(err, badManifest)})
		return nil
	}
	if err := v.objects(ctx, name, m); err != nil {
		return err
	}
	return v.tree(ctx, name, m, g.Tree)
}

// objects looks at what an SDK is made of.
func (v *verifying) objects(ctx context.Context, name string, m *Manifest) error {
	var objects []File // each once
	for _, f := range m.Files {
		if f.Size > 0 && !v.seen[f.Object] {
			v.seen[f.Object] = true
			objects = append(objects, f)
		}
	}
	return parallel(ctx, len(objects), func(i int, buffer []byte) error {
		v.object(name, objects[i], buffer)
		v.progress(objects[i].Size)
		return ctx.Err()
	})
}

// object compares the file of an object with it, and what is packed of it.
func (v *verifying) object(sdk string, f File, buffer []byte) {
	o := f.Object
	path := v.s.objectPath(o)
	err := o.check(path, buffer)
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		v.found(Problem{SDK: sdk, Path: path, Text: reason(err), kind: kindOf(err, badObject), object: o, name: f.Path})
	}
	packed := v.s.packedPath(o)
	packedErr := v.s.unpackTo(o, 0, func(r io.Reader) error { return o.compare(r, buffer) })
	switch {
	case packedErr == nil:
	case errors.As(packedErr, new(*baseError)):
		v.found(Problem{SDK: sdk, Path: packed, Text: packedErr.Error(), kind: kindOf(packedErr, noBase), object: o, name: f.Path})
	case !errors.Is(packedErr, fs.ErrNotExist) || exists(packed):
		v.found(Problem{SDK: sdk, Path: packed, Text: reason(packedErr), kind: kindOf(packedErr, badObject), object: o, name: f.Path})
	case missing:
		v.found(Problem{SDK: sdk, Path: path, Text: "it is missing", kind: noObject, object: o, name: f.Path})
	}
}

// reason is what an error says of a file that the user has been told the path of.
func reason(err error) string {
	if damaged := (*damagedError)(nil); errors.As(err, &damaged) {
		return damaged.found
	}
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return "it can't be read: " + path.Err.Error()
	}
	return err.Error()
}

// kindOf returns which kind of problem an error is: one that says nothing of what a file has is not the one that damage is.
func kindOf(err error, damage problemKind) problemKind {
	switch {
	case errors.As(err, new(*modeError)):
		return badMode
	case !errors.As(err, new(*damagedError)) && !errors.Is(err, fs.ErrNotExist) && errors.As(err, new(*fs.PathError)):
		return unreadable
	}
	return damage
}

// tree compares a tree with the SDK.
func (v *verifying) tree(ctx context.Context, sdk string, m *Manifest, tree string) error {
	problems, err := v.s.verifyTree(ctx, m, tree)
	for _, p := range problems {
		p.SDK = sdk
		if !v.s.owns(tree) {
			p.tree = tree
		}
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
	elsewhere := linkedFolders(m, tree)
	err = parallel(ctx, len(m.Files), func(i int, buffer []byte) error {
		f := m.Files[i]
		path := filepath.Join(tree, filepath.FromSlash(f.Path))
		if elsewhere[slashpath.Dir(f.Path)] {
			found(Problem{Path: path, Text: "a folder that it is in leads elsewhere", kind: badFile, object: f.Object, name: f.Path})
			return ctx.Err()
		}
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
			found(Problem{Path: path, Text: reason(err), kind: kindOf(err, badFile), object: f.Object, name: f.Path})
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
	err = filepath.WalkDir(tree, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			if kindOf(err, extraFile) == unreadable {
				found(Problem{Path: path, Text: reason(err), kind: unreadable})
			}
			return nil // It may be gone.
		}
		rel, err := filepath.Rel(tree, path)
		if name := filepath.ToSlash(rel); !entry.IsDir() && !known[name] {
			found(Problem{Path: path, Text: "the SDK has no such file", kind: extraFile, name: name})
		}
		return err
	})
	// What is in the place of a folder comes before what should be in that.
	slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.Path, b.Path) })
	return problems, err
}

// linkedFolders returns the folders of an SDK that are links in a tree, or below one. What is there is no part of the tree, but somebody else's.
func linkedFolders(m *Manifest, tree string) map[string]bool {
	elsewhere := map[string]bool{".": false}
	var look func(folder string) bool
	look = func(folder string) bool {
		is, ok := elsewhere[folder]
		if !ok {
			info, err := os.Lstat(filepath.Join(tree, filepath.FromSlash(folder)))
			is = look(slashpath.Dir(folder)) || err == nil && !info.IsDir()
			elsewhere[folder] = is
		}
		return is
	}
	for _, f := range m.Files {
		look(slashpath.Dir(f.Path))
	}
	return elsewhere
}

// compareFile returns an error unless a file has the content of an object.
func (o Object) compareFile(path string, buffer []byte) (err error) {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() // It was only read.
	return o.compare(file, buffer)
}

// compare returns an error unless there is to be read what an object has.
func (o Object) compare(r io.Reader, buffer []byte) error {
	digest := sha256.New()
	n, err := io.CopyBuffer(struct{ io.Writer }{digest}, struct{ io.Reader }{io.LimitReader(r, o.Size+1)}, buffer)
	if err != nil {
		return err
	}
	if n != o.Size {
		return sizeError(o.Size, n)
	}
	return o.matches(digest)
}
