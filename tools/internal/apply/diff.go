package apply

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

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
			a.report(s.Overlay, " patches %s of package %s, but what %s has for it can't be applied: %v.",
				name, a.manifest.ImportPath, a.paths[d.File], file.Unusable)
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
		part.Diff = a.diffName(s, d)
		a.leftOut = append(a.leftOut, part)
	}
	return parsed
}

// parse reads a diff on behalf of an overlay.
func (a *applier) parse(overlay, file int) ([]*unified.FileDiff, bool) {
	text, ok := a.read(file, overlay)
	if !ok {
		return nil, false
	}
	parts, err := unified.Parse(text)
	if err != nil {
		a.report(overlay, " patches package %s, but %s can't be read: %v\nMake the diff anew, with `git diff` or `diff -u`.",
			a.manifest.ImportPath, a.paths[file], err)
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

// reportUntouched tells of files that a diff is declared to change, and does not.
func (a *applier) reportUntouched(s *step, d diff, files []*unified.FileDiff, found division) {
	touched, untouched := a.changedOf(s, d, found)
	if len(untouched) > 0 && len(s.Exclude) > 0 {
		excluded := a.excluded(s, d, files)
		untouched = slices.DeleteFunc(untouched, func(name string) bool {
			pattern, ok := excluded[name]
			if ok {
				a.report(s.Overlay, " patches %s of package %s, but leaves out what %s has for it by patch_exclude, with the pattern %q: take the name out of patches, or the pattern out of patch_exclude.",
					name, a.manifest.ImportPath, a.paths[d.File], pattern)
			}
			return ok
		})
	}
	if len(untouched) == 0 {
		return
	}
	var changed []string
	for _, file := range files {
		changed = append(changed, inDiff(file))
	}
	var b strings.Builder
	fmt.Fprintf(&b, " patches %s of package %s, but %s does not change it. It changes:\n%s",
		strings.Join(untouched, ", "), a.manifest.ImportPath, a.paths[d.File], listed(changed))
	if len(touched) > 0 {
		fmt.Fprintf(&b, "Write\n  %s\n", a.patchesAttribute(s, d, touched))
	} else {
		fmt.Fprintf(&b, "Take %s out of %s of %s, or correct the names.\n", path.Base(a.paths[d.File]), "patches", a.label(s.Overlay))
	}
	a.report(s.Overlay, "%s", b.String())
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

// patchesAttribute returns the attribute of the overlay that declares a diff.
func (a *applier) patchesAttribute(s *step, d diff, names []string) string {
	return fmt.Sprintf("patches = {%q: [%s]}", a.diffName(s, d), quotedList(names))
}

// quotedList returns the elements of a list of strings in Starlark.
func quotedList(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = strconv.Quote(name)
	}
	return strings.Join(quoted, ", ")
}

// diffName returns a diff's path within the overlay's Bazel package, as its
// BUILD file has it, or else the name of the file.
func (a *applier) diffName(s *step, d diff) string {
	file := a.paths[d.File]
	_, pkg, _ := strings.Cut(a.manifest.Overlays[s.Overlay].Label, "//")
	pkg, _, _ = strings.Cut(pkg, ":")
	if _, name, ok := strings.Cut("/"+file, "/"+pkg+"/"); ok && pkg != "" {
		return name
	}
	if pkg == "" && !strings.HasPrefix(file, "bazel-out/") && !strings.HasPrefix(file, "external/") {
		return file
	}
	return path.Base(file)
}
