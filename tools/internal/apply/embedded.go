package apply

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

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
	overlay := c.Steps[len(c.Steps)-1].Overlay
	a.report(overlay, " %s, but no //go:embed of the package has a pattern for %s, so that the program would not contain it.\n%s%s\n%s",
		a.makes(c, final), c.Name, patterns(files), a.embedAdvice(c, overlay, files), a.partsHint())
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

// patterns lists the patterns of a package for messages.
func patterns(files []goFile) string {
	var b strings.Builder
	for _, f := range files {
		for _, pattern := range f.embeds {
			if strings.Count(b.String(), "\n") == maxPatterns {
				return b.String() + "  …\n"
			}
			fmt.Fprintf(&b, "  %s: //go:embed %s\n", f.name, pattern)
		}
	}
	if b.Len() == 0 {
		return "No file of it has a //go:embed.\n"
	}
	return "It has:\n" + b.String()
}

// maxPatterns bounds the list of a message.
const maxPatterns = 20

// embedAdvice says which name would be embedded, and how to give it to the file.
func (a *applier) embedAdvice(c *change, overlay int, files []goFile) string {
	var all []string
	for _, f := range files {
		all = append(all, f.embeds...)
	}
	elements := strings.Split(c.Name, "/")
	for i := 1; i < len(elements); i++ {
		if name := strings.Join(elements[i:], "/"); embeds(all, name) {
			return fmt.Sprintf("The name %s is embedded. To give the file that name, write strip_prefix = %q in %s (after the strip_prefix that is there, if there is one).",
				name, strings.Join(elements[:i], "/"), a.label(overlay))
		}
	}
	folderOf := path.Dir
	for range 2 {
		for _, pattern := range all {
			folder := folderOf(strings.TrimPrefix(pattern, "all:"))
			if folder == "." || strings.ContainsAny(folder, "*?[") || a.isFile(folder) {
				continue // There is nothing to put the file into.
			}
			if name := path.Join(folder, path.Base(c.Name)); embeds(all, name) {
				return fmt.Sprintf("A file %s would be embedded: put the file into a folder %s of that of the BUILD file, or of that of strip_prefix.", name, path.Dir(name))
			}
		}
		folderOf = func(pattern string) string { return pattern } // It may be that of a folder.
	}
	return "Give the file a name that a pattern has, or add a //go:embed for it by a change of a Go file."
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
