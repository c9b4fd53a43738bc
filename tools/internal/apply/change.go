package apply

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/record"
)

// upstream stands for the package itself where the index of an overlay could be.
const upstream = -1

// A version is a file of the package as the package or an overlay leaves it.
type version struct {
	present bool
	content string
	by      int    // overlay that made or deleted it, or upstream
	path    string // where people find it; "" if an overlay makes it
}

// An outcome is what steps of a change make of a file.
type outcome struct {
	version
	file record.File
	ok   bool // whether all steps could be applied
}

// A progress is how far the steps of a change have been applied.
type progress struct {
	done   []outcome // before each step, and after the last
	failed bool      // whether a step could not be applied
	busy   bool      // whether a step is being applied
}

// apply applies all steps of a change.
func (a *applier) apply(c *change) outcome {
	final := a.applyUntil(c, len(c.Steps))
	if !final.ok {
		return final
	}
	if original := a.progress[c].done[0]; original.present {
		final.file.Base = digestOf(original.content)
	}
	if final.present {
		final.file.Result = digestOf(final.content)
	}
	final.file.Change = netChange(c, a.progress[c].done[0].version, final.version)
	return final
}

// applyUntil applies the steps of a change before one, each to what the layers
// beneath it leave. None is applied twice.
func (a *applier) applyUntil(c *change, end int) outcome {
	p := a.progress[c]
	if p == nil {
		p = &progress{}
		a.progress[c] = p
		original := version{by: upstream}
		if c.Original != nil {
			content, ok := a.read(*c.Original, c.Steps[0].Overlay)
			if !ok {
				p.failed = true
				return outcome{}
			}
			original = version{present: true, content: content, by: upstream, path: a.paths[*c.Original]}
		}
		p.done = []outcome{{version: original, file: record.File{Name: c.Name}, ok: true}}
	}
	for len(p.done) <= end {
		// What comes above a step that failed would only be told of problems that follow from it.
		if p.failed || p.busy {
			return outcome{}
		}
		s := c.Steps[len(p.done)-1]
		last := p.done[len(p.done)-1]
		p.busy = true
		next, notes, ok := a.step(c, s, last.version)
		p.busy = false
		if !ok {
			p.failed = true
			return outcome{}
		}
		file := last.file
		file.Overlays, file.Notes = slices.Clone(file.Overlays), slices.Concat(file.Notes, notes)
		label := a.manifest.Overlays[s.Overlay].Label
		if !slices.Contains(file.Overlays, label) {
			file.Overlays = append(file.Overlays, label)
		}
		p.done = append(p.done, outcome{version: next, file: file, ok: true})
	}
	return p.done[end]
}

// netChange says what the steps of a change come to.
func netChange(c *change, original, final version) record.Change {
	switch {
	case !final.present:
		return record.Deleted
	case !original.present:
		return record.Added
	case slices.ContainsFunc(c.Steps, func(s *step) bool { return s.Kind != patch }):
		return record.Replaced
	default:
		return record.Patched
	}
}

// step applies one step to what lies beneath it. The problems that it reports
// may allow for steps above: it returns false if they do not.
func (a *applier) step(c *change, s *step, beneath version) (next version, notes []string, ok bool) {
	if s.Kind == patch {
		return a.patch(c, s, beneath)
	}
	if s.Kind == add && beneath.present {
		a.reportPresent(c, s, beneath)
		return version{}, nil, false
	}
	if !beneath.present && (s.Kind == replace || s.Kind == remove) {
		a.reportAbsent(c, s, beneath)
		return version{}, nil, false
	}
	next = version{by: s.Overlay}
	if s.Kind != remove {
		content, ok := a.read(*s.File, s.Overlay)
		if !ok {
			return version{}, nil, false
		}
		next = version{present: true, content: content, by: s.Overlay, path: a.paths[*s.File]}
		if beneath.present && content == beneath.content {
			a.report(s.Overlay, " %s with %s, which is now identical to %s: delete it from %s.",
				a.does(c, s), next.path, a.origin(beneath, "upstream"), a.label(s.Overlay))
			return version{}, nil, false
		}
	}
	a.checkHidden(c, s, beneath)
	a.checkBase(c, s, beneath)
	return next, nil, true
}

