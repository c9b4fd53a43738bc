package desk

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/userfiles"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// DropOptions say how overlays are taken out.
type DropOptions struct {
	Force bool // even if something that Drop can't edit still names them, or git lacks files that are deleted
}

// Drop takes overlays out of their BUILD files, out of the sets that have them, and from the disk; or files out of overlays. Operands
// are labels, or what names a file. What still names one is an error, and then nothing is changed.
func (d *Desk) Drop(ctx context.Context, operands []string, o DropOptions) error {
	unlock, err := userfiles.Lock(ctx, d.Workspace.Root, userfiles.Wait)
	if err != nil {
		return err
	}
	defer unlock()
	progress := d.StartProgress()
	defer progress.Done()
	progress.Say("asking Bazel for overlays")
	l, _, broken, err := d.declared(ctx, nil)
	if err != nil {
		return err
	}
	overlays, parts, err := d.droppable(ctx, l, operands)
	if err != nil {
		return withBroken(err, broken)
	}
	chosen := slices.Clone(overlays)
	for _, part := range parts {
		chosen = append(chosen, part.overlay)
	}
	for _, overlay := range chosen {
		if overlay.Macro != "" {
			return fmt.Errorf("%s:%d: %s is declared by the macro %s, which can't be edited without guessing; take it out there by hand, and delete its files\nno file has been changed",
				d.rel(overlay.BuildFile), overlay.Line, overlay.Label, overlay.Macro)
		}
	}
	again := "overlay drop -force " + words(overlays, parts)
	if broken != nil && !o.Force {
		return fmt.Errorf("%w\nBUILD files that can't be read may name what is to be dropped. Mend them, or drop it anyway: %s\nno file has been changed",
			broken, again)
	}

	p := dropping{overlays: overlays, sets: l.sets, files: newBuildFiles(d.Workspace, "", l), cutting: newCutting(d, slices.Clone(l.all))}
	p.force = o.Force
	progress.Say("asking Bazel what uses %s", words(overlays, parts))
	if p.uses, err = d.uses(ctx, chosen); err != nil {
		return err
	}
	progress.Say("looking for files that name %s", words(overlays, parts))
	if p.texts, err = d.textsNaming(labelsOf(chosen)); err != nil {
		return err
	}
	if err := p.takeParts(ctx, parts); err != nil {
		return fmt.Errorf("%w\nno file has been changed", err)
	}
	if err := p.edit(); err != nil {
		return err
	}
	for _, overlay := range p.overlays {
		for _, line := range p.texts[overlay.Label] {
			p.named = append(p.named, fmt.Sprintf("%s: names %s", line, overlay.Label))
		}
	}
	changes, err := p.changes()
	if err != nil {
		return err
	}
	emptied, err := p.files.emptied(d, p.goneLabels)
	if err != nil {
		return err
	}
	p.named = append(p.named, emptied...)
	if len(p.named) > 0 && !o.Force {
		return fmt.Errorf("what is to be dropped is still named:\n  %s\nTake it out there first, or drop it anyway: %s\nno file has been changed",
			strings.Join(p.named, "\n  "), again)
	}
	progress.Done()
	for _, change := range changes {
		isLost := change.Delete || p.diffs[change.Path] != nil
		if !isLost || o.Force {
			continue
		}
		if safe, why := isCommitted(ctx, change.Path); !safe {
			return fmt.Errorf("%s %s, and would be gone. Commit it first, or drop it anyway: %s\nno file has been changed",
				d.rel(change.Path), why, again)
		}
	}
	if err := userfiles.Apply(changes...); err != nil {
		return err
	}
	for _, line := range p.said {
		fmt.Fprintln(d.Out, line)
	}
	if len(p.named) > 0 {
		fmt.Fprintf(d.Err, "what was dropped is still named:\n  %s\n", strings.Join(p.named, "\n  "))
	}
	return nil
}

// words returns overlays, and files that are taken out of some, as words of a command.
func words(overlays []workspace.Overlay, parts ...[]overlayPart) string {
	var words []string
	for _, o := range overlays {
		words = append(words, o.Label)
	}
	for _, part := range slices.Concat(parts...) {
		for _, name := range part.names {
			words = append(words, part.overlay.ImportPath+"/"+name)
		}
	}
	return shell.Words(words)
}

