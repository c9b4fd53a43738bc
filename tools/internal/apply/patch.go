package apply

import (
	"fmt"
	"slices"

	"github.com/go-overlay/go_overlay/tools/internal/unified"
)

// patch applies the diffs of a step to what lies beneath it.
func (a *applier) patch(c *change, s *step, beneath version) (next version, notes []string, ok bool) {
	parsed := make([]*parsedDiff, len(s.Patches))
	ok = true
	for i, d := range s.Patches {
		parsed[i] = a.diff(s, d)
		ok = ok && parsed[i] != nil
	}
	if !ok {
		return version{}, nil, false // Reported.
	}
	checksBase := true
	e := edit{c, s}
	p := &patching{edit: e, stages: []stage{{version: beneath}}}
	for i, d := range s.Patches {
		l := parsed[i].files[c.Name]
		if l == nil {
			return version{}, nil, false // Reported.
		}
		if l.renamed != nil && !a.rename(p, d, l) {
			return version{}, nil, false
		}
		for _, part := range l.parts {
			if !p.now().present && !part.Creates() {
				if !a.reportForeign(e, d) && !a.reportFolder(overlayDiff{s, d}, c.Name) {
					a.reportAbsent(e, beneath)
				}
				return version{}, nil, false
			}
			if checksBase {
				// Here, as what does not apply is better understood when one knows what has changed.
				a.checkBase(c, s, beneath)
			}
			checksBase = false
			if !a.patchPart(p, d, part) {
				return version{}, nil, false
			}
		}
	}
	next = p.now()
	if beneath.present && next.content == beneath.content {
		a.report(noChange{e, beneath})
		return version{}, nil, false
	}
	return next, p.notes, true
}

// A patching is one step's work on a file, diff by diff.
type patching struct {
	edit
	stages []stage // first what lies beneath the step
	notes  []string
}

// A stage is a file after some of the diffs of a step.
type stage struct {
	version
	diff string // path of the last one
}

// A point is one in a step's work on a file.
type point struct {
	beneath version // the step
	diff    string  // path of the last of its diffs; "" before the first
}

// at returns the point after some diffs.
func (p *patching) at(diffs int) point { return point{p.stages[0].version, p.stages[diffs].diff} }

// end returns the point after all diffs so far.
func (p *patching) end() point { return p.at(len(p.stages) - 1) }

// since returns the first point that has what has tells of.
func (p *patching) since(has func(stage) bool) point {
	return p.at(max(0, slices.IndexFunc(p.stages, has)))
}

func (p *patching) now() version { return p.stages[len(p.stages)-1].version }

// proceed notes what a diff makes of the file.
func (p *patching) proceed(diff string, present bool, content string) {
	next := version{present: present, content: content, by: p.step.Overlay}
	p.stages = append(p.stages, stage{version: next, diff: diff})
}

// patchPart applies one part of a diff.
func (a *applier) patchPart(p *patching, d diff, part *unified.FileDiff) bool {
	if part.Creates() && !p.now().present {
		p.proceed(a.paths[d.File], true, part.Create())
		return true
	}
	if part.Creates() {
		a.reportCreates(p, d, part)
		return false
	}
	content, placed, failures := part.Apply(p.now().content, p.step.Fuzz)
	if len(failures) > 0 {
		a.reportHunks(p, d, part, failures, len(placed))
		return false
	}
	if part.Deletes() && len(part.Hunks) > 0 && content != "" {
		a.report(deletesMore{diffEdit{p.edit, d}, part.Line, p.end()})
		return false
	}
	p.proceed(a.paths[d.File], !part.Deletes(), content)
	p.notes = append(p.notes, placementNotes(a.diffName(overlayDiff{p.step, d}), placed)...)
	return true
}

// noChange is what diffs come to that make what lies beneath already.
type noChange struct {
	edit
	beneath version
}

// A diff that is alreadyApplied has nothing left to change.
type alreadyApplied struct {
	diffEdit
	since    point
	failures []*unified.HunkError // which say so; none if the diff makes the file
}

// A diff that createsPresent makes a file that is there.
type createsPresent struct {
	diffEdit
	since point
}

// reportCreates says of a diff which makes a file that the file is there.
func (a *applier) reportCreates(p *patching, d diff, part *unified.FileDiff) {
	has := func(at stage) bool { return at.present && at.content == part.Create() }
	if has(p.stages[len(p.stages)-1]) {
		a.report(alreadyApplied{diffEdit: diffEdit{p.edit, d}, since: p.since(has)})
		return
	}
	a.report(createsPresent{diffEdit{p.edit, d}, p.since(func(at stage) bool { return at.present })})
}

// A diff that deletesMore deletes a file of which it does not know all.
type deletesMore struct {
	diffEdit
	line int // of the diff
	at   point
}

// A misfit is a diff with hunks that can't be applied.
type misfit struct {
	diffEdit
	at       point
	failures []*unified.HunkError
	applied  *point // since when there is what is applied already; nil if nothing is
}

// reportHunks says which hunks don't fit. Others have been placed.
func (a *applier) reportHunks(p *patching, d diff, part *unified.FileDiff, failures []*unified.HunkError, placed int) {
	applied := 0
	for _, failure := range failures {
		if failure.Problem == unified.AlreadyApplied {
			applied++
		}
	}
	m := misfit{diffEdit: diffEdit{p.edit, d}, at: p.end(), failures: failures}
	if applied > 0 { // Otherwise nobody asks, and to look for it takes long.
		since := p.since(func(at stage) bool { return at.present && hasAll(at.content, part, failures) })
		if applied == len(failures) && placed == 0 {
			a.report(alreadyApplied{m.diffEdit, since, failures})
			return
		}
		m.applied = &since
	}
	a.report(m)
}

// hasAll tells whether content has what of the part of a diff is said to be applied.
func hasAll(content string, part *unified.FileDiff, failures []*unified.HunkError) bool {
	applied := map[*unified.Hunk]bool{}
	_, _, now := part.Apply(content, 0)
	for _, failure := range now {
		applied[failure.Hunk] = failure.Problem == unified.AlreadyApplied
	}
	return !slices.ContainsFunc(failures, func(failure *unified.HunkError) bool {
		return failure.Problem == unified.AlreadyApplied && !applied[failure.Hunk]
	})
}

// placementNotes tells of hunks that were not where they say.
func placementNotes(diffName string, placed []unified.Placement) []string {
	var notes []string
	for _, p := range placed {
		if p.Offset == 0 && p.Fuzz == 0 {
			continue
		}
		note := fmt.Sprintf("%s: %s applied at line %d, offset %d", diffName, p.Hunk.Ranges(), p.Line, p.Offset)
		if p.Fuzz > 0 {
			note += fmt.Sprintf(", fuzz %d", p.Fuzz)
		}
		notes = append(notes, note)
	}
	return notes
}
