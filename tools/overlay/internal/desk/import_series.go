package desk

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/apply"
	"github.com/go-overlay/go_overlay/tools/internal/unified"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/buildfile"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// A series is diffs of one module, in the order in which they are applied.
type series struct {
	module string // path of the module; std for Go itself
	strip  int    // elements that names in the diffs have in front
	folder string // of the module, that names have in front, too
	diffs  []seriesDiff
	reason string

	// before returns a package as it was without the diffs. It is nil if builds compile that.
	before func(*workspace.GoPackage) (*workspace.GoPackage, error)

	isAssumed bool // whether the version is, that before returns

	rest map[string][]int // where in diffs, by their names, there are parts that no overlay can have, but builds may need
}

// A seriesDiff is a file with diffs.
type seriesDiff struct {
	file  string // for people
	name  string // that it is to have
	text  string
	parts []*unified.FileDiff

	subject string // of the mail that it is, or empty
}

// place returns where in the module the file of a name in a diff is.
func (s *series) place(name string) (string, bool) {
	place, ok := unified.Strip(name, s.strip)
	if ok && s.folder != "" {
		place, ok = strings.CutPrefix(place, s.folder+"/")
	}
	return place, ok
}

// source returns the name that a diff is to have, relative to the folder of the overlays' BUILD file.
func (s *series) source(w *bazel.Workspace, diff seriesDiff) string {
	return path.Join(filesFolder(w), s.module, diff.name)
}

// places returns those that a part may be about, the likeliest first.
func (s *series) places(part *unified.FileDiff) []string {
	var places []string
	for _, name := range []string{part.New, part.Old} {
		if place, ok := s.place(name); ok {
			places = addName(places, place)
		}
	}
	return places
}

// importPath returns that of a folder of the module.
func (s *series) importPath(folder string) (string, bool) {
	if folder == "." {
		folder = ""
	}
	if s.module != std {
		return path.Join(s.module, folder), true
	}
	if inSource, ok := strings.CutPrefix(folder, "src/"); ok {
		return inSource, true
	}
	return folder, strings.HasPrefix(folder, "lib/")
}

// packageOf returns the import path of a file's folder.
func (s *series) packageOf(place string) string {
	importPath, _ := s.importPath(path.Dir(place))
	return importPath
}

// std is what the module of Go itself is called.
const std = "std"

// folderOf is the inverse of importPath.
func (s *series) folderOf(importPath string) string {
	switch {
	case s.module != std:
		return strings.TrimPrefix(strings.TrimPrefix(importPath, s.module), "/")
	case strings.HasPrefix(importPath, "lib/"):
		return importPath
	}
	return path.Join("src", importPath)
}

// candidates returns the import paths of packages that may have a file: that of its folder first, and then those above, which
// may embed it, if it is none that Go compiles.
func (s *series) candidates(place string) []string {
	var importPaths []string
	for folder := path.Dir(place); ; folder = path.Dir(folder) {
		if importPath, ok := s.importPath(folder); ok {
			importPaths = append(importPaths, importPath)
		}
		if folder == "." || folder == "/" || sourceName.MatchString(path.Base(place)) {
			return importPaths
		}
	}
}

