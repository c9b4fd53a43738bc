package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// CleanOptions say which SDKs may go. With Keep less than 0 and nothing else, only what belongs to none goes; the zero value lets all go that
// are not in use.
type CleanOptions struct {
	MaxSize int64         // bytes that the store may have; 0: any
	MaxAge  time.Duration // since the last use; 0: any
	Keep    int           // so many that were used last stay, whatever their age and size; less than 0: the number is no reason
	DryRun  bool
}

// A Cleaning is what has gone, or would.
type Cleaning struct {
	Removed []string          // SDKs
	Kept    map[string]string // those that should have gone, and why they have not
	Bytes   int64             // that are free now
	Size    int64             // that the store has now
}

// keptFor is how long what a repair has taken out stays.
const keptFor = 30 * 24 * time.Hour

// Clean removes SDKs, those first that were not used for the longest time, and then what belongs to none: objects, trees, generations, and
// what processes have left that were killed. It never takes what is in use.
func (s *Store) Clean(ctx context.Context, o CleanOptions) (*Cleaning, error) {
	done, err := s.takeAway(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	sdks, err := s.List()
	if err != nil {
		return nil, err // What can't be read might need any object.
	}
	c := &Cleaning{Kept: map[string]string{}}
	remaining, err := s.choose(sdks, o, c)
	if err != nil {
		return nil, err
	}
	if !o.DryRun {
		for _, name := range c.Removed {
			if err := s.removeName(name); err != nil {
				return c, err
			}
		}
	}
	return c, s.sweep(ctx, remaining, o.DryRun, c)
}

// choose returns the SDKs that stay.
func (s *Store) choose(sdks []*SDK, o CleanOptions, c *Cleaning) (remaining []*SDK, err error) {
	running := findRunning()
	byUse := slices.Clone(sdks)
	slices.SortStableFunc(byUse, func(a, b *SDK) int { return a.LastUsed.Compare(b.LastUsed) })
	stays := map[*SDK]bool{}
	for _, sdk := range sdks {
		stays[sdk] = true
	}
	leave := func(sdk *SDK) {
		if reason := s.stays(sdk, running); reason != "" {
			c.Kept[sdk.Name] = reason
			return
		}
		stays[sdk] = false
		c.Removed = append(c.Removed, sdk.Name)
	}
	for i, sdk := range byUse {
		tooOld := o.MaxAge > 0 && time.Since(sdk.LastUsed) > o.MaxAge
		tooMany := o.Keep >= 0 && len(byUse)-i > o.Keep
		switch {
		case o.MaxAge > 0 && o.Keep >= 0:
			if tooOld && tooMany {
				leave(sdk)
			}
		case tooOld, tooMany:
			leave(sdk)
		}
	}
	if o.MaxSize > 0 {
		for i, sdk := range byUse {
			size, err := s.sizeOf(filter(sdks, stays))
			if err != nil {
				return nil, err
			}
			if size <= o.MaxSize {
				break
			}
			switch {
			case !stays[sdk]:
			case len(byUse)-i <= o.Keep:
				c.Kept[sdk.Name] = fmt.Sprintf("it is one of the %d that were used last", o.Keep)
			default:
				leave(sdk)
			}
		}
	}
	return filter(sdks, stays), nil
}

func filter(sdks []*SDK, in map[*SDK]bool) []*SDK {
	return slices.DeleteFunc(slices.Clone(sdks), func(sdk *SDK) bool { return !in[sdk] })
}

// removeName makes an SDK one that is not installed.
func (s *Store) removeName(name string) error {
	return errors.Join(removeIfThere(s.path("sdks", name)), removeIfThere(s.path("used", name)), removeIfThere(s.path("pins", name)))
}

// Remove removes SDKs, and what belongs to no other one. If one of them is in use none is removed.
func (s *Store) Remove(ctx context.Context, names []string) (*Cleaning, error) {
	done, err := s.takeAway(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	running := findRunning()
	gone := map[string]bool{} // trees
	c := &Cleaning{Removed: names, Kept: map[string]string{}}
	for _, name := range names {
		if err := s.known(name); err != nil {
			return nil, err
		}
		sdk, err := s.sdk(name)
		if err != nil { // Of a damaged one it is enough that nobody has pinned it: its tree stays if something leads there.
			sdk = &SDK{Name: name, Pinned: exists(s.path("pins", name)), Tree: s.path("trees", name)}
		}
		if reason := s.inUse(sdk, running); reason != "" {
			return nil, fmt.Errorf("%s is not removed: %s", name, reason)
		}
		gone[filepath.Base(sdk.Tree)] = true
	}
	sdks, _ := s.List() // What can't be read is told below.
	for _, sdk := range sdks {
		if !slices.Contains(names, sdk.Name) {
			delete(gone, filepath.Base(sdk.Tree))
		}
	}
	if err := s.forgetGenerations(ctx, gone, running, c); err != nil {
		return nil, s.unwritable(err)
	}
	for _, name := range names {
		if err := s.removeName(name); err != nil {
			return nil, s.unwritable(err)
		}
	}
	remaining, err := s.List()
	if err != nil {
		return nil, err
	}
	return c, s.sweep(ctx, remaining, false, c)
}

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
		if process, ok := running.in(tree); ok {
			c.Kept[entry.Name()] = fmt.Sprintf("process %d runs in it", process)
		} else if s.isHeld(tree) {
			c.Kept[entry.Name()] = "overlay sdk exec runs with it"
		} else {
			others = append(others, tree)
			continue
		}
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
	problems, err := s.verifyTree(ctx, m, tree)
	if err != nil {
		return err
	}
	if process, ok := running.in(tree); ok {
		c.Kept[tree] = fmt.Sprintf("process %d runs in it", process)
		return nil
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

// A root is an SDK that stays: one that is installed, or one to which use and rollback lead.
type root struct {
	id   Digest
	tree string // its name in the folder trees
}

// roots returns what stays if some SDKs do.
func (s *Store) roots(sdks []*SDK) ([]root, error) {
	var roots []root
	for _, sdk := range sdks {
		roots = append(roots, root{sdk.ID, filepath.Base(sdk.Tree)})
	}
	all, err := s.History()
	if err != nil {
		return nil, err
	}
	for _, g := range inForce(all) {
		id, err := s.idOfTree(g.Tree)
		switch {
		case err == nil:
			roots = append(roots, root{id, filepath.Base(g.Tree)})
		case g.Current && exists(g.Tree):
			return nil, fmt.Errorf("%w, which is the current Go SDK, so that it is not known what it needs; next: overlay sdk repair, or overlay sdk use another", err)
		}
	}
	return roots, nil
}

// inTrees returns the names of the folders that SDKs are laid out in.
func inTrees(roots []root) map[string]bool {
	trees := map[string]bool{}
	for _, r := range roots {
		trees[r.tree] = true
	}
	return trees
}

// needed returns the files in objects and packed that SDKs are made of, as objects/NAME and packed/NAME. Those of SDKs that are laid out are
// objects; of others, what is packed is enough.
func (s *Store) needed(roots []root) (map[string]bool, error) {
	needed := map[string]bool{}
	seen := map[Digest]bool{}
	var idle []*Manifest
	for _, r := range roots {
		if seen[r.id] {
			continue
		}
		seen[r.id] = true
		m, err := s.manifest(r.id)
		if err != nil {
			return nil, damagedOrMissing(err)
		}
		if !exists(s.path("trees", r.tree)) {
			idle = append(idle, m)
			continue
		}
		for _, f := range m.Files {
			needed["objects/"+f.name()] = true
		}
	}
	for _, m := range idle {
		for _, f := range m.Files {
			if err := s.needObject(f.Object, needed); err != nil {
				return nil, err
			}
		}
	}
	return needed, nil
}

// needObject marks one of the files that an object is in, and those of what it is a delta against.
func (s *Store) needObject(o Object, needed map[string]bool) error {
	name := o.name()
	if needed["objects/"+name] || needed["packed/"+name] {
		return nil
	}
	head, err := s.packedHead(o)
	if err != nil { // There is none, or it can't be read, which verify tells.
		needed["objects/"+name] = true
		return nil
	}
	needed["packed/"+name] = true
	if head.base == nil {
		return nil
	}
	return s.needObject(*head.base, needed)
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

func (s *Store) cleanKept() error {
	entries, err := os.ReadDir(s.path("kept"))
	if err != nil {
		return ignoreMissing(err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && time.Since(info.ModTime()) > keptFor {
			if err := removeTree(s.path("kept", entry.Name())); err != nil {
				return err
			}
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

// sizeOf returns how many bytes the store needs for SDKs.
func (s *Store) sizeOf(sdks []*SDK) (size int64, err error) {
	roots, err := s.roots(sdks)
	if err != nil {
		return 0, err
	}
	needed, err := s.needed(roots)
	if err != nil {
		return 0, err
	}
	for name := range needed {
		folder, base := filepath.Split(name)
		if info, err := os.Stat(s.path(folder, base[:2], base)); err == nil {
			size += info.Size()
		}
	}
	return size, nil
}
