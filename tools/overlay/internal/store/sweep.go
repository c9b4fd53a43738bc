package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// sweep removes what no SDK needs that remains. Nobody else uses the store meanwhile.
func (s *Store) sweep(ctx context.Context, remaining []*SDK, dryRun bool, c *Cleaning) error {
	roots, err := s.roots(remaining)
	if err != nil {
		return err
	}
	trees := inTrees(roots)
	running := findRunning()
	others, inUse, err := s.otherTrees(trees, running, c)
	if err != nil {
		return err
	}
	roots = append(roots, inUse...)
	needed, err := s.needed(roots)
	if err != nil {
		return err
	}
	manifests := map[string]bool{}
	for _, r := range roots {
		manifests[r.id.String()] = true
	}
	remove := func(path string, size int64) error {
		c.Bytes += size
		if dryRun {
			return nil
		}
		return os.Remove(path)
	}
	// Trees first: while one is there, its objects should be.
	for _, tree := range others {
		if dryRun {
			break
		}
		if err := s.keepChanges(ctx, tree); err != nil {
			return err
		}
		if err := s.removeTree(tree); err != nil {
			return err
		}
	}
	if err := s.sweepElsewhere(ctx, running, dryRun, c); err != nil {
		return err
	}
	if !dryRun {
		if err := s.cleanGenerations(trees); err != nil {
			return err
		}
	}
	if err := eachFile(s.path("manifests"), func(path string, info fs.FileInfo) error {
		if manifests[filepath.Base(path)] {
			return nil
		}
		return remove(path, info.Size())
	}); err != nil {
		return err
	}
	for _, folder := range []string{"packed", "objects"} {
		err := eachFile(s.path(folder), func(path string, info fs.FileInfo) error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if needed[folder+"/"+filepath.Base(path)] {
				c.Size += info.Size()
				return nil
			}
			return remove(path, info.Size())
		})
		if err != nil {
			return err
		}
	}
	left, err := s.cleanTemporary(dryRun)
	c.Bytes += left
	if err != nil {
		return err
	}
	if dryRun {
		return nil
	}
	for _, folder := range []string{"pins", "used", "verified"} {
		if err := s.cleanMarks(folder); err != nil {
			return err
		}
	}
	for _, folder := range []string{"sdks", "pins", "manifests", "."} {
		if err := s.cleanNames(folder); err != nil {
			return err
		}
	}
	return s.cleanKept()
}

// otherTrees returns the trees that belong to no SDK that stays, without those that are in use: of these it returns what SDKs they are, as
// it takes their manifests to know later what others have put there.
func (s *Store) otherTrees(trees map[string]bool, running *running, c *Cleaning) (others []string, inUse []root, err error) {
	entries, err := os.ReadDir(s.path("trees"))
	if err := ignoreMissing(err); err != nil {
		return nil, nil, err
	}
	for _, entry := range entries {
		tree := s.path("trees", entry.Name())
		if trees[entry.Name()] {
			continue
		}
		reason := running.in(tree)
		if reason == "" && s.isHeld(tree) {
			reason = execRuns
		}
		if reason == "" {
			others = append(others, tree)
			continue
		}
		c.Kept[entry.Name()] = reason
		if m, err := s.manifestOfTree(tree); err == nil { // One that can't be read tells nothing.
			inUse = append(inUse, root{m.ID(), entry.Name()})
		}
	}
	return others, inUse, nil
}

// sweepElsewhere removes the trees in other places, such as in memory, that are neither the current one nor the one before. One that others have
// changed stays, as what they have put there is theirs.
func (s *Store) sweepElsewhere(ctx context.Context, running *running, dryRun bool, c *Cleaning) error {
	all, err := s.History()
	if err != nil {
		return err
	}
	stays := map[string]bool{}
	for _, g := range inForce(all) {
		stays[g.Tree] = true
	}
	for _, g := range all {
		if stays[g.Tree] {
			continue
		}
		stays[g.Tree] = true // It has been looked at.
		if err := s.removeElsewhere(ctx, g.Tree, running, dryRun, c); err != nil {
			return err
		}
	}
	return nil
}

// removeElsewhere removes a tree if it is in another place.
func (s *Store) removeElsewhere(ctx context.Context, tree string, running *running, dryRun bool, c *Cleaning) error {
	if s.owns(tree) || !exists(tree) {
		return nil
	}
	m, err := s.manifestOfTree(tree)
	if err != nil {
		return nil // It isn't known what it had.
	}
	if reason := running.in(tree); reason != "" {
		c.Kept[tree] = reason
		return nil
	}
	problems, err := s.verifyTree(ctx, m, tree)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		c.Kept[tree] = fmt.Sprintf("it has been changed: %v; next: remove it", problems[0])
		return nil
	}
	for _, f := range m.Files {
		c.Bytes += f.Size
	}
	if dryRun {
		return nil
	}
	return removeTree(tree)
}

// forgetGenerations takes away what leads a rollback to trees of SDKs that are removed by their names: it goes to the SDK before them then.
func (s *Store) forgetGenerations(ctx context.Context, trees map[string]bool, running *running, c *Cleaning) error {
	all, err := s.History()
	if err != nil {
		return err
	}
	for _, g := range all {
		if g.Current || !trees[filepath.Base(g.Tree)] {
			continue
		}
		if err := s.removeElsewhere(ctx, g.Tree, running, false, c); err != nil {
			return err
		}
		if err := os.Remove(s.path("generations", g.name)); err != nil {
			return err
		}
	}
	return nil
}

// removeTree removes a tree in two steps, so that there is none that has lost some of its files.
func (s *Store) removeTree(tree string) error {
	dir, remove, err := s.Temporary()
	if err != nil {
		return err
	}
	if err := os.Rename(tree, filepath.Join(dir, "tree")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, remove())
	}
	return remove()
}

// cleanGenerations removes those whose SDKs have been.
func (s *Store) cleanGenerations(trees map[string]bool) error {
	all, err := s.History()
	if err != nil {
		return err
	}
	for _, g := range all {
		if g.Current || trees[filepath.Base(g.Tree)] {
			continue
		}
		if err := os.Remove(s.path("generations", g.name)); err != nil {
			return err
		}
	}
	return nil
}

// cleanMarks removes what says something of SDKs, manifests and trees that are not there any more, as of one that was removed by a process that
// was killed: the next one of the name is not to be pinned by that.
func (s *Store) cleanMarks(folder string) error {
	entries, err := os.ReadDir(s.path(folder))
	if err != nil {
		return ignoreMissing(err)
	}
	for _, entry := range entries {
		if exists(s.path("sdks", entry.Name())) || exists(s.path("manifests", entry.Name())) || exists(s.path("trees", entry.Name())) || s.isHeld(entry.Name()) {
			continue
		}
		if err := os.Remove(s.path(folder, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// eachFile calls a function for each file below a folder, which need not be there. A link counts as a file, wherever it leads.
func eachFile(dir string, found func(path string, info fs.FileInfo) error) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return ignoreMissing(err)
		}
		if entry.IsDir() {
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return ignoreMissing(err)
		}
		return found(path, info)
	})
}
