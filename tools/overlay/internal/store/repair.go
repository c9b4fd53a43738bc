package store

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

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
		switch {
		case p.kind == badObject:
			err = k.takeOut(p.Path)
			lost[p.object] = true
		case p.kind == noObject:
			lost[p.object] = true
		case p.kind == noBase:
			lost[p.object] = true // It may be in a tree.
			err = s.takeOutBase(p, lost, k)
		case p.kind == badMode && p.ofObject():
			err = p.object.finish(p.Path)
		}
		if err != nil {
			return err
		}
	}
	if err := s.findLost(ctx, lost, shelf); err != nil {
		return err
	}
	if err := shelf.store(); err != nil {
		return err
	}
	elsewhere := map[string]bool{}
	for _, p := range problems {
		switch {
		case p.kind == unreadable: // It may be all right.
		case p.kind == noBase:
			if err := s.dropDelta(p.object); err != nil {
				return err
			}
		case p.tree != "":
			elsewhere[p.tree] = true
		case p.kind == noTree:
			elsewhere[p.Path] = true
		case p.kind == badManifest:
			if err := s.mendManifest(ctx, p.SDK); err != nil {
				return err
			}
		case p.kind == badFile, p.kind == extraFile, p.kind == badMode && !p.ofObject():
			if err := s.mendFile(p, k); err != nil {
				return err
			}
		}
	}
	if err := s.mendTrees(ctx, k); err != nil {
		return err
	}
	for tree := range elsewhere {
		if err := s.layAnew(ctx, tree); err != nil {
			return err
		}
	}
	return nil
}

// takeOutBase takes out what a packed object is a delta against, if that is damaged, and says that it is lost. It may belong to no SDK any more.
func (s *Store) takeOutBase(p Problem, lost map[Object]bool, k *keeping) error {
	err := s.unpackTo(p.object, 0, func(io.Reader) error { return nil })
	base := (*baseError)(nil)
	if !errors.As(err, &base) {
		return nil // It has been taken out already, or it is in order.
	}
	base = base.last()
	if damaged := (*damagedError)(nil); errors.As(base.err, &damaged) {
		if damaged.path == s.objectPath(base.base) {
			info, err := os.Lstat(damaged.path)
			if err != nil {
				return err
			}
			if whole := (Object{Digest: base.base.Digest, Size: info.Size()}); whole.compareFile(damaged.path, make([]byte, 128<<10)) == nil {
				return k.takeOut(s.packedPath(p.object)) // It says a wrong size of what is in order.
			}
		}
		if err := k.takeOut(damaged.path); err != nil {
			return err
		}
	} else if !errors.Is(base.err, fs.ErrNotExist) {
		return nil
	}
	lost[base.base] = true
	return nil
}

// dropDelta removes a packed object whose base is lost, if the object is there as a file.
func (s *Store) dropDelta(o Object) error {
	buffer := make([]byte, 128<<10)
	err := s.unpackTo(o, 0, func(r io.Reader) error { return o.compare(r, buffer) })
	if !errors.As(err, new(*baseError)) || kindOf(err, noBase) != noBase || o.check(s.objectPath(o), buffer) != nil {
		return nil
	}
	return removeIfThere(s.packedPath(o))
}

// layAnew lays the SDK out again that a folder is named after. What is there, of which others may have changed what they like, is kept beside it.
func (s *Store) layAnew(ctx context.Context, tree string) error {
	if exists(tree) {
		kept := tree + time.Now().UTC().Format(".2006-01-02T15-04-05") + ".kept"
		if err := os.Rename(tree, kept); err != nil {
			return err
		}
		s.warnKept(tree, kept)
	}
	err := s.ensureTree(ctx, tree)
	if errors.As(err, new(*damagedError)) || errors.Is(err, fs.ErrNotExist) {
		return nil // It stays a problem.
	}
	return err
}

