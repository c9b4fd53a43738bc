package apply

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/record"
	"github.com/go-overlay/go_overlay/tools/internal/unified"
)

// A claim says which files of a diff an overlay takes. Where several packages are
// changed by one diff, each is told of the others' claims.
type claim struct {
	Diff       int      `json:"diff"`       // index of the file
	Overlay    string   `json:"overlay"`    // label
	ImportPath string   `json:"importpath"` // of its package
	Files      []string `json:"files"`      // names in the package; none if the overlay does not say
	Delete     []string `json:"delete"`     // names that the overlay deletes, whether by the diff or not
	Exclude    []string `json:"exclude"`    // patterns of what is left out of the diff
	Strip      int      `json:"strip"`      // elements of paths in the diff
	Absent     bool     `json:"absent"`     // whether the overlay is in the set, but not in this configuration
}

// A division says for whom the parts of a diff are.
type division struct {
	own       map[*unified.FileDiff]string // name in the package
	folder    string                       // the package's, as the diff has it
	ambiguous []string                     // folders with files of the declared names, if they don't tell
	leftOut   []record.LeftOut
	disputes  []dispute
	unclaimed []*unified.FileDiff
}

// A dispute is a part that two overlays take for different files.
type dispute struct {
	part *unified.FileDiff
	name string // for the one
	by   claim
	as   string // name for the other
}

// divide tells for whom the parts of a diff are: the overlay's own package, packages
// of other overlays, or nobody, as Go does not compile them.
func (a *applier) divide(s *step, d diff, parts []*unified.FileDiff) division {
	places := placesIn(parts)
	own := claim{
		Overlay:    a.manifest.Overlays[s.Overlay].Label,
		ImportPath: a.manifest.ImportPath,
		Files:      d.Files,
		Delete:     a.deletedBy(s.Overlay),
		Exclude:    s.Exclude,
		Strip:      s.Strip,
	}
	others := a.othersOf(d, own.Overlay)
	taken := make([]map[*unified.FileDiff]string, len(others))
	excludedBy := make([]*regexp.Regexp, len(others))
	for i, other := range others {
		excludedBy[i] = anyOf(other.Exclude)
		if !other.Absent {
			taken[i], _, _ = other.take(parts, places)
		}
	}
	var result division
	exclude := anyOf(own.Exclude)
	kept := slices.DeleteFunc(slices.Clone(parts), func(part *unified.FileDiff) bool {
		return exclude.MatchString(places.of(part))
	})
	result.own, result.folder, result.ambiguous = own.take(kept, places)
	a.takeMoved(&result, s, kept, places)
	for _, part := range parts {
		place := places.of(part)
		name, isOwn := result.own[part]
		isOthers, excluded := false, ""
		if !slices.Contains(kept, part) {
			excluded = "patch_exclude"
		}
		for i, other := range others {
			as, ok := taken[i][part]
			isOthers = isOthers || ok
			if ok && isOwn && path.Join(own.ImportPath, name) != path.Join(other.ImportPath, as) {
				result.disputes = append(result.disputes, dispute{part: part, name: name, by: other, as: as})
			}
			if excluded == "" && excludedBy[i].MatchString(place) {
				excluded = "patch_exclude of " + record.DisplayLabel(other.Overlay)
			}
		}
		why := cmp.Or(excluded, LeftOutAs(place))
		if why != aTest && why != testData && excluded == "" && a.has(relative(place, result.folder)) {
			why = "" // The package embeds it, say.
		}
		switch {
		case isOwn, isOthers:
		case why != "":
			result.leftOut = append(result.leftOut, record.LeftOut{File: place, Why: why})
		default:
			result.unclaimed = append(result.unclaimed, part)
		}
	}
	return result
}

// take returns the parts of a diff that are for an overlay's package, by its names
// for them, and the folder of the package. Where files in several folders have the
// names, that counts which the import path ends with; if it ends with none, the
// parts are nobody's, and the folders are returned.
func (c claim) take(parts []*unified.FileDiff, places places) (own map[*unified.FileDiff]string, folder string, ambiguous []string) {
	byFolder := map[string]map[*unified.FileDiff]string{}
	for _, part := range parts {
		names := c.Files
		if part.Deletes() {
			names = slices.Concat(c.Files, c.Delete)
		}
		name := oneOf(part.Names(c.Strip), names)
		if name == "" {
			continue
		}
		folder := places.folder(part, name)
		if byFolder[folder] == nil {
			byFolder[folder] = map[*unified.FileDiff]string{}
		}
		byFolder[folder][part] = name
	}
	folders := sortedKeys(byFolder)
	if compete(byFolder) {
		ambiguous = folders
		folders = foldersOf(c.ImportPath, folders)
		if len(folders) != 1 {
			return nil, "", ambiguous
		}
	}
	own = map[*unified.FileDiff]string{}
	for _, f := range folders {
		for part, name := range byFolder[f] {
			own[part] = name
			if folder == "" || isGoName(name) {
				folder = f
			}
		}
	}
	return own, folder, nil
}

