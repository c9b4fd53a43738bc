package apply

import (
	"path"
	"slices"
	"strings"
)

// optionAttributes are where the flags of #cgo lines go, by their kinds: first
// where gazelle writes them. rules_go does not read #cgo lines: what counts is
// attributes, which gazelle has written from the lines.
var optionAttributes = []struct {
	kind       string
	attributes []string
}{
	{"CPPFLAGS", []string{"cppopts", "copts"}},
	{"CFLAGS", []string{"copts", "cppopts"}},
	{"CXXFLAGS", []string{"cxxopts", "cppopts"}},
	{"LDFLAGS", []string{"clinkopts"}},
	{"pkg-config", nil}, // Nobody asks pkg-config: it takes libraries.
}

// An applied change is a change with the contents that it begins and ends with.
type appliedChange struct {
	*change
	original, final version
}

// checkCgo checks that attributes say what changed #cgo lines say. It takes what came
// of each change.
func (a *applier) checkCgo(outcomes []outcome) {
	if a.manifest.CgoOptions == nil {
		return
	}
	build := a.manifest.Build
	changes := make([]appliedChange, len(outcomes))
	for i, change := range a.manifest.Changes {
		changes[i] = appliedChange{change, a.applyUntil(change, 0).version, outcomes[i].version}
	}
	if !slices.ContainsFunc(changes, appliedChange.hasCgoLines) {
		return
	}
	kept := map[string][]string{} // flags, by kind, of files that no overlay changes
	for _, file := range a.manifest.GoFiles {
		content, ok := a.read(file.File, changes[0].last().overlay())
		if !ok {
			return
		}
		flags, err := build.cgoFlags(file.Name, content)
		if err != nil {
			continue // The compiler says it better.
		}
		addFlags(kept, flags)
	}
	before, after := cloneFlags(kept), cloneFlags(kept)
	flagsBefore, flagsAfter := make([]map[string][]string, len(changes)), make([]map[string][]string, len(changes))
	for i, change := range changes {
		if !isGo(change.change) {
			continue
		}
		var wrong error
		if change.original.present {
			flagsBefore[i], wrong = build.cgoFlags(change.Name, change.original.content)
			addFlags(before, flagsBefore[i])
		}
		if change.final.present {
			var err error
			flagsAfter[i], err = build.cgoFlags(change.Name, change.final.content)
			if err != nil && wrong == nil && strings.Contains(err.Error(), "#cgo") {
				a.report(malformedCgo{change.last(), err})
				return
			}
			addFlags(after, flagsAfter[i])
		}
	}
	for i, change := range changes {
		a.reportFlags(change, newFlags(flagsAfter[i], before), newFlags(flagsBefore[i], after))
	}
}

// malformedCgo is a #cgo line that Go does not take.
type malformedCgo struct {
	edit
	err error
}

// cgoDifferences are flags of #cgo lines with which attributes don't agree.
type cgoDifferences struct {
	edit
	flags     []flagDifference
	options   map[string][]string // to write, by attribute
	libraries bool                // whether the file gains some
}

// A flagDifference is a flag that #cgo lines of a kind gain or lose.
type flagDifference struct {
	kind, flag string
	lost       bool
}

// reportFlags reports flags that a change adds and attributes don't have, and
// those that it deletes, but attributes have.
func (a *applier) reportFlags(change appliedChange, added, deleted map[string][]string) {
	options, folder := a.manifest.CgoOptions, a.folderOf(change)
	p := cgoDifferences{edit: change.last(), options: map[string][]string{}}
	for _, o := range optionAttributes {
		for _, flag := range added[o.kind] {
			ofLibrary := len(o.attributes) < 2
			if has(options, o.attributes, flag, folder) || ofLibrary && a.addsLibraries(o.kind) {
				continue
			}
			p.flags = append(p.flags, flagDifference{o.kind, flag, false})
			p.libraries = p.libraries || ofLibrary
			if len(o.attributes) > 0 {
				p.options[o.attributes[0]] = append(p.options[o.attributes[0]], strings.ReplaceAll(flag, packageFolder, folder))
			}
		}
		for _, flag := range deleted[o.kind] {
			for _, option := range optionsOf(options, o.attributes[:min(1, len(o.attributes))]) {
				if isFlag(option, flag, folder) {
					p.flags = append(p.flags, flagDifference{o.kind, flag, true})
					p.options["delete_opts"] = append(p.options["delete_opts"], option)
				}
			}
		}
	}
	for attribute, options := range p.options {
		p.options[attribute] = slices.Compact(options)
	}
	if len(p.flags) > 0 {
		a.report(p)
	}
}

