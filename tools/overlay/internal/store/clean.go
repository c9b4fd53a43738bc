package store

import (
	"context"
	"errors"
	"fmt"
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
