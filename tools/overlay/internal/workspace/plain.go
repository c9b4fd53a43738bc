package workspace

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/overlaysjson"
)

// Where there is no Bazel, overlays.json in the root says what BUILD files say elsewhere, and the go command knows the packages.

// DeclarationsFile returns the path of the overlays.json of a workspace without Bazel, which need not be there.
func DeclarationsFile(root string) string { return filepath.Join(root, overlaysjson.Name) }

// Declarations reads the overlays.json of a workspace without Bazel. Where there is none, nothing is declared.
func Declarations(root string) (*overlaysjson.File, error) {
	path := DeclarationsFile(root)
	content, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return &overlaysjson.File{}, nil
	}
	if err != nil {
		return nil, err
	}
	return overlaysjson.Parse(path, content)
}

// UsedSet returns the label of the set, or overlay, that is in force without Bazel.
func UsedSet(declared *overlaysjson.File) string {
	if use := strings.TrimPrefix(declared.Use, ":"); use != "" {
		return "//:" + use
	}
	return "//:" + overlaysjson.AllSet
}

// plainTargets returns what overlays.json declares, as Bazel would list it.
func plainTargets(w *bazel.Workspace) ([]bazel.Target, error) {
	declared, err := Declarations(w.Root)
	if err != nil {
		return nil, err
	}
	file := DeclarationsFile(w.Root)
	var targets []bazel.Target
	var all []string
	for _, d := range declared.Overlays {
		t := plainTarget("go_overlay", file, d)
		targets = append(targets, t)
		all = append(all, t.Label)
	}
	hasAll := declared.Use != "" && declared.Use != overlaysjson.AllSet
	for _, d := range declared.Sets {
		targets = append(targets, plainTarget("go_overlay_set", file, d))
		hasAll = hasAll || d.String("name") == overlaysjson.AllSet
	}
	if !hasAll && len(all) > 0 {
		targets = append(targets, bazel.Target{Label: "//:" + overlaysjson.AllSet, File: file, Line: 1, Kind: "go_overlay_set",
			Attrs: map[string]bazel.Attribute{"overlays": {List: all}}})
	}
	return targets, nil
}

func plainTarget(kind, file string, d overlaysjson.Declaration) bazel.Target {
	t := bazel.Target{Label: "//:" + d.String("name"), File: file, Line: d.Line, Kind: kind, Attrs: map[string]bazel.Attribute{
		"generator_function": {String: ""},
	}}
	label := func(text string) string { return "//:" + strings.TrimPrefix(text, ":") }
	for _, f := range d.Fields {
		a := bazel.Attribute{Written: true}
		areLabels := slices.Contains([]string{"srcs", "new_srcs", "embedsrcs", "base_srcs", "overlays", "layers"}, f.Name)
		switch value := f.Value.(type) {
		case string:
			a.String = value
		case bool:
			a.String = fmt.Sprint(value)
		case json.Number:
			a.String = value.String()
		case []string:
			for _, text := range value {
				if areLabels {
					text = label(text)
				}
				a.List = append(a.List, text)
			}
		case []overlaysjson.Entry:
			a.Dict = map[string]string{}
			for _, e := range value {
				key, text := e.Key, ""
				switch of := e.Value.(type) {
				case string:
					text = of
				case []string:
					text = strings.Join(of, "\n")
				}
				switch f.Name {
				case "patches":
					key = label(key)
				case "replace":
					text = label(text)
				}
				a.Dict[key] = text
				a.Keys = append(a.Keys, key)
			}
		}
		t.Attrs[f.Name] = a
	}
	return t
}

// A goListed is a package as go list prints it.
type goListed struct {
	ImportPath, Dir string
	Standard        bool
	Module          *goModule
	Error           *struct{ Err string }

	GoFiles, CgoFiles, IgnoredGoFiles, IgnoredOtherFiles, TestGoFiles, XTestGoFiles []string
	CFiles, CXXFiles, MFiles, HFiles, FFiles, SFiles, SysoFiles                     []string
	EmbedFiles                                                                      []string
}

type goModule struct {
	Path, Version, Dir string
	Main               bool
	Replace            *struct{ Path, Version, Dir string }
}

// goList returns the packages that the go command lists for import paths or folders.
func (p *Packages) goList(ctx context.Context, patterns ...string) ([]goListed, error) {
	args := append([]string{"list", "-e", "-find", "-json=ImportPath,Dir,Standard,Module,Error,GoFiles,CgoFiles,IgnoredGoFiles,IgnoredOtherFiles,TestGoFiles,XTestGoFiles," +
		"CFiles,CXXFiles,MFiles,HFiles,FFiles,SFiles,SysoFiles,EmbedFiles", "--"}, patterns...)
	out, err := p.goOutput(ctx, args...)
	if err != nil {
		return nil, err
	}
	var listed []goListed
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var l goListed
		if err := decoder.Decode(&l); err != nil {
			return nil, fmt.Errorf("go list wrote what is no JSON: %w", err)
		}
		listed = append(listed, l)
	}
	return listed, nil
}

