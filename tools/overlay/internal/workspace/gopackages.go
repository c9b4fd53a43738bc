package workspace

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/paths"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/shadow"
)

// GoPackages are those that the go command compiles in a folder: with its go.work, vendor folder, flags and toolchain.
type GoPackages struct {
	root  string
	g     *shadow.Go
	found map[string]*GoPackage // what was asked for already; nil for what is not there
	why   map[string]string     // what the go command says of those
}

// NewGoPackages returns what finds packages of a repository without Bazel by the go command.
func NewGoPackages(root string, g *shadow.Go) *GoPackages {
	return &GoPackages{root: root, g: g, found: map[string]*GoPackage{}, why: map[string]string{}}
}

// listed is a package as go list prints it.
type listed struct {
	ImportPath, Dir string
	Standard        bool
	Module          *module
	Error           *struct{ Err string }

	GoFiles, CgoFiles, IgnoredGoFiles, IgnoredOtherFiles, InvalidGoFiles, TestGoFiles, XTestGoFiles  []string
	CFiles, CXXFiles, MFiles, HFiles, FFiles, SFiles, SwigFiles, SwigCXXFiles, SysoFiles, EmbedFiles []string
}

type module struct {
	Path, Version, Dir string
	Main               bool
	Replace            *module
}

// fields are those of listed, for the flag -json.
const fields = "ImportPath,Dir,Standard,Module,Error,GoFiles,CgoFiles,IgnoredGoFiles,IgnoredOtherFiles,InvalidGoFiles,TestGoFiles,XTestGoFiles," +
	"CFiles,CXXFiles,MFiles,HFiles,FFiles,SFiles,SwigFiles,SwigCXXFiles,SysoFiles,EmbedFiles"

// list returns the packages that arguments of go list stand for.
func (p *GoPackages) list(ctx context.Context, args ...string) ([]listed, error) {
	words := []string{"list", "-e", "-find", "-json=" + fields}
	out, err := p.g.Asking().Output(ctx, append(append(words, "--"), args...)...)
	if err != nil {
		return nil, err
	}
	var all []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var pkg listed
		if err := decoder.Decode(&pkg); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list wrote what is no JSON: %w", err)
		}
		all = append(all, pkg)
	}
}

// isImportPath tells whether the go command takes a word for an import path, and not for a file, a pattern, or a module.
func isImportPath(word string) bool {
	return word != "" && !strings.HasPrefix(word, ".") && !strings.HasPrefix(word, "-") && !strings.ContainsAny(word, "@\\: \t") && !path.IsAbs(word) &&
		!strings.Contains(word, "...") && !strings.HasSuffix(word, ".go") && !slices.Contains([]string{"all", "cmd", "std", "tool", "work"}, word)
}

// FindMany returns packages by their import paths.
func (p *GoPackages) FindMany(ctx context.Context, importPaths []string) (map[string]*GoPackage, *bazel.Error, error) {
	var unknown []string
	for _, importPath := range importPaths {
		if _, ok := p.found[importPath]; ok || slices.Contains(unknown, importPath) {
			continue
		}
		switch {
		case strings.HasPrefix(importPath, "lib/"): // a folder of the SDK, of which nothing need be of Go
			pkg, err := SDKPackage(p.g.GOROOT, importPath)
			if err != nil {
				return nil, nil, err
			}
			p.found[importPath] = pkg
		case isImportPath(importPath):
			unknown = append(unknown, importPath)
		}
	}
	if len(unknown) > 0 {
		all, err := p.list(ctx, unknown...)
		if err != nil {
			return nil, nil, err
		}
		for _, importPath := range unknown {
			p.found[importPath] = nil
		}
		for _, found := range all {
			if p.found[found.ImportPath], err = p.pkg(found); err != nil {
				return nil, nil, err
			}
			if found.Error != nil {
				p.why[found.ImportPath] = strings.Join(strings.Fields(found.Error.Err), " ")
			}
		}
	}
	found := map[string]*GoPackage{}
	for _, importPath := range importPaths {
		if pkg := p.found[importPath]; pkg != nil {
			found[importPath] = pkg
		}
	}
	return found, nil, nil
}

