// Package packagesdriver tells golang.org/x/tools/go/packages, and by it gopls, which packages there are where the go command
// compiles with overlays. It is asked by the protocol of GOPACKAGESDRIVER, and asks go list. What it answers is what
// go/packages makes of go list itself, as far as gopls needs it, but for the paths of files: overlay files are where they are edited, and not where
// the go command has them.
package packagesdriver

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/record"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/paths"
)

// A Lister asks the go command.
type Lister struct {
	Program     string            // path of the go command
	Env         []string          // that it has
	Dir         string            // that it runs in
	GoVersion   int               // 26 of Go 1.26
	Arch        string            // GOARCH
	ModuleCache string            // folder, of which the go command lets no file be replaced
	Overlay     string            // path of the JSON of the flag -overlay that Env has in GOFLAGS, or empty
	Files       map[string]string // paths of overlay files, by those that the go command has for them
}

// A Request is what go/packages asks, packages.DriverRequest.
type Request struct {
	Mode       int               `json:"mode"`
	BuildFlags []string          `json:"build_flags"`
	Tests      bool              `json:"tests"`
	Overlay    map[string][]byte `json:"overlay"` // texts that are not saved yet, by paths
}

// A Response is what it is told, packages.DriverResponse.
type Response struct {
	NotHandled bool
	Compiler   string
	Arch       string
	Roots      []string   `json:",omitempty"`
	Packages   []*Package `json:",omitempty"`
	GoVersion  int
}

// A Package is one of a response, packages.Package.
type Package struct {
	ID              string
	Name            string            `json:",omitempty"`
	PkgPath         string            `json:",omitempty"`
	Dir             string            `json:",omitempty"`
	Errors          []Error           `json:",omitempty"`
	GoFiles         []string          `json:",omitempty"`
	CompiledGoFiles []string          `json:",omitempty"`
	OtherFiles      []string          `json:",omitempty"`
	EmbedFiles      []string          `json:",omitempty"`
	IgnoredFiles    []string          `json:",omitempty"`
	ForTest         string            `json:",omitempty"`
	Imports         map[string]string `json:",omitempty"` // IDs, by import paths
	Module          json.RawMessage   `json:",omitempty"`
}

// An Error is that of a package, packages.Error.
type Error struct {
	Pos  string
	Msg  string
	Kind int
}

const (
	listError    = 1       // packages.ListError
	typecheckCgo = 1 << 12 // of the mode, internal to x/tools: the compiled files of cgo packages are to be what people write
)

// Answer answers a request about patterns, or else about the package of the current folder.
func (l *Lister) Answer(ctx context.Context, request io.Reader, patterns []string) (*Response, error) {
	var asked Request
	if err := json.NewDecoder(request).Decode(&asked); err != nil {
		return nil, fmt.Errorf("the request on stdin is not that of go/packages: %w", err)
	}
	flags, done, err := l.unsaved(asked.Overlay)
	if err != nil {
		return nil, err
	}
	defer done()
	flags = append(slices.Clone(asked.BuildFlags), flags...)
	answer := &answer{lister: l, asked: asked, packages: map[string]*Package{}}
	var rest []string
	for _, pattern := range patterns {
		kind, value, _ := strings.Cut(pattern, "=")
		switch kind {
		case "file":
			if err := answer.ofFile(ctx, flags, l.abs(value)); err != nil {
				return nil, err
			}
		case "pattern":
			rest = append(rest, value)
		default:
			rest = append(rest, pattern)
		}
	}
	if len(rest) > 0 || len(patterns) == 0 {
		roots, err := answer.list(ctx, flags, rest)
		if err != nil {
			return nil, err
		}
		answer.addRoots(roots...)
	}
	response := &Response{Compiler: "gc", Arch: l.Arch, GoVersion: l.GoVersion, Roots: answer.roots}
	for _, id := range answer.order {
		response.Packages = append(response.Packages, answer.packages[id])
	}
	return response, nil
}

func (l *Lister) abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(l.Dir, path)
}

// ofGo returns the path that the go command has for a file.
func (l *Lister) ofGo(path string) string {
	for ofGo, edited := range l.Files {
		if edited == path {
			return ofGo
		}
	}
	return path
}

