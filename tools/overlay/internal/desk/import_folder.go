package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// fromFolder imports a changed copy of a module's sources, or of Go's.
func (im *importer) fromFolder(ctx context.Context, folder string) error {
	s := &series{module: im.options.Module}
	if s.module == "" {
		module, err := moduleIn(folder)
		if err != nil {
			return fmt.Errorf("%s: %w; say by -module which module it has", im.rel(folder), err)
		}
		s.module = module
	}
	old := ""
	if im.options.Old != "" {
		old = im.abs(im.options.Old)
	}
	if err := im.compare(ctx, s, old, folder, ""); err != nil || len(im.targets) > 0 {
		return err
	}
	return fmt.Errorf("%s differs in no file of %s that builds compile%s", im.rel(folder), s.module, im.isModule(s.module))
}

// isModule asks whether another module has been meant than one that go.mod does not have.
func (im *importer) isModule(module string) string {
	own, modules, _ := workspace.Modules(im.Workspace.Root)
	return isIt(module, append(modules, own, std))
}

var protoName = regexp.MustCompile(`\.proto$`)

// compare makes targets of the packages that differ between two folders with sources of a module. Without the first, the second is
// compared with what builds compile; if the version of the first is known, builds compile the second.
func (im *importer) compare(ctx context.Context, s *series, base, changed, version string) error {
	places, err := goFolders(changed)
	if err != nil {
		return err
	}
	if base != "" {
		more, err := goFolders(base)
		if err != nil {
			return err
		}
		places = append(places, more...)
	}
	var importPaths []string
	for _, place := range places {
		if importPath, ok := s.importPath(place); ok {
			importPaths = append(importPaths, importPath)
		}
	}
	slices.Sort(importPaths)
	importPaths = slices.Compact(importPaths)
	if err := im.findAll(ctx, importPaths); err != nil {
		return err
	}
	imported := map[string]bool{} // files, by their paths in the module
	for _, importPath := range importPaths {
		pkg, folder := im.found[importPath], s.folderOf(importPath)
		in, before := filepath.Join(changed, filepath.FromSlash(folder)), filepath.Join(base, filepath.FromSlash(folder))
		if pkg == nil && version != "" && im.incomplete != nil && !sameFiles(before, in, sourceName) {
			return fmt.Errorf("whether builds compile %s is not known, as not all BUILD files can be read; next: mend them, and import again:\n%w", importPath, im.incomplete)
		}
		if pkg == nil {
			continue // No build compiles it.
		}
		if info, err := os.Stat(in); err != nil || !info.IsDir() {
			return fmt.Errorf("%s has no package %s, which builds compile", im.rel(changed), importPath)
		}
		if _, err := os.Stat(before); base != "" && errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s has a package %s more, and overlays change packages that there are: leave it where it is, and import the changes of others as diffs", im.rel(changed), importPath)
		}
		if version != "" && pkg.Proto && !sameFiles(before, in, protoName) {
			return fmt.Errorf("%s changes .proto files that package %s is generated from, which no overlay can; leave it where it is, and import the changes of others as diffs", im.rel(changed), importPath)
		}
		was, is := pkg, pkg
		if base == "" {
			if before = goFile(pkg); before == "" {
				continue // All is generated.
			}
			before = filepath.Dir(before)
		} else {
			if was, err = inTree(pkg, base, folder, namesWithout(before, in)); err != nil {
				return err
			}
			for _, name := range embeddedIn(before) { // What builds compile does not tell it, if it is gone there.
				if _, err := os.Stat(filepath.Join(in, filepath.FromSlash(name))); errors.Is(err, fs.ErrNotExist) && !hasFile(was, name) {
					was.Files = append(was.Files, workspace.File{Name: name, Path: filepath.Join(before, filepath.FromSlash(name)), Embedded: true})
				}
			}
			was.Version = version
		}
		if is, err = inTree(pkg, changed, folder, namesWithout(in, before)); err != nil {
			return err
		}
		t := &target{pkg: was}
		if t.after, err = changedFiles(was, is); err != nil {
			return err
		}
		if version != "" { // Builds compile the fork, but for what is no part of the package there.
			if differs, err := changedFiles(is, pkg); err != nil {
				return err
			} else if names := sortedNames(differs); len(names) > 0 {
				return fmt.Errorf("builds compile another %s of package %s than %s has", strings.Join(names, ", "), importPath, im.rel(changed))
			}
		}
		t.isMoved = slices.ContainsFunc(sortedNames(t.after), func(name string) bool {
			a, _ := was.File(name)
			b, _ := pkg.File(name)
			return version == "" && digestOfFile(a.Path) != digestOfFile(b.Path)
		})
		if t.files = t.after; len(t.files) > 0 {
			im.targets = append(im.targets, t)
		}
		for name := range t.after {
			imported[path.Join(folder, name)] = true
		}
	}
	if base == "" {
		return nil // What builds compile is not all that there is of a module.
	}
	return im.sayLeftOut(base, changed, imported)
}
