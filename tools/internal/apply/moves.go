package apply

import (
	"fmt"
	"path"
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

// addRenamed adds a part that renames or copies a file to what the diff does.
func (a *applier) addRenamed(s *step, d diff, part *unified.FileDiff, files lineages) bool {
	oldName, oldOK := unified.Strip(part.Old, s.Strip)
	newName, newOK := unified.Strip(part.New, s.Strip)
	verb := "renames"
	if part.Copied {
		verb = "copies"
	}
	switch {
	case part.Renamed && oldOK && newOK && oldName != newName && a.isBeneath(oldName, s.Overlay) &&
		(slices.Contains(d.Files, newName) || !strings.Contains(newName, "/")):
		files.add(part, oldName, newName)
		return true
	case a.reportJoin(s, d):
	case part.Renamed && oldName != newName && !a.isBeneath(oldName, s.Overlay) && a.isBeneath(newName, s.Overlay):
		a.report(s.Overlay, ` patches package %s, but %s renames %s to %s (line %d), and %s has %s, and no %s.
If it has been renamed there, make the diff from the package as it is now.`,
			a.manifest.ImportPath, a.paths[d.File], part.Old, part.New, part.Line, a.target(), newName, oldName)
	default:
		// Of a file that is elsewhere, the content is not known here. Of one that is copied, diffs
		// don't tell whether what they change of it comes before or after.
		a.report(s.Overlay, ` patches package %s, but %s %s %s to %s (line %d), which works for files that are renamed within the package only.
Make the diff with `+"`git diff --no-renames`"+`, which writes the new file as a whole.`,
			a.manifest.ImportPath, a.paths[d.File], verb, part.Old, part.New, part.Line)
	}
	return false
}

// checkMoves checks that files which a diff takes away are declared as deleted, and
// those that others become as patched. Parts are all those of the diff.
func (a *applier) checkMoves(s *step, d diff, files lineages, parts []*unified.FileDiff) bool {
	deletes := a.deletedBy(s.Overlay)
	wanted, patched := slices.Clone(deletes), []string{}
	var moves []string
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
				moves = append(moves, fmt.Sprintf("%s  line %d: %s", name, last.Line, moveOf(last)))
			}
		case slices.Contains(deletes, name):
			if a.reportJoin(s, d) {
				return false
			}
			a.report(s.Overlay, " deletes %s of package %s, but %s changes it (line %d): take that part out of the diff, or the name out of delete.",
				name, a.manifest.ImportPath, a.paths[d.File], l.parts[0].Line)
			return false
		default:
			if l.renamed != nil && !slices.Contains(d.Files, name) {
				moves = append(moves, fmt.Sprintf("%s  line %d: %s", name, l.renamed.Line, moveOf(l.renamed)))
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
	patched = slices.Compact(patched)
	var b strings.Builder
	fmt.Fprintf(&b, " patches package %s, but %s renames or deletes files, which the attributes delete and patches have to say:\n%sWrite\n",
		a.manifest.ImportPath, a.paths[d.File], listed(moves))
	fmt.Fprintf(&b, "  delete = [%s]\n", quotedList(wanted))
	if len(patched) > 0 {
		fmt.Fprintf(&b, "  %s\n", a.patchesAttribute(s, d, patched))
	} else {
		fmt.Fprintf(&b, "and take %s out of patches of %s.\n", path.Base(a.paths[d.File]), a.label(s.Overlay))
	}
	a.report(s.Overlay, "%s", b.String())
	return false
}

// moveOf says what a part of a diff does to a file.
func moveOf(part *unified.FileDiff) string {
	if part.Renamed {
		return fmt.Sprintf("renames %s to %s", part.Old, part.New)
	}
	return "deletes " + part.Old
}

// rename begins a file with what another one is beneath the overlay.
func (a *applier) rename(p *patching, d diff, l *lineage) bool {
	c, s := p.change, p.step
	if l.clashes || !l.replaces && p.now().present {
		a.report(s.Overlay, ` %s, but %s renames %s so (line %d), and there is a file of that name.
Make the diff with `+"`git diff --no-renames`, from the files as they are.",
			a.does(c, s), a.paths[d.File], l.renamed.Old, l.renamed.Line)
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
		p.notes = append(p.notes, fmt.Sprintf("%s: made of %s", a.diffName(s, d), l.source))
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
		p := &patching{change: c, step: c.Steps[i], stages: []stage{{version: before.version}}}
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
