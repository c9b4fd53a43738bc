package apply

import (
	"path"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/internal/record"
	"github.com/go-overlay/go_overlay/tools/internal/suggest"
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
		final.file.Base = digest.Of(original.content)
	}
	if final.present {
		final.file.Result = digest.Of(final.content)
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
	e := edit{c, s}
	if s.Kind == add && beneath.present {
		a.reportPresent(e, beneath)
		return version{}, nil, false
	}
	if !beneath.present && (s.Kind == replace || s.Kind == remove) {
		a.reportAbsent(e, beneath)
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
			a.report(identicalFile{e, beneath})
			return version{}, nil, false
		}
	}
	a.checkHidden(e, beneath)
	a.checkBase(c, s, beneath)
	return next, nil, true
}

// checkHidden checks that an overlay which takes the place of what a lower layer
// makes knows of it: otherwise the lower one would have no effect, silently.
func (a *applier) checkHidden(e edit, beneath version) {
	if beneath.present && beneath.by != upstream && !e.step.pinned() {
		a.report(hiddenVersion{e, beneath, digest.Of(beneath.content)})
	}
}

// A hiddenVersion is what a layer below makes of a file, and is lost.
type hiddenVersion struct {
	edit
	beneath version
	digest  string // of what is lost
}

// An identicalFile is what lies beneath already.
type identicalFile struct {
	edit
	beneath version
}

// A presentFile is one that an overlay adds, though there is one of that name.
type presentFile struct {
	edit
	beneath version
}

func (a *applier) reportPresent(e edit, beneath version) {
	if content, ok := a.read(*e.step.File, e.overlay()); ok && content == beneath.content {
		a.report(identicalFile{e, beneath})
		return
	}
	a.report(presentFile{e, beneath})
}

// A file that is deletedBelow is one that an overlay changes and a layer below deletes.
type deletedBelow struct {
	edit
	by int // overlay
}

// An absentFile is one that an overlay changes and the package does not have.
type absentFile struct {
	edit
	lists   bool     // whether it is the one problem that has names of the package's files
	near    []string // these names
	others  int      // how many files have other names
	similar string   // name that may be meant, or ""
}

func (a *applier) reportAbsent(e edit, beneath version) {
	if beneath.by != upstream {
		a.report(deletedBelow{e, beneath.by})
		return
	}
	p := absentFile{edit: e, lists: !a.listed, similar: suggest.Closest(e.change.Name, a.manifest.Names)}
	if p.lists {
		a.listed = true
		p.near, p.others = suggest.Nearest(e.change.Name, a.manifest.Names, maxListed)
	}
	a.report(p)
}

// namesWithFolder are names that begin with the folder of the package, as in a diff.
type namesWithFolder struct {
	overlayDiff
	strip int      // that takes the folder away
	names []string // without it
}

// reportFolder reports names of files that begin with the folder of the package. It
// tells whether they are such.
func (a *applier) reportFolder(o overlayDiff, name string) bool {
	folders := strings.Count(name, "/")
	file := path.Base(name)
	if folders == 0 || !slices.Contains(a.manifest.Names, file) {
		return false
	}
	names := make([]string, len(o.diff.Files))
	for i, declared := range o.diff.Files {
		names[i] = strings.TrimPrefix(declared, strings.TrimSuffix(name, file))
	}
	a.report(namesWithFolder{o, o.step.Strip + folders, names})
	return true
}