// assign makes targets of the packages that the parts of a series are for.
func (im *importer) assign(s *series) error {
	before, err := im.before(s)
	if err != nil {
		return err
	}
	targets := map[string]*target{}
	of := func(importPath string) *target {
		t := targets[importPath]
		if t == nil {
			t = &target{pkg: before[importPath], reason: s.reason, strip: s.strip + depth(s.folder) + depth(s.folderOf(importPath))}
			targets[importPath] = t
			im.targets = append(im.targets, t)
		}
		return t
	}
	exclude := map[string][]string{} // of the diffs of s, by their names
	for _, diff := range s.diffs {
		patches := map[*target]*buildfile.Patch{}
		for _, part := range diff.parts {
			places := s.places(part)
			if len(places) == 0 {
				return im.tooShort(s, diff, part)
			}
			importPath, name, isOwn := s.owner(part, places, im.found, before)
			if isOwn {
				t := of(importPath)
				if patches[t] == nil {
					patches[t] = &buildfile.Patch{File: s.source(im.Workspace, diff)}
				}
				if part.Deletes() {
					t.delete = addName(t.delete, name)
				} else {
					patches[t].Names = addName(patches[t].Names, name)
				}
			} else {
				importPath := s.packageOf(places[0])
				isNewPackage := im.found[importPath] != nil && before[importPath] == nil
				if err := im.leaveOut(s, diff, part, places[0], isNewPackage, exclude); err != nil {
					return err
				}
			}
			if old, ok := s.place(part.Old); part.Renamed && ok {
				for from, pkg := range before { // What loses it may be another package.
					if name, ok := relativeTo(s.folderOf(from), old); ok && hasFile(pkg, name) {
						if isOwn && from != importPath {
							return fmt.Errorf("%s:%d: moves %s to another package; next: make the diff with git diff --no-renames", diff.file, part.Line, old)
						}
						t := of(from)
						t.delete = addName(t.delete, name)
					}
				}
			}
		}
		// What only goes from a package needs no diff; for others, that is left out of it.
		for t, patch := range patches {
			if len(patch.Names) == 0 {
				for _, part := range diff.parts {
					if place, ok := s.place(part.Old); ok && part.Deletes() && slices.Contains(s.candidates(place), t.pkg.ImportPath) {
						exclude[diff.name] = addName(exclude[diff.name], s.inDiff(part))
					}
				}
				delete(patches, t)
			}
		}
		for _, t := range im.targets {
			if patch := patches[t]; patch != nil {
				t.patches = append(t.patches, *patch)
				t.exclude = append(t.exclude, exclude[diff.name]...) // One overlay that says so is enough.
				delete(exclude, diff.name)
				if err := im.write(patch.File, []byte(diff.text)); err != nil {
					return err
				}
			}
		}
	}
	for _, t := range targets {
		for _, patch := range t.patches {
			for _, name := range patch.Names {
				if s.before == nil && slices.Contains(t.delete, name) {
					return fmt.Errorf("%s of package %s is changed by %s, and goes by the diffs, too, which an overlay can't say; next: make one diff of all, by git diff --no-renames", name, t.pkg.ImportPath, path.Base(patch.File))
				}
			}
		}
	}
	if s.before != nil {
		for importPath, t := range targets {
			if t.after, err = changedFiles(t.pkg, im.found[importPath]); err != nil {
				return err
			}
		}
	}
	return nil
}

// all tells whether something holds for all names in the diffs, without what is stripped.
func (s *series) all(is func(name string) bool) bool {
	for _, diff := range s.diffs {
		for _, part := range diff.parts {
			for _, name := range part.Names(s.strip) {
				if !is(name) {
					return false
				}
			}
		}
	}
	return true
}

// findPackages finds the packages that series may be about, as builds compile them.
func (im *importer) findPackages(ctx context.Context, all ...*series) error {
	var importPaths []string
	for _, s := range all {
		importPaths = append(importPaths, s.importPaths()...)
	}
	return im.findAll(ctx, importPaths)
}

// findAll finds packages, as builds compile them, by their import paths.
func (im *importer) findAll(ctx context.Context, importPaths []string) error {
	im.progress.Say("asking Bazel for packages")
	packages, err := im.Packages(ctx)
	if err != nil {
		return err
	}
	found, broken, err := packages.FindMany(ctx, importPaths)
	if broken != nil {
		fmt.Fprintf(im.Err, "not all BUILD files can be read; packages that those declare are left out:\n%v\n", broken)
	}
	maps.Copy(im.found, found)
	if broken != nil {
		im.incomplete = broken
	}
	return err
}

// before returns the packages that a series may be about, by their import paths, as they are without it.
func (im *importer) before(s *series) (map[string]*workspace.GoPackage, error) {
	if s.before == nil {
		return im.found, nil
	}
	before := map[string]*workspace.GoPackage{}
	for _, importPath := range s.importPaths() {
		if pkg := im.found[importPath]; pkg != nil && before[importPath] == nil {
			var err error
			if before[importPath], err = s.before(pkg); err != nil {
				return nil, err
			}
			if before[importPath] == nil { // The diffs make it.
				delete(before, importPath)
			}
		}
	}
	return before, nil
}

