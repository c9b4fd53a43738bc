package apply

import (
	"path"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/unified"
)

// A disputedPart is one that two overlays take for different files.
type disputedPart struct {
	overlayDiff
	dispute
}

// ambiguousFolders have files of the names that an overlay patches, and the import path
// does not tell which is the package's.
type ambiguousFolders struct {
	overlayDiff
	folders []string
}

// unclaimedParts of a diff are those that no overlay takes.
type unclaimedParts struct {
	overlayDiff
	parts   []*unified.FileDiff
	takes   bool     // whether the overlay takes others
	strip   int      // with which the diff fits best; what follows is with that
	changed []string // names in patches that the diff changes
	not     []string // those that it does not
	todo    toDo
}

// corrects tells whether patches or patch_strip of the overlay are to be corrected.
func (p unclaimedParts) corrects() bool { return p.strip != p.step.Strip || len(p.todo.declare) > 0 }

// reportUnclaimed tells of parts of a diff that are for nobody, or for two. It returns
// whether that tells all of the names in patches that there is to say: all are wrong, as
// patch_strip is, or it has the right ones.
func (a *applier) reportUnclaimed(s *step, d diff, parts []*unified.FileDiff, found division) (told bool) {
	o := overlayDiff{s, d}
	for _, dispute := range found.disputes {
		a.report(disputedPart{o, dispute})
	}
	if len(found.ambiguous) > 0 {
		a.report(ambiguousFolders{o, found.ambiguous})
		return true
	}
	if len(found.unclaimed) == 0 {
		return false
	}
	advised := *s
	advised.Strip = a.bestStrip(s, d, parts)
	changed, not := a.changedOf(&advised, d, a.divide(&advised, d, parts))
	p := unclaimedParts{
		overlayDiff: o,
		parts:       found.unclaimed,
		takes:       len(found.own) > 0,
		strip:       advised.Strip,
		changed:     changed,
		not:         not,
		todo:        a.sort(&advised, d, parts),
	}
	a.report(p)
	return p.corrects()
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
		case a.has(name) || LeftOutAs(name) == "":
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
	exclude  []string // patterns of the overlay that leave something out
}

// An otherPackage is one with files that a diff changes.
type otherPackage struct {
	importPath string
	strip      int
	files      []string
	remove     []string
	places     []string // of all these, in the diff
	claim      *claim   // of an overlay of it that has the diff; nil if there is none
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
	for _, other := range todo.others[:min(len(todo.others), maxOthers)] { // Nobody is told of more.
		other.claim = a.claimOf(s, d, other.importPath)
	}
	if changed, ok := a.changedBy(s.Overlay); ok {
		todo.exclude, _ = matching(s.Exclude, changed)
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

// claimOf returns the claim of another overlay to a diff, for a package; nil if there
// is none.
func (a *applier) claimOf(s *step, d diff, importPath string) *claim {
	for _, c := range a.othersOf(d, a.manifest.Overlays[s.Overlay].Label) {
		if c.ImportPath == importPath {
			return &c
		}
	}
	return nil
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

// An impossibleFile is none that the package can have, by its name.
type impossibleFile struct {
	diffEdit
	why string
}

// A foreignFile is one in a folder of another package.
type foreignFile struct {
	diffEdit
	folder string
	todo   toDo
}

// reportForeign tells of a file that an overlay patches and its package can't have,
// and returns whether it is one.
func (a *applier) reportForeign(e edit, d diff) bool {
	why := LeftOutAs(e.change.Name)
	folder, name := path.Split(e.change.Name)
	inFolder := func(name string) bool { return strings.HasPrefix(name, folder) }
	switch {
	case a.isBeneath(e.change.Name, e.overlay()):
		return false
	case why != "":
		a.report(impossibleFile{diffEdit{e, d}, why})
		return true
	case folder == "", !isSourceName(name):
		return false
	case a.has(name) && !slices.ContainsFunc(d.Files, func(name string) bool { return !inFolder(name) }):
		return false // The folder may be the package's own.
	}
	importPath := path.Join(a.manifest.ImportPath, folder)
	a.report(foreignFile{diffEdit{e, d}, strings.TrimSuffix(folder, "/"), toDo{others: []*otherPackage{{
		importPath: importPath,
		strip:      e.step.Strip + strings.Count(folder, "/"),
		files:      []string{name},
		claim:      a.claimOf(e.step, d, importPath),
	}}}})
	return true
}
