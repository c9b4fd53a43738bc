package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/buildfile"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/modulefile"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/overlaysjson"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/userfiles"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// EditOptions say how a file is to be changed.
type EditOptions struct {
	New    string // name of a file that the package is to gain; empty: a file of the package is changed
	Delete bool   // the package is to lose the file
	AsDiff bool   // the change is to be kept as a diff
	Set    string // label of the set that a new overlay is for; empty: the one that builds use
	Reason string

	GoOverlayVersion string // for a MODULE.bazel without a bazel_dep of go_overlay
}

// Where overlays live in a workspace that has none, and their files, below the folder of their BUILD
// file. Neither the go command nor gazelle looks into the latter.
const (
	overlaysFolder = "overlays"
	sourcesFolder  = "_src"
)

// An Edited is an overlay file that is ready to be edited.
type Edited struct {
	Path string // empty if the package loses the file
	Line int    // or 0

	Replaces string // label of the overlay whose file replaces one of the package, or empty
}

// Place returns what editors and terminals take for a place in a file.
func (d *Desk) Place(file Edited) string {
	if file.Line > 0 {
		return fmt.Sprintf("%s:%d", d.rel(file.Path), file.Line)
	}
	return d.rel(file.Path)
}

// Edit makes a file of a package one that is compiled as the user changes it. What is text
// of the user that names the file: an import path and the name, a symbol, a line of a stack trace.
func (d *Desk) Edit(ctx context.Context, text string, o EditOptions) (Edited, error) {
	edited, err := d.EditAll(ctx, []string{text}, o)
	if err != nil {
		return Edited{}, err
	}
	return edited[0], nil
}

// EditAll does so with several texts: all, or none.
func (d *Desk) EditAll(ctx context.Context, texts []string, o EditOptions) ([]Edited, error) {
	unlock, err := userfiles.Lock(ctx, d.Workspace.Root, userfiles.Wait)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if o.New != "" && o.Delete {
		return nil, errors.New("-new and -delete exclude each other: a file is gained or lost")
	}
	progress := d.StartProgress()
	defer progress.Done()
	progress.Say("asking %s for overlays", d.asked())
	e, err := d.startEditing(ctx, o)
	if err != nil {
		return nil, err
	}
	var places []place
	for _, text := range texts {
		progress.Say("asking %s for %s", d.asked(), text)
		at, err := d.resolve(ctx, text, e.layering)
		if err != nil {
			return nil, err
		}
		places = append(places, at)
	}
	var edited []Edited
	for _, at := range places {
		file, err := e.edit(ctx, at)
		if err != nil {
			return nil, err
		}
		edited = append(edited, file)
		switch {
		case at.otherText != "":
			fmt.Fprintf(&e.out, "builds compile %s with another text than %s has: lines have other numbers\n", versioned(at.pkg), at.otherText)
		case at.otherVersion != "":
			fmt.Fprintf(&e.out, "builds compile %s, and what was named is of %s: the text may be another, and lines have other numbers\n", versioned(at.pkg), at.otherVersion)
		}
	}
	if err := e.sayBuild(ctx, places); err != nil {
		return nil, err
	}
	progress.Done()
	changes := append(append(e.written, e.files.changes()...), e.module.changes()...)
	if err := userfiles.Apply(changes...); err != nil {
		return nil, err
	}
	_, err = d.Out.Write(e.out.Bytes())
	return edited, err
}

// An editing is what one command makes of files. Nothing of it is written before all is known to be right.
type editing struct {
	*Desk
	layering // with what has been declared
	EditOptions
	broken  *bazel.Error // what Bazel can't read of the workspace, or nil
	module  *moduleFile
	set     setLabel
	isWired bool // whether module has what builds need
	files   *buildFiles
	written []userfiles.Change // of overlay files
	out     bytes.Buffer       // what is said when all is written
}

// startEditing finds out what is declared, and where new overlays come.
func (d *Desk) startEditing(ctx context.Context, o EditOptions) (*editing, error) {
	l, _, broken, err := d.declared(ctx, nil)
	if err != nil {
		return nil, err
	}
	d.warnBroken(broken)
	e := &editing{Desk: d, layering: l, EditOptions: o, broken: broken}
	if e.module, err = d.readModule(); err != nil {
		return nil, err
	}
	if e.set, err = d.set(e.module, l, o); err != nil {
		return nil, err
	}
	e.files = newBuildFiles(d, e.module.repo, l)
	return e, nil
}

