package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/shadow"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// SDKChanges are what a set makes of an SDK.
type SDKChanges struct {
	Set      string        // label of the set, or of the overlay
	Overlays []string      // labels of those that change the SDK, the lower ones first
	Files    []shadow.File // that are not as the SDK has them, in the order of their names
}

// Name returns what the changed SDK can be told from others by: the name of the set in its package.
func (c *SDKChanges) Name() string {
	if c.Set == allOverlays {
		return "overlays"
	}
	_, name := workspace.Package(c.Set)
	return strings.ReplaceAll(name, "/", "_")
}

// byBuild is what to do about what only a build makes.
const byBuild = "next: take it out of the set, or have Bazel build a go_goroot target, and install that: bazel run //:goroot -- install NAME"

// SDKChanges returns what a set, or overlay, or else the one that builds use, makes of an SDK, which may be another one than builds have. Root is the path
// of its GOROOT, as it was distributed. An overlay that does not fit it is an error. It says how many of the set are for other packages than the SDK's.
func (d *Desk) SDKChanges(ctx context.Context, root, set string) (*SDKChanges, error) {
	root = d.abs(root)
	version := workspace.SDKVersion(root)
	if version == "" {
		return nil, fmt.Errorf("%s: expected a GOROOT, found no file VERSION in it that tells which Go it is", root)
	}
	progress := d.StartProgress()
	defer progress.Done()
	progress.Say("asking %s for overlays", d.asked())
	label, l, err := d.chosenLayering(ctx, "-overlays", set, byBuild)
	if err != nil {
		return nil, err
	}
	if label == "" {
		return nil, errors.New("-overlays: builds use no set unless they are told to; name one, or an overlay")
	}
	s, aside, err := d.ofSDK(ctx, l, root, version)
	if err != nil {
		return nil, err
	}
	progress.Done()
	if len(s.chosen) == 0 {
		return nil, fmt.Errorf("%s has no overlay of a package of Go itself: %s would be as it is; overlay go compiles with overlays of other packages", label, version)
	}
	ordered, err := d.inOrder(l, s.chosen)
	if err != nil {
		return nil, err
	}
	modules, notes, err := d.make(ctx, s, ordered)
	if err != nil {
		return nil, d.forOtherVersion(ctx, err, label, version)
	}
	if len(modules) == 0 {
		return nil, fmt.Errorf("%s changes no file of %s:\n%s", label, version, notes)
	}
	changes := &SDKChanges{Set: label}
	for _, o := range modules[0].series {
		changes.Overlays = append(changes.Overlays, o.Label)
	}
	std := shadow.Module{Path: "std", Version: version, Dir: root, Std: true, Files: modules[0].changed()}
	if changes.Files, err = shadow.Completed(ctx, std); err != nil {
		return nil, fmt.Errorf("%s: %w", label, err)
	}
	for _, f := range std.Files {
		if gosdk.IncludedHeader(f.Name) != "" {
			fmt.Fprintf(d.Err, "%s: the go command takes assembly of other packages from its build cache, whatever is in %s that they include; next: set GOCACHE to a folder for this SDK alone\n",
				label, f.Name)
		}
	}
	if aside > 0 {
		fmt.Fprintf(d.Err, "%s: %s left aside, of packages that are not Go's own\n", label, counted(aside, "overlay"))
	}
	_, err = d.Err.Write(notes)
	return changes, err
}

// ofSDK returns those overlays that are of packages of an SDK, with these, and the number of the others.
func (d *Desk) ofSDK(ctx context.Context, l layering, root, version string) (s *survey, aside int, err error) {
	s = &survey{notFound: d.notFound, layering: l, packages: map[string]*workspace.GoPackage{}}
	var errs []error
	var unknown []workspace.Overlay
	for _, o := range l.all {
		gained := o.Attrs["std"].String == "true"
		if first, _, _ := strings.Cut(o.ImportPath, "/"); strings.Contains(first, ".") && !gained {
			aside++
			continue
		}
		pkg, err := workspace.SDKPackage(root, o.ImportPath)
		switch {
		case err != nil:
			return nil, 0, err
		case pkg == nil && !gained:
			unknown = append(unknown, o)
			continue
		case pkg == nil:
			pkg = &workspace.GoPackage{ImportPath: o.ImportPath, Version: version, Std: true}
		}
		folder := "src/" + o.ImportPath
		if strings.HasPrefix(o.ImportPath, "lib/") {
			folder = o.ImportPath
		}
		pkg.Home = &workspace.Home{Root: root, Module: "std", Folder: folder}
		if o.ImportPath == "cmd" || strings.HasPrefix(o.ImportPath, "cmd/") {
			errs = append(errs, fmt.Errorf("%s: %s belongs to Go's own tools, which would have to be compiled anew; %s", o.Label, o.ImportPath, byBuild))
		}
		_, generated := (&making{layering: l, desk: d, pkg: pkg}).changesOf(o)
		for _, name := range sortedNames(generated) {
			if !slices.ContainsFunc(o.Changes, func(c workspace.Change) bool { return c.Name == name && c.Missing }) {
				errs = append(errs, fmt.Errorf("%s: %s is made by %s, so that only a build has it; %s", o.Label, name, generated[name], byBuild))
			}
		}
		for _, name := range sortedNames(o.Bases) {
			if len(o.Bases[name]) == 0 && o.BaseFiles[name] == "" {
				errs = append(errs, fmt.Errorf("%s: base has no digest of %s yet; next: overlay accept %s", o.Label, name, shell.Word(o.Label)))
			}
		}
		s.packages[o.ImportPath] = pkg
		s.chosen = append(s.chosen, o)
	}
	// They may be of the repository, which can have a module path without a dot.
	found, unread, err := d.packagesOf(ctx, unknown)
	if err != nil {
		return nil, 0, err
	}
	for _, o := range unknown {
		switch pkg := found[o.ImportPath]; {
		case pkg == nil:
			errs = append(errs, fmt.Errorf("%s: %s has no package %s: %w", o.Label, version, o.ImportPath, d.mendable(d.notFound(o.ImportPath, unread), o)))
		case pkg.Std:
			errs = append(errs, fmt.Errorf("%s: %s has no package %s, as %s has that builds use; next: take the overlay out of the set, or install %[4]s",
				o.Label, version, o.ImportPath, pkg.Version))
		default:
			aside++
		}
	}
	return s, aside, errors.Join(errs...)
}

// forOtherVersion adds to an error about overlays and an SDK which version they are for, if that is another one.
func (d *Desk) forOtherVersion(ctx context.Context, err error, label, version string) error {
	packages, unknown := d.Packages(ctx)
	if unknown != nil {
		return err
	}
	root, unknown := packages.SDK(ctx)
	used := workspace.SDKVersion(root)
	if unknown != nil || used == "" || used == version {
		return err
	}
	return fmt.Errorf("%w\nThat is of %s, and builds use %s: only to that are overlays carried over by overlay rebase. Install it, or let %s have overlays that fit %[2]s: a base may have the digests of several versions",
		err, version, used, label)
}