// checkHidden checks that an overlay which takes the place of what a lower layer
// makes knows of it: otherwise the lower one would have no effect, silently.
func (a *applier) checkHidden(c *change, s *step, beneath version) {
	if !beneath.present || beneath.by == upstream || s.pinned() {
		return
	}
	a.report(s.Overlay, ` %s, and with it what %s, a layer below, makes of the file: that is lost.
If the order is wrong, change it: a diff goes on top of what it patches. If %s has the changes of the layer below, or is to undo them, say so by pinning what lies beneath:
  %s`,
		a.does(c, s), a.label(beneath.by), a.label(s.Overlay), buildozer(c.Name, digestOf(beneath.content), a.label(s.Overlay)))
}

// does says what a step does: "replaces version4.go of package github.com/google/uuid".
func (a *applier) does(c *change, s *step) string {
	preposition := "of"
	if s.Kind == add {
		preposition = "to"
	}
	return fmt.Sprintf("%s %s %s package %s", verbs[s.Kind], c.Name, preposition, a.manifest.ImportPath)
}

// origin says where a version is from, and calls the package itself by a word.
func (a *applier) origin(v version, word string) string {
	if v.by == upstream {
		return word
	}
	return "what " + a.label(v.by) + " makes of it"
}

// holder says who has a version, and calls the package itself by a word.
func (a *applier) holder(v version, word string) string {
	if v.by == upstream {
		return word
	}
	return a.label(v.by) + ", a layer below,"
}

func (a *applier) reportPresent(c *change, s *step, beneath version) {
	if content, ok := a.read(*s.File, s.Overlay); ok && content == beneath.content {
		a.report(s.Overlay, " %s: %s is now identical to %s: delete it from %s.",
			a.does(c, s), a.paths[*s.File], a.origin(beneath, "upstream"), a.label(s.Overlay))
		return
	}
	a.report(s.Overlay, ` %s, but %s has a file of that name.
Give the added file another name. If it is to replace the other one, it belongs in srcs (or in replace, if it is called differently).`,
		a.does(c, s), a.holder(beneath, a.target()))
}

func (a *applier) reportAbsent(c *change, s *step, beneath version) {
	if beneath.by != upstream {
		a.report(s.Overlay, ` %s, but %s, a layer below, deletes it.
Take the file out of one of the two overlays, or add it anew: a file that is added belongs in new_srcs.`,
			a.does(c, s), a.label(beneath.by))
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, " %s, but %s has no file of that name.", a.does(c, s), a.target())
	if !a.listed {
		a.listed = true
		b.WriteString(" It has:\n")
		shown, more := nearest(c.Name, a.manifest.Names, maxListed)
		for _, name := range shown {
			fmt.Fprintf(&b, "  %s\n", name)
		}
		if more > 0 {
			fmt.Fprintf(&b, "  and %d more, whose names are less like it\n", more)
		}
		if len(shown) == 0 {
			b.WriteString("  (no files)\n")
		}
	} else {
		b.WriteString("\n")
	}
	if name := closest(c.Name, a.manifest.Names); name != "" {
		fmt.Fprintf(&b, "Did you mean %s?\n", name)
	}
	b.WriteString("If the package has changed, port the overlay or build without it.\n")
	if !a.manifest.SDK {
		b.WriteString("If the file is on disk all the same, it is not in srcs of that target, and not compiled: gazelle leaves out tests, and files whose build tags don't hold.")
		if s.Kind != remove {
			b.WriteString(" What the package is to gain belongs in new_srcs.")
		}
		b.WriteString("\n")
		b.WriteString(a.partsHint() + "\n")
	}
	a.report(s.Overlay, "%s", b.String())
}

// maxListed is how many files of a package a message lists.
const maxListed = 20

// reportFolder reports names of files that begin with the folder of the package, as
// they do in a diff. It tells whether they are such.
func (a *applier) reportFolder(s *step, d diff, name string) bool {
	folders := strings.Count(name, "/")
	file := path.Base(name)
	if folders == 0 || !slices.Contains(a.manifest.Names, file) {
		return false
	}
	names := make([]string, len(d.Files))
	for i, declared := range d.Files {
		names[i] = strings.TrimPrefix(declared, strings.TrimSuffix(name, file))
	}
	a.report(s.Overlay, ` patches %s of package %s, but names in patches are relative to the package's folder. Write
  patch_strip = %d
  %s
`,
		strings.Join(d.Files, ", "), a.manifest.ImportPath, s.Strip+folders, a.patchesAttribute(s, d, names))
	return true
}
