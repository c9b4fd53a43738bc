package apply

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/record"
	"github.com/go-overlay/go_overlay/tools/internal/unified"
)

// reportUnclaimed tells of parts of a diff that are for nobody, or for two, and what
// to write. It returns whether that tells all of the names in patches that there is
// to say: all are wrong, as patch_strip is, or it has the right ones.
func (a *applier) reportUnclaimed(s *step, d diff, parts []*unified.FileDiff, found division) (told bool) {
	for _, dispute := range found.disputes {
		a.report(s.Overlay, ` patches %s of package %s, and %s patches %s of package %s, by the same part of %s (line %d: %s).
A part is for one file: correct the names or patch_strip of one of the two (%d and %d).`,
			dispute.name, a.manifest.ImportPath, record.DisplayLabel(dispute.by.Overlay), dispute.as, dispute.by.ImportPath,
			a.paths[d.File], dispute.part.Line, inDiff(dispute.part), s.Strip, dispute.by.Strip)
	}
	if len(found.ambiguous) > 0 {
		a.report(s.Overlay, ` patches %s of package %s, but %s has files of these names in several folders, and the import path ends with none of them (patch_strip = %d):
%sName by their paths those that are for no package, or for others, in each overlay that has files of these names: patch_exclude = [%q]`,
			strings.Join(d.Files, ", "), a.manifest.ImportPath, a.paths[d.File], s.Strip, listed(found.ambiguous), found.ambiguous[0]+"/*")
		return true
	}
	if len(found.unclaimed) == 0 {
		return false
	}
	lines := make([]string, len(found.unclaimed))
	for i, part := range found.unclaimed {
		lines[i] = fmt.Sprintf("%s  (line %d)", inDiff(part), part.Line)
	}
	strip := a.bestStrip(s, d, parts)
	advised := *s
	advised.Strip = strip
	todo := a.sort(&advised, d, parts)

	var b strings.Builder
	changes := "changes"
	if len(found.own) > 0 {
		changes = "also changes"
	}
	fmt.Fprintf(&b, " patches %s of package %s, but %s %s what no overlay takes (patch_strip = %d):\n%s",
		strings.Join(d.Files, ", "), a.manifest.ImportPath, a.paths[d.File], changes, s.Strip, listed(lines))
	changed, not := a.changedOf(&advised, d, a.divide(&advised, d, parts))
	if len(todo.declare) > 0 && len(not) > 0 {
		fmt.Fprintf(&b, "It does not change %s.\n", strings.Join(not, ", "))
	}
	if strip != s.Strip || len(todo.declare) > 0 {
		b.WriteString("Write\n")
	}
	if strip != s.Strip {
		fmt.Fprintf(&b, "  patch_strip = %d\n", strip)
	}
	if len(todo.declare) > 0 {
		fmt.Fprintf(&b, "  %s\n", a.patchesAttribute(s, d, slices.Concat(changed, todo.declare)))
	}
	a.adviseOthers(&b, &advised, d, todo)
	a.adviseExclusion(&b, s, d, todo)
	a.report(s.Overlay, "%s", b.String())
	return strip != s.Strip || len(todo.declare) > 0
}

// changedOf parts the names that a diff is declared to change: those that it does change,
// but for files that no package has, and those that it does not.
func (a *applier) changedOf(s *step, d diff, found division) (changed, not []string) {
	own := map[string]bool{}
	for part, name := range found.own {
		own[name] = true
		if renamed, ok := unified.Strip(part.New, s.Strip); ok && part.Renamed {
			own[renamed] = true
		}
	}
	for _, name := range d.Files {
		switch {
		case !own[name]:
			not = append(not, name)
		case a.has(name) || leftOutAs(name) == "":
			changed = append(changed, name)
		}
	}
	return changed, not
}

// A toDo is what has to become of the parts that no overlay takes.
type toDo struct {
	declare []string // names in the package
	others  []*otherPackage
	absent  []string // names of source files that the package does not have
	unknown []string // paths of others

	excluded []string // paths of what may be left out
}

// An otherPackage is one with files that a diff changes.
type otherPackage struct {
	importPath string
	strip      int
	files      []string
	remove     []string
	places     []string // of all these, in the diff
	claimed    bool     // whether an overlay of it has the diff
}

