package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/shadow"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// inForce is what the overlays of a set make of files, for the go command.
type inForce struct {
	Set     string // label, or empty if builds use none
	Modules []shadow.Module

	overlays []workspace.Overlay
	sets     []workspace.Set
}

// inForce returns what overlays make of files as the go command has them: those of a set, or else of the one that builds use. It says what else
// the user is to know of them.
func (d *Desk) inForce(ctx context.Context, g *shadow.Go, set string) (*inForce, error) {
	if strings.HasSuffix(set, "//go_overlay:none") && strings.HasPrefix(set, "@") { // the empty set
		return &inForce{Set: set}, nil
	}
	progress := d.StartProgress()
	defer progress.Done()
	progress.Say("asking %s for overlays", d.asked())
	label, l, err := d.chosenLayering(ctx, "-set", set, "next: name a set without it, or let Bazel build")
	if err != nil {
		return nil, err
	}
	if label == "" {
		return &inForce{}, nil
	}
	progress.Say("asking %s for packages of %s", d.asked(), counted(len(l.all), "overlay"))
	found, unread, err := d.packagesOf(ctx, l.all)
	if err != nil {
		return nil, err
	}
	progress.Done()
	s := &survey{notFound: d.notFound, layering: l, packages: found, unread: unread}
	ordered, err := d.inOrder(l, l.all)
	if err != nil {
		return nil, err
	}
	modules, notes, err := d.make(ctx, s, ordered)
	if err != nil {
		return nil, err
	}
	force := &inForce{Set: label, overlays: l.all, sets: l.sets}
	if force.Modules, err = d.ofGo(ctx, g, modules); err != nil {
		return nil, err
	}
	_, err = d.Err.Write(notes)
	return force, err
}

// chosenLayering returns the label of the set, or overlay, that a flag names, or else of what builds use, and what is in it, all of which files of
// the workspace declare; else the error ends with what to do then. The label is empty if builds use none.
func (d *Desk) chosenLayering(ctx context.Context, flag, set, next string) (label string, l layering, err error) {
	l, _, broken, err := d.declared(ctx, nil)
	if err != nil {
		return "", l, err
	}
	if label, err = d.chosenSet(l, flag, set); err != nil {
		return "", l, withBroken(err, broken)
	}
	if label == "" {
		return "", l, nil
	}
	l = l.within(label)
	if len(l.all) == 0 && len(l.sets) == 0 && broken != nil {
		return "", l, withBroken(fmt.Errorf("%s is not there", label), broken)
	}
	return label, l, l.complete(broken, next)
}

// complete returns an error if a set has what no file of the workspace declares, as far as those can be read.
func (l layering) complete(broken *bazel.Error, next string) error {
	var errs []error
	for _, set := range l.sets {
		for _, member := range slices.Concat(set.Overlays, set.Layers) {
			isDeclared := slices.ContainsFunc(l.all, func(o workspace.Overlay) bool { return o.Label == member }) ||
				slices.ContainsFunc(l.sets, func(s workspace.Set) bool { return s.Label == member })
			if isDeclared {
				continue
			}
			err := fmt.Errorf("%s has %s, which is no go_overlay or go_overlay_set of the workspace, so that only a build knows what it is; %s", set.Label, member, next)
			errs = append(errs, withBroken(err, broken))
		}
	}
	return errors.Join(errs...)
}

// make returns what overlays, the lower ones first, make of modules, and what else there is to say of them. The error has what is wrong with each.
func (d *Desk) make(ctx context.Context, s *survey, ordered []workspace.Overlay) (modules []*exported, said []byte, err error) {
	var errs []error
	var notes bytes.Buffer
	before := d.Err
	d.Err = &notes
	d.warnSelects(ordered, s.sets)
	for i, o := range ordered {
		pkg, err := s.pkg(o)
		if err == nil {
			err = d.whole(ctx, s.layering, o, pkg)
		}
		if err == nil {
			err = d.export(ctx, &modules, s.layering, ordered[:i], o, pkg, "json")
		}
		if pkg == nil && s.unread == nil {
			err = d.mendable(err, o)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", o.Label, err))
		}
	}
	d.Err = before
	return modules, notes.Bytes(), errors.Join(errs...)
}

// mendable adds to an error about an import path that nothing has what to do.
func (d *Desk) mendable(err error, o workspace.Overlay) error {
	return fmt.Errorf("%w; mend importpath at %s:%d, or, if the package is gone: overlay drop %s", err, d.rel(o.BuildFile), o.Line, shell.Word(o.Label))
}

// inOrder returns overlays with the lower ones first. Their last days must not be over.
func (d *Desk) inOrder(l layering, overlays []workspace.Overlay) ([]workspace.Overlay, error) {
	ordered, err := l.ordered(overlays)
	if err != nil {
		return nil, err
	}
	return ordered, d.current(ordered, time.Now())
}

