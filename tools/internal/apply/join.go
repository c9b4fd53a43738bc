package apply

import (
	"slices"

	"github.com/go-overlay/go_overlay/tools/internal/unified"
)

// diffsOf returns the diffs of an overlay, in order.
func (a *applier) diffsOf(overlay int) []overlayDiff {
	var all []overlayDiff
	for _, c := range a.manifest.Changes {
		for _, s := range c.Steps {
			for _, d := range s.Patches {
				isSame := func(other overlayDiff) bool { return a.paths[other.diff.File] == a.paths[d.File] }
				if s.Overlay == overlay && !slices.ContainsFunc(all, isSame) {
					all = append(all, overlayDiff{s, d})
				}
			}
		}
	}
	return all
}

// A conflict is a file that one diff of an overlay takes away, and another one makes
// or changes.
type conflict struct {
	owner
	name           string
	takes, changes string   // paths of the two diffs
	joined         []string // and of those between them
}

// reportJoin reports that a diff of an overlay takes a file away which another one
// changes, if one of the two is d. The overlay can't declare that file: it is in
// delete, or in patches.
func (a *applier) reportJoin(s *step, d diff) bool {
	return a.reportJoinOf(a.diffsOf(s.Overlay), func(path string) bool { return path == a.paths[d.File] })
}

// reportJoinOf does so for diffs of an overlay of which one is such that concerned
// tells so of its path.
func (a *applier) reportJoinOf(all []overlayDiff, concerned func(path string) bool) bool {
	gone, changed := make([][]string, len(all)), make([][]string, len(all))
	for i, one := range all {
		parts, ok := a.parse(one.step.Overlay, one.diff.File)
		if !ok {
			return true
		}
		gone[i], changed[i] = a.effects(one.step, one.diff, parts)
	}
	var found *conflict
	first, last := len(all), 0
	for i, one := range all {
		for j, other := range all {
			at := slices.IndexFunc(gone[i], func(name string) bool { return slices.Contains(changed[j], name) })
			takes, changes := a.paths[one.diff.File], a.paths[other.diff.File]
			if i == j || at < 0 || !concerned(takes) && !concerned(changes) {
				continue
			}
			first, last = min(first, i, j), max(last, i, j)
			if found == nil {
				found = &conflict{owner: owner(one.overlay()), name: gone[i][at], takes: takes, changes: changes}
			}
		}
	}
	if found == nil {
		return false
	}
	for _, one := range all[first : last+1] {
		found.joined = append(found.joined, a.paths[one.diff.File])
	}
	a.report(*found)
	return true
}

// effects returns the names of the files of the package that a diff takes away, and
// of those that parts of it change or make.
func (a *applier) effects(s *step, d diff, parts []*unified.FileDiff) (gone, changed []string) {
	own := a.divide(s, d, parts).own
	for _, part := range parts {
		name, ok := own[part]
		switch {
		case !ok:
		case part.Deletes():
			gone = append(gone, name)
		case part.Renamed:
			before, _ := unified.Strip(part.Old, s.Strip)
			after, _ := unified.Strip(part.New, s.Strip)
			gone, changed = append(gone, before), append(changed, before, after)
		default:
			changed = append(changed, name)
		}
	}
	return gone, changed
}