// addsLibraries tells whether overlays have C libraries in the place of flags.
func (a *applier) addsLibraries(kind string) bool {
	for _, o := range a.manifest.Overlays {
		if len(o.Cdeps) > 0 || kind == "pkg-config" && len(o.Clinkopts) > 0 {
			return true
		}
	}
	return false
}

// has tells whether an option of the attributes is the flag of a #cgo line.
func has(options map[string][]string, attributes []string, flag, folder string) bool {
	if flag == "-I"+packageFolder || flag == "-I "+packageFolder {
		return true // The C compiler looks there in any case.
	}
	return slices.ContainsFunc(optionsOf(options, attributes), func(option string) bool { return isFlag(option, flag, folder) })
}

func optionsOf(words map[string][]string, attributes []string) []string {
	var options []string
	for _, attribute := range attributes {
		options = append(options, join(words[attribute])...)
	}
	return options
}

// isFlag tells whether an option is the flag of a #cgo line. Paths of options
// begin in the root of the workspace, and may name a repository in several ways; those
// of flags begin in the folder of the package.
func isFlag(option, flag, folder string) bool {
	prefix, inPackage, ok := strings.Cut(flag, packageFolder)
	if !ok {
		return option == flag
	}
	found, ok := strings.CutPrefix(option, prefix)
	end := strings.TrimPrefix(inPackage, "/")
	if end == "" {
		end = path.Base(folder)
	}
	return ok && (found == end || strings.HasSuffix(found, "/"+end))
}

// folderOf returns the folder of the package, from the root of the workspace.
func (a *applier) folderOf(change appliedChange) string {
	var file int
	switch {
	case change.Original != nil:
		file = *change.Original
	case len(a.manifest.GoFiles) > 0:
		file = a.manifest.GoFiles[0].File
	default:
		return "${SRCDIR}"
	}
	folder := path.Dir(a.paths[file])
	if parts := strings.SplitN(folder, "/", 4); parts[0] == "bazel-out" && len(parts) == 4 {
		return parts[3] // Headers that are not generated lie there.
	}
	return folder
}

// twoWords are options that have their value in the word after them.
var twoWords = []string{"-F", "-I", "-L", "-Xlinker", "-arch", "-framework", "-idirafter", "-imacros", "-include", "-iquote", "-isystem", "-weak_framework"}

// join makes options of words. A blank behind a backslash belongs to the option.
func join(words []string) []string {
	var options []string
	for i := 0; i < len(words); i++ {
		option := words[i]
		two := slices.Contains(twoWords, option)
		for (two || strings.HasSuffix(option, `\`)) && i+1 < len(words) {
			two = false
			i++
			option += " " + words[i]
		}
		options = append(options, option)
	}
	return options
}

// joinFlags makes options of flags, as attributes have them: of quotes, backslashes
// and the like, Go allows only what makes a blank part of a flag.
func joinFlags(flags []string) []string {
	escaped := make([]string, len(flags))
	for i, flag := range flags {
		escaped[i] = strings.ReplaceAll(flag, " ", `\ `)
	}
	return join(escaped)
}

func addFlags(to, flags map[string][]string) {
	for kind, words := range flags {
		to[kind] = append(to[kind], joinFlags(words)...)
	}
}

func cloneFlags(flags map[string][]string) map[string][]string {
	clone := map[string][]string{}
	for kind, words := range flags {
		clone[kind] = slices.Clone(words)
	}
	return clone
}

// newFlags returns flags that are not in others, each once.
func newFlags(flags, others map[string][]string) map[string][]string {
	added := map[string][]string{}
	for kind, words := range flags {
		for _, flag := range joinFlags(words) {
			if !slices.Contains(others[kind], flag) && !slices.Contains(added[kind], flag) {
				added[kind] = append(added[kind], flag)
			}
		}
	}
	return added
}

func (change appliedChange) hasCgoLines() bool {
	return isGo(change.change) &&
		(strings.Contains(change.original.content, "#cgo") || strings.Contains(change.final.content, "#cgo"))
}
