package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/internal/suggest"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/buildfile"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/terminal"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/userfiles"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// ImportOptions say what is to become overlays.
type ImportOptions struct {
	Module string // path of the module that diffs, or a folder, are for, or which of those in MODULE.bazel or go.mod; std is Go itself
	Old    string // folder that a folder is compared with; empty: what builds compile
	Strip  int    // elements that names in diffs have in front
	Set    string // label of the set that overlays are for; empty: the one that builds use
	Reason string

	GoOverlayVersion string // for a MODULE.bazel without a bazel_dep of go_overlay
}

// Import makes overlays of what changes Go code by other means: diffs, patches of extensions in MODULE.bazel, forks, and what
// the go command takes by -overlay. What they make is proved to be the same before anything is written; all become overlays,
// or none. It returns the labels of the overlays whose deps can be told right away.
func (d *Desk) Import(ctx context.Context, from []string, o ImportOptions) ([]string, error) {
	unlock, err := userfiles.Lock(ctx, d.Workspace.Root, userfiles.Wait)
	if err != nil {
		return nil, err
	}
	defer unlock()
	progress := d.StartProgress()
	defer progress.Done()
	progress.Say("asking %s for overlays", d.asked())
	e, err := d.startEditing(ctx, EditOptions{Set: o.Set, Reason: o.Reason, GoOverlayVersion: o.GoOverlayVersion})
	if err != nil {
		return nil, err
	}
	im := &importer{editing: e, options: o, progress: progress, found: map[string]*workspace.GoPackage{}, pending: texts{}}
	if err := im.read(ctx, from); err != nil {
		return nil, err
	}
	if err := im.declareAll(ctx); err != nil {
		return nil, err
	}
	progress.Done()
	// go.mod and MODULE.bazel last: until then, what is imported does what it did.
	changes := slices.Concat(e.written, e.files.changes(), e.module.changes(), im.last)
	if err := userfiles.Apply(changes...); err != nil {
		return nil, err
	}
	if im.unsettled {
		next := "go mod tidy"
		if !d.plain {
			next += " && overlay deps " + shell.Words(im.labels)
		}
		fmt.Fprintf(&e.out, "go.mod replaces less than before; next: %s\n", next)
		im.labels = nil
	}
	_, err = d.Out.Write(e.out.Bytes())
	return im.labels, err
}

// An importer is one import.
type importer struct {
	*editing
	options  ImportOptions
	progress *terminal.Progress

	found      map[string]*workspace.GoPackage // packages as builds compile them, by import path
	incomplete *bazel.Error                    // why not all are found, or nil
	targets    []*target
	last       []userfiles.Change // that are made when all else is written
	labels     []string           // of the overlays

	isCompiled bool // whether builds compile what is imported already
	unsettled  bool // whether Bazel knows the workspace's modules only after go mod tidy

	pending texts // that files of the workspace will have
}

// A target is a package that gets an overlay.
type target struct {
	pkg    *workspace.GoPackage // as it is without what is imported
	reason string

	// Either diffs make the changes.
	patches []buildfile.Patch // with the files' places below the folder of the BUILD file
	strip   int
	exclude []string
	delete  []string

	// Or files do. What is nil goes.
	files map[string][]byte

	// after is what the package's files are to become, as far as they change; what is nil goes. It is nil if only the diffs tell.
	after map[string][]byte

	isMoved bool // whether builds compile other sources than the overlay is written against

	overlay workspace.Overlay
}

// read finds out what is to become overlays.
func (im *importer) read(ctx context.Context, from []string) error {
	var diffs []string
	for _, operand := range from {
		file := im.abs(operand)
		info, err := os.Stat(file)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no %s; expected MODULE.bazel, go.mod, a diff, a JSON, or a folder with sources or diffs", operand)
		} else if err != nil {
			return err
		}
		kind := path.Ext(file)
		switch name := filepath.Base(file); {
		case name == "MODULE.bazel":
			kind = name
		case name == "go.mod":
			kind = name
		case info.IsDir() && isSources(file):
			kind = "folder"
		}
		if kind != "MODULE.bazel" && kind != "go.mod" && kind != "folder" && kind != ".json" {
			diffs = append(diffs, file)
			continue
		}
		if len(from) > 1 {
			return fmt.Errorf("%s has to be imported by itself, as only diffs can be several", operand)
		}
		if im.options.Old != "" && kind != "folder" {
			return errors.New("-old is about the sources in a folder; leave it out")
		}
		switch kind {
		case "MODULE.bazel":
			return im.fromModuleFile(ctx, file)
		case "go.mod":
			return im.fromGoMod(ctx, file)
		case "folder":
			return im.fromFolder(ctx, file)
		default:
			return im.fromJSON(ctx, file)
		}
	}
	return im.fromDiffs(ctx, diffs)
}