func (e *editing) edit(ctx context.Context, at place) (Edited, error) {
	if at.overlay != nil {
		return e.open(at)
	}
	change := workspace.Change{Name: at.file, Kind: workspace.Replace}
	switch {
	case e.New != "":
		change = workspace.Change{Name: e.New, Kind: workspace.Add}
		if _, ok := at.pkg.File(e.New); ok {
			return Edited{}, fmt.Errorf("package %s has a file %s already; without -new, it is edited", at.pkg.ImportPath, e.New)
		}
	case at.file == "" && len(at.pkg.Files) == 0 && at.pkg.Proto:
		return Edited{}, generatedFromProto(at.pkg, "all")
	case at.file == "":
		return Edited{}, fmt.Errorf("%s is a package; say which of its files is meant:\n  %s", at.pkg.ImportPath, strings.Join(at.pkg.Names(), "\n  "))
	case e.Delete:
		change.Kind = workspace.Delete
	}
	if err := e.editable(ctx, at.pkg, change); err != nil {
		return Edited{}, err
	}
	var own, there *workspace.Overlay // of the package, in the set; and the one of these on top that changes the file
	var elsewhere []string
	for _, o := range e.all {
		if o.ImportPath != at.pkg.ImportPath {
			continue
		}
		changes := slices.ContainsFunc(o.Changes, func(before workspace.Change) bool { return before.Name == change.Name })
		if !has(e.sets, e.set.label(), o.Label) {
			if changes {
				elsewhere = append(elsewhere, o.Label)
			}
			continue
		}
		if changes && (there == nil || e.layered(o.Label, there.Label)) {
			there = &o
		}
		if own == nil || own.Macro != "" {
			own = &o
		}
	}
	if there != nil {
		// An edit that was killed leaves an overlay that builds don't use yet.
		if err := e.use(); err != nil {
			return Edited{}, err
		}
		i := slices.IndexFunc(there.Changes, func(before workspace.Change) bool { return before.Name == change.Name })
		if there.Changes[i].Missing {
			missing, err := e.missingFiles(ctx, *there)
			return Edited{}, errors.Join(append(missing, err)...)
		}
		edited, err := e.again(*there, there.Changes[i], change, at.line)
		if err != nil {
			return Edited{}, err
		}
		return edited, e.setReason(*there)
	}
	if len(elsewhere) > 0 {
		return Edited{}, fmt.Errorf("%s of package %s is overlaid by %s, which the set %s does not have; add it to overlays of the set, or choose another by -set LABEL",
			change.Name, at.pkg.ImportPath, strings.Join(elsewhere, " and "), e.set.label())
	}
	if err := e.oneOf(at, change); err != nil {
		return Edited{}, err
	}
	return e.declare(at, change, own)
}

// oneOf makes sure that it is known which file is meant where targets of one import path have different ones, and says what
// becomes of the others.
func (e *editing) oneOf(at place, change workspace.Change) error {
	variants := at.pkg.Variants(change.Name)
	if change.Kind == workspace.Add || len(variants) == 0 {
		return nil
	}
	if !at.isOf {
		message := fmt.Sprintf("several targets have the import path %s, and different files %s; say which is meant:", at.pkg.ImportPath, change.Name)
		for _, file := range variants {
			message += "\n  overlay edit " + shell.Word(file.Label)
		}
		return errors.New(message)
	}
	var others []string
	for _, file := range variants[1:] {
		others = append(others, file.Label)
	}
	fmt.Fprintf(&e.out, "other targets have the import path %s, too, and another %s: %s; builds of those fail, as the overlay is not written against them\n",
		at.pkg.ImportPath, change.Name, strings.Join(others, ", "))
	return nil
}