// sort tells what has to become of the parts that no overlay takes.
func (a *applier) sort(s *step, d diff, parts []*unified.FileDiff) toDo {
	places := placesIn(parts)
	found := a.divide(s, d, parts)
	folder := found.folder
	if len(found.own) == 0 {
		folder = a.likelyFolder(parts, places)
	}
	var todo toDo
	byFolder := map[string]*otherPackage{}
	for _, part := range found.unclaimed {
		place := places.of(part)
		name := relative(place, folder)
		dir := strings.TrimSuffix(place[:len(place)-len(path.Base(place))], "/")
		switch {
		case a.has(name), isSourceName(place) && dir == folder && part.Creates():
			todo.declare = append(todo.declare, name)
		case isSourceName(place) && dir != folder:
			other := byFolder[dir]
			if other == nil {
				importPath := importPathOf(dir, folder, a.manifest.ImportPath)
				if !isGoName(place) && a.has(path.Base(place)) {
					importPath = a.manifest.ImportPath // Headers in folders have base names.
				}
				other = &otherPackage{
					importPath: importPath,
					strip:      strings.Count(inDiff(part), "/"),
				}
				byFolder[dir] = other
				todo.others = append(todo.others, other)
			}
			if part.Deletes() {
				other.remove = append(other.remove, path.Base(place))
			} else {
				other.files = append(other.files, path.Base(place))
			}
			other.places = append(other.places, place)
		case isSourceName(place):
			todo.absent = append(todo.absent, name)
			todo.excluded = append(todo.excluded, place)
		default:
			todo.unknown = append(todo.unknown, place)
		}
	}
	for _, other := range todo.others {
		if len(other.files) == 0 {
			todo.excluded = append(todo.excluded, other.places...) // Its overlay deletes without the diff.
		}
	}
	todo.declare = unique(todo.declare)
	todo.absent = unique(todo.absent)
	todo.unknown = unique(todo.unknown)
	todo.excluded = unique(todo.excluded)
	return todo
}

// likelyFolder guesses a package's folder where no part of a diff is for it.
func (a *applier) likelyFolder(parts []*unified.FileDiff, places places) string {
	var folders []string
	for _, part := range parts {
		if folder, _ := path.Split(places.of(part)); folder != "" {
			folders = append(folders, strings.TrimSuffix(folder, "/"))
		}
	}
	likely := ""
	for _, folder := range foldersOf(a.manifest.ImportPath, folders) {
		if len(folder) > len(likely) {
			likely = folder
		}
	}
	return likely
}

// importPathOf returns the import path of the package in a folder of a repository,
// given where another one is.
func importPathOf(dir, folder, importPath string) string {
	if root, ok := strings.CutSuffix("/"+importPath, "/"+folder); ok && folder != "" {
		return strings.TrimPrefix(path.Join(root, dir), "/")
	}
	if root, ok := strings.CutSuffix(folder, importPath); ok {
		if rest, ok := strings.CutPrefix(dir, root); ok {
			return rest
		}
	}
	if folder == "" || strings.HasPrefix(dir, folder+"/") {
		return path.Join(importPath, relative(dir, folder))
	}
	return path.Join("…", dir)
}

// adviseOthers says what to write for other packages that a diff changes.
func (a *applier) adviseOthers(b *strings.Builder, s *step, d diff, todo toDo) {
	fresh := 0
	for i, other := range todo.others {
		if i >= maxListed/2 {
			fmt.Fprintf(b, "And so on, for %d more packages.\n", len(todo.others)-i)
			break
		}
		if c, ok := a.claimOf(s, d, other.importPath); ok {
			other.claimed = true
			a.adviseOwner(b, s, d, c, other)
			continue
		}
		if fresh++; fresh == 1 {
			fmt.Fprintf(b, "Declare another overlay of the same diff, and list it beside %s in a go_overlay_set:\n", a.label(s.Overlay))
		}
		fmt.Fprintf(b, "  go_overlay(\n      name = %q,\n      importpath = %q,\n", path.Base(other.importPath), other.importPath)
		if len(other.remove) > 0 {
			fmt.Fprintf(b, "      delete = [%s],\n", quotedList(unique(other.remove)))
		}
		if other.strip != 1 && len(other.files) > 0 {
			fmt.Fprintf(b, "      patch_strip = %d,\n", other.strip)
		}
		if len(other.files) > 0 {
			fmt.Fprintf(b, "      %s,\n", a.patchesAttribute(s, d, unique(other.files)))
		}
		b.WriteString("  )\n")
		if len(other.files) == 0 && slices.Contains(todo.excluded, other.places[0]) {
			fmt.Fprintf(b, "That one does not name the diff: leave its part out of %s by patch_exclude, see below.\n", a.label(s.Overlay))
		}
	}
}

