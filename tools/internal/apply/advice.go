package apply

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/record"
)

// What messages tell people to write.

// adviseAcceptance says how to pin the base to what was found.
func (w wording) adviseAcceptance(b *strings.Builder, p drift) {
	rebase, ours := w.command("rebase", p.overlay())
	accept, _ := w.command("accept", p.overlay())
	byCommand := ours && p.byDigest && p.step.BaseFile == nil && p.beneath.by == upstream && p.step.Kind != embed
	switch {
	case len(p.expected) == 0 && byCommand:
		fmt.Fprintf(b, "Pin it with one of\n  %s\n", accept)
	case len(p.expected) == 0:
		b.WriteString("Pin it with\n")
	case byCommand && p.conflict > 0:
		fmt.Fprintf(b, "%s:%d: a merge has left conflicts there. Resolve them, and then accept the file as it is now, by one of\n  %s\n",
			w.paths[*p.step.File], p.conflict, accept)
	case byCommand:
		fmt.Fprintf(b, "Carry the overlay over to it, by the command overlay:\n  %s\n", rebase)
		fmt.Fprintf(b, "Or look at what has changed and port the overlay to it. Then accept the file as it is now, by one of\n  %s\n", accept)
	default:
		b.WriteString("Look at what has changed and port the overlay to it. Then accept the file as it is now:\n")
	}
	if p.step.BaseFile != nil {
		if p.beneath.path != "" {
			fmt.Fprintf(b, "  %s\n", copyFrom(p.beneath.path, w.paths[*p.step.BaseFile]))
		} else {
			fmt.Fprintf(b, "  replace the copy %s by %s\n", w.paths[*p.step.BaseFile], w.whereabouts(p.beneath))
		}
	}
	if p.byDigest {
		fmt.Fprintf(b, "  %s\n", buildozer(p.change.Name, p.found, w.label(p.overlay())))
		b.WriteString("To accept several versions, separate their digests by spaces.\n")
	}
	// Which version that is, nothing that the helper gets tells.
	if len(p.expected) > 0 && w.manifest.Overlays[p.overlay()].BaseVersion != "" {
		b.WriteString("buildozer leaves base_version as it is: set it to the version that the file is from now.\n")
	}
}

// adviseDrop returns the line about an overlay that is not needed any more, if no other file is changed by it.
func (w wording) adviseDrop(overlay int) string {
	files := 0
	for _, c := range w.manifest.Changes {
		if slices.ContainsFunc(c.Steps, func(s *step) bool { return s.Overlay == overlay }) {
			files++
		}
	}
	drop, ours := w.command("drop", overlay)
	if files > 1 || !ours {
		return ""
	}
	return "\nIf it is all that the overlay is for, take the overlay out:\n  " + drop
}

// adviseOthers says what to write for other packages that a diff changes.
func (w wording) adviseOthers(b *strings.Builder, o overlayDiff, todo toDo) {
	fresh := 0
	for i, other := range todo.others {
		if i >= maxOthers {
			fmt.Fprintf(b, "And so on, for %d more packages.\n", len(todo.others)-i)
			break
		}
		if other.claim != nil {
			w.adviseOwner(b, o, other)
			continue
		}
		if fresh++; fresh == 1 {
			fmt.Fprintf(b, "Declare another overlay of the same diff, and list it beside %s in a go_overlay_set:\n", w.label(o.overlay()))
		}
		fmt.Fprintf(b, "  go_overlay(\n      name = %q,\n      importpath = %q,\n", path.Base(other.importPath), other.importPath)
		if len(other.remove) > 0 {
			fmt.Fprintf(b, "      delete = [%s],\n", quotedList(unique(other.remove)))
		}
		if other.strip != 1 && len(other.files) > 0 {
			fmt.Fprintf(b, "      patch_strip = %d,\n", other.strip)
		}
		if len(other.files) > 0 {
			fmt.Fprintf(b, "      %s,\n", w.patchesAttribute(o, unique(other.files)))
		}
		b.WriteString("  )\n")
		if len(other.files) == 0 && slices.Contains(todo.excluded, other.places[0]) {
			fmt.Fprintf(b, "That one does not name the diff: leave its part out of %s by patch_exclude, see below.\n", w.label(o.overlay()))
		}
	}
}