// pkg returns a package that go list has printed, or nil if that is none.
func (p *GoPackages) pkg(found listed) (*GoPackage, error) {
	if found.Dir == "" {
		return nil, nil
	}
	if found.Standard {
		return SDKPackage(p.g.GOROOT, found.ImportPath)
	}
	pkg := &GoPackage{ImportPath: found.ImportPath, Cgo: len(found.CgoFiles) > 0, Home: p.home(found)}
	if m := found.Module; m != nil {
		pkg.Version = m.Version
		if m.Replace != nil {
			pkg.Version = m.Replace.Version
		}
	}
	for _, names := range [][]string{found.GoFiles, found.CgoFiles, found.IgnoredGoFiles, found.IgnoredOtherFiles, found.InvalidGoFiles,
		found.TestGoFiles, found.XTestGoFiles, found.CFiles, found.CXXFiles, found.MFiles, found.HFiles, found.FFiles, found.SFiles,
		found.SwigFiles, found.SwigCXXFiles, found.SysoFiles, found.EmbedFiles} {
		for _, name := range names {
			if _, ok := pkg.File(name); !ok { // A Go file can be embedded, too.
				pkg.Files = append(pkg.Files, File{Name: name, Path: filepath.Join(found.Dir, filepath.FromSlash(name)), Embedded: slices.Contains(found.EmbedFiles, name)})
			}
		}
	}
	for i, f := range pkg.Files { // It is one that is compiled before all.
		pkg.Files[i].Embedded = f.Embedded && !slices.Contains(found.GoFiles, f.Name)
	}
	if len(pkg.Files) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(pkg.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return pkg, nil
}

// home returns where the sources of a package are.
func (p *GoPackages) home(found listed) *Home {
	h := &Home{Module: found.ImportPath, Root: found.Dir}
	if m := found.Module; m != nil {
		h.Module, h.Root = m.Path, m.Dir
		if m.Replace != nil {
			h.Root = cmp.Or(m.Replace.Dir, m.Dir)
		}
	}
	slashed := filepath.ToSlash(found.Dir)
	isOurs := paths.Below(p.root, found.Dir) && !paths.Below(p.g.GOMODCACHE, found.Dir)
	switch {
	case isOurs && strings.HasSuffix(slashed, "/vendor/"+found.ImportPath):
		h.Vendor = true
		rest := strings.TrimPrefix(found.ImportPath, h.Module)
		h.Root = filepath.FromSlash(strings.TrimSuffix(slashed, rest))
	case isOurs:
		h.Own, h.Root = true, p.root
	}
	if rel, err := filepath.Rel(h.Root, found.Dir); err == nil && rel != "." {
		h.Folder = filepath.ToSlash(rel)
	}
	return h
}

// Find returns the package of an import path.
func (p *GoPackages) Find(ctx context.Context, importPath string) (*GoPackage, error) {
	pkg, err := p.Look(ctx, importPath)
	if err == nil && pkg == nil {
		err = p.NotFound(importPath)
	}
	return pkg, err
}

// NotFound returns an error about an import path that no package has.
func (p *GoPackages) NotFound(importPath string) *NotFoundError {
	return &NotFoundError{ImportPath: importPath, WithoutBazel: true, Why: p.why[importPath]}
}

// Look returns the package of an import path, or nil.
func (p *GoPackages) Look(ctx context.Context, importPath string) (*GoPackage, error) {
	found, _, err := p.FindMany(ctx, []string{importPath})
	return found[importPath], err
}

// FindFile returns the package that has a file of the repository: that of its folder or, of a file that is embedded, of one above.
func (p *GoPackages) FindFile(ctx context.Context, repository, file string) (*GoPackage, string, error) {
	if repository != "" {
		return nil, "", nil
	}
	at := filepath.Join(p.root, filepath.FromSlash(file))
	for folder := path.Dir(file); ; folder = path.Dir(folder) {
		pkg, err := p.inFolder(ctx, folder)
		if err != nil {
			return nil, "", err
		}
		if pkg != nil {
			if i := slices.IndexFunc(pkg.Files, func(f File) bool { return f.Path == at }); i >= 0 {
				return pkg, pkg.Files[i].Name, nil
			}
		}
		if folder == "." {
			return nil, "", nil
		}
	}
}

// inFolder returns the package in a folder of the repository, or nil.
func (p *GoPackages) inFolder(ctx context.Context, folder string) (*GoPackage, error) {
	if i := strings.LastIndex("/"+folder, "/vendor/"); i >= 0 {
		return p.Look(ctx, ("/" + folder)[i+len("/vendor/"):])
	}
	found, err := p.list(ctx, "./"+folder)
	if err != nil || len(found) != 1 {
		return nil, err
	}
	return p.pkg(found[0])
}

// In returns the import paths of the packages of a module.
func (p *GoPackages) In(ctx context.Context, module string) (importPaths []string) {
	found, err := p.list(ctx, module+"/...")
	if err != nil {
		return nil // They only are to be told.
	}
	for _, pkg := range found {
		importPaths = append(importPaths, pkg.ImportPath)
	}
	return importPaths
}

// Canonical knows no repositories.
func (p *GoPackages) Canonical(string) (string, bool) { return "", false }

// SDK returns the GOROOT of the go command.
func (p *GoPackages) SDK(context.Context) (string, error) { return p.g.GOROOT, nil }

// Settings returns those of the go command.
func (p *GoPackages) Settings() shadow.Settings { return p.g.Settings }