// declareAll declares an overlay for each target, and proves that it makes what it should.
func (im *importer) declareAll(ctx context.Context) error {
	if len(im.targets) == 0 {
		return errors.New("there is nothing to import")
	}
	var fresh []*target
	for _, t := range im.targets {
		said, err := im.describe(ctx, t)
		if err != nil {
			return err
		}
		there, err := im.there(said)
		if err != nil {
			return err
		}
		isImported := there != nil && slices.Contains(im.labels, there.Label) // Two SDKs may have the same patches.
		if there == nil {
			if err := im.add(im.set.pkg, said); err != nil {
				return err
			}
			o := im.overlayOf(said)
			im.all, there = append(im.all, o), &o
			im.addToSet(o.Label)
		}
		if t.overlay = *there; !isImported {
			im.labels, fresh = append(im.labels, t.overlay.Label), append(fresh, t)
		}
	}
	im.targets = fresh
	if err := im.writePending(); err != nil {
		return err
	}
	proved := 0
	for _, t := range im.targets {
		if err := im.prove(t); err != nil {
			return fmt.Errorf("%s: %w\nnothing has been changed", versioned(t.pkg), err)
		}
		proved += len(t.after)
		fmt.Fprintf(&im.out, "%s changes %s of %s\n", t.overlay.Label, strings.Join(changedNames(t.overlay), ", "), versioned(t.pkg))
		if t.isMoved {
			fmt.Fprintf(&im.out, "it is made for other sources than builds compile; next: overlay rebase %s\n", shell.Word(t.overlay.Label))
		}
	}
	notes, err := im.wire()
	if err != nil {
		return err
	}
	for _, note := range notes {
		fmt.Fprintln(&im.out, note)
	}
	if used, flag, err := im.otherSet(); err != nil {
		return err
	} else if flag != "" {
		fmt.Fprintf(&im.out, "builds use %s unless they are told otherwise, and compile without what has been imported; with it: bazel build %s //...\n", used, flag)
	}
	if proved > 0 && im.isCompiled {
		fmt.Fprintf(&im.out, "proved: with the overlays, files are what builds compile without them: all %d\n", proved)
	} else if proved > 0 {
		fmt.Fprintf(&im.out, "proved: the overlays make files what they are there: all %d\n", proved)
	}
	return nil
}

// there returns the overlay of the workspace, or of this import, that says the same as one that has been described, or nil: an import
// that was killed leaves such. One that changes the same file in another way is an error.
func (im *importer) there(said buildfile.Change) (*workspace.Overlay, error) {
	names := changedNames(im.overlayOf(said))
	for _, o := range im.all {
		if o.ImportPath != said.ImportPath || !has(im.sets, im.set.label(), o.Label) {
			continue
		}
		_, said.Name = workspace.Package(o.Label)
		if sameOverlay(o, im.overlayOf(said)) {
			return &o, nil
		}
		for _, name := range changedNames(o) {
			switch {
			case !slices.Contains(names, name):
			case slices.Contains(im.labels, o.Label):
				return nil, fmt.Errorf("%s of package %s is changed in two ways by what is imported; import one after the other, into sets of their own, by -set LABEL", name, said.ImportPath)
			default:
				return nil, fmt.Errorf("%s of package %s is overlaid by %s already; take that out first, by overlay drop %s, or import into another set, by -set LABEL",
					name, said.ImportPath, o.Label, shell.Word(o.Label))
			}
		}
	}
	return nil, nil
}

// sameOverlay tells whether two overlays make the same of a package by the same files.
func sameOverlay(a, b workspace.Overlay) bool {
	changes := func(o workspace.Overlay) []string {
		var all []string
		for _, c := range o.Changes {
			all = append(all, fmt.Sprint(c.Name, "\n", kind(c), "\n", c.Label))
		}
		slices.Sort(all)
		return all
	}
	return slices.Equal(changes(a), changes(b)) && a.Version == b.Version && maps.EqualFunc(a.Bases, b.Bases, slices.Equal) &&
		slices.Equal(a.Attrs["patches"].Keys, b.Attrs["patches"].Keys) && number(a, "patch_strip", 1) == number(b, "patch_strip", 1) &&
		slices.Equal(a.Attrs["patch_exclude"].List, b.Attrs["patch_exclude"].List)
}

