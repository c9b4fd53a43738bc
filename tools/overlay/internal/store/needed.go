package store

import (
	"fmt"
	"os"
	"path/filepath"
)

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
