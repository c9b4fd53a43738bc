package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/build"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/apply"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// changedFiles returns what files of a package become in another state of it, as far as they differ.
func changedFiles(before, after *workspace.GoPackage) (map[string][]byte, error) {
	changed := map[string][]byte{}
	for _, file := range after.Files {
		if file.Path == "" || isLeftOut(after, file.Name) {
			continue
		}
		content, err := os.ReadFile(file.Path)
		if err != nil {
			return nil, err
		}
		if old, ok := before.File(file.Name); ok {
			if was, err := os.ReadFile(old.Path); err == nil && string(was) == string(content) {
				continue
			}
		}
		changed[file.Name] = append([]byte{}, content...)
	}
	for _, file := range before.Files {
		if file.Path != "" && !hasFile(after, file.Name) && !isLeftOut(before, file.Name) {
			changed[file.Name] = nil
		}
	}
	return changed, nil
}

// isLeftOut tells whether a file of a package is one that no overlay changes: all in a folder of the SDK are found.
func isLeftOut(pkg *workspace.GoPackage, name string) bool {
	return strings.HasSuffix(name, "_test.go") || pkg.Std && apply.LeftOutAs(name) != ""
}

// isInLib tells whether a package is a folder of an SDK's lib, of which overlays are for go_goroot.
func isInLib(pkg *workspace.GoPackage) bool {
	return pkg.Std && strings.HasPrefix(pkg.ImportPath, "lib/")
}

func hasFile(pkg *workspace.GoPackage, name string) bool {
	_, ok := pkg.File(name)
	return ok
}

// relativeTo returns a path relative to a folder that it is in; "" and "." are the top one.
func relativeTo(folder, place string) (string, bool) {
	if folder == "" || folder == "." {
		return place, true
	}
	return strings.CutPrefix(place, folder+"/")
}

// A baseTree has the sources of a module, or of Go, as they are without patches.
type baseTree struct {
	*importer
	ctx     context.Context
	series  *series
	version string // of the sources, if it is known; else that of packages is
	folder  string // empty until it is needed
}

// before returns a package of which builds compile a patched one, or nil if there is none without the patches.
func (b *baseTree) before(pkg *workspace.GoPackage) (*workspace.GoPackage, error) {
	if b.folder == "" {
		version := cmp.Or(b.version, pkg.Version)
		if version == "" { // Older gazelles write it nowhere.
			versions, err := workspace.Requirements(b.Workspace.Root)
			if err != nil {
				return nil, err
			}
			version = versions[b.series.module]
			b.version, b.series.isAssumed = version, true
		}
		if version == "" {
			return nil, fmt.Errorf("the version of %s is not known, so that its sources can't be found without the patches; take the patches out there, and then: overlay import -module %s -p %d PATCH...",
				b.series.module, b.series.module, b.series.strip)
		}
		var err error
		if b.folder, err = b.sources(b.ctx, b.series.module, version); err != nil {
			return nil, err
		}
	}
	folder := b.series.folderOf(pkg.ImportPath)
	var gone []string
	for _, diff := range b.series.diffs {
		for _, part := range diff.parts {
			place, ok := b.series.place(part.Old)
			if name, isIn := relativeTo(folder, place); ok && isIn && (part.Deletes() || part.Renamed) && sourceName.MatchString(name) {
				gone = append(gone, name)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(b.folder, filepath.FromSlash(folder))); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	before, err := inTree(pkg, b.folder, folder, gone)
	if err == nil && b.version != "" { // The patches may have changed what the SDK says.
		before.Version = b.version
		if pkg.Std {
			before.Version = "go" + b.version
		}
	}
	return before, err
}

// inTree returns a package with those of its files that another folder of sources has, and more of that.
func inTree(pkg *workspace.GoPackage, root, folder string, more []string) (*workspace.GoPackage, error) {
	in := filepath.Join(root, filepath.FromSlash(folder))
	if info, err := os.Stat(in); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("package %s is not in %s", pkg.ImportPath, root)
	}
	other := *pkg
	other.Files = nil
	for _, file := range pkg.Files {
		if file.Path == "" {
			other.Files = append(other.Files, file)
			continue
		}
		file.Path = filepath.Join(in, filepath.FromSlash(file.Name))
		if info, err := os.Stat(file.Path); err == nil && info.Mode().IsRegular() {
			other.Files = append(other.Files, file)
		}
	}
	for _, name := range more {
		file := workspace.File{Name: name, Path: filepath.Join(in, name)}
		if info, err := os.Stat(file.Path); err == nil && info.Mode().IsRegular() && !hasFile(&other, name) && isCompiled(file.Path, pkg) {
			other.Files = append(other.Files, file)
		}
	}
	slices.SortStableFunc(other.Files, func(a, b workspace.File) int { return strings.Compare(a.Name, b.Name) })
	return &other, nil
}

// isCompiled tells whether a file is one of a package, as gazelle finds out: others in its folder are programs that make files, or
// for no platform.
func isCompiled(file string, pkg *workspace.GoPackage) bool {
	folder, name := filepath.Split(file)
	if !sourceName.MatchString(name) || apply.LeftOutAs(name) != "" {
		return false
	}
	if filepath.Ext(name) == ".go" && !slices.ContainsFunc(pkg.Files, func(other workspace.File) bool {
		return filepath.Ext(other.Name) == ".go" && other.Path != "" && !strings.HasSuffix(other.Name, "_test.go") && packageName(other.Path) == packageName(file)
	}) {
		return false
	}
	for _, goos := range []string{"linux", "darwin", "windows", "js", "plan9", "freebsd"} {
		for _, goarch := range []string{"amd64", "arm64", "386", "wasm"} {
			for _, cgo := range []bool{true, false} {
				platform := build.Default
				platform.GOOS, platform.GOARCH, platform.CgoEnabled = goos, goarch, cgo
				if ok, err := platform.MatchFile(folder, name); ok || err != nil {
					return true
				}
			}
		}
	}
	return false
}

// embeddedIn returns the names of the files that a package in a folder embeds, for whichever platform.
func embeddedIn(folder string) []string {
	everywhere := build.Default
	everywhere.UseAllFiles = true
	pkg, _ := everywhere.ImportDir(folder, 0) // What is wrong with it, its users know.
	if pkg == nil || len(pkg.EmbedPatterns) == 0 {
		return nil
	}
	isEmbedded := func(name string) bool { // A folder is embedded with what is in it.
		for ; name != "."; name = path.Dir(name) {
			if slices.ContainsFunc(pkg.EmbedPatterns, func(pattern string) bool {
				ok, _ := path.Match(strings.TrimPrefix(pattern, "all:"), name)
				return ok
			}) {
				return true
			}
		}
		return false
	}
	var names []string
	filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		rel, failed := filepath.Rel(folder, file)
		if name := filepath.ToSlash(rel); err == nil && failed == nil && entry.Type().IsRegular() && isEmbedded(name) {
			names = append(names, name)
		}
		return nil
	})
	return names
}

