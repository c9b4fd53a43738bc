package desk

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/git"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/upstream"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// A home is where the sources of packages are: a module, an SDK, or the workspace.
type home struct {
	root    string // folder
	module  string // path of the module; std for an SDK
	version string // or empty
	std     bool
	own     bool // whether it is the workspace
	vendor  bool // whether it is a module in a vendor folder of the workspace
}

// homeOf returns the home of a package, and the package's folder there.
func (d *Desk) homeOf(ctx context.Context, pkg *workspace.GoPackage) (h home, folder string, err error) {
	h = home{version: pkg.Version, std: pkg.Std}
	if pkg.Std {
		packages, err := d.Packages(ctx)
		if err != nil {
			return h, "", err
		}
		h.module = "std"
		h.root, err = packages.SDK(ctx)
		if strings.HasPrefix(pkg.ImportPath, "lib/") {
			return h, pkg.ImportPath, err
		}
		return h, path.Join("src", pkg.ImportPath), err
	}
	if !d.Workspace.IsBazel() {
		return d.plainHome(h, pkg)
	}
	workspaceRoot, err := os.Stat(d.Workspace.Root)
	if err != nil {
		return h, "", err
	}
	hasFolder := false
	for _, file := range pkg.Files {
		if file.Path == "" {
			continue
		}
		for at := filepath.Dir(file.Path); h.root == "" && at != filepath.Dir(at); at = filepath.Dir(at) {
			_, err := os.Stat(filepath.Join(at, "REPO.bazel"))
			info, _ := os.Stat(at)
			if h.own = os.SameFile(info, workspaceRoot); h.own || err == nil || d.isRepository(at) {
				h.root = at
			}
		}
		if h.root == "" {
			continue
		}
		// Some files are below the package's folder, embedded ones by their names.
		at := strings.TrimSuffix(strings.TrimSuffix(h.inSlashes(file.Path), file.Name), "/")
		if !hasFolder || len(at) < len(folder) {
			folder, hasFolder = at, true
		}
	}
	if h.root == "" {
		return h, "", fmt.Errorf("package %s has no file that no rule makes: nothing tells where its sources are", pkg.ImportPath)
	}
	if above, ok := strings.CutSuffix("/"+folder, "/vendor/"+pkg.ImportPath); ok && h.own {
		return h.vendored(strings.TrimPrefix(above, "/"), pkg.ImportPath)
	}
	h.module = strings.TrimSuffix(pkg.ImportPath, "/"+folder) // The folder may have another name.
	return h, folder, nil
}

// plainHome is homeOf without Bazel: the go command tells where the module is.
func (d *Desk) plainHome(h home, pkg *workspace.GoPackage) (home, string, error) {
	if rel, err := filepath.Rel(d.Workspace.Root, pkg.Dir); err == nil && filepath.IsLocal(rel) {
		h.own, h.root = true, d.Workspace.Root
		folder := strings.TrimPrefix(filepath.ToSlash(rel), ".")
		if above, ok := strings.CutSuffix("/"+folder, "/vendor/"+pkg.ImportPath); ok {
			return h.vendored(strings.TrimPrefix(above, "/"), pkg.ImportPath)
		}
		h.module = strings.TrimSuffix(strings.TrimSuffix(pkg.ImportPath, folder), "/")
		return h, folder, nil
	}
	h.root, h.module = pkg.ModuleDir, pkg.Module
	if h.root == "" {
		return h, "", fmt.Errorf("the go command does not tell in which module package %s is", pkg.ImportPath)
	}
	return h, strings.TrimPrefix(h.inSlashes(pkg.Dir), "."), nil
}

// isRepository tells whether a folder is where Bazel has a repository. A workspace may have folders that are called external, too, and
// the output base be in it.
func (d *Desk) isRepository(folder string) bool {
	external := filepath.Dir(folder)
	if filepath.Base(external) != "external" {
		return false
	}
	rel, err := filepath.Rel(d.Workspace.Root, folder)
	if err != nil || !filepath.IsLocal(rel) {
		return true
	}
	_, err = os.Stat(filepath.Join(filepath.Dir(external), "execroot"))
	return err == nil
}

// vendored returns the home of a package that is in the vendor folder of a folder of the workspace: the module there, as
// modules.txt has it, or else the package itself.
func (h home) vendored(above, importPath string) (home, string, error) {
	vendor := filepath.Join(h.root, filepath.FromSlash(above), "vendor")
	module, version, err := workspace.Vendored(vendor, importPath)
	if err != nil {
		return h, "", err
	}
	h.own, h.vendor, h.module, h.version = false, true, module, version
	if h.module == "" {
		h.module = importPath
	}
	h.root = filepath.Join(vendor, filepath.FromSlash(h.module))
	return h, strings.TrimPrefix(strings.TrimPrefix(importPath, h.module), "/"), nil
}

// inSlashes returns a path relative to the home's folder, with slashes.
func (h home) inSlashes(file string) string {
	rel, err := filepath.Rel(h.root, file)
	if err != nil {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(rel)
}

// String names the home with its version.
func (h home) String() string {
	if h.own {
		return "the workspace"
	}
	return strings.TrimSpace(h.module + " " + h.version)
}

// prefix returns the folder that the home has in its repository, and what the user is to know of that.
func (d *Desk) prefix(ctx context.Context, h home) (folder, note string) {
	if h.std {
		return "", ""
	}
	if h.own {
		cmd, err := git.Command(ctx, h.root, "rev-parse", "--show-prefix")
		if err != nil {
			return "", "without git, nothing tells where the workspace is in its repository; names are relative to the workspace"
		}
		out, err := git.Output(ctx, cmd)
		if err != nil {
			return "", "" // It is in no repository.
		}
		return strings.TrimSuffix(strings.TrimRight(string(out), "\r\n"), "/"), ""
	}
	var caches []string
	if cache := moduleCache(); cache != "" {
		caches = append(caches, cache)
	}
	at := upstream.Locate(caches, h.module, h.version)
	if !at.Known {
		note = fmt.Sprintf("%s: nothing tells where the module is in its repository; names are relative to the folder of the module", h)
	}
	if at.Major != "" {
		inFolder := path.Join(at.Folder, at.Major)
		note = strings.TrimPrefix(note+"\n", "\n") + fmt.Sprintf("%s: names are those of a repository that has %s on a branch; for one with a folder of that name: git apply -p%d --directory=%s",
			h, at.Major, 1+len(strings.FieldsFunc(at.Folder, func(r rune) bool { return r == '/' })), inFolder)
	}
	return at.Folder, note
}
