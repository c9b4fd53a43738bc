package apply

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/unified"
)

// Files that a diff renames or deletes. What a package consists of is decided by the
// attributes of overlays, before diffs are read: the diff has to agree with them.

// deletedBy returns the names of the files that an overlay says it deletes.
func (a *applier) deletedBy(overlay int) []string {
	var names []string
	for _, c := range a.manifest.Changes {
		if slices.ContainsFunc(c.Steps, func(s *step) bool { return s.Overlay == overlay && s.Kind == remove }) {
			names = append(names, c.Name)
		}
	}
	return names
}

// stepOf returns the change of a file, and the index of an overlay's step in it; a
// nil change if the overlay does not change the file.
func (a *applier) stepOf(name string, overlay int) (*change, int) {
	for _, c := range a.manifest.Changes {
		if c.Name == name {
			if i := slices.IndexFunc(c.Steps, func(s *step) bool { return s.Overlay == overlay }); i >= 0 {
				return c, i
			}
		}
	}
	return nil, 0
}

// isBeneath tells whether the package has a file, or may get it by a lower layer.
func (a *applier) isBeneath(name string, overlay int) bool {
	if slices.Contains(a.manifest.Names, name) {
		return true
	}
	return slices.ContainsFunc(a.manifest.Changes, func(c *change) bool {
		return c.Name == name && c.Steps[0].Overlay != overlay
	})
}

// A part that is alreadyRenamed renames a file that has the new name.
type alreadyRenamed struct {
	overlayDiff
	part             *unified.FileDiff
	oldName, newName string // in the package
}

// An unsupportedMove is a rename or a copy that can't be followed.
type unsupportedMove struct {
	overlayDiff
	part *unified.FileDiff
}

// addRenamed adds a part that renames or copies a file to what the diff does.
func (a *applier) addRenamed(s *step, d diff, part *unified.FileDiff, files lineages) bool {
	oldName, oldOK := unified.Strip(part.Old, s.Strip)
	newName, newOK := unified.Strip(part.New, s.Strip)
	switch {
	case part.Renamed && oldOK && newOK && oldName != newName && a.isBeneath(oldName, s.Overlay) &&
		(slices.Contains(d.Files, newName) || !strings.Contains(newName, "/")):
		files.add(part, oldName, newName)
		return true
	case a.reportJoin(s, d):
	case part.Renamed && oldName != newName && !a.isBeneath(oldName, s.Overlay) && a.isBeneath(newName, s.Overlay):
		a.report(alreadyRenamed{overlayDiff{s, d}, part, oldName, newName})
	default:
		// Of a file that is elsewhere, the content is not known here. Of one that is copied, diffs
		// don't tell whether what they change of it comes before or after.
		a.report(unsupportedMove{overlayDiff{s, d}, part})
	}
	return false
}

// A diff that changesDeleted changes a file that its overlay says it deletes.
type changesDeleted struct {
	overlayDiff
	name string
	line int // of the diff
}

// undeclaredMoves are deletions and renames of a diff that its overlay does not
// declare.
type undeclaredMoves struct {
	overlayDiff
	moves   []move
	deletes []string // names that have to be in delete
	patched []string // and in patches
}

// A move is a part of a diff that deletes or renames a file, with its name.
type move struct {
	name string
	part *unified.FileDiff
}

// checkMoves checks that files which a diff takes away are declared as deleted, and
// those that others become as patched. Parts are all those of the diff.
func (a *applier) checkMoves(s *step, d diff, files lineages, parts []*unified.FileDiff) bool {
	deletes := a.deletedBy(s.Overlay)
	wanted, patched := slices.Clone(deletes), []string{}
	var moves []move
	for _, name := range files.names() {
		l := files[name]
		last := l.parts[len(l.parts)-1]
		switch {
		case l.gone && !a.isBeneath(name, s.Overlay) && !slices.Contains(d.Files, name):
			// The diff has made it, too.
		case l.gone:
			if !slices.Contains(wanted, name) {
				wanted = append(wanted, name)
			}
			if slices.Contains(d.Files, name) || !slices.Contains(deletes, name) {
				moves = append(moves, move{name, last})
			}
		case slices.Contains(deletes, name):
			if a.reportJoin(s, d) {
				return false
			}
			a.report(changesDeleted{overlayDiff{s, d}, name, l.parts[0].Line})
			return false
		default:
			if l.renamed != nil && !slices.Contains(d.Files, name) {
				moves = append(moves, move{name, l.renamed})
			}
			patched = append(patched, name)
		}
	}
	if len(moves) == 0 {
		return true
	}
	if a.reportJoin(s, d) {
		return false
	}
	patched = append(patched, a.sort(s, d, parts).declare...)
	slices.Sort(wanted)
	slices.Sort(patched)
	a.report(undeclaredMoves{overlayDiff{s, d}, moves, wanted, slices.Compact(patched)})
	return false
}

// A file that is renamedOnto is there when a diff renames another one so.
type renamedOnto struct {
	diffEdit
	part *unified.FileDiff
}

// rename begins a file with what another one is beneath the overlay.
func (a *applier) rename(p *patching, d diff, l *lineage) bool {
	s := p.step
	if l.clashes || !l.replaces && p.now().present {
		a.report(renamedOnto{diffEdit{p.edit, d}, l.renamed})
		return false
	}
	source, i := a.stepOf(l.source, s.Overlay)
	if source == nil {
		p.proceed(a.paths[d.File], false, "") // The diff makes it.
		return true
	}
	before := a.applyUntil(source, i)
	if before.ok {
		p.stages = []stage{{version: before.version}}
		p.notes = append(p.notes, fmt.Sprintf("%s: made of %s", a.diffName(overlayDiff{s, d}), l.source))
	}
	return before.ok
}

// checkGone checks that what a diff deletes is what it was made from.
func (a *applier) checkGone(s *step, d diff, files lineages) bool {
	good := true
	for _, name := range files.names() {
		l := files[name]
		c, i := a.stepOf(name, s.Overlay)
		if !l.gone || c == nil || l.parts[len(l.parts)-1].Renamed {
			continue
		}
		before := a.applyUntil(c, i)
		if !before.ok || !before.present {
			continue // Reported, or about to be.
		}
		p := &patching{edit: edit{c, c.Steps[i]}, stages: []stage{{version: before.version}}}
		// That nothing is left, each part checks.
		for _, part := range l.parts {
			if !a.patchPart(p, d, part) {
				good = false
				break
			}
		}
	}
	return good
}