// open returns the overlay file that was named by its own path.
func (e *editing) open(at place) (Edited, error) {
	if e.New != "" || e.Delete {
		return Edited{}, fmt.Errorf("%s is a file of the overlay %s; -new and -delete are about package %s, so name that, or its file", e.rel(at.path), at.overlay.Label, at.overlay.ImportPath)
	}
	without := ""
	if !has(e.sets, e.set.label(), at.overlay.Label) {
		without = ", which the set " + e.set.label() + " does not have"
	}
	fmt.Fprintf(&e.out, "%s is for %s of package %s, by %s%s\n", e.rel(at.path), at.file, at.overlay.ImportPath, at.overlay.Label, without)
	edited := Edited{Path: at.path, Line: at.line}
	if slices.ContainsFunc(at.overlay.Changes, func(c workspace.Change) bool { return c.Path == at.path && c.Kind == workspace.Replace && !c.Embedded }) {
		edited.Replaces = at.overlay.Label
	}
	i := slices.IndexFunc(e.all, func(o workspace.Overlay) bool { return o.Label == at.overlay.Label })
	return edited, e.setReason(e.all[i]) // An operand before may have set it.
}

// setReason writes the reason that the user gives into an overlay that is there.
func (e *editing) setReason(o workspace.Overlay) error {
	if e.Reason == "" || e.Reason == o.Reason {
		return nil
	}
	if o.Macro != "" {
		return fmt.Errorf("%s:%d: %s is declared by the macro %s, which can't be edited without guessing; write its reason there by hand",
			e.rel(o.BuildFile), o.Line, o.Label, o.Macro)
	}
	pkg, name := workspace.Package(o.Label)
	build, err := e.files.load(pkg)
	if err != nil {
		return err
	}
	if err := build.Change(buildfile.Change{Name: name, ImportPath: o.ImportPath, Reason: e.Reason}); err != nil {
		return err
	}
	e.sayReason(o)
	for i := range e.all {
		if e.all[i].Label == o.Label {
			e.all[i].Reason = e.Reason
		}
	}
	return nil
}

// sayReason says which reason of an overlay the one that the user gives replaces.
func (e *editing) sayReason(o workspace.Overlay) {
	switch {
	case e.Reason == "" || e.Reason == o.Reason:
	case o.Reason == "":
		fmt.Fprintf(&e.out, "the reason of %s is %q now\n", o.Label, e.Reason)
	default:
		fmt.Fprintf(&e.out, "the reason of %s is %q now, and was %q\n", o.Label, e.Reason, o.Reason)
	}
}

// use has builds use the set, if they use none.
func (e *editing) use() error {
	if e.plain {
		return nil // overlays.json itself says what is in force.
	}
	if _, isUsed, err := modulefile.UsedSet(e.module.content, e.module.options("")); err != nil || isUsed {
		return err
	}
	notes, err := e.wire()
	for _, note := range notes {
		fmt.Fprintln(&e.out, note)
	}
	return err
}