// unsaved returns the flags by which the go command reads texts that are not saved yet; done is to be called after it has.
func (l *Lister) unsaved(texts map[string][]byte) (flags []string, done func(), err error) {
	done = func() {}
	if len(texts) == 0 {
		return nil, done, nil
	}
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	if l.Overlay != "" {
		content, err := os.ReadFile(l.Overlay)
		if err == nil {
			err = json.Unmarshal(content, &overlay)
		}
		if err != nil {
			return nil, done, err
		}
	}
	folder, err := os.MkdirTemp("", "overlay")
	if err != nil {
		return nil, done, err
	}
	remove := func() { os.RemoveAll(folder) }
	defer func() {
		if err != nil {
			remove()
		}
	}()
	for path, text := range texts {
		path = l.ofGo(l.abs(path))
		if paths.Below(l.ModuleCache, path) {
			continue // The go command would refuse all.
		}
		saved := filepath.Join(folder, fmt.Sprint(len(overlay.Replace)), filepath.Base(path))
		if err := os.MkdirAll(filepath.Dir(saved), 0o700); err != nil {
			return nil, done, err
		}
		if err := os.WriteFile(saved, text, 0o600); err != nil {
			return nil, done, err
		}
		overlay.Replace[path] = saved
	}
	content, err := record.Marshal(overlay)
	if err != nil {
		return nil, done, err
	}
	file := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		return nil, done, err
	}
	return []string{"-overlay=" + file}, remove, nil
}

// An answer is one that is being made.
type answer struct {
	lister   *Lister
	asked    Request
	packages map[string]*Package // by ID
	order    []string            // of their IDs
	roots    []string
}

func (a *answer) addRoots(ids ...string) {
	for _, id := range ids {
		if !slices.Contains(a.roots, id) {
			a.roots = append(a.roots, id)
		}
	}
}

// ofFile adds the packages that have a file.
func (a *answer) ofFile(ctx context.Context, flags []string, file string) error {
	ofGo := a.lister.ofGo(file)
	roots, err := a.list(ctx, flags, []string{filepath.Dir(ofGo)})
	if err != nil {
		return err
	}
	found := false
	for _, id := range roots {
		if slices.Contains(a.packages[id].GoFiles, file) {
			a.addRoots(id)
			found = true
		}
	}
	if found {
		return nil
	}
	if _, err := os.Stat(ofGo); err != nil {
		if _, ok := a.asked.Overlay[file]; !ok {
			return nil // There is no such file, nor a text of it that is not saved yet.
		}
	}
	// A file alone is a package, too: one that constraints leave out, or that is beside all modules.
	roots, err = a.list(ctx, flags, []string{ofGo})
	a.addRoots(roots...)
	return err
}

// A listed is what go list prints of a package.
type listed struct {
	ImportPath, Dir, Name, ForTest     string
	GoFiles, CgoFiles, CompiledGoFiles []string
	IgnoredGoFiles, IgnoredOtherFiles  []string
	EmbedFiles                         []string
	CFiles, CXXFiles, MFiles, HFiles   []string
	FFiles, SFiles, SwigFiles          []string
	SwigCXXFiles, SysoFiles            []string
	Imports                            []string
	ImportMap                          map[string]string
	Module                             json.RawMessage
	DepOnly                            bool
	Error                              *struct {
		ImportStack []string
		Pos, Err    string
	}
}

// list adds the packages of patterns, and those that they import, and returns the IDs of the former.
func (a *answer) list(ctx context.Context, flags, patterns []string) (roots []string, err error) {
	args := []string{"list", "-e", "-compiled", "-deps", "-buildvcs=false", "-pgo=off", fmt.Sprintf("-test=%t", a.asked.Tests),
		"-json=Name,ImportPath,Error,Dir,GoFiles,CgoFiles,CompiledGoFiles,IgnoredGoFiles,IgnoredOtherFiles,EmbedFiles," +
			"CFiles,CXXFiles,MFiles,HFiles,FFiles,SFiles,SwigFiles,SwigCXXFiles,SysoFiles,DepOnly,Imports,ImportMap,ForTest,Module"}
	args = append(append(append(args, flags...), "--"), patterns...)
	cmd := exec.CommandContext(ctx, a.lister.Program, args...)
	cmd.Dir, cmd.Env = a.lister.Dir, a.lister.Env
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, bytes.TrimSpace(stderr.Bytes()))
	}
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var p listed
		if err := decoder.Decode(&p); err != nil {
			return nil, fmt.Errorf("go list wrote what is no JSON: %w", err)
		}
		if !p.DepOnly && !slices.Contains(roots, p.ImportPath) {
			roots = append(roots, p.ImportPath)
		}
		// Where a package is listed twice, as an import that is not allowed, the one without an error is meant.
		known := a.packages[p.ImportPath]
		if known == nil {
			a.order = append(a.order, p.ImportPath)
		}
		if known == nil || len(known.Errors) > 0 && p.Error == nil {
			a.packages[p.ImportPath] = a.convert(p)
		}
	}
	return roots, nil
}