// current returns an error for overlays whose last day is over.
func (d *Desk) current(overlays []workspace.Overlay, now time.Time) error {
	var errs []error
	for _, o := range overlays {
		if o.Expires != "" && o.Expires < now.Format(time.DateOnly) {
			errs = append(errs, fmt.Errorf("%s expired: %s was its last day; next: overlay drop %s, or, if it still is needed, set another at %s:%d",
				o.Label, o.Expires, shell.Word(o.Label), d.rel(o.BuildFile), o.Line))
		}
	}
	return errors.Join(errs...)
}

// whole returns an error if files of an overlay are missing, or only a build has something that it makes of files.
func (d *Desk) whole(ctx context.Context, l layering, o workspace.Overlay, pkg *workspace.GoPackage) error {
	missing, err := d.missingFiles(ctx, o)
	if err = errors.Join(append(missing, err)...); err != nil {
		return err
	}
	_, generated := (&making{layering: l, desk: d, pkg: pkg}).changesOf(o)
	for _, name := range sortedNames(generated) {
		return fmt.Errorf("%s is made by %s, so that only a build of Bazel has it; the go command would compile another file. A set without the overlay can be chosen by -set",
			name, generated[name])
	}
	return nil
}

// ofGo returns what overlays make of modules as the go command has them. Of modules that it does not know in its folder there is nothing.
func (d *Desk) ofGo(ctx context.Context, g *shadow.Go, modules []*exported) ([]shadow.Module, error) {
	known, err := goPackages(ctx, g, modules)
	if err != nil {
		return nil, err
	}
	var result []shadow.Module
	var errs []error
	for _, e := range modules {
		m := shadow.Module{Path: e.module, Version: e.version, Dir: e.root, Std: e.std, Own: e.own, Vendor: e.vendor}
		switch {
		case e.std:
			m.Dir = g.GOROOT
		case !e.own:
			var pkg goPackage
			for _, overlay := range e.series {
				if found := known[overlay.ImportPath]; found.Dir != "" {
					pkg = found
				}
			}
			if pkg.Dir == "" {
				continue
			}
			m.Dir = strings.TrimSuffix(pkg.Dir, filepath.FromSlash(strings.TrimPrefix(pkg.ImportPath, e.module)))
			m.Vendor = strings.HasSuffix(filepath.ToSlash(m.Dir), "/vendor/"+e.module)
			if pkg.Module != nil && !m.Vendor {
				m.Version = pkg.Module.Version
			}
		}
		m.Files = e.changed()
		errs = append(errs, d.sameBase(e.home, m, g))
		result = append(result, m)
	}
	return result, errors.Join(errs...)
}

// changed returns the files that overlays change, as the go command is given them.
func (e *exported) changed() (files []shadow.File) {
	for _, f := range e.files() {
		file := shadow.File{Name: f.name, Old: f.old, New: f.new, Source: f.source}
		for _, overlay := range e.series {
			if slices.ContainsFunc(overlay.files, func(other exportedFile) bool { return other.name == f.name }) {
				file.Overlays = append(file.Overlays, overlay.Label)
			}
		}
		files = append(files, file)
	}
	return files
}

// A goPackage is a package as go list prints it.
type goPackage struct {
	ImportPath, Dir string
	Module          *struct{ Path, Version, Dir string }
	Error           *struct{ Err string }
}

// goPackages asks the go command for the packages of each module that is neither Go itself nor the repository.
func goPackages(ctx context.Context, g *shadow.Go, modules []*exported) (map[string]goPackage, error) {
	args := []string{"list", "-e", "-find", "-json=ImportPath,Dir,Module,Error", "--"}
	n := len(args)
	for _, e := range modules {
		for _, overlay := range e.series {
			if !e.std && !e.own && !slices.Contains(args, overlay.ImportPath) {
				args = append(args, overlay.ImportPath)
			}
		}
	}
	known := map[string]goPackage{}
	if len(args) == n {
		return known, nil
	}
	out, err := g.Asking().Output(ctx, args...)
	if err != nil {
		return nil, err
	}
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var pkg goPackage
		if err := decoder.Decode(&pkg); err != nil {
			return nil, fmt.Errorf("go list wrote what is no JSON: %w", err)
		}
		known[pkg.ImportPath] = pkg
	}
	return known, nil
}

// sameBase returns an error if the go command compiles other files than those that overlays were made for.
func (d *Desk) sameBase(h home, m shadow.Module, g *shadow.Go) error {
	for _, f := range m.Files {
		path := filepath.Join(m.Dir, filepath.FromSlash(f.Name))
		content, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) && f.Old == nil || err == nil && f.Old != nil && bytes.Equal(content, f.Old) {
			continue
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		labels, compiler := strings.Join(f.Overlays, ", "), d.asked()
		if d.plain {
			compiler += " in " + d.Workspace.Root
		}
		if h.std {
			return fmt.Errorf("%s: it is for %s, and the go command has %s: put that first on PATH, or say in go.mod, by a line toolchain %s, that it is to be taken", labels, h.version, g.GOVERSION, h.version)
		}
		return fmt.Errorf("%s: %s is not what %s compiles, %s, for which the overlay was made; the go command has %s: let both have the same version", labels, path, compiler, h, strings.TrimSpace(m.Path+" "+m.Version))
	}
	return nil
}
