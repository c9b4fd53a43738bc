package apply

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/internal/linediff"
	"github.com/go-overlay/go_overlay/tools/internal/record"
	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/internal/unified"
)

// Bounds of what messages list.
const (
	maxDiffLines = 40 // more of a diff is read better elsewhere
	maxListed    = 20 // names of files, say
	maxPatterns  = 20 // of go:embed
	maxOthers    = 10 // packages that a diff changes
)

// A wording says problems in words. It knows what things are called.
type wording struct {
	manifest *manifest
	paths    []string // of files, by their indices
}

// label returns the label of an overlay.
func (w wording) label(overlay int) string {
	return record.DisplayLabel(w.manifest.Overlays[overlay].Label)
}

// target returns the label of the package's target.
func (w wording) target() string { return record.DisplayLabel(w.manifest.Target) }

// does says what a step does: "replaces version4.go of package github.com/google/uuid".
func (w wording) does(e edit) string {
	preposition := "of"
	if e.step.Kind == add {
		preposition = "to"
	}
	return fmt.Sprintf("%s %s %s package %s", verbs[e.step.Kind], e.change.Name, preposition, w.manifest.ImportPath)
}

// makes says what the last step of a change does, and with which file.
func (w wording) makes(m made) string {
	if m.path == "" {
		return w.does(m.edit)
	}
	return fmt.Sprintf("%s (%s)", w.does(m.edit), m.path)
}

// origin says where a version is from, and calls the package itself by a word.
func (w wording) origin(v version, word string) string {
	if v.by == upstream {
		return word
	}
	return "what " + w.label(v.by) + " makes of it"
}

// holder says who has a version, and calls the package itself by a word.
func (w wording) holder(v version, word string) string {
	if v.by == upstream {
		return word
	}
	return w.label(v.by) + ", a layer below,"
}

// holderAt says who has what there is at a point of a step, to which a diff comes:
// "upstream has", say.
func (w wording) holderAt(at point, e diffEdit, word string) string {
	switch at.diff {
	case "":
		return w.holder(at.beneath, word) + " has"
	case w.paths[e.diff.File]:
		return "an earlier part of the same diff has"
	default:
		return fmt.Sprintf("%s, which is before it in patches of %s, has", at.diff, w.label(e.overlay()))
	}
}

// subject names the version that there is at a point of a step.
func (w wording) subject(at point) string {
	subject := at.beneath.path
	if at.beneath.by != upstream {
		subject = w.origin(at.beneath, "")
	}
	switch {
	case at.diff == "":
		return subject
	case !at.beneath.present:
		return "what " + at.diff + " makes of it"
	default:
		return subject + " with " + at.diff
	}
}

// whereabouts says where a version is to be found.
func (w wording) whereabouts(v version) string {
	if v.by == upstream {
		return v.path
	}
	return "(" + w.origin(v, "") + ")"
}

func (p unreadableFile) text(w wording) string {
	return fmt.Sprintf(" can't be applied to package %s: %v", w.manifest.ImportPath, p.err)
}

func (p baseOfNothing) text(w wording) string {
	return fmt.Sprintf(" %s, which %s does not have, and so it has no base. Take %s out of base and base_srcs of %s.",
		w.does(p.edit), w.target(), p.change.Name, w.label(p.overlay()))
}

func (p malformedDigest) text(w wording) string {
	return fmt.Sprintf(` %s, but has the digest %q for it in base, expected %s and 64 hexadecimal digits (0-9, a-f).
With an empty digest, base = {%q: ""}, the build tells the right one.`,
		w.does(p.edit), p.digest, digest.Prefix, p.change.Name)
}

func (p wrongCopy) text(w wording) string {
	return fmt.Sprintf(` %s, but the copy that it keeps of that file is not the one that base says:
  expected  %s
  found     %s  %s
Replace the copy by the file that base says, or take one of the two out. The package now has:
  %s  %s`,
		w.does(p.edit),
		strings.Join(p.expected, "\n            "),
		p.copied, w.paths[*p.step.BaseFile],
		p.found, w.whereabouts(p.beneath))
}