// A dropping is of some overlays.
type dropping struct {
	cutting
	overlays []workspace.Overlay
	sets     []workspace.Set
	files    *buildFiles

	globbed []string // labels of files that the declarations of overlays have by a glob()
	named   []string // what still names the overlays: file:line, and what it is
	said    []string // what was done
}

func (p *dropping) isDropped(label string) bool {
	return slices.ContainsFunc(p.overlays, func(o workspace.Overlay) bool { return o.Label == label })
}

// labelsOf returns the labels of overlays, and of the files that those are made of.
func labelsOf(overlays []workspace.Overlay) (labels []string) {
	for _, o := range overlays {
		labels = append(append(labels, o.Label), o.Sources...)
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

// uses asks Bazel which rules of the workspace name overlays, and the files that those are made of. It returns them by the labels
// that they name.
func (d *Desk) uses(ctx context.Context, overlays []workspace.Overlay) (map[string][]bazel.Target, error) {
	labels := labelsOf(overlays)
	var quoted []string
	for _, label := range labels {
		quoted = append(quoted, bazel.Quote(label))
	}
	// Other packages may have errors, which Overlays would have told of.
	found, _, err := d.Workspace.Query(ctx, "rdeps(//..., set("+strings.Join(quoted, " ")+"), 1)")
	if err != nil {
		return nil, err
	}
	uses := map[string][]bazel.Target{}
	for _, t := range found {
		if t.Kind == "" || strings.HasPrefix(t.Label, "@") { // What other repositories name comes of MODULE.bazel.
			continue
		}
		for _, label := range labels {
			if t.Label != label && names(t, label) {
				uses[label] = append(uses[label], t)
			}
		}
	}
	return uses, nil
}

// names tells whether an attribute of a rule has a label.
func names(t bazel.Target, label string) bool {
	for _, a := range t.Attrs {
		if a.String == label || slices.Contains(a.List, label) {
			return true
		}
		for key, value := range a.Dict {
			if key == label || value == label {
				return true
			}
		}
	}
	return false
}

// edit takes the overlays out of BUILD files.
func (p *dropping) edit() error {
	for _, o := range p.overlays {
		home, name := workspace.Package(o.Label)
		pkgs := []string{home}
		for _, t := range p.uses[o.Label] {
			if pkg, _ := workspace.Package(t.Label); t.Kind == "go_overlay_set" && !slices.Contains(pkgs, pkg) {
				pkgs = append(pkgs, pkg)
			}
		}
		var without, left []string // sets without it, lines with it
		for _, pkg := range pkgs {
			build, err := p.files.load(pkg)
			if err != nil {
				return err
			}
			sets, lines, err := build.RemoveFromSets(o.Label)
			if err == nil && pkg == home {
				lines, err = build.Remove(name)
			}
			if err != nil {
				return err
			}
			for _, set := range sets {
				without = append(without, "//"+pkg+":"+set)
			}
			left = append(left, lines...)
		}
		p.said = append(p.said, fmt.Sprintf("%s is taken out of %s", o.Label, p.desk.rel(o.BuildFile)))
		for _, set := range without {
			p.said = append(p.said, fmt.Sprintf("%s is taken out of the set %s", o.Label, set)+p.empty(set))
		}

		before := len(p.named)
		for _, t := range p.uses[o.Label] {
			if !slices.Contains(without, t.Label) && !p.isDropped(t.Label) {
				p.named = append(p.named, fmt.Sprintf("%s:%d: %s %s names %s", p.desk.rel(t.File), t.Line, t.Kind, t.Label, o.Label))
			}
		}
		if len(p.named) == before { // Else they are lines of those rules, most likely.
			for _, line := range left {
				p.named = append(p.named, fmt.Sprintf("%s: names %s", p.desk.rel(line), o.Label))
			}
		}
	}
	return nil
}

// empty returns what is said of a set that has no overlay any more.
func (p *dropping) empty(label string) string {
	for _, set := range p.sets {
		if set.Label == label && !slices.ContainsFunc(slices.Concat(set.Overlays, set.Layers), func(l string) bool { return !p.isDropped(l) }) {
			return ", which has none now, and stays"
		}
	}
	return ""
}

// textsNaming looks for labels in files that Bazel is not asked about. It returns the lines that name them, as file:line.
func (d *Desk) textsNaming(labels []string) (map[string][]string, error) {
	lines, patterns := map[string][]string{}, map[string]*regexp.Regexp{}
	for _, label := range labels {
		patterns[label] = naming(label)
	}
	err := filepath.WalkDir(d.Workspace.Root, func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil && entry.IsDir():
			return fs.SkipDir // It can't be read by Bazel either.
		case err != nil:
			return err
		case entry.IsDir() && (name == ".git" || name == "node_modules"):
			return fs.SkipDir
		case !entry.Type().IsRegular(), filepath.Ext(name) != ".bzl" && !strings.HasSuffix(name, ".bazelrc") && !strings.HasSuffix(name, "MODULE.bazel"):
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for i, line := range bytes.Split(content, []byte("\n")) {
			if bytes.HasPrefix(bytes.TrimSpace(line), []byte("#")) {
				continue
			}
			for label, pattern := range patterns {
				if pattern.Match(line) {
					lines[label] = append(lines[label], fmt.Sprintf("%s:%d", d.rel(path), i+1))
				}
			}
		}
		return nil
	})
	return lines, err
}

// naming matches text that has a label, in a long or a short form.
func naming(label string) *regexp.Regexp {
	pkg, name := workspace.Package(label)
	pattern := regexp.QuoteMeta("//" + pkg + ":" + name)
	if pkg == name || strings.HasSuffix(pkg, "/"+name) {
		pattern = regexp.QuoteMeta("//"+pkg) + "(?::" + regexp.QuoteMeta(name) + ")?"
	}
	return regexp.MustCompile(`(?:^|[^\w/.])` + pattern + `(?:$|[\s"',;)\]])`)
}

// emptied says which glob()s of the files find nothing without some files, given by their labels.
func (b *buildFiles) emptied(d *Desk, gone []string) (texts []string, err error) {
	names := map[string][]string{}
	for _, label := range gone {
		pkg, name := workspace.Package(label)
		names[pkg] = append(names[pkg], name)
	}
	for _, pkg := range sortedNames(names) {
		f, err := b.load(pkg)
		if err != nil {
			return nil, err
		}
		globs, err := f.EmptiedGlobs(names[pkg])
		if err != nil {
			return nil, err
		}
		for _, glob := range globs {
			texts = append(texts, fmt.Sprintf("%s: %s would find nothing any more, which Bazel takes for an error", d.rel(f.Output().Path), glob))
		}
	}
	return texts, nil
}

// changes returns what is to be written and deleted. BUILD files come first, and of these the ones that declare the
// overlays last: who is interrupted has nothing that names what is gone.
func (p *dropping) changes() ([]userfiles.Change, error) {
	changes := p.files.changes()
	isHome := func(path string) bool {
		return slices.ContainsFunc(p.overlays, func(o workspace.Overlay) bool {
			pkg, _ := workspace.Package(o.Label)
			return buildPath(p.desk.Workspace, pkg) == path
		})
	}
	slices.SortStableFunc(changes, func(a, b userfiles.Change) int {
		switch x, y := isHome(a.Path), isHome(b.Path); {
		case x == y:
			return 0
		case x:
			return 1
		}
		return -1
	})

	var seen []string
	for _, o := range p.overlays {
		for _, label := range o.Sources {
			if slices.Contains(seen, label) || slices.Contains(p.goneLabels, label) {
				continue
			}
			seen = append(seen, label)
			if err := p.delete(label); err != nil {
				return nil, err
			}
		}
	}
	return slices.Concat(changes, p.diffs.changes(), p.gone), nil
}

// delete deletes a file that overlays were made of, unless something else uses it.
func (p *dropping) delete(label string) error {
	path := workspace.SourcePath(p.desk.Workspace, label)
	if path == "" {
		p.said = append(p.said, fmt.Sprintf("kept %s, which is no file of the workspace's sources", label))
		return nil
	}
	if user := p.usedBy(label); user != "" {
		p.said = append(p.said, fmt.Sprintf("kept %s, which %s uses, too", p.desk.rel(path), user))
		return nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	delete(p.diffs, path)
	p.gone = append(p.gone, userfiles.Change{Path: path, Original: content, Delete: true, Root: p.desk.Workspace.Root})
	p.goneLabels = append(p.goneLabels, label)
	p.said = append(p.said, "deleted "+p.desk.rel(path))
	return nil
}
