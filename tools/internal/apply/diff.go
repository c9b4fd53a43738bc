package apply

import (
	"errors"
	"slices"

	"github.com/go-overlay/go_overlay/tools/internal/unified"
)

// A diffKey tells diffs apart: an overlay has the same one for several files, and
// a manifest may have several indices for the same path.
type diffKey struct {
	overlay int
	path    string
}

// A parsedDiff is what a diff makes of the files that it is declared to change.
type parsedDiff struct {
	files lineages
}

// diff reads a diff and checks it against what the overlay declares. It returns nil
// if it has reported a problem, for whichever file it was asked first.
func (a *applier) diff(s *step, d diff) *parsedDiff {
	key := diffKey{s.Overlay, a.paths[d.File]}
	parsed, ok := a.diffs[key]
	if !ok {
		parsed = a.parseDiff(s, d)
		a.diffs[key] = parsed
	}
	return parsed
}

func (a *applier) parseDiff(s *step, d diff) *parsedDiff {
	files, ok := a.parse(s.Overlay, d.File)
	if !ok {
		return nil
	}
	parsed := &parsedDiff{files: lineages{}}
	parts := a.divide(s, d, files)
	good := true
	for _, file := range files {
		switch name, ok := parts.own[file]; {
		case !ok:
		case file.Unusable != nil:
			a.report(unusablePart{overlayDiff{s, d}, name, file.Unusable})
			good = false
		case file.Renamed || file.Copied:
			good = a.addRenamed(s, d, file, parsed.files) && good
		default:
			parsed.files.add(file, name, name)
		}
	}
	if !good || !a.checkMoves(s, d, parsed.files, files) {
		return nil
	}
	found := len(a.problems)
	if !a.reportUnclaimed(s, d, files, parts) {
		a.reportUntouched(s, d, files, parts)
	}
	if len(a.problems) > found || !a.checkGone(s, d, parsed.files) {
		return nil
	}
	for _, part := range parts.leftOut {
		part.Diff = a.diffName(overlayDiff{s, d})
		a.leftOut = append(a.leftOut, part)
	}
	return parsed
}

// An unusablePart of a diff is one that can't be applied to any file.
type unusablePart struct {
	overlayDiff
	name string
	err  error
}

// An unparsableDiff is a file that is none.
type unparsableDiff struct {
	owner
	file      int
	err       error
	onlyModes bool // whether it is one, but changes nothing else
}

// parse reads a diff on behalf of an overlay.
func (a *applier) parse(overlay, file int) ([]*unified.FileDiff, bool) {
	text, ok := a.read(file, overlay)
	if !ok {
		return nil, false
	}
	parts, err := unified.Parse(text)
	if err != nil {
		var syntax *unified.SyntaxError
		a.report(unparsableDiff{owner(overlay), file, err, errors.As(err, &syntax) && syntax.OnlyModes})
		return nil, false
	}
	return parts, true
}

// oneOf returns the first of candidates that is one of names, or "".
func oneOf(candidates, names []string) string {
	for _, candidate := range candidates {
		if slices.Contains(names, candidate) {
			return candidate
		}
	}
	return ""
}

// inDiff returns how a diff itself calls a file.
func inDiff(file *unified.FileDiff) string {
	if file.New != "" {
		return file.New
	}
	return file.Old
}

// An excludedFile is one that a diff is declared to change, and that patch_exclude
// leaves out of it.
type excludedFile struct {
	overlayDiff
	name    string
	pattern string
}

// untouchedFiles are those that a diff is declared to change, and does not.
type untouchedFiles struct {
	overlayDiff
	names   []string
	touched []string // those that it does change
	places  []string // all that it changes, as it calls them
}

func (a *applier) reportUntouched(s *step, d diff, files []*unified.FileDiff, found division) {
	o := overlayDiff{s, d}
	touched, not := a.changedOf(s, d, found)
	if len(not) > 0 && len(s.Exclude) > 0 {
		patterns := a.excluded(s, d, files)
		not = slices.DeleteFunc(not, func(name string) bool {
			pattern, ok := patterns[name]
			if ok {
				a.report(excludedFile{o, name, pattern})
			}
			return ok
		})
	}
	if len(not) == 0 {
		return
	}
	var places []string
	for _, file := range files {
		places = append(places, inDiff(file))
	}
	a.report(untouchedFiles{o, not, touched, places})
}

// excluded returns, of the files that a diff is declared to change, those for which the
// overlay leaves the diff's part out, with the pattern that does so.
func (a *applier) excluded(s *step, d diff, parts []*unified.FileDiff) map[string]string {
	places := placesIn(parts)
	own, _, _ := claim{ImportPath: a.manifest.ImportPath, Files: d.Files, Strip: s.Strip}.take(parts, places)
	patterns := map[string]string{}
	for _, pattern := range s.Exclude {
		excludes := anyOf([]string{pattern})
		for part, name := range own {
			if patterns[name] == "" && excludes.MatchString(places.of(part)) {
				patterns[name] = pattern
			}
		}
	}
	return patterns
}