// goOutput runs the go command in the root.
func (p *Packages) goOutput(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = p.w.Root
	cmd.Env = append(os.Environ(), "PWD="+p.w.Root)
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return nil, fmt.Errorf("go %s: %w\n%s", args[0], err, bytes.TrimSpace(exit.Stderr))
	}
	if errors.Is(err, exec.ErrNotFound) {
		return nil, fmt.Errorf("there is no go command on PATH, which knows the packages; next: install Go, or put it first on PATH: %w", err)
	}
	return out, err
}

// plainMany returns the packages of import paths that the go command knows.
func (p *Packages) plainMany(ctx context.Context, importPaths []string) (map[string]*GoPackage, error) {
	found := map[string]*GoPackage{}
	var others []string
	for _, importPath := range importPaths {
		if strings.Contains(strings.Split(importPath, "/")[0], ".") {
			others = append(others, importPath)
			continue
		}
		pkg, err := p.std(ctx, importPath)
		if err != nil {
			return nil, err
		}
		if pkg != nil {
			found[importPath] = pkg
			continue
		}
		others = append(others, importPath) // A module need have no dot in its path.
	}
	if len(others) == 0 {
		return found, nil
	}
	listed, err := p.goList(ctx, others...)
	if err != nil {
		return nil, err
	}
	for _, l := range listed {
		if pkg := l.pkg(); pkg != nil {
			found[l.ImportPath] = pkg
		}
	}
	return found, nil
}

// pkg returns the package that go list prints, or nil if there is none.
func (l goListed) pkg() *GoPackage {
	if l.Dir == "" || l.Standard {
		return nil
	}
	pkg := &GoPackage{ImportPath: l.ImportPath, Dir: l.Dir, Cgo: len(l.CgoFiles) > 0}
	if l.Module != nil {
		pkg.Module, pkg.ModuleDir, pkg.Version = l.Module.Path, l.Module.Dir, l.Module.Version
		if r := l.Module.Replace; r != nil {
			pkg.Version = r.Version
			if r.Dir != "" {
				pkg.ModuleDir = r.Dir
			}
		}
	}
	seen := map[string]bool{}
	add := func(embedded bool, lists ...[]string) {
		for _, list := range lists {
			for _, name := range list {
				if !seen[name] {
					seen[name] = true
					pkg.Files = append(pkg.Files, File{Name: name, Path: filepath.Join(l.Dir, filepath.FromSlash(name)), Embedded: embedded})
				}
			}
		}
	}
	add(false, l.GoFiles, l.CgoFiles, l.IgnoredGoFiles, l.CFiles, l.CXXFiles, l.MFiles, l.HFiles, l.FFiles, l.SFiles, l.SysoFiles)
	for _, name := range l.IgnoredOtherFiles {
		if slices.Contains([]string{".s", ".S", ".c", ".h", ".cc", ".cpp", ".syso"}, filepath.Ext(name)) {
			add(false, []string{name})
		}
	}
	add(true, l.EmbedFiles)
	if len(pkg.Files) == 0 {
		return nil
	}
	slices.SortStableFunc(pkg.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return pkg
}

// plainFile returns the package that has a file of the repository, and the file's name there.
func (p *Packages) plainFile(ctx context.Context, file string) (*GoPackage, string, error) {
	path := filepath.Join(p.w.Root, filepath.FromSlash(file))
	for folder := filepath.Dir(path); ; folder = filepath.Dir(folder) {
		listed, err := p.goList(ctx, folder)
		if err != nil {
			return nil, "", err
		}
		for _, l := range listed {
			if pkg := l.pkg(); pkg != nil {
				i := slices.IndexFunc(pkg.Files, func(f File) bool { return f.Path == path })
				if i >= 0 {
					name := pkg.Files[i].Name
					pkg.choose(i)
					return pkg, name, nil
				}
			}
		}
		if folder == p.w.Root || folder == filepath.Dir(folder) {
			return nil, "", nil // Above, something may embed it; below is where it is.
		}
	}
}

// plainSDK returns the GOROOT of the go command.
func (p *Packages) plainSDK(ctx context.Context) (string, error) {
	out, err := p.goOutput(ctx, "env", "GOROOT")
	return strings.TrimSpace(string(out)), err
}
