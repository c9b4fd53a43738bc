package apply

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/unified"
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
	text, ok := a.read(d.File, s.Overlay)
	if !ok {
		return nil
	}
	files, err := unified.Parse(text)
	if err != nil {
		a.report(s.Overlay, ` patches %s of package %s, but %s can't be read: %v
Make the diff anew, with `+"`git diff` or `diff -u`.",
			strings.Join(d.Files, ", "), a.manifest.ImportPath, a.paths[d.File], err)
		return nil
	}
	parsed := &parsedDiff{files: lineages{}}
	var undeclared []*unified.FileDiff
	good := true
	names := slices.Concat(d.Files, a.deletedBy(s.Overlay))
	for _, file := range files {
		if name, ok := unified.Strip(file.Old, s.Strip); ok && (file.Renamed || file.Deletes()) && a.isBeneath(name, s.Overlay) {
			names = append(names, name)
		}
	}
	for _, file := range files {
		switch name := oneOf(file.Names(s.Strip), names); {
		case name == "":
			undeclared = append(undeclared, file)
		case file.Renamed || file.Copied:
			good = a.addRenamed(s, d, file, parsed.files) && good
		default:
			parsed.files.add(file, name, name)
		}
	}
	if !good || !a.checkMoves(s, d, parsed.files, undeclared) {
		return nil
	}
	found := len(a.problems)
	a.reportUndeclared(s, d, files, undeclared)
	a.reportUntouched(s, d, files, parsed, len(undeclared) > 0)
	if len(a.problems) > found || !a.checkGone(s, d, parsed.files) {
		return nil
	}
	return parsed
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

func (a *applier) reportUndeclared(s *step, d diff, files, undeclared []*unified.FileDiff) {
	if len(undeclared) == 0 {
		return
	}
	strip := a.bestStrip(s, d, files)
	declared := slices.Clone(d.Files)
	var changed []string
	for _, file := range undeclared {
		changed = append(changed, inDiff(file))
		name := inDiff(file)
		if names := file.Names(strip); len(names) > 0 {
			name = names[0]
			if known := oneOf(names, slices.Concat(d.Files, a.manifest.Names)); known != "" {
				name = known
			}
		}
		if !slices.Contains(declared, name) {
			declared = append(declared, name)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, " patches package %s, but %s changes files that are not declared for it (patch_strip = %d):\n",
		a.manifest.ImportPath, a.paths[d.File], s.Strip)
	for i, file := range undeclared {
		name := "(nothing is left of it)"
		if names := file.Names(s.Strip); len(names) > 0 {
			name = names[0]
		}
		fmt.Fprintf(&b, "  %s  (line %d: %s)\n", name, file.Line, changed[i])
	}
	fmt.Fprintf(&b, "Declared are %s. Write\n", strings.Join(d.Files, ", "))
	if strip != s.Strip {
		fmt.Fprintf(&b, "  patch_strip = %d\n", strip)
	}
	if len(declared) > len(d.Files) {
		fmt.Fprintf(&b, "  %s\n", a.patchesAttribute(s, d, declared))
		b.WriteString("or take what is not for this package out of the diff.\n")
	}
	a.report(s.Overlay, "%s", b.String())
}

// bestStrip returns the number of elements to strip with which all parts of the
// diff are for declared files, or at least for files of the package.
func (a *applier) bestStrip(s *step, d diff, files []*unified.FileDiff) int {
	depth := 0
	for _, file := range files {
		depth = max(depth, file.Depth())
	}
	for _, names := range [][]string{d.Files, slices.Concat(d.Files, a.manifest.Names)} {
		for strip := range depth {
			fits := func(file *unified.FileDiff) bool { return oneOf(file.Names(strip), names) != "" }
			if !slices.ContainsFunc(files, func(file *unified.FileDiff) bool { return !fits(file) }) {
				return strip
			}
		}
	}
	return s.Strip
}

// inDiff returns how a diff itself calls a file.
func inDiff(file *unified.FileDiff) string {
	if file.New != "" {
		return file.New
	}
	return file.Old
}

func (a *applier) reportUntouched(s *step, d diff, files []*unified.FileDiff, parsed *parsedDiff, undeclared bool) {
	if undeclared && a.bestStrip(s, d, files) != s.Strip {
		return // All the names are wrong, which has been said.
	}
	var touched, untouched []string
	for _, name := range d.Files {
		if parsed.files[name] != nil {
			touched = append(touched, name)
		} else {
			untouched = append(untouched, name)
		}
	}
	if len(untouched) == 0 {
		return
	}
	var changed []string
	for _, file := range files {
		changed = append(changed, inDiff(file))
	}
	var b strings.Builder
	fmt.Fprintf(&b, " patches %s of package %s, but %s does not change it. It changes:\n  %s\n",
		strings.Join(untouched, ", "), a.manifest.ImportPath, a.paths[d.File], strings.Join(changed, "\n  "))
	if len(touched) > 0 {
		fmt.Fprintf(&b, "Write\n  %s\n", a.patchesAttribute(s, d, touched))
	} else {
		fmt.Fprintf(&b, "Take %s out of %s of %s, or correct the names.\n", path.Base(a.paths[d.File]), "patches", a.label(s.Overlay))
	}
	a.report(s.Overlay, "%s", b.String())
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
