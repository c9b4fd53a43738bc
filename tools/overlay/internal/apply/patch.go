package apply

import (
	"fmt"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/unified"
)

// patch applies the diffs of a step to what lies beneath it.
func (a *applier) patch(c *change, s *step, beneath version) (next version, notes []string, ok bool) {
	next = version{present: beneath.present, content: beneath.content, by: s.Overlay}
	checkedBase := false
	for _, d := range s.Patches {
		parsed := a.diff(s, d)
		if parsed == nil || len(parsed.files[c.Name]) == 0 {
			return version{}, nil, false // Reported.
		}
		for _, file := range parsed.files[c.Name] {
			if !next.present && !file.Creates() {
				a.reportAbsent(c, s, beneath)
				return version{}, nil, false
			}
			if !checkedBase {
				// Here, as what does not apply is better understood when one knows what has changed.
				a.checkBase(c, s, beneath)
				checkedBase = true
			}
			if file.Creates() {
				if ok := a.create(c, s, d, file, beneath, &next); !ok {
					return version{}, nil, false
				}
				continue
			}
			content, placed, failures := file.Apply(next.content, s.Fuzz)
			if len(failures) > 0 {
				a.reportHunks(c, s, d, failures, len(placed), beneath)
				return version{}, nil, false
			}
			next.content = content
			notes = append(notes, placementNotes(a.diffName(s, d), placed)...)
		}
	}
	if beneath.present && next.content == beneath.content {
		a.report(s.Overlay, " %s, but changes nothing: the outcome is identical to %s. Delete the file from patches of %s.",
			a.does(c, s), a.origin(beneath, "upstream"), a.label(s.Overlay))
		return version{}, nil, false
	}
	return next, notes, true
}

// create makes a file that a diff creates.
func (a *applier) create(c *change, s *step, d diff, file *unified.FileDiff, beneath version, next *version) bool {
	content := file.Create()
	switch {
	case !next.present:
		next.present, next.content = true, content
		return true
	case next.content == content:
		a.report(s.Overlay, " %s: %s is already applied, %s has it: delete it from %s.",
			a.does(c, s), a.paths[d.File], a.holder(beneath, "upstream"), a.label(s.Overlay))
	default:
		a.report(s.Overlay, ` %s: %s creates the file, but %s has a file of that name.
Make the diff from the file as it is. A file that replaces it as a whole belongs in srcs.`,
			a.does(c, s), a.paths[d.File], a.holder(beneath, a.target()))
	}
	return false
}

func (a *applier) reportHunks(c *change, s *step, d diff, failures []*unified.HunkError, placed int, beneath version) {
	path, label := a.paths[d.File], a.label(s.Overlay)
	applied := 0
	var b strings.Builder
	for _, failure := range failures {
		if failure.Problem == unified.AlreadyApplied {
			applied++
		}
	}
	b.WriteString(unified.Describe(failures))
	has := a.holder(beneath, "upstream") + " has it"
	switch {
	case applied == len(failures) && placed == 0:
		a.report(s.Overlay, " %s: %s is already applied, %s: delete it from %s.\n%s", a.does(c, s), path, has, label, b.String())
		return
	case applied > 0:
		fmt.Fprintf(&b, "What is already applied, as %s: delete it from %s.\n", has, path)
	}
	a.report(s.Overlay, ` %s, but %s does not apply to %s:
%sPort %s to the file as it is now, or take %s out of the active set.`,
		a.does(c, s), path, a.subject(beneath), b.String(), path, label)
}

// subject names the version that a patch is applied to.
func (a *applier) subject(v version) string {
	if v.by == upstream {
		return v.path
	}
	return a.origin(v, "")
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
