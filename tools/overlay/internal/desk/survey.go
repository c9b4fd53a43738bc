package desk

import (
	"context"
	"fmt"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// A survey is overlays with their packages.
type survey struct {
	notFound func(importPath string, broken *bazel.Error) error
	layering
	chosen   []workspace.Overlay
	packages map[string]*workspace.GoPackage // by import path
	unread   *bazel.Error                    // because of which a package may be missing
	partial  bool                            // whether all overlays are asked for, and BUILD files that can't be read may declare more
}

// survey finds the overlays that labels choose, and says which BUILD files can't be read.
func (d *Desk) survey(ctx context.Context, labels []string) (*survey, error) {
	progress := d.StartProgress()
	defer progress.Done()
	progress.Say("asking %s for overlays", d.asked())
	l, chosen, broken, err := d.declared(ctx, labels)
	if err != nil {
		return nil, err
	}
	progress.Say("asking %s for packages of %s", d.asked(), counted(len(chosen), "overlay"))
	found, unread, err := d.packagesOf(ctx, chosen)
	if err != nil {
		return nil, err
	}
	progress.Done()
	d.warnBroken(broken)
	return &survey{d.notFound, l, chosen, found, unread, isPartial(broken, labels)}, nil
}

// pkg returns the package of an overlay.
func (s *survey) pkg(o workspace.Overlay) (*workspace.GoPackage, error) {
	if pkg := s.packages[o.ImportPath]; pkg != nil {
		return pkg, nil
	}
	return nil, s.notFound(o.ImportPath, s.unread)
}

// packagesOf returns the packages of overlays, by their import paths. Where one is missing, unread says what
// could not be looked at, or is nil.
func (d *Desk) packagesOf(ctx context.Context, overlays []workspace.Overlay) (found map[string]*workspace.GoPackage, unread *bazel.Error, err error) {
	if len(overlays) == 0 {
		return nil, nil, nil
	}
	packages, err := d.Packages(ctx)
	if err != nil {
		return nil, nil, err
	}
	var importPaths []string
	for _, o := range overlays {
		importPaths = append(importPaths, o.ImportPath)
	}
	return packages.FindMany(ctx, importPaths)
}

// warnBroken says that some BUILD files could not be read.
func (d *Desk) warnBroken(broken *bazel.Error) {
	if broken != nil {
		fmt.Fprintf(d.Err, "not all BUILD files can be read; overlays that those declare are left out:\n%v\n", broken)
	}
}

// isPartial tells whether all overlays are asked for, as no labels choose any, and BUILD files that can't be read may declare more.
func isPartial(broken *bazel.Error, labels []string) bool { return broken != nil && len(labels) == 0 }

// withBroken adds to an error about an overlay that is not there that it may be in a BUILD file that can't be read.
func withBroken(err error, broken *bazel.Error) error {
	if broken == nil {
		return err
	}
	return fmt.Errorf("%w; not all BUILD files can be read: %v", err, broken)
}
