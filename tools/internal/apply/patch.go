package apply

import (
	"fmt"
	"slices"
	"strings"

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
	p := &patching{change: c, step: s, stages: []stage{{version: beneath}}}
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
				if !a.reportForeign(c, s, d) && !a.reportFolder(s, d, c.Name) {
					a.reportAbsent(c, s, beneath)
				}
				return version{}, nil, false
			}
			if checksBase && l.renamed == nil {
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
		a.report(s.Overlay, " %s, but changes nothing: the outcome is identical to %s. Delete the file from patches of %s.",
			a.does(c, s), a.origin(beneath, "upstream"), a.label(s.Overlay))
		return version{}, nil, false
	}
	return next, p.notes, true
}

// A patching is one step's work on a file, diff by diff.
type patching struct {
	change *change
	step   *step
	stages []stage // first what lies beneath the step
	notes  []string
}

// A stage is a file after some of the diffs of a step.
type stage struct {
	version
	diff string // path of the last one
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
		a.reportLeftOver(p, d, part)
		return false
	}
	p.proceed(a.paths[d.File], !part.Deletes(), content)
	p.notes = append(p.notes, placementNotes(a.diffName(p.step, d), placed)...)
	return true
}

// reportCreates says of a diff which makes a file that the file is there.
func (a *applier) reportCreates(p *patching, d diff, part *unified.FileDiff) {
	c, s := p.change, p.step
	has := func(at stage) bool { return at.present && at.content == part.Create() }
	if has(p.stages[len(p.stages)-1]) {
		a.report(s.Overlay, " %s: %s is already applied, %s it: delete it from %s.",
			a.does(c, s), a.paths[d.File], a.haver(p, d, "upstream", has), a.label(s.Overlay))
		return
	}
	a.report(s.Overlay, ` %s: %s creates the file, but %s a file of that name.
Make the diff from the file as it is. A file that replaces it as a whole belongs in srcs.`,
		a.does(c, s), a.paths[d.File], a.haver(p, d, a.target(), func(at stage) bool { return at.present }))
}

// reportLeftOver says of a diff which deletes a file that it does not know all of it.
func (a *applier) reportLeftOver(p *patching, d diff, part *unified.FileDiff) {
	c, s := p.change, p.step
	does := "and %s deletes it (line %d)"
	if s.Kind == remove {
		does = "and so does %s (line %d)"
	}
	a.report(s.Overlay, ` %s, `+does+`, but the file has more lines than the diff knows:
  %s
See whether they are needed elsewhere, and make the diff from the file as it is, or take that part out of it.`,
		a.does(c, s), a.paths[d.File], part.Line, a.subject(p))
}

// haver says who was the first to have what has tells of, and calls the package
// itself by a word: "upstream has", say.
func (a *applier) haver(p *patching, d diff, word string, has func(stage) bool) string {
	at := slices.IndexFunc(p.stages, has)
	switch {
	case at < 1:
		return a.holder(p.stages[0].version, word) + " has"
	case p.stages[at].diff == a.paths[d.File]:
		return "an earlier part of the same diff has"
	default:
		return fmt.Sprintf("%s, which is before it in patches of %s, has", p.stages[at].diff, a.label(p.step.Overlay))
	}
}

// reportHunks says which hunks don't fit. Others have been placed.
func (a *applier) reportHunks(p *patching, d diff, part *unified.FileDiff, failures []*unified.HunkError, placed int) {
	c, s := p.change, p.step
	path, label := a.paths[d.File], a.label(s.Overlay)
	applied := 0
	var b strings.Builder
	for _, failure := range failures {
		if failure.Problem == unified.AlreadyApplied {
			applied++
		}
	}
	b.WriteString(unified.Describe(failures))
	has := ""
	if applied > 0 { // Otherwise nobody asks, and to look for it takes long.
		has = a.haver(p, d, "upstream", func(at stage) bool { return at.present && hasAll(at.content, part, failures) }) + " it"
	}
	switch {
	case applied == len(failures) && placed == 0:
		a.report(s.Overlay, " %s: %s is already applied, %s: delete it from %s.\n%s", a.does(c, s), path, has, label, b.String())
		return
	case applied > 0:
		fmt.Fprintf(&b, "What is already applied, as %s: delete it from %s.\n", has, path)
	}
	a.report(s.Overlay, ` %s, but %s does not apply to %s:
%sPort %s to the file as it is now, or build without %s.`,
		a.does(c, s), path, a.subject(p), b.String(), path, label)
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

// subject names the version that a part of a diff is applied to.
func (a *applier) subject(p *patching) string {
	beneath, last := p.stages[0], p.stages[len(p.stages)-1]
	subject := beneath.path
	if beneath.by != upstream {
		subject = a.origin(beneath.version, "")
	}
	switch {
	case len(p.stages) == 1:
		return subject
	case !beneath.present:
		return "what " + last.diff + " makes of it"
	default:
		return subject + " with " + last.diff
	}
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
