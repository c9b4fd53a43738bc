package sdks

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/store"
)

// Clean removes SDKs, and what belongs to none.
func (s *SDKs) Clean(ctx context.Context, o store.CleanOptions) error {
	c, err := s.Store.Clean(ctx, o)
	if err != nil {
		return err
	}
	return s.tellCleaning(c, "removed", o.DryRun)
}

// Remove removes SDKs.
func (s *SDKs) Remove(ctx context.Context, names []string) error {
	c, err := s.Store.Remove(ctx, s.allNamed(names))
	if err != nil {
		return err
	}
	return s.tellCleaning(c, "removed", false)
}

func (s *SDKs) tellCleaning(c *store.Cleaning, done string, dryRun bool) error {
	would := ""
	if dryRun {
		would = "would be "
	}
	for _, name := range c.Removed {
		fmt.Fprintf(s.Out, "%s%s %s\n", would, done, name)
	}
	var kept []string
	for name := range c.Kept {
		kept = append(kept, name)
	}
	slices.SortFunc(kept, store.CompareNames)
	for _, name := range kept {
		fmt.Fprintf(s.Out, "kept %s: %s\n", name, c.Kept[name])
	}
	_, err := fmt.Fprintf(s.Out, "%s %sfree; the store has %s\n", size(c.Bytes), would, size(c.Size))
	return err
}

// Pack packs SDKs.
func (s *SDKs) Pack(ctx context.Context, texts []string) error {
	names, err := s.findAll(texts)
	if err != nil {
		return err
	}
	advance, done := s.progress("packing", 0)
	defer done()
	c, err := s.Store.Pack(ctx, names, advance)
	if err != nil {
		return err
	}
	done()
	return s.tellCleaning(c, "packed", false)
}

// Pin keeps SDKs, or lets them go.
func (s *SDKs) Pin(ctx context.Context, texts []string, pinned bool) error {
	names, err := s.findAll(texts)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := s.Store.Pin(ctx, name, pinned); err != nil {
			return err
		}
	}
	return nil
}

// found says that something is not as it should be, which has been told.
const found = command.ExitCode(1)

// Verify looks whether SDKs are what they should be.
func (s *SDKs) Verify(ctx context.Context, names []string) error {
	advance, done := s.progress("verifying", 0)
	defer done()
	problems, err := s.Store.Verify(ctx, s.allNamed(names), advance)
	if err != nil {
		return err
	}
	done()
	if len(problems) == 0 {
		_, err := fmt.Fprintln(s.Out, "ok")
		return err
	}
	for _, p := range problems {
		fmt.Fprintf(s.Out, "%s: %s\n", p.SDK, p)
	}
	fmt.Fprintln(s.Out, "next: overlay sdk repair")
	return found
}

// Repair mends what Verify finds: by what the store has, and by what GOPROXY has of releases.
func (s *SDKs) Repair(ctx context.Context, names []string) error {
	names = s.allNamed(names)
	left, err := s.repair(ctx, names)
	if err != nil {
		return err
	}
	if s.fetchLost(ctx, left) {
		if left, err = s.repair(ctx, names); err != nil {
			return err
		}
	}
	if len(left) == 0 {
		_, err = fmt.Fprintln(s.Out, "ok")
		return err
	}
	lost, unreadable := false, false
	for _, p := range left {
		fmt.Fprintf(s.Out, "%s: %s\n", p.SDK, p)
		lost = lost || !p.Unreadable()
		unreadable = unreadable || p.Unreadable()
	}
	if unreadable {
		fmt.Fprintln(s.Out, "next: give yourself the right to read what can't be read, or remove it if the disk has lost it; then overlay sdk repair")
	}
	if lost {
		fmt.Fprintln(s.Out, "next: install what these are from again: overlay sdk install, with what it was made by")
	}
	return found
}

// repair tells what it mends by what the store has, and returns what is left.
func (s *SDKs) repair(ctx context.Context, names []string) (left []store.Problem, err error) {
	advance, done := s.progress("repairing", 0)
	mended, kept, left, err := s.Store.Repair(ctx, names, advance)
	done()
	for _, p := range mended {
		fmt.Fprintf(s.Out, "mended %s: %s\n", p.SDK, p)
	}
	if kept != "" {
		fmt.Fprintf(s.Out, "what was found there is in %s\n", kept)
	}
	return left, err
}

// fetchLost gets the files of those releases again that have lost some, and of those that others are made of, and tells whether it has tried to.
func (s *SDKs) fetchLost(ctx context.Context, left []store.Problem) bool {
	tried := map[string]bool{}
	for _, p := range left {
		release, lock, err := s.releaseOf(p.SDK)
		if err != nil || p.Unreadable() || tried[release.String()] {
			continue
		}
		tried[release.String()] = true
		if _, err := s.download(ctx, store.InstallOptions{FilesOnly: true}, release, lock, false); err != nil {
			fmt.Fprintf(s.Err, "%s: %v\n", p.SDK, err)
			continue
		}
		fmt.Fprintf(s.Out, "fetched Go %s again\n", release)
	}
	return len(tried) > 0
}
