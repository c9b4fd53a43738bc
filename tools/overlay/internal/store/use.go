package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/paths"
)

// A Generation is an SDK that was made the current one.
type Generation struct {
	Number  int
	Tree    string // a GOROOT, in the store or elsewhere
	Time    time.Time
	Current bool

	name   string // its link: NUMBER, or NUMBER-PARENT
	parent int    // the number of the one that was current before: the one before it, unless somebody had gone back
}

// Current returns the path that stands for the current SDK, whichever that is.
func (s *Store) Current() string { return s.path("current") }

// History returns all generations that there are, the oldest first.
func (s *Store) History() ([]Generation, error) {
	for {
		// Looked at first, it leads to one that is there, unless another process switches meanwhile.
		current, _ := os.Readlink(s.Current())
		all, err := s.generations(current)
		if now, _ := os.Readlink(s.Current()); err != nil || now == current {
			return all, err
		}
	}
}

func (s *Store) generations(current string) ([]Generation, error) {
	entries, err := os.ReadDir(s.path("generations"))
	if err := ignoreMissing(err); err != nil {
		return nil, err
	}
	var all []Generation
	for _, entry := range entries {
		g, ok := parseGeneration(entry.Name())
		if !ok {
			continue
		}
		path := s.path("generations", entry.Name())
		target, err := os.Readlink(path)
		info, statErr := os.Lstat(path)
		if err != nil || statErr != nil {
			continue
		}
		if !filepath.IsAbs(target) {
			target = s.path("generations", target)
		}
		g.Tree, g.Time, g.Current = filepath.Clean(target), info.ModTime(), filepath.Base(current) == entry.Name()
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b Generation) int { return a.Number - b.Number })
	return all, nil
}

func parseGeneration(name string) (g Generation, ok bool) {
	number, parent, hasParent := strings.Cut(name, "-")
	var err, parentErr error
	g.name = name
	if g.Number, err = strconv.Atoi(number); hasParent {
		g.parent, parentErr = strconv.Atoi(parent)
	} else {
		g.parent = g.Number - 1
	}
	return g, err == nil && parentErr == nil
}

// errNoCurrent says that no SDK was made the current one.
var errNoCurrent = errors.New("no Go SDK is the current one; next: overlay sdk use VERSION")

func (s *Store) currentGeneration() (Generation, error) {
	all, err := s.History()
	if err != nil {
		return Generation{}, err
	}
	g, ok := currentOf(all)
	if !ok {
		return Generation{}, errNoCurrent
	}
	return g, nil
}

func currentOf(all []Generation) (Generation, bool) {
	at := slices.IndexFunc(all, func(g Generation) bool { return g.Current })
	if at < 0 {
		return Generation{}, false
	}
	return all[at], true
}

// CurrentName returns the name of the current SDK: of several names for one, the first.
func (s *Store) CurrentName() (string, error) {
	g, err := s.currentGeneration()
	if err != nil {
		return "", err
	}
	return s.nameOfTree(g.Tree)
}

// EnsureCurrent lays the current SDK out if its GOROOT is gone, as one in memory is after a restart.
func (s *Store) EnsureCurrent(ctx context.Context) error {
	g, err := s.currentGeneration()
	if err != nil || isTree(g.Tree) {
		return err
	}
	done, err := s.add(ctx)
	if err != nil {
		return err
	}
	defer done()
	return s.ensureTree(ctx, g.Tree)
}

// nameOfTree returns the name of the SDK that is laid out in a folder, which may be outside of the store.
func (s *Store) nameOfTree(tree string) (string, error) {
	sdks, err := s.List()
	for _, sdk := range sdks {
		if filepath.Base(sdk.Tree) == filepath.Base(tree) {
			return sdk.Name, nil
		}
	}
	return "", errors.Join(fmt.Errorf("%s is of no SDK that is installed; next: overlay sdk use another", tree), err)
}

// Use makes an SDK the current one, at once: the path [Store.Current] leads to its GOROOT from then on. Its GOROOT is in the store, or with
// on, below that folder.
func (s *Store) Use(ctx context.Context, name, on string) (tree string, err error) {
	done, err := s.add(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	sdk, err := s.Find(name)
	if err != nil {
		return "", err
	}
	tree = sdk.Tree
	if on != "" && (on == s.Dir || paths.Below(s.Dir, on)) {
		return "", fmt.Errorf("%s is in the store, which has its own place for that; leave -on out", on)
	}
	if on != "" {
		tree = filepath.Join(on, filepath.Base(sdk.Tree))
	}
	if err := s.ensureSDK(ctx, sdk, tree); err != nil {
		return "", err
	}
	s.touch(name)
	return tree, s.unwritable(s.switchTo(tree))
}

// switchTo makes a tree the current one.
func (s *Store) switchTo(tree string) error {
	dir, err := s.folder("generations")
	if err != nil {
		return err
	}
	all, err := s.History()
	if err != nil {
		return err
	}
	target := tree
	if rel, err := filepath.Rel(dir, tree); err == nil && s.owns(tree) {
		target = rel // A store may be copied elsewhere.
	}
	number := 1
	if len(all) > 0 {
		number = all[len(all)-1].Number + 1
	}
	current, ok := currentOf(all)
	if ok && current.Tree == tree {
		return nil
	}
	for {
		name := strconv.Itoa(number)
		if ok && current.Number != number-1 { // Somebody has gone back: so does who goes back from here.
			name = fmt.Sprintf("%d-%d", number, current.Number)
		}
		err := os.Symlink(target, filepath.Join(dir, name))
		if err == nil {
			return writeLink(s.Current(), filepath.Join("generations", name))
		}
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
		number++ // that of another process
	}
}

// Rollback makes the SDK the current one again that was so before, and whose files are still there.
func (s *Store) Rollback(ctx context.Context) (Generation, error) {
	done, err := s.add(ctx)
	if err != nil {
		return Generation{}, err
	}
	defer done()
	all, err := s.History()
	if err != nil {
		return Generation{}, err
	}
	if _, ok := currentOf(all); !ok {
		return Generation{}, errNoCurrent
	}
	g, ok := previous(all)
	if !ok {
		return Generation{}, errors.New("there is no earlier Go SDK to go back to; overlay sdk history has what was in use")
	}
	if err := s.ensureTree(ctx, g.Tree); err != nil {
		return Generation{}, err
	}
	return g, s.unwritable(writeLink(s.Current(), filepath.Join("generations", g.name)))
}

// previous returns the generation to go back to: the one that was current before this one, or if that is gone or of the same SDK the last before it.
func previous(all []Generation) (g Generation, ok bool) {
	current, ok := currentOf(all)
	if !ok {
		return Generation{}, false
	}
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Number <= current.parent && all[i].Tree != current.Tree {
			return all[i], true
		}
	}
	return Generation{}, false
}