// sayBuild says what compiles the packages of places as they are to be edited.
func (e *editing) sayBuild(ctx context.Context, places []place) error {
	if e.plain {
		used, err := e.defaultSet()
		if slices.ContainsFunc(places, func(at place) bool { return at.pkg != nil }) {
			fmt.Fprintf(&e.out, "once you have edited it, this compiles it: overlay go%s build ./...\n", goFlag(e.set.label(), used))
		}
		return err
	}
	packages, err := e.bazelPackages(ctx)
	if err != nil {
		return err
	}
	words := []string{"bazel", "build"}
	used, flag, err := e.otherSet()
	if err != nil {
		return err
	}
	if flag != "" {
		fmt.Fprintf(&e.out, "builds use %s unless they are told otherwise\n", used)
		words = append(words, flag)
	}
	flags := len(words)
	for _, at := range places {
		if at.pkg == nil {
			continue
		}
		label := "//..." // No target is the standard library's.
		if len(at.pkg.Targets) > 0 {
			label = packages.Apparent(at.pkg.Targets[0])
		}
		if word := shell.Word(label); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	if len(words) > flags {
		fmt.Fprintf(&e.out, "once you have edited it, this compiles it: %s\n", strings.Join(words, " "))
	}
	return nil
}

// otherSet returns the set that builds use without the one that new overlays are for, and the flag by which they use that; or nothing.
func (e *editing) otherSet() (used, flag string, err error) {
	if e.plain {
		return "", "", nil
	}
	used, err = e.module.usedSet()
	if err != nil || e.Set == "" || used == "" || used == e.set.label() || has(e.sets, used, e.set.label()) {
		return "", "", err
	}
	return used, shell.Word("--@" + e.module.repo + "//go_overlay:active=" + e.set.label()), nil
}

// wire adds to the module what it lacks, once, and returns a sentence for each.
func (e *editing) wire() (notes []string, err error) {
	if !e.isWired {
		notes, err = e.module.wire(e.set.label(), e.GoOverlayVersion)
		e.isWired = err == nil
	}
	return notes, err
}

// again returns the overlay file that is there.
func (e *editing) again(o workspace.Overlay, before, change workspace.Change, line int) (Edited, error) {
	switch {
	case before.Kind == workspace.Delete && change.Kind == workspace.Delete:
		fmt.Fprintf(&e.out, "%s deletes %s of package %s already\n", o.Label, before.Name, o.ImportPath)
		return Edited{}, nil
	case before.Kind == workspace.Delete || change.Kind == workspace.Delete:
		next := fmt.Sprintf("take that out at %s:%d", e.rel(o.BuildFile), o.Line)
		if command := dropCommand(o, before.Name); command != "" {
			next = "to start anew: " + command
		}
		return Edited{}, fmt.Errorf("%s %s %s of package %s; %s", o.Label, before.Kind, before.Name, o.ImportPath, next)
	case before.Path == "":
		return Edited{}, fmt.Errorf("%s %s %s of package %s by %s, which is generated; change what it is generated from", o.Label, before.Kind, before.Name, o.ImportPath, before.Label)
	}
	if before.Kind == workspace.Patch {
		fmt.Fprintf(&e.out, "%s patches %s of package %s by a diff; to edit the file that it makes: overlay convert %s\n", o.Label, before.Name, o.ImportPath, o.Label)
		return Edited{Path: before.Path}, nil
	}
	fmt.Fprintf(&e.out, "%s %s %s of package %s already\n", o.Label, before.Kind, before.Name, o.ImportPath)
	edited := Edited{Path: before.Path, Line: line}
	if before.Kind == workspace.Replace && !before.Embedded {
		edited.Replaces = o.Label
	}
	return edited, nil
}

// editable returns an error if no overlay can make a change, or none that is written without being thought about.
func (e *editing) editable(ctx context.Context, pkg *workspace.GoPackage, change workspace.Change) error {
	if strings.HasSuffix(change.Name, "_test.go") {
		return fmt.Errorf("%s is a test file, which is not part of the package and can't be changed by an overlay", change.Name)
	}
	if change.Kind == workspace.Add {
		if !sourceName.MatchString(change.Name) {
			return fmt.Errorf("%s is no name of a file that Go compiles, such as hash.go, without a folder", change.Name)
		}
		return nil
	}
	file, _ := pkg.File(change.Name)
	switch {
	case file.GeneratedBy != "" && pkg.Proto:
		return generatedFromProto(pkg, change.Name)
	case file.GeneratedBy != "":
		return fmt.Errorf("%s of package %s is generated by %s%s; change what it is generated from",
			change.Name, pkg.ImportPath, file.GeneratedBy, e.generatedFrom(ctx, file.GeneratedBy))
	case file.Embedded && e.AsDiff:
		return fmt.Errorf("%s of package %s is embedded, and diffs are for files that are compiled; leave out -patch", change.Name, pkg.ImportPath)
	case file.Embedded:
	case !sourceName.MatchString(change.Name):
		return fmt.Errorf("%s of package %s is no file that Go compiles, and can't be changed by an overlay", change.Name, pkg.ImportPath)
	case path.Ext(change.Name) == ".go" && uncompiled(file.Path) != "":
		return fmt.Errorf("%s of package %s is compiled by no build, as it has %s: there is nothing to change", change.Name, pkg.ImportPath, uncompiled(file.Path))
	}
	return nil
}

// generatedFromProto returns an error about a file of a package that is made of .proto files.
func generatedFromProto(pkg *workspace.GoPackage, name string) error {
	return fmt.Errorf("%s of package %s is generated from .proto files, by %s; change those, or give the package a file more: overlay edit -new NAME.go %s",
		name, pkg.ImportPath, strings.Join(pkg.Targets, " and "), pkg.ImportPath)
}

// sourceName is what names of compiled files look like, as in source_names.bzl.
var sourceName = regexp.MustCompile(`^[^/\\:]+\.(?:go|S|s|c|cc|cpp|cxx|h|hh|hpp|hxx|inc|m|mm|syso)$`)

// cgoLine is one that gazelle has made attributes of.
var cgoLine = regexp.MustCompile(`(?m)^\s*(?://|\*)?\s*#cgo\s`)

// baseVersion is what base_version may be, as in base_versions.bzl: SDKs that somebody has made may have others.
var baseVersion = regexp.MustCompile(`^(?:v\d+\.\d+\.\d+.*|go1\.\d+(?:\.\d+)?(?:(?:rc|beta)\d+)?)$`)

// declare declares the overlay, with its file, and has builds use it.
func (e *editing) declare(at place, change workspace.Change, own *workspace.Overlay) (Edited, error) {
	pkg, name := e.set.pkg, ""
	if own != nil {
		pkg, name = workspace.Package(own.Label)
	}
	folder := filepath.Join(e.Workspace.Root, filepath.FromSlash(pkg))
	build, err := e.files.load(pkg)
	if err != nil {
		return Edited{}, err
	}
	for _, o := range build.Overlays() { // One more would change what this one may change, too.
		label := "//" + pkg + ":" + o.Name
		if e.broken != nil && o.ImportPath == at.pkg.ImportPath && !slices.ContainsFunc(e.all, func(known workspace.Overlay) bool { return known.Label == label }) {
			return Edited{}, fmt.Errorf("%s:%d: %s is for package %s, too, but Bazel can't read the file, so that it is not known what it changes:\n%w",
				e.rel(e.buildFile(pkg)), o.Line, label, at.pkg.ImportPath, e.broken)
		}
	}
	if name == "" {
		name = build.FreshName(at.pkg.ImportPath)
	}

	// The overlay, and its file.
	said := buildfile.Change{Name: name, ImportPath: at.pkg.ImportPath, Base: map[string]string{}, Reason: e.Reason}
	var content []byte
	if change.Kind != workspace.Add {
		file, _ := at.pkg.File(change.Name)
		if content, err = os.ReadFile(file.Path); err != nil {
			return Edited{}, err
		}
		said.Base[change.Name] = digest.Of(content)
		if own == nil || len(own.Bases) == 0 {
			if baseVersion.MatchString(at.pkg.Version) {
				said.BaseVersion = at.pkg.Version
			}
		}
	}
	prefix := path.Join(e.filesFolder(), at.pkg.ImportPath)
	if file, ok := at.pkg.File(change.Name); ok && file.Embedded {
		change.Embedded = true
		if own != nil && (own.StripPrefix != "" || slices.ContainsFunc(own.Changes, func(c workspace.Change) bool { return c.Embedded })) {
			prefix = own.StripPrefix
		}
	}
	source := path.Join(prefix, change.Name)
	label := "//" + pkg + ":" + name
	edited := Edited{Path: filepath.Join(folder, filepath.FromSlash(source)), Line: at.line}
	switch change.Kind {
	case workspace.Delete:
		said.Delete, edited = []string{change.Name}, Edited{}
	case workspace.Add:
		said.NewSrcs = []string{source}
		if content, err = newFile(at.pkg, change.Name); err != nil {
			return Edited{}, err
		}
	case workspace.Replace:
		if change.Embedded {
			said.EmbedSrcs, said.StripPrefix = []string{source}, prefix
		} else {
			said.Srcs, edited.Replaces = []string{source}, label
		}
	}
	if edited.Path != "" {
		_, err := os.Lstat(edited.Path)
		isThere := !errors.Is(err, fs.ErrNotExist)
		// An edit that was killed leaves the file as it is written here.
		if isThere && digestOfFile(edited.Path) != digest.Of(content) {
			return Edited{}, fmt.Errorf("%s is there, and no overlay has it; move it away, or declare it by hand in srcs of a go_overlay", e.rel(edited.Path))
		}
		if !isThere {
			e.written = append(e.written, userfiles.Change{Path: edited.Path, Content: content, Mode: 0o644})
		}
	}
	if own != nil && own.Macro != "" {
		return Edited{}, e.byHand(fmt.Errorf("%s:%d: %s is declared by the macro %s, which can't be edited without guessing. Write there by hand, beside what it has:\n\n    %s",
			e.rel(own.BuildFile), own.Line, own.Label, own.Macro, strings.ReplaceAll(said.Lines(pkg), "\n", "\n    ")), at, change, edited.Path)
	}
	if err := e.add(pkg, said); err != nil {
		if wrong := (*buildfile.Error)(nil); errors.As(err, &wrong) && strings.HasPrefix(wrong.Write, "go_overlay(") {
			err = e.byHand(err, at, change, edited.Path)
		}
		return Edited{}, err
	}
	notes, err := e.wire()
	if err != nil {
		return Edited{}, err
	}
	change.Path = edited.Path
	e.remember(label, change, said)
	fmt.Fprintf(&e.out, "%s %s %s of %s\n", label, change.Kind, change.Name, versioned(at.pkg))
	if own != nil {
		e.sayReason(*own)
	}
	if at.pkg.Cgo && !e.plain && cgoLine.Match(content) {
		fmt.Fprintf(&e.out, "its #cgo lines are not read by builds: who changes one has to change copts, clinkopts or delete_opts of %s, too\n", label)
	}
	for _, note := range notes {
		fmt.Fprintln(&e.out, note)
	}
	return edited, nil
}

// add writes an overlay, or what it gains, into the BUILD file of a package, and the overlay into the set.
func (e *editing) add(pkg string, said buildfile.Change) error {
	build, err := e.files.load(pkg)
	if err != nil {
		return err
	}
	if err := build.Change(said); err != nil {
		return err
	}
	if err := build.Exclude(sourcesFolder); err != nil {
		return err
	}
	label := "//" + pkg + ":" + said.Name
	if has(e.sets, e.set.label(), label) || e.set.label() == allOverlays {
		return nil
	}
	if build, err = e.files.load(e.set.pkg); err != nil {
		return err
	}
	if e.Set != "" && !slices.ContainsFunc(e.sets, func(s workspace.Set) bool { return s.Label == e.set.label() }) {
		fmt.Fprintf(&e.out, "%s is a new set, as there was none of that label\n", e.set.label())
	}
	return build.AddToSet(e.set.name, label)
}

// byHand adds to an error, which says what is to be declared by hand, which file that takes.
func (e *editing) byHand(err error, at place, change workspace.Change, to string) error {
	switch change.Kind {
	case workspace.Add:
		return fmt.Errorf("%w\n\nand write the file %s", err, e.rel(to))
	case workspace.Replace:
		file, _ := at.pkg.File(change.Name)
		return fmt.Errorf("%w\n\nand copy %s to %s", err, file.Path, e.rel(to))
	}
	return err
}

// remember has what follows know an overlay as if Bazel had been asked for it.
func (e *editing) remember(label string, change workspace.Change, said buildfile.Change) {
	i := slices.IndexFunc(e.all, func(o workspace.Overlay) bool { return o.Label == label })
	if i < 0 {
		i = len(e.all)
		e.all = append(e.all, workspace.Overlay{Label: label, ImportPath: said.ImportPath, Bases: map[string][]string{}})
	}
	if said.Reason != "" {
		e.all[i].Reason = said.Reason
	}
	e.all[i].Changes = append(e.all[i].Changes, change)
	if said.StripPrefix != "" {
		e.all[i].StripPrefix = said.StripPrefix
	}
	for name, digest := range said.Base {
		e.all[i].Bases[name] = []string{digest}
	}
	e.addToSet(label)
}

// addToSet has what follows know that the set has an overlay.
func (e *editing) addToSet(label string) {
	if has(e.sets, e.set.label(), label) {
		return
	}
	set := slices.IndexFunc(e.sets, func(s workspace.Set) bool { return s.Label == e.set.label() })
	if set < 0 {
		set = len(e.sets)
		e.sets = append(e.sets, workspace.Set{Label: e.set.label()})
	}
	e.sets[set].Overlays = append(e.sets[set].Overlays, label)
}

// newFile returns what a new file of a package begins with.
func newFile(pkg *workspace.GoPackage, name string) ([]byte, error) {
	if path.Ext(name) != ".go" {
		return nil, nil
	}
	// Folders of the SDK have programs, too, which make files of the package.
	called, most := "", 0
	found := map[string]int{}
	for _, file := range pkg.Files {
		if path.Ext(file.Name) != ".go" || file.Path == "" || strings.HasSuffix(file.Name, "_test.go") {
			continue
		}
		name := packageName(file.Path)
		if name == "" || name == "documentation" {
			continue
		}
		found[name]++
		if n := found[name]; n > most || n == most && called == "main" {
			called, most = name, n
		}
	}
	if called == "" {
		return nil, fmt.Errorf("no Go file of package %s says how it is called", pkg.ImportPath)
	}
	return []byte("package " + called + "\n"), nil
}

// packageName returns the name of the package that a Go file is of, or an empty string.
func packageName(file string) string {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly)
	if err != nil {
		return ""
	}
	return parsed.Name.Name
}