// takeMoved takes what a diff renames or deletes in the folder of the package, whether
// or not the overlay says so.
func (a *applier) takeMoved(result *division, s *step, parts []*unified.FileDiff, places places) {
	folder := result.folder
	if len(result.own) == 0 {
		result.own, folder = map[*unified.FileDiff]string{}, a.likelyFolder(parts, places)
	}
	moved := a.deletedBy(s.Overlay)
	for _, part := range parts {
		name, ok := unified.Strip(part.Old, s.Strip)
		if ok && (part.Renamed || part.Deletes()) && a.isBeneath(name, s.Overlay) && places.folder(part, name) == folder {
			moved = append(moved, name)
		}
	}
	for _, part := range parts {
		name := oneOf(part.Names(s.Strip), moved)
		if _, taken := result.own[part]; !taken && name != "" && places.folder(part, name) == folder {
			result.own[part], result.folder = name, folder
		}
	}
}

// compete tells whether at most one of several folders can be that of a package. Its
// Go files are in one; headers, which have base names, may be in others.
func compete(byFolder map[string]map[*unified.FileDiff]string) bool {
	folderOf := map[string]string{}
	goFolder, found := "", false
	for folder, parts := range byFolder {
		for _, name := range parts {
			if other, ok := folderOf[name]; ok && other != folder {
				return true
			}
			folderOf[name] = folder
			if isGoName(name) {
				if found && goFolder != folder {
					return true
				}
				goFolder, found = folder, true
			}
		}
	}
	return false
}

func isGoName(name string) bool { return path.Ext(name) == ".go" }

// foldersOf returns the folders in which a package of some import path may well be,
// in its repository or in one that holds others. Major versions may be no folders.
func foldersOf(importPath string, folders []string) []string {
	for _, simple := range []func(string) string{
		func(p string) string { return p },
		func(p string) string { return majorVersion.ReplaceAllString(p, "") },
	} {
		var agree []string
		for _, folder := range folders {
			folderPath, importPath := simple("/"+folder), simple("/"+importPath)
			if strings.HasSuffix(importPath, folderPath) || strings.HasSuffix(folderPath, importPath) {
				agree = append(agree, folder)
			}
		}
		if len(agree) > 0 {
			return agree
		}
	}
	return nil
}

var majorVersion = regexp.MustCompile(`/v[0-9]+\b`)

// places tell where the files of a diff are in a repository.
type places struct {
	prefixed bool // whether names begin with an element that is no folder, such as a/ and b/
}

// placesIn finds out whether names in a diff have prefixes: mostly they differ
// between the old and the new name.
func placesIn(parts []*unified.FileDiff) places {
	conventional := true
	for _, part := range parts {
		if part.Renamed || part.Copied {
			continue
		}
		oldPrefix, oldRest, _ := strings.Cut(part.Old, "/")
		newPrefix, newRest, _ := strings.Cut(part.New, "/")
		switch {
		case part.Old == "" || part.New == "":
			conventional = conventional && (part.Old == "" || oldPrefix == "a") && (part.New == "" || newPrefix == "b")
		case oldPrefix != newPrefix && oldRest != "" && oldRest == newRest:
			return places{prefixed: true}
		default:
			return places{}
		}
	}
	return places{prefixed: conventional}
}

// of returns the path of a file in the repository.
func (p places) of(part *unified.FileDiff) string { return p.withoutPrefix(inDiff(part)) }

// folder returns the folder of the package in which a file has a name.
func (p places) folder(part *unified.FileDiff, name string) string {
	for _, path := range []string{part.New, part.Old} {
		if folder, ok := strings.CutSuffix("/"+p.withoutPrefix(path), "/"+name); ok {
			return strings.TrimPrefix(folder, "/")
		}
	}
	return ""
}

func (p places) withoutPrefix(path string) string {
	if _, rest, ok := strings.Cut(path, "/"); ok && p.prefixed {
		return rest
	}
	return path
}

// relative returns a path relative to a folder, or "" if it is elsewhere.
func relative(place, folder string) string {
	if folder == "" {
		return place
	}
	name, ok := strings.CutPrefix(place, folder+"/")
	if !ok {
		return ""
	}
	return name
}

// has tells whether the package has a file.
func (a *applier) has(name string) bool { return slices.Contains(a.manifest.Names, name) }

// othersOf returns what other overlays take of a diff.
func (a *applier) othersOf(d diff, overlay string) []claim {
	var others []claim
	for _, c := range a.manifest.Claims {
		if a.paths[c.Diff] == a.paths[d.File] && c.Overlay != overlay {
			others = append(others, c)
		}
	}
	return others
}

// anyOf returns an expression for the paths that one of the patterns matches. As for
// git apply --exclude, * stands for any characters, slashes included, and ? for one.
func anyOf(patterns []string) *regexp.Regexp {
	if len(patterns) == 0 {
		return matchesNothing
	}
	expressions := make([]string, len(patterns))
	for i, pattern := range patterns {
		expressions[i] = inPatterns.Replace(regexp.QuoteMeta(pattern))
	}
	return regexp.MustCompile("^(?s:" + strings.Join(expressions, "|") + ")$")
}

var (
	inPatterns     = strings.NewReplacer(`\*`, ".*", `\?`, ".")
	matchesNothing = regexp.MustCompile(`[^\x00-\x{10FFFF}]`)
)