// sources returns the folder with the sources of a version of a module, or of Go: of what replaces it, if go.mod says so.
func (im *importer) sources(ctx context.Context, module, version string) (string, error) {
	search := upstreamPlaces(im.progress.Say)
	if module == std {
		return search.SDKTree(ctx, version)
	}
	replaced, err := workspace.Replaced(im.Workspace.Root, module)
	if err != nil {
		return "", err
	}
	switch {
	case replaced == nil:
		return search.Tree(ctx, module, version)
	case replaced.Version == "":
		return replaced.Folder(im.Workspace.Root), nil
	}
	return search.Tree(ctx, replaced.Path, replaced.Version)
}

// moduleIn returns the path of the module that is in a folder.
func moduleIn(folder string) (string, error) {
	if _, err := os.Stat(filepath.Join(folder, "VERSION")); err == nil {
		return std, nil
	}
	module, _, err := workspace.Modules(folder)
	if err == nil && module == "" {
		err = errors.New("no go.mod there says a module")
	}
	return module, err
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

// sameFiles tells whether two folders have the same files of names, but for those that are left out.
func sameFiles(a, b string, names *regexp.Regexp) bool {
	sources := func(folder string) map[string]string {
		digests := map[string]string{}
		entries, _ := os.ReadDir(folder)
		for _, entry := range entries {
			if name := entry.Name(); names.MatchString(name) && apply.LeftOutAs(name) == "" {
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
	isIgnored := func(folder string) bool { return folder == "testdata" || strings.HasPrefix(folder, ".") }
	err := walkModule(root, isIgnored, func(place string, _ fs.DirEntry) {
		if folder := path.Dir(place); path.Ext(place) == ".go" && apply.LeftOutAs(place) == "" && !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	})
	return folders, err
}

// walkModule calls a function for each file of a module in a folder, by its path in slashes, but for what is in folders of some names, or
// of other modules.
func walkModule(root string, skip func(folder string) bool, file func(place string, entry fs.DirEntry)) error {
	return filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		place := filepath.ToSlash(rel)
		if !entry.IsDir() {
			file(place, entry)
			return nil
		}
		_, err = os.Stat(filepath.Join(name, "go.mod"))
		switch {
		case place == ".":
		case err == nil && place != "src" && place != "src/cmd", skip(entry.Name()):
			return fs.SkipDir
		}
		return nil
	})
}
