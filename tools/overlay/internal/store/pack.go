package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"go/version"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/delta"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/lock"
)

func digestOf(content []byte) Digest { return sha256.Sum256(content) }

func largestFirst(objects []Object) {
	slices.SortStableFunc(objects, func(a, b Object) int { return cmp.Compare(b.Size, a.Size) })
}

// Pack compresses what no SDK in use needs, and removes the trees of those that are not: they are laid out again when they are used. Without names,
// it takes all that are not in use; of a named one that is, it is an error.
func (s *Store) Pack(ctx context.Context, names []string, progress func(bytes int64)) (c *Cleaning, err error) {
	// Two of them could make deltas against each other.
	if err := s.create(); err != nil {
		return nil, s.unwritable(err)
	}
	alone, err := lock.File(ctx, s.path("packing"), lock.Exclusive, func() { s.Warn("another overlay command packs; waiting until it has ended") })
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return nil, s.unwritable(err)
	}
	if err == nil {
		defer alone()
	}
	c = &Cleaning{Kept: map[string]string{}}
	reason := s.stays
	if len(names) > 0 {
		reason = s.inUse
	}
	idle, busy, err := s.idle(names, reason, c)
	if err != nil {
		return nil, err
	}
	// What is laid out again is not packed any more: nothing is a delta against what is a delta itself.
	if err := s.sweepAlone(ctx); err != nil {
		return nil, err
	}
	plain, err := s.packObjects(ctx, idle, busy, progress)
	if err != nil {
		return nil, err
	}
	return c, s.removePacked(ctx, idle, plain, reason, c)
}

// removePacked removes the trees of SDKs whose objects are packed now, but for those that stay plain.
func (s *Store) removePacked(ctx context.Context, idle []*SDK, plain map[Object]bool, reason func(*SDK, *running) string, c *Cleaning) error {
	done, err := s.takeAway(ctx)
	if err != nil {
		return err
	}
	defer done()
	running := findRunning()
	for _, sdk := range s.unchanged(idle) {
		if reason := reason(sdk, running); reason != "" {
			c.Kept[sdk.Name] = reason
			continue
		}
		m, err := s.Manifest(sdk)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(m.Files, func(f File) bool { return f.canBePacked() && !plain[f.Object] && !exists(s.packedPath(f.Object)) }) {
			c.Kept[sdk.Name] = "another command has cleaned up meanwhile; next: overlay sdk pack " + sdk.Name
			continue
		}
		if exists(sdk.Tree) {
			if err := s.keepChanges(ctx, sdk.Tree); err != nil {
				return err
			}
			if err := s.removeTree(sdk.Tree); err != nil {
				return err
			}
		}
		c.Removed = append(c.Removed, sdk.Name)
	}
	sdks, err := s.List()
	if err != nil {
		return err
	}
	return s.sweep(ctx, sdks, false, c)
}

func (s *Store) sweepAlone(ctx context.Context) error {
	done, err := s.takeAway(ctx)
	if err != nil {
		return err
	}
	defer done()
	sdks, err := s.List()
	if err != nil {
		return err
	}
	return s.sweep(ctx, sdks, false, &Cleaning{Kept: map[string]string{}})
}

// unchanged returns the SDKs as they are now, without those that have been removed, or made others, meanwhile.
func (s *Store) unchanged(sdks []*SDK) (unchanged []*SDK) {
	for _, sdk := range sdks {
		if now, err := s.sdk(sdk.Name); err == nil && now.ID == sdk.ID {
			unchanged = append(unchanged, now)
		}
	}
	return unchanged
}

// idle divides the SDKs into those to pack, and those that stay as they are for a reason.
func (s *Store) idle(names []string, why func(*SDK, *running) string, c *Cleaning) (idle, busy []*SDK, err error) {
	for _, name := range names {
		if _, err := s.Find(name); err != nil {
			return nil, nil, err
		}
	}
	sdks, err := s.List()
	if err != nil {
		return nil, nil, err
	}
	running := findRunning()
	for _, sdk := range sdks {
		named := slices.Contains(names, sdk.Name)
		reason := why(sdk, running)
		switch {
		case named && reason != "":
			return nil, nil, fmt.Errorf("%s is not packed: %s", sdk.Name, reason)
		case len(names) > 0 && !named && sdk.LaidOut:
			busy = append(busy, sdk)
		case reason != "":
			c.Kept[sdk.Name] = reason
			busy = append(busy, sdk)
		case len(names) == 0 || named:
			idle = append(idle, sdk)
		}
	}
	return idle, busy, nil
}

