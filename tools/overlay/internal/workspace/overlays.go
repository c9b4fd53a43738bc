// Package workspace knows what a workspace of Bazel has: the overlays that it declares, and
// the packages that they are for.
package workspace

import (
	"context"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/overlaysjson"
)

// An Overlay is a go_overlay of the workspace.
type Overlay struct {
	Label       string // //overlays:uuid
	BuildFile   string // path
	Line        int    // in BuildFile
	Macro       string // that declares it, if a macro of the workspace does
	ImportPath  string
	Changes     []Change
	Bases       map[string][]string // digests, by the names of files; an empty list asks for one
	BaseFiles   map[string]string   // base_srcs: labels, by the names of files that they are copies of
	Version     string              // base_version
	StripPrefix string              // folder that names of embedded files are relative to, below that of BuildFile
	Sources     []string            // labels of all files that it is made of, each once

	Reason, Upstream, Expires string

	Attrs map[string]bazel.Attribute // all of them, by name

	IsPinned bool // whether a target is built with it alone: a go_overlay_binary or go_overlay_test
}

// A Change is what an overlay does to a file of the package.
type Change struct {
	Name  string // in the package
	Kind  Kind
	Label string // of the file that has the content, or the diff; empty for Delete
	Path  string // where that is; empty if it is generated, or missing

	Embedded bool // whether it is a file for //go:embed, and none that is compiled
	Missing  bool // whether no rule makes the file, and it is not there
}

// In returns the overlay with what is known of its changes where the package is: a file for //go:embed replaces one, or is
// added to the package.
func (o Overlay) In(pkg *GoPackage) Overlay {
	o.Changes = slices.Clone(o.Changes)
	for i, change := range o.Changes {
		if _, ok := pkg.File(change.Name); change.Embedded && !ok {
			o.Changes[i].Kind = Add
		}
	}
	return o
}

// A Kind of change.
type Kind string

// The kinds of changes.
const (
	Add     Kind = "adds"
	Delete  Kind = "deletes"
	Patch   Kind = "patches"
	Replace Kind = "replaces"
)

// A Set is a go_overlay_set of the workspace.
type Set struct {
	Label            string
	BuildFile        string
	Overlays, Layers []string // labels
	IsPinned         bool     // whether a target is built with it: a go_overlay_binary or go_overlay_test
}

// Package returns the Bazel package that a label of the workspace is in, and its name there.
func Package(label string) (pkg, name string) {
	label = strings.TrimPrefix(strings.TrimPrefix(label, "@@"), "@")
	label = strings.TrimPrefix(label, "//")
	if pkg, name, ok := strings.Cut(label, ":"); ok {
		return pkg, name
	}
	return label, path.Base(label)
}

// Overlays returns the overlays and sets that the workspace declares, in the order of their
// labels. Where BUILD files have errors, broken says which; what they declare is missing.
func Overlays(ctx context.Context, w *bazel.Workspace) (overlays []Overlay, sets []Set, broken *bazel.Error, err error) {
	targets, broken, err := w.Query(ctx, `kind("^go_overlay(_set|_binary|_test)? rule$", //...)`)
	if err != nil {
		return nil, nil, nil, err
	}
	overlays, sets = declared(w, targets)
	if err := markMissing(ctx, w, overlays); err != nil {
		return nil, nil, nil, err
	}
	return overlays, sets, broken, nil
}

// Declared returns the overlays and sets that overlays.json declares, in the order of their labels.
func Declared(w *bazel.Workspace, file *overlaysjson.File) ([]Overlay, []Set) {
	overlays, sets := declared(w, file.Targets())
	for _, o := range overlays {
		for i, change := range o.Changes {
			o.Changes[i].Missing = change.Path == "" && change.Label != ""
		}
	}
	return overlays, sets
}

func declared(w *bazel.Workspace, targets []bazel.Target) (overlays []Overlay, sets []Set) {
	pinned := map[string]bool{}
	for _, t := range targets {
		switch t.Kind {
		case "go_overlay_binary", "go_overlay_test":
			pinned[t.Attrs["overlays"].String] = true
		case "go_overlay_set":
			sets = append(sets, Set{Label: t.Label, BuildFile: t.File, Overlays: t.Attrs["overlays"].List, Layers: t.Attrs["layers"].List})
		default:
			overlays = append(overlays, overlay(w, t))
		}
	}
	for i, set := range sets {
		sets[i].IsPinned = pinned[set.Label]
	}
	for i, o := range overlays {
		overlays[i].IsPinned = pinned[o.Label]
	}
	slices.SortFunc(overlays, func(a, b Overlay) int { return strings.Compare(a.Label, b.Label) })
	slices.SortFunc(sets, func(a, b Set) int { return strings.Compare(a.Label, b.Label) })
	return overlays, sets
}