// adviseExclusion says what may be left out of a diff.
func (a *applier) adviseExclusion(b *strings.Builder, s *step, d diff, todo toDo) {
	if len(todo.absent) > 0 {
		fmt.Fprintf(b, "%s has no %s, which %s does not create.\n", a.target(), strings.Join(todo.absent, ", "), a.paths[d.File])
	}
	if len(todo.unknown) > 0 {
		fmt.Fprintf(b, "If a package embeds %s, its overlay has to name it.\n", strings.Join(todo.unknown, " or "))
	}
	if excluded := slices.Concat(todo.excluded, todo.unknown); len(excluded) > 0 {
		fmt.Fprintf(b, "What no program contains can be left out:\n  patch_exclude = [%s]\n", quotedList(slices.Concat(s.Exclude, excluded)))
	}
	for _, other := range todo.others {
		if len(other.files) > 0 && !other.claimed {
			fmt.Fprintf(b, "If no program of yours has %s, leave its part out, too: patch_exclude = [%s]\n", other.importPath, quotedList(slices.Concat(s.Exclude, other.places)))
			break // The others in the same way.
		}
	}
}

// claimOf returns the claim of another overlay to a diff, for a package.
func (a *applier) claimOf(s *step, d diff, importPath string) (claim, bool) {
	for _, c := range a.othersOf(d, a.manifest.Overlays[s.Overlay].Label) {
		if c.ImportPath == importPath {
			return c, true
		}
	}
	return claim{}, false
}

// adviseOwner says what has to be written for an overlay that has the diff, and
// does not take what is for its package.
func (a *applier) adviseOwner(b *strings.Builder, s *step, d diff, c claim, other *otherPackage) {
	label := record.DisplayLabel(c.Overlay)
	if c.Absent {
		fmt.Fprintf(b, "That is for %s, but programs that run during the build are compiled without it: write exec = True there, too, or take it out of %s.\n",
			label, a.label(s.Overlay))
		return
	}
	fmt.Fprintf(b, "For %s, write\n", label)
	if c.Strip != other.strip {
		fmt.Fprintf(b, "  patch_strip = %d\n", other.strip)
	}
	if files := unique(slices.Concat(c.Files, other.files)); len(files) > len(c.Files) {
		fmt.Fprintf(b, "  %s\n", a.patchesAttribute(s, d, files))
	}
	if names := unique(slices.Concat(c.Delete, other.remove)); len(names) > len(c.Delete) {
		fmt.Fprintf(b, "  delete = [%s]\n", quotedList(names))
	}
}

// bestStrip returns the number of elements to strip with which most of the declared
// files are changed, or if there are none, most of the package's.
func (a *applier) bestStrip(s *step, d diff, parts []*unified.FileDiff) int {
	depth := 0
	for _, part := range parts {
		depth = max(depth, part.Depth())
	}
	places := placesIn(parts)
	for _, names := range [][]string{d.Files, a.manifest.Names} {
		fitting := func(strip int) int {
			own, _, _ := claim{ImportPath: a.manifest.ImportPath, Files: names, Strip: strip}.take(parts, places)
			return len(own)
		}
		best, most := s.Strip, fitting(s.Strip)
		for strip := range depth {
			if n := fitting(strip); n > most {
				best, most = strip, n
			}
		}
		if most > 0 {
			return best
		}
	}
	return s.Strip
}

// listed returns lines of a message, of which there may be many.
func listed(lines []string) string {
	var b strings.Builder
	for i, line := range lines {
		if i == maxListed {
			fmt.Fprintf(&b, "  and %d more\n", len(lines)-i)
			break
		}
		fmt.Fprintf(&b, "  %s\n", line)
	}
	return b.String()
}

// unique returns items in their order, each once.
func unique[T comparable](items []T) []T {
	var all []T
	for _, item := range items {
		if !slices.Contains(all, item) {
			all = append(all, item)
		}
	}
	return all
}

// reportForeign tells of a file that an overlay patches and its package can't have,
// and returns whether it is one.
func (a *applier) reportForeign(c *change, s *step, d diff) bool {
	why := leftOutAs(c.Name)
	folder, name := path.Split(c.Name)
	inFolder := func(name string) bool { return strings.HasPrefix(name, folder) }
	switch {
	case a.isBeneath(c.Name, s.Overlay):
		return false
	case why != "":
		a.report(s.Overlay, " %s, but %s has no file of that name. Take it out of the names in patches: what %s has for it is left out by itself (%s), and named in reports.",
			a.does(c, s), a.target(), a.paths[d.File], why)
		return true
	case folder == "", !isSourceName(name):
		return false
	case a.has(name) && !slices.ContainsFunc(d.Files, func(name string) bool { return !inFolder(name) }):
		return false // The folder may be the package's own.
	}
	var b strings.Builder
	a.adviseOthers(&b, s, d, toDo{others: []*otherPackage{{
		importPath: path.Join(a.manifest.ImportPath, folder),
		strip:      s.Strip + strings.Count(folder, "/"),
		files:      []string{name},
	}}})
	a.report(s.Overlay, " %s, but the folder %s is another package. Take it out of the names in patches.\n%s",
		a.does(c, s), strings.TrimSuffix(folder, "/"), b.String())
	return true
}