// importPaths returns those of packages that the series may be about.
func (s *series) importPaths() []string {
	var importPaths []string
	for _, diff := range s.diffs {
		for _, part := range diff.parts {
			for _, place := range s.places(part) {
				importPaths = append(importPaths, s.candidates(place)...)
			}
		}
	}
	return importPaths
}

// owner returns the package that a part is for, and the name of its file there.
func (s *series) owner(part *unified.FileDiff, places []string, found, before map[string]*workspace.GoPackage) (importPath, name string, ok bool) {
	isNew := part.Creates() || part.Renamed || part.Copied
	for _, place := range places {
		if place != places[0] && (part.Renamed || part.Copied) {
			break // It is about the new file.
		}
		for _, importPath := range s.candidates(place) {
			pkg := before[importPath]
			if pkg == nil {
				continue
			}
			name, _ := relativeTo(s.folderOf(importPath), place)
			if isLeftOut(pkg, name) || isInLib(pkg) && s.before != nil { // Rules may take that from the SDK itself.
				continue
			}
			if hasFile(pkg, name) || hasFile(found[importPath], name) {
				return importPath, name, true
			}
		}
	}
	// A file more. Of patches that builds have already, it is known whether it is compiled.
	importPath = s.packageOf(places[0])
	name = path.Base(places[0])
	return importPath, name, isNew && s.before == nil && before[importPath] != nil && sourceName.MatchString(name) && apply.LeftOutAs(places[0]) == ""
}

// leaveOut says what of a diff changes no package, and has builds leave it out where they would ask what it is for.
func (im *importer) leaveOut(s *series, diff seriesDiff, part *unified.FileDiff, place string, isNewPackage bool, exclude map[string][]string) error {
	why := apply.LeftOutAs(place)
	pkg := im.found[s.packageOf(place)]
	if why == "" || pkg != nil && hasFile(pkg, path.Base(place)) && !strings.HasSuffix(place, "_test.go") { // Builds would take it for one of the package.
		exclude[diff.name] = addName(exclude[diff.name], s.inDiff(part))
	}
	if s.before != nil && (isBuildFile(place) || why == "" && (path.Ext(place) != ".go" || isNewPackage)) {
		if s.rest == nil {
			s.rest = map[string][]int{}
		}
		s.rest[diff.name] = append(s.rest[diff.name], part.Line)
		return nil // What becomes of that is told by itself.
	}
	if why == "" {
		why = "no build compiles it"
		if pkg != nil {
			why = "package " + pkg.ImportPath + " is compiled without it"
		} else if s.before != nil && im.incomplete != nil {
			return fmt.Errorf("%s: whether builds compile %s is not known, as not all BUILD files can be read; next: mend them, and import again:\n%w", diff.file, place, im.incomplete)
		}
	}
	fmt.Fprintf(im.Err, "%s: %s is left out: %s\n", diff.file, place, why)
	return nil
}

// inDiff returns the name of a file as patch_exclude has it.
func (s *series) inDiff(part *unified.FileDiff) string {
	name := cmp.Or(part.New, part.Old)
	if s.strip > 0 {
		name, _ = unified.Strip(name, 1)
	}
	return name
}

// tooShort says that a name in a diff has not the elements that it should.
func (im *importer) tooShort(s *series, diff seriesDiff, part *unified.FileDiff) error {
	name := cmp.Or(part.New, part.Old)
	if s.folder != "" {
		return fmt.Errorf("%s:%d: %s is not in %s, the folder of the module %s in its repository; import a diff for each module", diff.file, part.Line, name, s.folder, s.module)
	}
	return fmt.Errorf("%s:%d: of %s, %d elements are to be stripped; say by -p how many it has in front", diff.file, part.Line, name, s.strip)
}

// depth returns how many elements a path has.
func depth(folder string) int {
	return len(strings.FieldsFunc(folder, func(r rune) bool { return r == '/' }))
}

// addName adds a name to names that do not have it.
func addName(names []string, name string) []string {
	if slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}