// A setLabel is where a set is declared, or is to be.
type setLabel struct{ pkg, name string }

func (l setLabel) label() string { return "//" + l.pkg + ":" + l.name }

// set returns the set that new overlays are for: that of the option; the one that builds use; or, if there is none, one
// to be made, beside the overlays that are there.
func (d *Desk) set(module *moduleFile, l layering, o EditOptions) (setLabel, error) {
	label, err := d.namedSet(l, o.Set)
	if err != nil {
		return setLabel{}, err
	}
	from := "-set"
	if d.plain {
		if label == "" {
			if label, err = module.usedSet(); label == "" || label == allOverlays {
				return setLabel{"", "*"}, err
			}
		}
		pkg, name := workspace.Package(label)
		if pkg != "" {
			return setLabel{}, fmt.Errorf("%s is in another package, and sets of overlays.json are in none: -set %s", label, name)
		}
		if slices.ContainsFunc(l.all, func(o workspace.Overlay) bool { return o.Label == label }) {
			return setLabel{}, fmt.Errorf("%s is a single overlay; write a set with it into overlays.json, as {\"name\": \"%s_set\", \"overlays\": [\":%[2]s\"]}, and name that", label, name)
		}
		return setLabel{pkg, name}, nil
	}
	if label == "" {
		used, isUsed, err := modulefile.UsedSet(module.content, module.options(""))
		if err != nil {
			return setLabel{}, err
		}
		if isUsed && used == "" {
			return setLabel{}, errors.New("overlays.use in MODULE.bazel has a set that is no string; say which is meant by -set LABEL")
		}
		label, from = used, "overlays.use in MODULE.bazel"
	}
	if label != "" {
		pkg, name := workspace.Package(label)
		if strings.HasPrefix(label, "@") && !strings.HasPrefix(label, "@//") && !strings.HasPrefix(label, "@@//") {
			return setLabel{}, fmt.Errorf("%s has %s, which is of another module; say by -set LABEL which set of the workspace is meant, one that is made of both, say", from, label)
		}
		of := func(l string) bool { p, n := workspace.Package(l); return p == pkg && n == name }
		if slices.ContainsFunc(l.all, func(o workspace.Overlay) bool { return of(o.Label) }) {
			return setLabel{}, fmt.Errorf("%s has %s, which is a single go_overlay; write a go_overlay_set with it, and name that:\n"+
				"  go_overlay_set(name = \"%s_set\", overlays = [\":%s\"], visibility = [\"@%s//go_overlay:__pkg__\"])", from, label, name, name, module.repo)
		}
		return setLabel{pkg, name}, nil
	}
	pkg := overlaysFolder
	if len(l.all) > 0 {
		pkg, _ = workspace.Package(l.all[0].Label)
	}
	fresh := setLabel{pkg, path.Base("/" + pkg)}
	if len(l.sets) == 1 && l.sets[0].Label == fresh.label() && len(l.used) == 0 {
		return fresh, nil // An edit that was killed has written it, and not MODULE.bazel.
	}
	if len(l.sets) > 0 {
		message := "MODULE.bazel has no overlays.use; say which set builds are to use by default from now on, as it will have that:"
		for _, set := range l.sets {
			message += "\n  -set " + set.Label
		}
		return setLabel{}, errors.New(message)
	}
	return fresh, nil
}

// namedSet returns the label of a set, or overlay, that the user names: one that there is, or, as a label, one to be made.
func (d *Desk) namedSet(l layering, name string) (string, error) {
	if name == "" || strings.HasPrefix(name, "@") {
		return name, nil
	}
	label, err := d.chosenSet(l, "-set", name)
	switch {
	case err == nil:
		return label, nil
	case strings.HasPrefix(name, "//"):
		return name, nil
	case d.plain && !strings.ContainsAny(name, "/:"):
		return overlaysjson.Label(name), nil
	}
	return "", fmt.Errorf("%w\nA new set takes a whole label: -set //PACKAGE:NAME", err)
}