func (p drift) text(w wording) string {
	var b strings.Builder
	if len(p.expected) == 0 {
		fmt.Fprintf(&b, " %s, but its base is not pinned yet, so that nobody would be told when upstream changes the file:\n", w.does(p.edit))
		b.WriteString("  expected  a digest\n")
	} else {
		from := ""
		if version := w.manifest.Overlays[p.overlay()].BaseVersion; version != "" {
			from = ", from " + version
		}
		fmt.Fprintf(&b, " %s, but was written against another version of it%s:\n", w.does(p.edit), from)
		fmt.Fprintf(&b, "  expected  %s\n", strings.Join(p.expected, "\n            "))
	}
	fmt.Fprintf(&b, "  found     %s  %s\n", p.found, w.whereabouts(p.beneath))
	if p.lineEnds {
		b.WriteString("Only the ends of lines differ: LF and CRLF. Git may have converted them (core.autocrlf, .gitattributes).\n")
	} else if p.step.BaseFile != nil {
		b.WriteString("What has changed (- in the copy that the overlay keeps, + now):\n")
		for _, line := range strings.Split(strings.TrimSuffix(linediff.Unified(p.copied, p.beneath.content, maxDiffLines), "\n"), "\n") {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	w.adviseAcceptance(&b, p)
	return b.String()
}

func (p identicalFile) text(w wording) string {
	format := " %s with %s, which is now identical to %s: delete it from %s."
	if p.step.Kind == add {
		format = " %s: %s is now identical to %s: delete it from %s."
	}
	return fmt.Sprintf(format, w.does(p.edit), w.paths[*p.step.File], w.origin(p.beneath, "upstream"), w.label(p.overlay())) + w.adviseDrop(p.overlay())
}

func (p hiddenVersion) text(w wording) string {
	label := w.label(p.overlay())
	return fmt.Sprintf(` %s, and with it what %s, a layer below, makes of the file: that is lost.
If the order is wrong, change it: a diff goes on top of what it patches. If %s has the changes of the layer below, or is to undo them, say so by pinning what lies beneath:
  %s`,
		w.does(p.edit), w.label(p.beneath.by), label, buildozer(p.change.Name, p.digest, label))
}

func (p presentFile) text(w wording) string {
	return fmt.Sprintf(` %s, but %s has a file of that name.
Give the added file another name. If it is to replace the other one, it belongs in srcs (or in replace, if it is called differently).`,
		w.does(p.edit), w.holder(p.beneath, w.target()))
}

func (p deletedBelow) text(w wording) string {
	return fmt.Sprintf(` %s, but %s, a layer below, deletes it.
Take the file out of one of the two overlays, or add it anew: a file that is added belongs in new_srcs.`,
		w.does(p.edit), w.label(p.by))
}

func (p absentFile) text(w wording) string {
	var b strings.Builder
	fmt.Fprintf(&b, " %s, but %s has no file of that name.", w.does(p.edit), w.target())
	if p.lists {
		b.WriteString(" It has:\n")
		for _, name := range p.near {
			fmt.Fprintf(&b, "  %s\n", name)
		}
		if p.others > 0 {
			fmt.Fprintf(&b, "  and %d more, whose names are less like it\n", p.others)
		}
		if len(p.near) == 0 {
			b.WriteString("  (no files)\n")
		}
	} else {
		b.WriteString("\n")
	}
	if p.similar != "" {
		fmt.Fprintf(&b, "Did you mean %s?\n", p.similar)
	}
	b.WriteString("If the package has changed, port the overlay or build without it.\n")
	if !w.manifest.SDK {
		b.WriteString("If the file is on disk all the same, it is not in srcs of that target, and not compiled: gazelle leaves out tests, and files whose build tags don't hold.")
		if p.step.Kind != remove {
			b.WriteString(" What the package is to gain belongs in new_srcs.")
		}
		b.WriteString("\n" + w.partsHint())
	}
	return b.String()
}

func (p namesWithFolder) text(w wording) string {
	return fmt.Sprintf(` patches %s of package %s, but names in patches are relative to the package's folder. Write
  patch_strip = %d
  %s`,
		strings.Join(p.diff.Files, ", "), w.manifest.ImportPath, p.strip, w.patchesAttribute(p.overlayDiff, p.names))
}

func (p noChange) text(w wording) string {
	return fmt.Sprintf(" %s, but changes nothing: the outcome is identical to %s. Delete the file from patches of %s.",
		w.does(p.edit), w.origin(p.beneath, "upstream"), w.label(p.overlay())) + w.adviseDrop(p.overlay())
}

func (p alreadyApplied) text(w wording) string {
	drop := ""
	if p.since.diff == "" { // The overlay's own diffs are no reason to take it out.
		drop = w.adviseDrop(p.overlay())
	}
	text := fmt.Sprintf(" %s: %s is already applied, %s it: delete it from %s.\n%s",
		w.does(p.edit), w.paths[p.diff.File], w.holderAt(p.since, p.diffEdit, "upstream"), w.label(p.overlay()), unified.Describe(p.failures))
	return strings.TrimSuffix(text, "\n") + drop
}

func (p createsPresent) text(w wording) string {
	return fmt.Sprintf(` %s: %s creates the file, but %s a file of that name.
Make the diff from the file as it is. A file that replaces it as a whole belongs in srcs.`,
		w.does(p.edit), w.paths[p.diff.File], w.holderAt(p.since, p.diffEdit, w.target()))
}

func (p deletesMore) text(w wording) string {
	does := "and %s deletes it (line %d)"
	if p.step.Kind == remove {
		does = "and so does %s (line %d)"
	}
	return fmt.Sprintf(` %s, `+does+`, but the file has more lines than the diff knows:
  %s
See whether they are needed elsewhere, and make the diff from the file as it is, or take that part out of it.`,
		w.does(p.edit), w.paths[p.diff.File], p.line, w.subject(p.at))
}

func (p misfit) text(w wording) string {
	diff := w.paths[p.diff.File]
	var applied string
	if p.applied != nil {
		applied = fmt.Sprintf("What is already applied, as %s it: delete it from %s.\n", w.holderAt(*p.applied, p.diffEdit, "upstream"), diff)
	}
	return fmt.Sprintf(` %s, but %s does not apply to %s:
%s%sPort %s to the file as it is now, or build without %s.`,
		w.does(p.edit), diff, w.subject(p.at), unified.Describe(p.failures), applied, diff, w.label(p.overlay()))
}

func (p unusablePart) text(w wording) string {
	return fmt.Sprintf(" patches %s of package %s, but what %s has for it can't be applied: %v.",
		p.name, w.manifest.ImportPath, w.paths[p.diff.File], p.err)
}

func (p unparsableDiff) text(w wording) string {
	todo := "Make the diff anew, with `git diff` or `diff -u`."
	if p.onlyModes {
		todo = "Take it out of patches."
	}
	return fmt.Sprintf(" patches package %s, but %s can't be read: %v\n%s", w.manifest.ImportPath, w.paths[p.file], p.err, todo)
}

func (p excludedFile) text(w wording) string {
	return fmt.Sprintf(" patches %s of package %s, but leaves out what %s has for it by patch_exclude, with the pattern %q: take the name out of patches, or the pattern out of patch_exclude.",
		p.name, w.manifest.ImportPath, w.paths[p.diff.File], p.pattern)
}

func (p untouchedFiles) text(w wording) string {
	diff := w.paths[p.diff.File]
	advice := fmt.Sprintf("Take %s out of patches of %s, or correct the names.", path.Base(diff), w.label(p.overlay()))
	if len(p.touched) > 0 {
		advice = "Write\n  " + w.patchesAttribute(p.overlayDiff, p.touched)
	}
	return fmt.Sprintf(" patches %s of package %s, but %s does not change it. It changes:\n%s%s",
		strings.Join(p.names, ", "), w.manifest.ImportPath, diff, listed(p.places), advice)
}

func (p alreadyRenamed) text(w wording) string {
	return fmt.Sprintf(` patches package %s, but %s renames %s to %s (line %d), and %s has %s, and no %s.
If it has been renamed there, make the diff from the package as it is now.`,
		w.manifest.ImportPath, w.paths[p.diff.File], p.part.Old, p.part.New, p.part.Line, w.target(), p.newName, p.oldName)
}

func (p unsupportedMove) text(w wording) string {
	verb := "renames"
	if p.part.Copied {
		verb = "copies"
	}
	return fmt.Sprintf(` patches package %s, but %s %s %s to %s (line %d), which works for files that are renamed within the package only.
Make the diff with `+"`git diff --no-renames`"+`, which writes the new file as a whole.`,
		w.manifest.ImportPath, w.paths[p.diff.File], verb, p.part.Old, p.part.New, p.part.Line)
}

func (p changesDeleted) text(w wording) string {
	return fmt.Sprintf(" deletes %s of package %s, but %s changes it (line %d): take that part out of the diff, or the name out of delete.",
		p.name, w.manifest.ImportPath, w.paths[p.diff.File], p.line)
}

func (p undeclaredMoves) text(w wording) string {
	diff := w.paths[p.diff.File]
	moves := make([]string, len(p.moves))
	for i, move := range p.moves {
		does := "deletes " + move.part.Old
		if move.part.Renamed {
			does = fmt.Sprintf("renames %s to %s", move.part.Old, move.part.New)
		}
		moves[i] = fmt.Sprintf("%s  line %d: %s", move.name, move.part.Line, does)
	}
	patches := fmt.Sprintf("and take %s out of patches of %s.", path.Base(diff), w.label(p.overlay()))
	if len(p.patched) > 0 {
		patches = "  " + w.patchesAttribute(p.overlayDiff, p.patched)
	}
	return fmt.Sprintf(` patches package %s, but %s renames or deletes files, which the attributes delete and patches have to say:
%sWrite
  delete = [%s]
%s`,
		w.manifest.ImportPath, diff, listed(moves), quotedList(p.deletes), patches)
}

func (p renamedOnto) text(w wording) string {
	return fmt.Sprintf(` %s, but %s renames %s so (line %d), and there is a file of that name.
Make the diff with `+"`git diff --no-renames`, from the files as they are.",
		w.does(p.edit), w.paths[p.diff.File], p.part.Old, p.part.Line)
}

func (p conflict) text(w wording) string {
	words := make([]string, len(p.joined))
	for i, path := range p.joined {
		words[i] = shell.Word(path)
	}
	return fmt.Sprintf(` patches package %s, but %s renames or deletes %s, and %s changes that file or makes it: what one diff has made, another one can't take away.
Join them into one diff, in their order, and name that one in patches in their place:
  cat %s`,
		w.manifest.ImportPath, p.takes, p.name, p.changes, strings.Join(words, " "))
}

func (p vainPatterns) text(w wording) string {
	return fmt.Sprintf(` has %s in patch_exclude, but that matches nothing of what its diffs change:
%sCorrect it, or take it out, or, where patches has a select(), write one for it, too: a pattern is for a whole path, without a/ and b/, and * stands for slashes, too.`,
		quotedList(p.patterns), listed(p.places))
}

func (p impossibleName) text(w wording) string {
	return fmt.Sprintf(" %s, which no build compiles: %s.\nGive the file another name.", w.makes(p.made), p.reason)
}

func (p impossibleConstraint) text(w wording) string {
	return fmt.Sprintf(" %s, which no build compiles: no platform and no tags suit both its name and its constraint %q.\nCorrect the constraint.",
		w.makes(p.made), p.constraint)
}

func (p takenOut) text(w wording) string {
	name := p.change.Name
	return fmt.Sprintf(` %s, and so takes %s out of the package, as Go leaves the new one out: %s.
Correct the constraint. If the package is to lose the file, write delete = [%q]; if the new one is for other builds only, let another file of the overlay declare for this one what it declares.`,
		w.makes(p.made), name, p.reason, name)
}

func (p leftOutFile) text(w wording) string {
	return fmt.Sprintf(" %s, which Go leaves out of this build: %s", w.makes(p.made), p.reason)
}

func (p notEmbedded) text(w wording) string {
	var b strings.Builder
	fmt.Fprintf(&b, " %s, but no //go:embed of the package has a pattern for %s, so that the program would not contain it.\n", w.makes(p.made), p.change.Name)
	if len(p.patterns) == 0 {
		b.WriteString("No file of it has a //go:embed.\n")
	} else {
		b.WriteString("It has:\n")
	}
	for i, e := range p.patterns {
		if i == maxPatterns {
			b.WriteString("  …\n")
			break
		}
		fmt.Fprintf(&b, "  %s: //go:embed %s\n", e.file, e.pattern)
	}
	switch {
	case p.prefix != "":
		fmt.Fprintf(&b, "The name %s is embedded. To give the file that name, write strip_prefix = %q in %s (after the strip_prefix that is there, if there is one).\n",
			p.name, p.prefix, w.label(p.overlay()))
	case p.name != "":
		fmt.Fprintf(&b, "A file %s would be embedded: put the file into a folder %s of that of the BUILD file, or of that of strip_prefix.\n", p.name, path.Dir(p.name))
	default:
		b.WriteString("Give the file a name that a pattern has, or add a //go:embed for it by a change of a Go file.\n")
	}
	b.WriteString(w.partsHint())
	return b.String()
}

func (p wrongClause) text(w wording) string {
	return fmt.Sprintf(" %s, but that file is of package %s, and %s of package %s.\nWrite package %s in it.",
		w.makes(p.made), p.pkg, p.other, p.otherPkg, p.otherPkg)
}

func (p missingDep) text(w wording) string {
	command := ""
	if deps, ours := w.command("deps", p.overlay()); ours {
		command = fmt.Sprintf("Have it found by the command overlay:\n  %s\nOr a", deps)
	}
	return fmt.Sprintf(` %s, which imports %q, but neither %s nor an overlay of the package has that in deps.
%sdd the go_library that has this importpath to deps of %s. As gazelle names it, that is likely
  deps = [%q]`,
		w.makes(p.made), p.imported, w.target(), cmp.Or(command, "A"), w.label(p.overlay()), p.likely)
}

func (w wording) setsVariable(x xDef) string {
	return fmt.Sprintf(" sets the variable %s of package %s by x_defs", x.name, w.manifest.ImportPath)
}

func (p notVariable) text(w wording) string {
	return fmt.Sprintf("%s, but %s is a %s, which the linker can't set.\nMake a variable of it, by a change of the file, or take it out of x_defs.",
		w.setsVariable(p.xDef), p.name, p.kind)
}

func (p unsetVariable) text(w wording) string {
	return fmt.Sprintf("%s, which Go leaves out of this build (%s)", w.setsVariable(p.xDef), w.manifest.Build)
}

func (p noVariable) text(w wording) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, but the package has no variable %s: nothing would be set.\n", w.setsVariable(p.xDef), p.name)
	if p.similar != "" {
		fmt.Fprintf(&b, "Did you mean %s?\n", p.similar)
	}
	b.WriteString(w.partsHint())
	return b.String()
}

const changeVariable = "by a change of the file, or take it out of x_defs."

func (p notString) text(w wording) string {
	return fmt.Sprintf("%s, but its type is not string (%s), and the linker sets strings only.\nMake it one, %s",
		w.setsVariable(p.xDef), p.declared, changeVariable)
}

func (p notConstant) text(w wording) string {
	return fmt.Sprintf("%s, but it has an initializer that is no constant (%s), and the linker sets only variables that have a constant one, or none: the program would not have that value.\nLeave out the initializer, or make it one of string literals, constants and +, %s",
		w.setsVariable(p.xDef), p.declared, changeVariable)
}

func (p malformedCgo) text(w wording) string {
	return fmt.Sprintf(" %s, but not as Go wants it: %s", w.does(p.edit), strings.TrimPrefix(p.err.Error(), packageFolder+"/"))
}

func (p cgoDifferences) text(w wording) string {
	label := w.label(p.overlay())
	var b strings.Builder
	fmt.Fprintf(&b, " %s and its #cgo lines, which rules_go does not read; it takes attributes, which gazelle writes from them:\n", w.does(p.edit))
	for i, f := range p.flags {
		if i == maxDiffLines {
			fmt.Fprintf(&b, "  and %d more\n", len(p.flags)-i)
			break
		}
		verb := "gains"
		if f.lost {
			verb = "loses"
		}
		fmt.Fprintf(&b, "  %s %s %s\n", f.kind, verb, strings.ReplaceAll(f.flag, packageFolder, "${SRCDIR}"))
	}
	if len(p.options) > 0 {
		fmt.Fprintf(&b, "Write in %s, beside what is there:\n", label)
	}
	for _, attribute := range []string{"cppopts", "copts", "cxxopts", "clinkopts", "delete_opts"} {
		if options := p.options[attribute]; len(options) > 0 {
			fmt.Fprintf(&b, "  %s = [%s],\n", attribute, quoted(options))
		}
	}
	if p.libraries {
		fmt.Fprintf(&b, "A library that Bazel builds goes into cdeps of %s instead of flags; one of pkg-config there or into copts and clinkopts.\n", label)
	}
	return b.String()
}

func (p disputedPart) text(w wording) string {
	return fmt.Sprintf(` patches %s of package %s, and %s patches %s of package %s, by the same part of %s (line %d: %s).
A part is for one file: correct the names or patch_strip of one of the two (%d and %d).`,
		p.name, w.manifest.ImportPath, record.DisplayLabel(p.by.Overlay), p.as, p.by.ImportPath,
		w.paths[p.diff.File], p.part.Line, inDiff(p.part), p.step.Strip, p.by.Strip)
}

func (p ambiguousFolders) text(w wording) string {
	return fmt.Sprintf(` patches %s of package %s, but %s has files of these names in several folders, and the import path ends with none of them (patch_strip = %d):
%sName by their paths those that are for no package, or for others, in each overlay that has files of these names: patch_exclude = [%q]`,
		strings.Join(p.diff.Files, ", "), w.manifest.ImportPath, w.paths[p.diff.File], p.step.Strip, listed(p.folders), p.folders[0]+"/*")
}

func (p unclaimedParts) text(w wording) string {
	lines := make([]string, len(p.parts))
	for i, part := range p.parts {
		lines[i] = fmt.Sprintf("%s  (line %d)", inDiff(part), part.Line)
		if part.Renamed {
			lines[i] = fmt.Sprintf("%s  (line %d, renamed from %s, which goes)", inDiff(part), part.Line, part.Old)
		}
	}
	changes := "changes"
	if p.takes {
		changes = "also changes"
	}
	var b strings.Builder
	fmt.Fprintf(&b, " patches %s of package %s, but %s %s what no overlay takes (patch_strip = %d):\n%s",
		strings.Join(p.diff.Files, ", "), w.manifest.ImportPath, w.paths[p.diff.File], changes, p.step.Strip, listed(lines))
	if len(p.todo.declare) > 0 && len(p.not) > 0 {
		fmt.Fprintf(&b, "It does not change %s.\n", strings.Join(p.not, ", "))
	}
	if p.corrects() {
		b.WriteString("Write\n")
	}
	if p.strip != p.step.Strip {
		fmt.Fprintf(&b, "  patch_strip = %d\n", p.strip)
	}
	if len(p.todo.declare) > 0 {
		fmt.Fprintf(&b, "  %s\n", w.patchesAttribute(p.overlayDiff, slices.Concat(p.changed, p.todo.declare)))
	}
	w.adviseOthers(&b, p.overlayDiff, p.todo)
	w.adviseExclusion(&b, p.overlayDiff, p.todo)
	return b.String()
}

func (p impossibleFile) text(w wording) string {
	return fmt.Sprintf(" %s, but %s has no file of that name. Take it out of the names in patches: what %s has for it is left out by itself (%s), and named in reports.",
		w.does(p.edit), w.target(), w.paths[p.diff.File], p.why)
}

func (p foreignFile) text(w wording) string {
	var b strings.Builder
	fmt.Fprintf(&b, " %s, but the folder %s is another package. Take it out of the names in patches.\n", w.does(p.edit), p.folder)
	w.adviseOthers(&b, overlayDiff{p.step, p.diff}, p.todo)
	return b.String()
}

func (p foreignDiff) text(w wording) string {
	return fmt.Sprintf(" has %s in patches, which changes no file of package %s. It changes:\n%sTake it out of patches, or correct importpath.",
		w.paths[p.file], w.manifest.ImportPath, listed(p.places))
}

func (p namelessDiffs) text(w wording) string {
	var entries, deleting []string
	var advice strings.Builder
	for _, d := range p.diffs {
		if len(d.diff.Files) > 0 {
			entries = append(entries, fmt.Sprintf("%q: [%s]", w.diffName(d.overlayDiff), quotedList(d.diff.Files)))
		} else {
			deleting = append(deleting, path.Base(w.paths[d.diff.File]))
		}
		w.adviseOthers(&advice, d.overlayDiff, d.todo)
		if len(d.diff.Files) > 0 { // An overlay that does not have the diff leaves nothing out of it.
			w.adviseExclusion(&advice, d.overlayDiff, d.todo)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, " has %s in patches, and has to say which files of package %s are changed. Write\n",
		strings.Join(p.paths, ", "), w.manifest.ImportPath)
	if p.strip != nil {
		fmt.Fprintf(&b, "  patch_strip = %d\n", *p.strip)
	}
	switch len(entries) {
	case 0:
	case 1:
		fmt.Fprintf(&b, "  patches = {%s}\n", entries[0])
	default:
		fmt.Fprintf(&b, "  patches = {\n      %s,\n  }\n", strings.Join(entries, ",\n      "))
	}
	if len(p.deletes) > 0 {
		fmt.Fprintf(&b, "  delete = [%s]\n", quotedList(p.deletes))
	}
	if len(deleting) > 0 {
		fmt.Fprintf(&b, "and take %s out of patches of %s.\n", strings.Join(deleting, ", "), w.label(p.overlay()))
	}
	b.WriteString(advice.String())
	if len(p.apart) > 0 {
		fmt.Fprintf(&b, "%s needs another patch_strip, and so an overlay of its own; list both in layers of a go_overlay_set.\n", strings.Join(p.apart, ", "))
	}
	return b.String()
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