// inForce returns the generations that use and rollback lead to: the current one, and the one before.
func inForce(all []Generation) []Generation {
	before, _ := previous(all)
	return slices.DeleteFunc(slices.Clone(all), func(g Generation) bool { return !g.Current && g != before })
}

// ensureTree lays the SDK out that a folder is named after, unless it is there.
func (s *Store) ensureTree(ctx context.Context, tree string) error {
	if isTree(tree) && s.owns(tree) {
		return nil
	}
	if _, err := s.idOfTree(tree); err != nil {
		return fmt.Errorf("%w; it has been removed", err)
	}
	m, err := s.manifestOfTree(tree)
	if err != nil {
		return damagedOrMissing(err)
	}
	return s.ensure(ctx, m, tree)
}

// manifestOfTree reads what files the SDK has that a folder is named after.
func (s *Store) manifestOfTree(tree string) (*Manifest, error) {
	id, err := s.idOfTree(tree)
	if err != nil {
		return nil, err
	}
	return s.manifest(id)
}

// idOfTree returns the identity of an SDK that the name of a tree is made of.
func (s *Store) idOfTree(tree string) (Digest, error) {
	entries, err := os.ReadDir(s.path("manifests"))
	if err != nil {
		return Digest{}, err
	}
	for _, entry := range entries {
		id, err := ParseDigest(entry.Name())
		if err == nil && strings.HasSuffix(tree, treeSuffix(id)) {
			return id, nil
		}
	}
	return Digest{}, fmt.Errorf("the manifest of %s: %w", tree, fs.ErrNotExist)
}

// ensureSDK lays an SDK out in a folder, unless it is there.
func (s *Store) ensureSDK(ctx context.Context, sdk *SDK, tree string) error {
	if isTree(tree) && s.owns(tree) {
		return nil
	}
	m, err := s.Manifest(sdk)
	if err != nil {
		return err
	}
	return s.ensure(ctx, m, tree)
}

// owns tells whether a tree is in the store, and not in another place.
func (s *Store) owns(tree string) bool { return filepath.Dir(tree) == s.path("trees") }

// isTree tells whether an SDK is laid out in a folder, as far as a look at two files tells. Without a go command, who has the folder first on PATH
// would run another one.
func isTree(dir string) bool {
	return exists(filepath.Join(dir, "VERSION")) && (exists(filepath.Join(dir, "bin", "go")) || exists(filepath.Join(dir, "bin", "go.exe")))
}

// ensure lays an SDK out in a folder, unless it is there.
func (s *Store) ensure(ctx context.Context, m *Manifest, tree string) error {
	if isTree(tree) {
		return s.trust(ctx, m, tree)
	}
	if exists(tree) { // Somebody has deleted some of it.
		if s.owns(tree) {
			return s.mendTree(ctx, m, tree)
		}
		return fmt.Errorf("%s is there, but is no Go SDK; next: remove it", tree)
	}
	err := s.lay(ctx, m, tree)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// Some of it is packed. A look at each file beforehand would take a tenth of the time.
	if err := s.unpack(ctx, m); err != nil {
		return err
	}
	return s.lay(ctx, m, tree)
}

// trust returns an error if a tree outside of the store, where others may write, is not what it should be.
func (s *Store) trust(ctx context.Context, m *Manifest, tree string) error {
	if s.owns(tree) {
		return nil
	}
	problems, err := s.verifyTree(ctx, m, tree)
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("%s is not what overlay has laid out: %v; next: remove it", tree, problems[0])
	}
	return err
}

// Path returns the GOROOT of an SDK, and lays it out if it isn't.
func (s *Store) Path(ctx context.Context, name string) (string, error) {
	sdk, err := s.Find(name)
	if err != nil {
		return "", err
	}
	s.touch(name)
	if sdk.LaidOut {
		return sdk.Tree, nil
	}
	done, err := s.add(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	return sdk.Tree, s.ensureSDK(ctx, sdk, sdk.Tree)
}