// convert returns what go/packages makes of what go list prints.
func (a *answer) convert(p listed) *Package {
	files := func(lists ...[]string) []string { return a.lister.edited(p.Dir, lists...) }
	pkg := &Package{
		ID:              p.ImportPath,
		Name:            p.Name,
		Dir:             p.Dir,
		GoFiles:         files(p.GoFiles, p.CgoFiles),
		CompiledGoFiles: files(p.CompiledGoFiles),
		OtherFiles:      files(p.CFiles, p.CXXFiles, p.MFiles, p.HFiles, p.FFiles, p.SFiles, p.SwigFiles, p.SwigCXXFiles, p.SysoFiles),
		EmbedFiles:      files(p.EmbedFiles),
		IgnoredFiles:    files(p.IgnoredGoFiles, p.IgnoredOtherFiles),
		ForTest:         p.ForTest,
		Imports:         map[string]string{},
		Module:          p.Module,
	}
	pkg.PkgPath, _, _ = strings.Cut(p.ImportPath, " ")
	if a.asked.Mode&typecheckCgo != 0 && len(p.CgoFiles) > 0 && len(p.CompiledGoFiles) > len(p.GoFiles) {
		pkg.CompiledGoFiles = append(files(p.CompiledGoFiles[len(p.GoFiles):len(p.GoFiles)+1]), pkg.GoFiles...)
	}
	// Assembly and C are among them, and what cgo makes has no extension.
	pkg.CompiledGoFiles = slices.DeleteFunc(pkg.CompiledGoFiles, func(path string) bool {
		extension := filepath.Ext(path)
		return extension != ".go" && extension != ""
	})
	switch {
	case pkg.PkgPath == "unsafe":
		pkg.CompiledGoFiles = nil
	case len(pkg.CompiledGoFiles) == 0:
		pkg.CompiledGoFiles = pkg.GoFiles
	}
	mapped := map[string]bool{}
	for path, id := range p.ImportMap {
		pkg.Imports[path] = id
		mapped[id] = true
	}
	for _, id := range p.Imports {
		if id != "C" && !mapped[id] {
			pkg.Imports[id] = id
		}
	}
	if p.Error != nil {
		message := strings.TrimSpace(p.Error.Err)
		if message == "import cycle not allowed" {
			message += fmt.Sprintf(": import stack: %v", p.Error.ImportStack)
		}
		position := p.Error.Pos
		if file, rest, ok := strings.Cut(position, ":"); ok {
			edited := a.lister.edited(a.lister.Dir, []string{file})[0]
			position = edited + ":" + rest
			// A file that can't be parsed is in no list of its package.
			if _, err := os.Stat(edited); err == nil && len(pkg.GoFiles)+len(pkg.CompiledGoFiles) == 0 && strings.HasSuffix(edited, ".go") &&
				(len(p.Error.ImportStack) == 0 || p.Error.ImportStack[len(p.Error.ImportStack)-1] == p.ImportPath) {
				pkg.GoFiles, pkg.CompiledGoFiles = []string{edited}, []string{edited}
			}
		}
		pkg.Errors = append(pkg.Errors, Error{Pos: position, Msg: message, Kind: listError})
	}
	return pkg
}

// edited returns the paths of files in a folder, of overlay files where they are edited.
func (l *Lister) edited(dir string, lists ...[]string) []string {
	var paths []string
	for _, list := range lists {
		for _, path := range list {
			if !filepath.IsAbs(path) {
				path = filepath.Join(dir, path)
			}
			if edited, ok := l.Files[path]; ok {
				path = edited
			}
			paths = append(paths, path)
		}
	}
	return paths
}
