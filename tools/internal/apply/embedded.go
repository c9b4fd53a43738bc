package apply

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// A notEmbedded file is one for go:embed that no pattern of the package is for.
type notEmbedded struct {
	made
	patterns []embedPattern
	name     string // by which it would be embedded, or ""
	prefix   string // what has to be stripped for that name, if that is all
}

// An embedPattern is one of a //go:embed in a file.
type embedPattern struct{ file, pattern string }

// checkEmbedded checks that a file for go:embed is embedded. It returns why it is
// not in this build, if that may be meant.
func (a *applier) checkEmbedded(c *change, final version, files []goFile) string {
	var leftOut string
	for _, f := range files {
		if !embeds(f.embeds, c.Name) {
			continue
		}
		if f.leftOut == "" {
			return ""
		}
		leftOut = fmt.Sprintf("%s, which embeds it, is left out: %s (%s)", f.name, f.leftOut, a.manifest.Build)
	}
	if leftOut == "" && c.Original != nil && !embeds(a.originalEmbeds(files), c.Name) {
		leftOut = "no file of the package embeds it, with overlays or without"
	}
	if leftOut != "" {
		return leftOut
	}
	p := notEmbedded{made: c.made(final)}
	for _, f := range files {
		for _, pattern := range f.embeds {
			p.patterns = append(p.patterns, embedPattern{f.name, pattern})
		}
	}
	p.name, p.prefix = a.embeddedName(c.Name, files)
	a.report(p)
	return ""
}

// originalEmbeds returns the patterns that the package has without overlays.
func (a *applier) originalEmbeds(files []goFile) []string {
	var found []string
	for _, f := range files {
		if f.change == nil {
			found = append(found, f.embeds...)
		}
	}
	for _, c := range a.manifest.Changes {
		if isGo(c) && c.Original != nil {
			if content, ok := a.read(*c.Original, c.Steps[0].Overlay); ok {
				found = append(found, scan(c.Name, content).embeds...)
			}
		}
	}
	return found
}

// embeddedName returns a name by which a file would be embedded, or "", and the folder
// that is to be stripped for it; "" if the file has to be put into another folder.
func (a *applier) embeddedName(name string, files []goFile) (embedded, prefix string) {
	var all []string
	for _, f := range files {
		all = append(all, f.embeds...)
	}
	elements := strings.Split(name, "/")
	for i := 1; i < len(elements); i++ {
		if embedded := strings.Join(elements[i:], "/"); embeds(all, embedded) {
			return embedded, strings.Join(elements[:i], "/")
		}
	}
	folderOf := path.Dir
	for range 2 {
		for _, pattern := range all {
			folder := folderOf(strings.TrimPrefix(pattern, "all:"))
			if folder == "." || strings.ContainsAny(folder, "*?[") || a.isFile(folder) {
				continue // There is nothing to put the file into.
			}
			if embedded := path.Join(folder, path.Base(name)); embeds(all, embedded) {
				return embedded, ""
			}
		}
		folderOf = func(pattern string) string { return pattern } // It may be that of a folder.
	}
	return "", ""
}

// isFile tells whether the package or an overlay of it has a file of a name.
func (a *applier) isFile(name string) bool {
	return a.has(name) || slices.ContainsFunc(a.manifest.Changes, func(c *change) bool { return c.Name == name })
}

// embeds tells whether one of the patterns of go:embed is for a file, as cmd/go and
// rules_go have it: a pattern is for a file, or for a folder, in which it leaves out
// what begins with a dot or an underscore, unless it begins with "all:".
func embeds(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		pattern, all := strings.CutPrefix(pattern, "all:")
		elements := strings.Split(name, "/")
		for i := 1; i <= len(elements); i++ {
			if ok, err := path.Match(pattern, strings.Join(elements[:i], "/")); err != nil || !ok {
				continue
			}
			hidden := slices.ContainsFunc(elements[i:], func(element string) bool {
				return strings.HasPrefix(element, ".") || strings.HasPrefix(element, "_")
			})
			if all || !hidden {
				return true
			}
		}
		return false
	})
}
