package apply

import (
	"path"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/unified"
)

// An unnamedDiff is one of which the overlay does not say which files it changes.
// Which those are has to be known before anything is read: the rules declare what
// the build makes of them.
type unnamedDiff struct {
	File    int      `json:"file"`
	Overlay int      `json:"overlay"` // index in overlays
	Strip   int      `json:"strip"`   // as for a step
	Exclude []string `json:"exclude"` // as for a step
}

// reportUnnamed tells for diffs without names what to write.
func (a *applier) reportUnnamed() {
	byOverlay := map[int][]unnamedDiff{}
	var overlays []int
	for _, u := range a.manifest.Unnamed {
		if byOverlay[u.Overlay] == nil {
			overlays = append(overlays, u.Overlay)
		}
		byOverlay[u.Overlay] = append(byOverlay[u.Overlay], u)
	}
	for _, overlay := range overlays {
		a.reportUnnamedOf(overlay, byOverlay[overlay])
	}
}

// A foreignDiff is one that changes no file of the package.
type foreignDiff struct {
	owner
	file   int
	places []string // of what it changes
}

// namelessDiffs are all those of an overlay for which it does not name files.
type namelessDiffs struct {
	owner
	paths   []string    // of all of them
	strip   *int        // that most need; nil if it is the overlay's
	diffs   []namedDiff // that need that one
	deletes []string    // names of files that these delete
	apart   []string    // paths of diffs that need another one
}

// A namedDiff is a diff with the names that it has to be declared with: none if it only
// deletes.
type namedDiff struct {
	overlayDiff
	todo toDo
}

func (a *applier) reportUnnamedOf(overlay int, diffs []unnamedDiff) {
	var all []overlayDiff
	var advised *step
	p := namelessDiffs{owner: owner(overlay)}
	for _, u := range diffs {
		parts, ok := a.parse(overlay, u.File)
		if !ok {
			return
		}
		s := &step{Overlay: overlay, Kind: patch, Strip: a.likelyStrip(u, parts), Exclude: u.Exclude}
		d := diff{File: u.File}
		var gone []string
		d.Files, gone = a.filesOf(s, d, parts)
		p.paths = append(p.paths, a.paths[u.File])
		if len(d.Files) == 0 && len(gone) == 0 {
			changed := make([]string, len(parts))
			for i, part := range parts {
				changed[i] = inDiff(part)
			}
			a.report(foreignDiff{owner(overlay), u.File, unique(changed)})
			return
		}
		if advised == nil && len(d.Files) > 0 {
			advised = s
		}
		if len(d.Files) > 0 && s.Strip != advised.Strip {
			p.apart = append(p.apart, a.paths[u.File])
			continue
		}
		o := overlayDiff{s, d}
		all = append(all, o)
		p.deletes = append(p.deletes, gone...)
		todo := a.sort(s, d, parts)
		if len(d.Files) == 0 {
			// Without names, the entry would be what it is now.
			todo.excluded, todo.unknown, todo.absent = nil, nil, nil
		}
		p.diffs = append(p.diffs, namedDiff{o, todo})
	}
	if a.reportJoinOf(all, func(string) bool { return true }) {
		return
	}
	if advised != nil && advised.Strip != diffs[0].Strip {
		p.strip = &advised.Strip
	}
	p.deletes = unique(p.deletes)
	a.report(p)
}

// filesOf returns the names of the files of the package that a diff changes, and of
// those that it deletes.
func (a *applier) filesOf(s *step, d diff, parts []*unified.FileDiff) (files, gone []string) {
	places := placesIn(parts)
	d.Files = a.manifest.Names
	found := a.divide(s, d, parts)
	if len(found.own) == 0 {
		found.folder = a.likelyFolder(parts, places)
	}
	for _, part := range parts {
		name, ok := found.own[part]
		place := places.of(part)
		switch {
		case ok && LeftOutAs(place) == aTest:
		case ok && part.Deletes():
			gone = append(gone, name)
		case ok && part.Renamed:
			gone = append(gone, name)
			if name, ok := unified.Strip(part.New, s.Strip); ok {
				files = append(files, name)
			}
		case ok:
			files = append(files, name)
		case slices.Contains(found.unclaimed, part) && part.Creates() && isSourceName(place):
			if name := relative(place, found.folder); path.Base(name) == name {
				files = append(files, name)
			}
		}
	}
	return unique(files), unique(gone)
}

// likelyStrip returns the number of elements to strip with which a diff is for the
// package: in a folder that its import path ends with, or else in the root of the
// repository. The diff may only create files there.
func (a *applier) likelyStrip(u unnamedDiff, parts []*unified.FileDiff) int {
	depth := 0
	for _, part := range parts {
		depth = max(depth, part.Depth())
	}
	places := placesIn(parts)
	best, bestRank := u.Strip, []int{0, 0}
	for i := range depth + 1 {
		strip := i - 1
		if i == 0 {
			strip = u.Strip
		}
		own, folder, _ := claim{ImportPath: a.manifest.ImportPath, Files: a.manifest.Names, Strip: strip}.take(parts, places)
		rank := []int{1, len(own)}
		switch {
		case len(own) == 0:
			rank[0] = 0
		case folder == "":
			rank[0] = 2
		case len(foldersOf(a.manifest.ImportPath, []string{folder})) > 0:
			rank[0] = 3
		}
		if slices.Compare(rank, bestRank) > 0 {
			best, bestRank = strip, rank
		}
	}
	if bestRank[0] == 0 {
		folder := a.likelyFolder(parts, places)
		for _, part := range parts {
			if name := relative(places.of(part), folder); path.Base(name) == name && part.Creates() {
				return strings.Count(inDiff(part), "/")
			}
		}
	}
	return best
}