// markMissing notes which files of overlays are missing: of those that are not there, Bazel tells which rules make.
func markMissing(ctx context.Context, w *bazel.Workspace, overlays []Overlay) error {
	var labels []string
	for _, o := range overlays {
		for _, change := range o.Changes {
			if change.Path == "" && strings.HasPrefix(change.Label, "//") && !slices.Contains(labels, bazel.Quote(change.Label)) {
				labels = append(labels, bazel.Quote(change.Label))
			}
		}
	}
	if len(labels) == 0 {
		return nil
	}
	targets, _, err := w.Query(ctx, "set("+strings.Join(labels, " ")+")")
	if err != nil {
		return err
	}
	missing := map[string]bool{}
	for _, t := range targets {
		missing[t.Label] = t.IsSource()
	}
	for _, o := range overlays {
		for i, change := range o.Changes {
			o.Changes[i].Missing = change.Path == "" && missing[change.Label]
		}
	}
	return nil
}

func overlay(w *bazel.Workspace, t bazel.Target) Overlay {
	o := Overlay{
		Label:       t.Label,
		BuildFile:   t.File,
		Line:        t.Line,
		ImportPath:  t.Attrs["importpath"].String,
		Bases:       map[string][]string{},
		BaseFiles:   map[string]string{},
		Version:     t.Attrs["base_version"].String,
		StripPrefix: t.Attrs["strip_prefix"].String,
		Reason:      t.Attrs["reason"].String,
		Upstream:    t.Attrs["upstream"].String,
		Expires:     t.Attrs["expires"].String,
		Attrs:       t.Attrs,
	}
	if macro := t.FromMacro(); macro != "go_overlay" {
		o.Macro = macro
	}
	add := func(name string, kind Kind, label string) {
		o.Changes = append(o.Changes, Change{Name: name, Kind: kind, Label: label, Path: SourcePath(w, label)})
	}
	for _, label := range t.Attrs["srcs"].List {
		add(path.Base(fileName(label)), Replace, label)
	}
	for name, label := range t.Attrs["replace"].Dict {
		add(name, Replace, label)
	}
	for _, label := range t.Attrs["new_srcs"].List {
		add(path.Base(fileName(label)), Add, label)
	}
	for _, label := range t.Attrs["embedsrcs"].List {
		add(embeddedName(o, label), Replace, label)
		o.Changes[len(o.Changes)-1].Embedded = true
	}
	for _, name := range t.Attrs["delete"].List {
		add(name, Delete, "")
	}
	for label, names := range t.Attrs["patches"].Dict {
		for _, name := range strings.Split(names, "\n") {
			add(name, Patch, label)
		}
	}
	for name, digests := range t.Attrs["base"].Dict {
		o.Bases[name] = strings.Fields(digests)
	}
	for _, label := range t.Attrs["base_srcs"].List {
		o.BaseFiles[path.Base(fileName(label))] = label
	}
	for _, name := range []string{"srcs", "new_srcs", "embedsrcs", "base_srcs"} {
		o.Sources = append(o.Sources, t.Attrs[name].List...)
	}
	for _, label := range t.Attrs["replace"].Dict {
		o.Sources = append(o.Sources, label)
	}
	for label := range t.Attrs["patches"].Dict {
		o.Sources = append(o.Sources, label)
	}
	slices.Sort(o.Sources)
	o.Sources = slices.Compact(o.Sources)
	slices.SortStableFunc(o.Changes, func(a, b Change) int {
		return strings.Compare(a.Name+"\x00"+a.Label, b.Name+"\x00"+b.Label)
	})
	return o
}

// embeddedName returns the name, in the package, of a file in embedsrcs, as go_overlay_rule.bzl does.
func embeddedName(o Overlay, label string) string {
	home, _ := Package(o.Label)
	pkg, name := Package(label)
	if rest, ok := strings.CutPrefix(pkg+"/", home+"/"); !strings.HasPrefix(label, "@") && (ok || home == "") {
		if home == "" {
			rest = pkg
		}
		name = path.Join(rest, name) // A folder below may be a package of its own.
	}
	return strings.TrimPrefix(name, o.StripPrefix+"/")
}

func fileName(label string) string {
	_, name := Package(label)
	return name
}

// SourcePath returns the path of a file of the workspace that no rule makes, or an empty string
// for other labels.
func SourcePath(w *bazel.Workspace, label string) string {
	if !strings.HasPrefix(label, "//") {
		return ""
	}
	pkg, name := Package(label)
	file := filepath.Join(w.Root, filepath.FromSlash(pkg), filepath.FromSlash(name))
	if !isFile(file) {
		return ""
	}
	return file
}
