package desk

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/apply"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/userfiles"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// fromGoMod imports what go.mod replaces modules by, and takes the replace directives out there.
func (im *importer) fromGoMod(ctx context.Context, file string) error {
	root := im.Workspace.Root
	if !sameFile(file, filepath.Join(root, "go.mod")) {
		return fmt.Errorf("%s is not the go.mod of the workspace", im.rel(file))
	}
	forks, err := workspace.AllReplacements(root)
	if err != nil {
		return err
	}
	near := ""
	if im.options.Module != "" {
		var modules []string
		for _, fork := range forks {
			modules = append(modules, fork.Module)
		}
		near = isIt(im.options.Module, modules)
		forks = slices.DeleteFunc(forks, func(r workspace.Replacement) bool { return r.Module != im.options.Module })
	}
	if len(forks) == 0 {
		return fmt.Errorf("%s replaces %s by no fork%s", im.rel(file), cmp.Or(im.options.Module, "modules"), near)
	}
	versions, err := workspace.Requirements(root)
	if err != nil {
		return err
	}
	edit := []string{"mod", "edit", "-print"}
	for _, fork := range forks {
		before := len(im.targets)
		if err := im.fromFork(ctx, fork, versions[fork.Module]); err != nil {
			err = fmt.Errorf("%s: %w", fork.Module, err)
			if len(forks) > 1 {
				err = fmt.Errorf("%w\nto import another one: overlay import -module PATH go.mod", err)
			}
			return err
		}
		if len(im.targets) == before {
			fmt.Fprintf(im.Err, "%s stays replaced: %s differs in no file that builds compile\n", fork.Module, fork.Path)
			continue
		}
		drop := fork.Module
		if fork.Of != "" {
			drop += "@" + fork.Of
		}
		edit = append(edit, "-dropreplace="+drop)
	}
	if len(im.targets) == 0 {
		return nil
	}
	im.isCompiled, im.unsettled = true, true
	original, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", edit...)
	cmd.Dir = root
	cmd.Env = append(cmd.Environ(), "GOFLAGS=", "GOWORK=off", "GOTOOLCHAIN=local")
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return fmt.Errorf("go mod edit: %s", bytes.TrimSpace(exit.Stderr))
	} else if err != nil {
		return fmt.Errorf("the go command is needed to edit go.mod: %w", err)
	}
	im.last = append(im.last, userfiles.Change{Path: file, Content: out, Original: original})
	return nil
}

// fromFork imports what go.mod replaces a version of a module by.
func (im *importer) fromFork(ctx context.Context, fork workspace.Replacement, version string) error {
	switch {
	case version == "":
		return fmt.Errorf("go.mod requires no version of it, which its fork is to be compared with; next: go get %s", fork.Module)
	case fork.Of != "" && fork.Of != version:
		return fmt.Errorf("go.mod replaces %s, and requires %s", fork.Of, version)
	}
	base, forked, err := im.forkSources(ctx, fork, version)
	if err != nil {
		return err
	}
	return im.compare(ctx, &series{module: fork.Module}, base, forked, version)
}

// forkSources returns the folders of a module and of its fork.
func (im *importer) forkSources(ctx context.Context, fork workspace.Replacement, version string) (base, forked string, err error) {
	search := upstreamPlaces(im.progress.Say)
	if base, err = search.Tree(ctx, fork.Module, version); err != nil {
		return "", "", err
	}
	if fork.Version == "" {
		return base, fork.Folder(im.Workspace.Root), nil
	}
	forked, err = search.Tree(ctx, fork.Path, fork.Version)
	return base, forked, err
}

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

