// Package desk is what people do with overlays at their desks, a file for each verb of the command:
// each finds out where things stand, from the workspace's files and Bazel, and changes files
// so that the next build does what was asked. Nothing is kept between two commands.
package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/internal/suggest"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/terminal"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// A Desk is a workspace that somebody works in.
type Desk struct {
	Workspace *bazel.Workspace
	Dir       string // current folder, absolute
	Out       io.Writer
	Err       io.Writer

	plain    bool // whether there is no Bazel: overlays.json declares overlays, and the go command compiles
	packages workspace.Packages
}

// Open returns the desk of a folder in a workspace of Bazel, or else in a module.
func Open(dir string, out, err io.Writer) (*Desk, error) {
	abs, failed := filepath.Abs(dir)
	if failed != nil {
		return nil, failed
	}
	root, isBazel, failed := findRoot(abs)
	if failed != nil {
		return nil, failed
	}
	w := &bazel.Workspace{Root: root}
	if isBazel {
		if w, failed = bazel.Find(root); failed != nil {
			return nil, failed
		}
	}
	w.Waiting = err
	return &Desk{Workspace: w, Dir: abs, Out: out, Err: err, plain: !isBazel}, nil
}

// StartProgress begins something that may take long. What is said meanwhile, also that Bazel waits for another command, comes above
// the line that tells what goes on.
func (d *Desk) StartProgress() *terminal.Progress {
	progress := terminal.StartProgress(d.Err)
	if progress != nil {
		d.Err, d.Workspace.Waiting = progress, progress
	}
	return progress
}

// Packages returns what finds packages of the workspace.
func (d *Desk) Packages(ctx context.Context) (workspace.Packages, error) {
	if d.packages != nil {
		return d.packages, nil
	}
	var packages workspace.Packages
	var err error
	if d.plain {
		packages, err = d.goPackages(ctx)
	} else {
		packages, err = workspace.NewPackages(ctx, d.Workspace)
	}
	if err != nil {
		return nil, err
	}
	d.packages = packages
	return packages, nil
}

// rel returns a path as people name it: relative to the current folder, if it is in the workspace.
func (d *Desk) rel(file string) string {
	if rel, err := filepath.Rel(d.Workspace.Root, file); err != nil || !filepath.IsLocal(rel) {
		return file
	}
	rel, err := filepath.Rel(d.Dir, file)
	if err != nil {
		return file
	}
	return rel
}

// pathOf returns where in the workspace the file of a label is, or would be.
func (d *Desk) pathOf(label string) string {
	pkg, name := workspace.Package(label)
	return filepath.Join(d.Workspace.Root, filepath.FromSlash(pkg), filepath.FromSlash(name))
}

// chosen returns the overlays that labels name, or all if there are none. A label may leave out
// what labels of Bazel may: //overlays:uuid, :uuid, uuid (in the current folder, or the only one of
// that name).
func (d *Desk) chosen(l layering, labels []string) ([]workspace.Overlay, error) {
	if len(labels) == 0 {
		return l.all, nil
	}
	var chosen []workspace.Overlay
	for _, label := range labels {
		found, err := d.named(l.all, label)
		if err != nil {
			var sets []workspace.Overlay
			for _, set := range l.writtenSets() {
				sets = append(sets, workspace.Overlay{Label: set.Label})
			}
			if set, isNone := d.named(sets, label); isNone == nil {
				err = l.isSet(set.Label)
			}
		}
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(chosen, func(o workspace.Overlay) bool { return o.Label == found.Label }) {
			chosen = append(chosen, found)
		}
	}
	return chosen, nil
}

func (d *Desk) named(all []workspace.Overlay, label string) (workspace.Overlay, error) {
	here, err := filepath.Rel(d.Workspace.Root, d.Dir)
	if err != nil {
		return workspace.Overlay{}, err
	}
	here = strings.TrimPrefix(filepath.ToSlash(here), ".")
	full := label
	switch {
	case strings.HasPrefix(label, "//"), strings.HasPrefix(label, "@"):
		pkg, name := workspace.Package(label)
		full = "//" + pkg + ":" + name
	case strings.HasPrefix(label, ":"):
		full = "//" + here + label
	default:
		full = "//" + here + ":" + label
	}
	var sameName []workspace.Overlay
	var labels, names []string
	for _, o := range all {
		if o.Label == full {
			return o, nil
		}
		_, name := workspace.Package(o.Label)
		if name == label {
			sameName = append(sameName, o)
		}
		names = append(names, name)
		labels = append(labels, o.Label)
	}
	if len(sameName) == 1 {
		return sameName[0], nil
	}
	message := fmt.Sprintf("the workspace declares no overlay %s", full)
	for _, o := range sameName {
		message += "\n  " + o.Label
	}
	if len(sameName) > 0 {
		return workspace.Overlay{}, errors.New(message)
	}
	near := suggest.Near(full, labels)
	if len(near) == 0 { // The folder may be what is wrong.
		_, name := workspace.Package(full)
		for _, name := range suggest.Near(name, names) {
			for i, other := range names {
				if other == name {
					near = append(near, labels[i])
				}
			}
		}
	}
	switch {
	case len(near) > 0:
		message += "; is it " + strings.Join(near, " or ") + "?"
	case len(all) > 0:
		const most = 10
		slices.Sort(labels)
		message += "; it declares:\n  " + strings.Join(labels[:min(most, len(labels))], "\n  ")
		if len(labels) > most {
			message += fmt.Sprintf("\n  and %d others, which overlay status lists", len(labels)-most)
		}
	}
	return workspace.Overlay{}, errors.New(message)
}

// declared returns how the overlays of the workspace lie on top of each other, and those that labels choose. Where BUILD files can't
// be read, broken says which.
func (d *Desk) declared(ctx context.Context, labels []string) (l layering, chosen []workspace.Overlay, broken *bazel.Error, err error) {
	if d.plain {
		l, err = d.declaredInJSON()
	} else {
		l.all, l.sets, broken, err = workspace.Overlays(ctx, d.Workspace)
	}
	if err != nil {
		return l, nil, nil, err
	}
	if !d.plain {
		l.used = d.usedSets(l.sets)
	}
	chosen, err = d.chosen(l, labels)
	if err != nil && broken == nil && len(l.all) == 0 && len(l.sets) == 0 {
		err = fmt.Errorf("%w; it declares none", err)
	}
	if err != nil {
		return l, nil, broken, withBroken(err, broken)
	}
	return l, chosen, broken, nil
}

// writtenAgainst returns the file of a package that an overlay was written against, as far as that is recorded: where several
// targets have the import path, they may have different files of one name.
func writtenAgainst(o workspace.Overlay, pkg *workspace.GoPackage, name string) (workspace.File, bool) {
	for _, file := range pkg.Variants(name) {
		if slices.Contains(o.Bases[name], digestOfFile(file.Path)) {
			return file, true
		}
	}
	return pkg.File(name)
}

// dropCommand returns the command that takes a file out of an overlay, or all of it, if it changes no other.
func dropCommand(o workspace.Overlay, name string) string {
	switch {
	case o.Macro != "":
		return ""
	case slices.ContainsFunc(o.Changes, func(change workspace.Change) bool { return change.Name != name }):
		return "overlay drop " + shell.Word(o.ImportPath+"/"+name)
	}
	return "overlay drop " + shell.Word(o.Label)
}