// findLost looks for objects in what is packed, in trees, where there are copies if there could be no links, and files that somebody has put
// there again, and in what was kept.
func (s *Store) findLost(ctx context.Context, lost map[Object]bool, shelf *shelf) error {
	buffer := make([]byte, 128<<10)
	for o := range lost {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		err := s.unpackTo(o, 0, func(r io.Reader) error { return shelf.writeChecked(o, r, buffer) })
		if err == nil {
			delete(lost, o)
		} else if shelf.failed(err) {
			return err
		}
	}
	if len(lost) == 0 {
		return nil
	}
	bySize := map[int64]bool{}
	for o := range lost {
		bySize[o.Size] = true
	}
	for _, folder := range []string{"trees", "kept"} {
		err := eachReadable(s.path(folder), func(path string, info fs.FileInfo) error {
			if !bySize[info.Size()] {
				return nil
			}
			for o := range lost {
				if o.Size != info.Size() {
					continue
				}
				file, err := os.Open(path)
				if err != nil {
					continue
				}
				err = errors.Join(shelf.writeChecked(o, file, buffer), file.Close())
				if err == nil {
					delete(lost, o)
				} else if shelf.failed(err) {
					return err
				}
			}
			return ctx.Err()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eachReadable calls a function for each file below a folder, as far as that can be read. It follows no links, which lead out of the store, or nowhere.
func eachReadable(dir string, found func(path string, info fs.FileInfo) error) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return nil
		}
		return found(path, info)
	})
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
	trees, err := os.ReadDir(s.path("trees"))
	if err != nil {
		return ignoreMissing(err)
	}
	at := slices.IndexFunc(trees, func(tree fs.DirEntry) bool { return strings.HasSuffix(tree.Name(), treeSuffix(id)) })
	if at < 0 {
		return nil
	}
	source, err := fromTree(s.path("trees", trees[at].Name()))
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
	} else if err != nil && ctx.Err() == nil && !shelf.failed(err) {
		err = nil // The tree is no whole SDK.
	}
	return errors.Join(err, remove())
}

// fromTree returns the files of a tree. What else is there is no part of an SDK.
func fromTree(tree string) (*Source, error) {
	source := &Source{Name: tree}
	err := eachReadable(tree, func(path string, info fs.FileInfo) error {
		rel, err := filepath.Rel(tree, path)
		source.Files = append(source.Files, SourceFile{filepath.ToSlash(rel), info.Size(), func() (io.ReadCloser, error) { return os.Open(path) }})
		return err
	})
	return source, err
}

// mendFile puts a file of a tree in order, if the store has its content.
func (s *Store) mendFile(p Problem, k *keeping) (err error) {
	switch p.kind {
	case unreadable:
		return nil
	case extraFile:
		return k.takeOut(p.Path) // It may have been in what has been taken out.
	}
	made, remove, err := s.Temporary()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	file := filepath.Join(made, "file")
	var fallen notice
	err = s.layFile(p.object, file, make([]byte, 128<<10), &fallen)
	if errors.As(err, new(*damagedError)) || errors.Is(err, fs.ErrNotExist) {
		return nil // It stays a problem.
	}
	if err != nil {
		return err
	}
	if p.kind != badMode && exists(p.Path) {
		if err := k.keep(p.Path); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(p.Path), 0o755); err != nil {
		return err
	}
	return os.Rename(file, p.Path)
}

// mendTrees puts trees in order whose files were links of objects that were damaged.
func (s *Store) mendTrees(ctx context.Context, k *keeping) error {
	sdks, _ := s.List() // What can't be read is told by who verifies again.
	for _, sdk := range sdks {
		m, err := s.manifest(sdk.ID)
		if err != nil || !exists(sdk.Tree) {
			continue
		}
		if err := s.mendTreeKeeping(ctx, m, sdk.Tree, k); err != nil {
			return err
		}
	}
	return nil
}

// mendTree puts a tree in order that was there before.
func (s *Store) mendTree(ctx context.Context, m *Manifest, tree string) error {
	k := &keeping{s: s}
	if err := s.unpack(ctx, m); err != nil {
		return err
	}
	if err := s.checkObjects(ctx, m); err != nil {
		return damagedOrMissing(err)
	}
	if err := s.mendTreeKeeping(ctx, m, tree, k); err != nil {
		return err
	}
	if k.dir != "" {
		s.warnKept(tree, k.dir)
	}
	return nil
}

// checkObjects reads what a tree has links of.
func (s *Store) checkObjects(ctx context.Context, m *Manifest) error {
	objects := make([]Object, 0, len(m.Files))
	for o := range m.objects() {
		if o.Size > 0 {
			objects = append(objects, o)
		}
	}
	return parallel(ctx, len(objects), func(i int, buffer []byte) error { return objects[i].check(s.objectPath(objects[i]), buffer) })
}

func (s *Store) mendTreeKeeping(ctx context.Context, m *Manifest, tree string, k *keeping) error {
	problems, err := s.verifyTree(ctx, m, tree)
	if err != nil {
		return err
	}
	for _, p := range problems {
		if err := s.mendFile(p, k); err != nil {
			return err
		}
	}
	return nil
}