// moduleIn returns the path of the module that is in a folder.
func moduleIn(folder string) (string, error) {
	if _, err := os.Stat(filepath.Join(folder, "VERSION")); err == nil {
		return std, nil
	}
	content, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	if err != nil {
		return "", err
	}
	for _, line := range strings.Split(string(content), "\n") {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "module" {
			return strings.Trim(words[1], "\"`"), nil
		}
	}
	return "", errors.New("go.mod says no module")
}

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
	for _, importPath := range importPaths {
		pkg, folder := im.found[importPath], s.folderOf(importPath)
		if pkg == nil && version != "" && im.incomplete != nil && !sameSources(filepath.Join(base, filepath.FromSlash(folder)), filepath.Join(changed, filepath.FromSlash(folder))) {
			return fmt.Errorf("whether builds compile %s is not known, as not all BUILD files can be read; next: mend them, and import again:\n%w", importPath, im.incomplete)
		}
		if pkg == nil {
			continue // No build compiles it.
		}
		if info, err := os.Stat(filepath.Join(changed, filepath.FromSlash(folder))); err != nil || !info.IsDir() {
			return fmt.Errorf("%s has no package %s, which builds compile", im.rel(changed), importPath)
		}
		was, is := pkg, pkg
		in := filepath.Join(changed, filepath.FromSlash(folder))
		before := filepath.Dir(goFile(pkg))
		if base != "" {
			before = filepath.Join(base, filepath.FromSlash(folder))
			if was, err = inTree(pkg, base, folder, namesWithout(before, in)); err != nil {
				return err
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
	}
	return nil
}

// goFile returns the path of a Go file of a package, or an empty string.
func goFile(pkg *workspace.GoPackage) string {
	for _, file := range pkg.Files {
		if file.Path != "" && filepath.Ext(file.Path) == ".go" && !file.Embedded {
			return file.Path
		}
	}
	return ""
}

// namesWithout returns the names of the files in a folder that another one does not have.
func namesWithout(folder, other string) []string {
	var names []string
	entries, _ := os.ReadDir(folder)
	for _, entry := range entries {
		if _, err := os.Lstat(filepath.Join(other, entry.Name())); err != nil {
			names = append(names, entry.Name())
		}
	}
	return names
}

// sameSources tells whether two folders have the same files that Go compiles.
func sameSources(a, b string) bool {
	sources := func(folder string) map[string]string {
		digests := map[string]string{}
		entries, _ := os.ReadDir(folder)
		for _, entry := range entries {
			if name := entry.Name(); sourceName.MatchString(name) && apply.LeftOutAs(name) == "" {
				digests[name] = digestOfFile(filepath.Join(folder, name))
			}
		}
		return digests
	}
	return maps.Equal(sources(a), sources(b))
}

// goFolders returns the folders below one that have Go files, in slashes, but for those of other modules.
func goFolders(root string) ([]string, error) {
	var folders []string
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		place := filepath.ToSlash(rel)
		if entry.IsDir() {
			_, err := os.Stat(filepath.Join(file, "go.mod"))
			switch {
			case place == ".":
			case err == nil && place != "src" && place != "src/cmd", entry.Name() == "testdata", strings.HasPrefix(entry.Name(), "."):
				return fs.SkipDir
			}
			return nil
		}
		if folder := path.Dir(place); path.Ext(place) == ".go" && apply.LeftOutAs(place) == "" && !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
		return nil
	})
	return folders, err
}

// fromJSON imports what the go command takes by -overlay.
func (im *importer) fromJSON(ctx context.Context, file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var overlay struct{ Replace map[string]string }
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&overlay); err != nil {
		return fmt.Errorf("%s is not what go build -overlay takes: %w", im.rel(file), err)
	}
	targets := map[string]*target{}
	for _, key := range sortedNames(overlay.Replace) {
		pkg, name, err := im.inPackage(ctx, key)
		if err != nil {
			return fmt.Errorf("%s: %w", im.rel(file), err)
		}
		t := targets[pkg.ImportPath]
		if t == nil {
			t = &target{pkg: pkg, files: map[string][]byte{}}
			targets[pkg.ImportPath] = t
			im.targets = append(im.targets, t)
		}
		var content []byte // nil deletes
		if by := overlay.Replace[key]; by != "" {
			if content, err = os.ReadFile(im.abs(by)); err != nil {
				return fmt.Errorf("%s, for %s: %w", im.rel(file), key, err)
			}
			content = append([]byte{}, content...)
		} else if !hasFile(pkg, name) {
			return fmt.Errorf("%s deletes %s, which package %s has not", im.rel(file), key, versioned(pkg))
		}
		if was, ok := t.files[name]; ok && !bytes.Equal(was, content) {
			return fmt.Errorf("%s has two different texts for %s of package %s", im.rel(file), name, versioned(pkg))
		}
		t.files[name] = content
	}
	for _, t := range im.targets {
		t.after = t.files
	}
	return nil
}

// inPackage returns the package that has, or is to have, a file of the go command's.
func (im *importer) inPackage(ctx context.Context, file string) (*workspace.GoPackage, string, error) {
	file = im.abs(file)
	if rel, err := filepath.Rel(filepath.Join(im.Workspace.Root, "vendor"), file); err == nil && filepath.IsLocal(rel) {
		file = filepath.ToSlash(rel) // An import path and the name.
	}
	at, err := im.resolve(ctx, file, im.layering)
	if err == nil && at.pkg != nil && at.file != "" {
		return at.pkg, at.file, nil
	}
	// A file more.
	folder, failed := im.resolve(ctx, path.Dir(filepath.ToSlash(file)), im.layering)
	switch {
	case failed == nil && folder.pkg != nil:
		return folder.pkg, path.Base(filepath.ToSlash(file)), nil
	case err != nil:
		return nil, "", err
	}
	return nil, "", fmt.Errorf("%s is no file of a package, but one of an overlay", file)
}

// sameFile tells whether two paths are of one file.
func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	other, failed := os.Stat(b)
	return err == nil && failed == nil && os.SameFile(one, other)
}