// packObjects compresses the objects of idle SDKs that no busy one needs. It returns those of busy ones.
func (s *Store) packObjects(ctx context.Context, idle, busy []*SDK, progress func(bytes int64)) (plain map[Object]bool, err error) {
	done, err := s.add(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	plans, plain, err := s.plan(s.unchanged(idle), s.unchanged(busy))
	if err != nil || len(plans) == 0 {
		return plain, err
	}
	dir, remove, err := s.Temporary()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	defer limitMemory()()
	err = each(ctx, len(plans), func(i int) error {
		if err := s.packOne(plans[i], filepath.Join(dir, plans[i].o.name())); err != nil {
			return damagedOrMissing(err)
		}
		progress(plans[i].o.Size)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := flush(dir); err != nil {
		return nil, err
	}
	for _, p := range plans {
		target := s.packedPath(p.o)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return nil, err
		}
		if err := os.Rename(filepath.Join(dir, p.o.name()), target); err != nil {
			return nil, err
		}
	}
	return plain, nil
}

// A plan is an object to pack, and what it is to be a delta against.
type plan struct {
	o    Object
	base *Object
}

// plan decides what is packed, and how. The base of a delta is the same file of the nearest SDK that is in use; if there is none of the platform, of
// the newest of those that are packed, which is whole then. What others are deltas against already is whole, too, and also
// packed if no SDK has it any more. It also returns the objects that stay as they are, as those of busy SDKs.
func (s *Store) plan(idle, busy []*SDK) (plans []plan, plain map[Object]bool, err error) {
	manifests := map[*SDK]*Manifest{}
	for _, sdk := range slices.Concat(idle, busy) {
		m, err := s.Manifest(sdk)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", sdk.Name, err)
		}
		manifests[sdk] = m
	}
	plain = map[Object]bool{}
	for _, sdk := range busy {
		for _, f := range manifests[sdk].Files {
			plain[f.Object] = true
		}
	}
	isBase, err := s.bases()
	if err != nil {
		return nil, nil, err
	}
	newest := map[gosdk.Platform]*SDK{}
	for _, sdk := range idle { // in the order of their versions
		newest[sdk.Platform] = sdk
	}
	seen := map[Object]bool{}
	against := map[Object]*Object{}
	for i := len(idle) - 1; i >= 0; i-- { // the newest first
		sdk := idle[i]
		host := nearest(sdk, busy)
		if host == nil && newest[sdk.Platform] != sdk {
			host = newest[sdk.Platform]
		}
		same := map[string]Object{}
		if host != nil {
			for _, f := range manifests[host].Files {
				same[f.Path] = f.Object
			}
		}
		for _, f := range manifests[sdk].Files {
			if !f.canBePacked() || plain[f.Object] || seen[f.Object] || exists(s.packedPath(f.Object)) {
				continue
			}
			seen[f.Object] = true
			p := plan{o: f.Object}
			if base, ok := same[f.Path]; ok && !isBase[f.Object] {
				if base = s.whole(base, against); canBeBase(base, f.Object) {
					p.base = &base
				}
			}
			against[p.o] = p.base
			plans = append(plans, p)
		}
	}
	for base := range isBase {
		if !seen[base] && !exists(s.packedPath(base)) && exists(s.objectPath(base)) {
			plans = append(plans, plan{o: base})
		}
	}
	slices.SortStableFunc(plans, func(a, b plan) int { return cmp.Compare(b.o.Size, a.o.Size) })
	return plans, plain, nil
}

func (o Object) canBePacked() bool { return o.Size > 0 && o.Size <= maxBase }

// whole returns an object, or if it is a delta, or is planned as one, what that is against: memory is reckoned with one base.
func (s *Store) whole(o Object, against map[Object]*Object) Object {
	if base := against[o]; base != nil {
		return *base
	}
	if head, err := s.packedHead(o); err == nil && head.base != nil {
		return *head.base
	}
	return o
}

// nearest returns the SDK whose files are most like those of another one: of the same platform, and of the version that is next to it.
func nearest(sdk *SDK, hosts []*SDK) *SDK {
	var below, above *SDK
	for _, host := range hosts { // in the order of their versions
		switch {
		case host.Platform != sdk.Platform:
		case CompareNames(host.Name, sdk.Name) < 0:
			below = host
		case above == nil:
			above = host
		}
	}
	switch {
	case above == nil:
		return below
	case below == nil:
		return above
	case version.Lang(above.Version) == version.Lang(sdk.Version) && version.Lang(below.Version) != version.Lang(sdk.Version):
		return above
	default:
		return below
	}
}

// bases returns the objects that others are deltas against.
func (s *Store) bases() (map[Object]bool, error) {
	found := map[Object]bool{}
	err := eachFile(s.path("packed"), func(path string, info os.FileInfo) error {
		o, err := parseObject(filepath.Base(path))
		if err != nil {
			return nil // It is none of ours.
		}
		o.Size = 1
		if h, err := s.packedHead(o); err == nil && h.base != nil {
			found[*h.base] = true
		}
		return nil
	})
	return found, err
}

// packOne compresses an object into a file.
func (s *Store) packOne(p plan, path string) error {
	baseSize := int64(0)
	if p.base != nil {
		baseSize = p.base.Size
	}
	defer s.memory.take(memoryToWrite(p.o.Size, baseSize))()
	content, err := s.content(p.o, 1)
	if err != nil {
		return err
	}
	var base []byte
	if p.base != nil {
		if base, err = s.content(*p.base, 1); err != nil {
			return err
		}
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o444)
	if err != nil {
		return err
	}
	head := packedHead{p.base}.String()
	if _, err = io.WriteString(file, head); err == nil {
		err = delta.Write(file, content, base)
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return p.o.checkPacked(path, int64(len(head)), base)
}

// checkPacked reads what has been packed: the object is about to be removed for it.
func (o Object) checkPacked(path string, head int64, base []byte) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() // It was only read.
	if _, err := file.Seek(head, io.SeekStart); err != nil {
		return err
	}
	r, err := delta.NewReader(file, base, o.Size)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := o.compare(r, make([]byte, 64<<10)); err != nil {
		return fmt.Errorf("%s can't be packed: %w", o.name(), err)
	}
	return nil
}