// adviseExclusion says what may be left out of a diff.
func (w wording) adviseExclusion(b *strings.Builder, o overlayDiff, todo toDo) {
	if len(todo.absent) > 0 {
		fmt.Fprintf(b, "%s has no %s, which %s does not create.\n", w.target(), strings.Join(todo.absent, ", "), w.paths[o.diff.File])
	}
	if len(todo.unknown) > 0 {
		fmt.Fprintf(b, "If a package embeds %s, its overlay has to name it.\n", strings.Join(todo.unknown, " or "))
	}
	if excluded := slices.Concat(todo.excluded, todo.unknown); len(excluded) > 0 {
		fmt.Fprintf(b, "What no program contains can be left out:\n  patch_exclude = [%s]\n", quotedList(slices.Concat(todo.exclude, excluded)))
	}
	for _, other := range todo.others {
		if len(other.files) > 0 && other.claim == nil {
			fmt.Fprintf(b, "If no program of yours has %s, leave its part out, too: patch_exclude = [%s]\n", other.importPath, quotedList(slices.Concat(todo.exclude, other.places)))
			break // The others in the same way.
		}
	}
}

// adviseOwner says what has to be written for an overlay that has the diff, and
// does not take what is for its package.
func (w wording) adviseOwner(b *strings.Builder, o overlayDiff, other *otherPackage) {
	c := other.claim
	label := record.DisplayLabel(c.Overlay)
	if c.Absent {
		fmt.Fprintf(b, "That is for %s, but programs that run during the build are compiled without it: write exec = True there, too, or take it out of %s.\n",
			label, w.label(o.overlay()))
		return
	}
	fmt.Fprintf(b, "For %s, write\n", label)
	if c.Strip != other.strip {
		fmt.Fprintf(b, "  patch_strip = %d\n", other.strip)
	}
	if files := unique(slices.Concat(c.Files, other.files)); len(files) > len(c.Files) {
		fmt.Fprintf(b, "  %s\n", w.patchesAttribute(o, files))
	}
	if names := unique(slices.Concat(c.Delete, other.remove)); len(names) > len(c.Delete) {
		fmt.Fprintf(b, "  delete = [%s]\n", quotedList(names))
	}
}

// partsHint is what to do where the target is not all of the package.
func (w wording) partsHint() string {
	return fmt.Sprintf("If %s is only a part of the package, which another target embeds, list it in parts: parts = [%q].", w.target(), w.target())
}

// patchesAttribute returns the attribute of the overlay that declares a diff.
func (w wording) patchesAttribute(o overlayDiff, names []string) string {
	return fmt.Sprintf("patches = {%q: [%s]}", w.diffName(o), quotedList(names))
}

// quotedList returns the elements of a list of strings in Starlark.
func quotedList(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = strconv.Quote(name)
	}
	return strings.Join(quoted, ", ")
}

// quoted writes options as attributes have them, which are subject to make
// variable expansion.
func quoted(values []string) string {
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = strconv.Quote(strings.ReplaceAll(value, "$", "$$"))
	}
	return strings.Join(quoted, ", ")
}

// diffName returns a diff's path within the overlay's Bazel package, as its
// BUILD file has it, or else the name of the file.
func (w wording) diffName(o overlayDiff) string {
	file := w.paths[o.diff.File]
	_, pkg, _ := strings.Cut(w.manifest.Overlays[o.overlay()].Label, "//")
	pkg, _, _ = strings.Cut(pkg, ":")
	if _, name, ok := strings.Cut("/"+file, "/"+pkg+"/"); ok && pkg != "" {
		return name
	}
	if pkg == "" && !strings.HasPrefix(file, "bazel-out/") && !strings.HasPrefix(file, "external/") {
		return file
	}
	return path.Base(file)
}