// changedNames returns the names of the files that an overlay changes, each once.
func changedNames(o workspace.Overlay) []string {
	var names []string
	for _, change := range o.Changes {
		names = append(names, change.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// describe returns what the overlay of a target says, and has its files written.
func (im *importer) describe(ctx context.Context, t *target) (buildfile.Change, error) {
	said := buildfile.Change{ImportPath: t.pkg.ImportPath, Base: map[string]string{}, Reason: im.options.Reason, Patches: t.patches, PatchExclude: t.exclude}
	if said.Reason == "" {
		said.Reason = t.reason
	}
	build, err := im.files.load(im.set.pkg)
	if err != nil {
		return said, err
	}
	said.Name = build.FreshName(t.pkg.ImportPath)
	if len(t.patches) > 0 && t.strip != 1 {
		said.PatchStrip = strconv.Itoa(t.strip)
	}
	said.Delete = slices.Clone(t.delete)
	prefix := path.Join(im.filesFolder(), t.pkg.ImportPath)
	for _, name := range sortedNames(t.files) {
		content := t.files[name]
		file, isThere := t.pkg.File(name)
		source := path.Join(prefix, name)
		switch {
		case content == nil:
			said.Delete = append(said.Delete, name)
			continue
		case file.Embedded || im.embeds(t.pkg.ImportPath, name):
			said.EmbedSrcs, said.StripPrefix = append(said.EmbedSrcs, source), prefix
		case isThere:
			said.Srcs = append(said.Srcs, source)
		default:
			said.NewSrcs = append(said.NewSrcs, source)
		}
		if err := im.write(source, content); err != nil {
			return said, err
		}
	}
	var names []string
	for _, patch := range t.patches {
		names = append(names, patch.Names...)
	}
	for _, name := range slices.Concat(names, said.Delete, sortedNames(t.files)) {
		if err := im.changeable(ctx, t.pkg, name, slices.Contains(names, name)); err != nil {
			return said, err
		}
		if file, ok := t.pkg.File(name); ok && file.Path != "" {
			said.Base[name] = digestOfFile(file.Path)
		}
	}
	if len(said.Base) > 0 && baseVersion.MatchString(t.pkg.Version) {
		said.BaseVersion = t.pkg.Version
	}
	return said, nil
}

// embeds tells whether a package embeds a file, as builds compile it.
func (im *importer) embeds(importPath, name string) bool {
	pkg := im.found[importPath]
	if pkg == nil {
		return false
	}
	file, _ := pkg.File(name)
	return file.Embedded
}

// changeable returns an error if an overlay can't change a file of a package.
func (im *importer) changeable(ctx context.Context, pkg *workspace.GoPackage, name string, isPatched bool) error {
	change := workspace.Change{Name: name, Kind: workspace.Replace}
	if !hasFile(pkg, name) {
		change.Kind = workspace.Add
	}
	if variants := pkg.Variants(name); len(variants) > 0 {
		message := fmt.Sprintf("several targets have the import path %s, and different files %s; an overlay is written against one of them:", pkg.ImportPath, name)
		for _, file := range variants {
			message += "\n  overlay edit " + shell.Word(file.Label)
		}
		return errors.New(message)
	}
	if change.Kind == workspace.Add && im.embeds(pkg.ImportPath, name) || isInLib(pkg) && isPatched {
		return nil
	}
	return im.editable(ctx, pkg, change)
}

// write has a file written, whose name is relative to the folder of the overlays' BUILD file.
func (im *importer) write(source string, content []byte) error {
	return im.writeFile(im.pathOf(im.labelOf(source)), content)
}

func (im *importer) writeFile(file string, content []byte) error {
	if before, ok := im.pending[file]; ok && !bytes.Equal(before, content) {
		return fmt.Errorf("there are two files that would become %s; import one after the other", im.rel(file))
	}
	im.pending[file] = content
	return nil
}

// writePending has all files written that are not there yet.
func (im *importer) writePending() error {
	for _, file := range sortedNames(im.pending) {
		if _, err := os.Lstat(file); err != nil {
			im.written = append(im.written, userfiles.Change{Path: file, Content: im.pending[file], Mode: 0o644})
		} else if digestOfFile(file) != digest.Of(im.pending[file]) { // An import that was killed leaves the file as it is.
			return fmt.Errorf("%s is there, and would be overwritten; move it away", im.rel(file))
		}
	}
	return nil
}

// unwrite takes back a file that was to be written.
func (im *importer) unwrite(source string) { delete(im.pending, im.pathOf(im.labelOf(source))) }

// labelOf returns the label of a file, whose name is relative to the folder of the overlays' BUILD file.
func (im *importer) labelOf(source string) string { return "//" + im.set.pkg + ":" + source }

// overlayOf returns the overlay that has been described, as Bazel will know it.
func (im *importer) overlayOf(said buildfile.Change) workspace.Overlay {
	label := im.labelOf
	o := workspace.Overlay{
		Label:       label(said.Name),
		ImportPath:  said.ImportPath,
		Bases:       map[string][]string{},
		BaseFiles:   map[string]string{},
		Version:     said.BaseVersion,
		StripPrefix: said.StripPrefix,
		Reason:      said.Reason,
	}
	for name, digest := range said.Base {
		o.Bases[name] = []string{digest}
	}
	add := func(name string, kind workspace.Kind, source string) {
		change := workspace.Change{Name: name, Kind: kind}
		if source != "" {
			change.Label = label(source)
			change.Path = im.pathOf(change.Label)
		}
		o.Changes = append(o.Changes, change)
	}
	patches := bazel.Attribute{Dict: map[string]string{}}
	for _, patch := range said.Patches {
		patches.Keys = append(patches.Keys, label(patch.File))
		patches.Dict[label(patch.File)] = strings.Join(patch.Names, "\n")
		for _, name := range patch.Names {
			add(name, workspace.Patch, patch.File)
		}
	}
	for _, source := range said.Srcs {
		add(path.Base(source), workspace.Replace, source)
	}
	for _, source := range said.NewSrcs {
		add(path.Base(source), workspace.Add, source)
	}
	for _, source := range said.EmbedSrcs {
		add(strings.TrimPrefix(source, said.StripPrefix+"/"), workspace.Replace, source)
		o.Changes[len(o.Changes)-1].Embedded = true
	}
	for _, name := range said.Delete {
		add(name, workspace.Delete, "")
	}
	o.Attrs = map[string]bazel.Attribute{
		"patches":       patches,
		"patch_strip":   {String: said.PatchStrip},
		"patch_exclude": {List: said.PatchExclude},
		"delete":        {List: said.Delete},
	}
	return o
}

// prove makes what a build will make of the package, and compares it with what it should be.
func (im *importer) prove(t *target) error {
	m := &making{layering: im.layering, desk: im.Desk, pkg: t.pkg, pending: im.pending}
	made, err := m.of([]workspace.Overlay{t.overlay})
	if err != nil || t.after == nil {
		return err
	}
	for _, name := range sortedNames(made) {
		want, ok := t.after[name]
		if !ok {
			if file, _ := t.pkg.File(name); digestOfFile(file.Path) == digest.Of(made[name]) {
				continue
			}
			return different(name)
		}
		if !bytes.Equal(made[name], want) || (made[name] == nil) != (want == nil) {
			return different(name)
		}
	}
	for _, name := range sortedNames(t.after) {
		if _, ok := made[name]; !ok {
			return different(name)
		}
	}
	return nil
}

// different says that an overlay would make another file than what is imported.
func different(name string) error {
	return fmt.Errorf("%s would not be what it is without the overlay", name)
}

// isIt asks whether one of some names has been meant by another one.
func isIt(name string, names []string) string {
	if near := suggest.Near(name, names); len(near) > 0 && !slices.Contains(names, name) {
		return "; is it " + strings.Join(near, " or ") + "?"
	}
	return ""
}

// isSources tells whether a folder has sources, and not diffs.
func isSources(folder string) bool {
	for _, pattern := range []string{"go.mod", "*.go", "VERSION", "src"} {
		if found, _ := filepath.Glob(filepath.Join(folder, pattern)); len(found) > 0 {
			return true
		}
	}
	entries, _ := os.ReadDir(folder)
	for _, entry := range entries {
		if isDiffName(entry.Name()) {
			return false
		}
	}
	return slices.ContainsFunc(entries, os.DirEntry.IsDir)
}
