package workspace

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
)

// A GoPackage is one that builds compile: as Bazel has it, before overlays.
type GoPackage struct {
	ImportPath string
	Targets    []string // labels of what compiles it; none for packages of the SDK
	Files      []File   // in the order of their names
	Version    string   // of its module, v1.6.0, or of the SDK, go1.26.8; empty if it is not known
	Std        bool     // whether it is of the SDK
	Cgo        bool
	Proto      bool  // whether it is generated from .proto files
	Home       *Home // of the go command's packages outside the SDK; nil for those of Bazel
}

// A Home is where the go command has the sources of a package.
type Home struct {
	Root   string // folder of the module, or of the repository
	Folder string // of the package there, with slashes; or empty
	Module string // path
	Own    bool   // whether it is the repository
	Vendor bool   // whether it is in a vendor folder
}

// A File is one of a package.
type File struct {
	Name        string // in the package
	Label       string // empty for files of the SDK
	Path        string // where it is, if no rule makes it
	GeneratedBy string // label of the rule that makes it
	Embedded    bool   // by //go:embed
}

// File returns the file of a name.
func (p *GoPackage) File(name string) (File, bool) {
	i := slices.IndexFunc(p.Files, func(f File) bool { return f.Name == name })
	if i < 0 {
		return File{}, false
	}
	return p.Files[i], true
}

// Variants returns the files of a name that differ from each other, if several targets that have the import path have such. The
// first is the one that File returns.
func (p *GoPackage) Variants(name string) []File {
	var variants []File
	var contents [][]byte
	named := slices.DeleteFunc(slices.Clone(p.Files), func(f File) bool { return f.Name != name || f.Path == "" })
	if len(named) < 2 {
		return nil
	}
	for _, file := range named {
		content, err := os.ReadFile(file.Path)
		if err == nil && !slices.ContainsFunc(contents, func(other []byte) bool { return bytes.Equal(content, other) }) {
			variants, contents = append(variants, file), append(contents, content)
		}
	}
	if len(variants) < 2 {
		return nil
	}
	return variants
}

// choose makes a file the one that File returns for its name.
func (p *GoPackage) choose(i int) {
	file := p.Files[i]
	p.Files = slices.Insert(slices.Delete(p.Files, i, i+1), 0, file)
	slices.SortStableFunc(p.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
}

// HasUnnamed tells whether the package has files whose names only a build tells, such as those of
// .proto files.
func (p *GoPackage) HasUnnamed() bool {
	return p.Proto || slices.ContainsFunc(p.Files, func(f File) bool { return f.Name == "" })
}

// Names returns the names of the files.
func (p *GoPackage) Names() []string {
	names := make([]string, 0, len(p.Files))
	for _, file := range p.Files {
		names = append(names, file.Name)
	}
	return names
}

// A NotFoundError says that no target has an import path, or that the go command knows no such package.
type NotFoundError struct {
	ImportPath   string
	Broken       *bazel.Error // what was looked at in part only, or nil
	WithoutBazel bool
	Why          string // what the go command says, or empty
}

func (e *NotFoundError) Error() string {
	if e.WithoutBazel {
		message := "no package of the repository, nor of the modules that its go.mod requires, nor of Go, has the import path " + e.ImportPath
		if e.Why != "" {
			message += "; the go command says: " + e.Why
		}
		return message
	}
	message := "no target of the workspace, nor of what it depends on, has the import path " + e.ImportPath
	if e.Broken != nil {
		message += "; but not all could be read: " + e.Broken.Error()
	}
	return message
}

// Packages finds packages by their import paths.
type Packages interface {
	// Find returns the package of an import path. If there is none, the error is a *NotFoundError.
	Find(ctx context.Context, importPath string) (*GoPackage, error)
	// Look is like Find, but looks where it takes no time, and returns nil if there is no package.
	Look(ctx context.Context, importPath string) (*GoPackage, error)
	// FindMany returns the packages of import paths, by those. Those that there are not are missing; then broken says what
	// was looked at in part only, or is nil.
	FindMany(ctx context.Context, importPaths []string) (found map[string]*GoPackage, broken *bazel.Error, err error)
	// FindFile returns the package that compiles, or embeds, a file of the workspace or of a repository,
	// and the file's name in the package, or nil.
	FindFile(ctx context.Context, repository, file string) (*GoPackage, string, error)
	// In returns the import paths of the packages of a module that go.mod requires, or none if they are not to be had.
	In(ctx context.Context, module string) []string
	// Canonical returns the canonical name of a repository that the workspace has a name for.
	Canonical(apparent string) (name string, ok bool)
	// SDK returns the folder of the Go SDK that builds use by default.
	SDK(ctx context.Context) (string, error)
}

// BazelPackages are those that builds of Bazel compile.
type BazelPackages struct {
	w       *bazel.Workspace
	repos   map[string]string // names of repositories, as the workspace has them, to canonical ones
	modules []string          // import paths that those of the workspace's own packages begin with
	sdk     string            // folder of the SDK, once it was asked for
}

// NewPackages asks Bazel which repositories there are.
func NewPackages(ctx context.Context, w *bazel.Workspace) (*BazelPackages, error) {
	out, err := w.Output(ctx, "mod", "dump_repo_mapping", "--noshow_progress", "")
	if err != nil {
		return nil, err
	}
	p := &BazelPackages{w: w}
	if err := json.Unmarshal(out, &p.repos); err != nil {
		return nil, fmt.Errorf("bazel mod dump_repo_mapping wrote what is no JSON: %w", err)
	}
	p.modules, err = ownPrefixes(w.Root)
	return p, err
}

// Canonical returns the canonical name of a repository that the workspace has a name for.
func (p *BazelPackages) Canonical(apparent string) (name string, ok bool) {
	name, ok = p.repos[apparent]
	return name, ok
}

// Find returns the package of an import path. If there is none, the error is a *NotFoundError.
func (p *BazelPackages) Find(ctx context.Context, importPath string) (*GoPackage, error) {
	found, broken, err := p.FindMany(ctx, []string{importPath})
	if err == nil && found[importPath] == nil {
		err = &NotFoundError{ImportPath: importPath, Broken: broken}
	}
	return found[importPath], err
}

// Look returns the package of an import path if the SDK has it, or a target where gazelle would have put it,
// else nil. It takes no time, where Find may load all that the workspace depends on.
func (p *BazelPackages) Look(ctx context.Context, importPath string) (*GoPackage, error) {
	found, err := p.lookMany(ctx, []string{importPath})
	return found[importPath], err
}

// FindFile returns the package that compiles, or embeds, a file of the workspace or of a repository,
// and the file's name in the package, or nil. The file's path is that in the repository, or in the workspace
// if repository is empty; a target of its folder, or of one above, has it.
func (p *BazelPackages) FindFile(ctx context.Context, repository, file string) (*GoPackage, string, error) {
	root, in := "", filepath.ToSlash(p.w.Root)
	if repository != "" {
		root, in = "@@"+repository, "/external/"+repository
	}
	var patterns []string
	for folder := path.Dir(file); ; folder = path.Dir(folder) {
		if folder == "." {
			patterns = append(patterns, bazel.Quote(root+"//:all"))
			break
		}
		patterns = append(patterns, bazel.Quote(root+"//"+folder+":all"))
	}
	targets, _, err := p.w.Query(ctx, "attr(importpath, \"..\", "+strings.Join(patterns, " + ")+`) except kind("^go_(overlay|test) rule$", `+strings.Join(patterns, " + ")+")")
	if err != nil {
		return nil, "", err
	}
	var importPaths []string
	for _, t := range targets {
		if importPath := t.Attrs["importpath"].String; importPath != "" && !slices.Contains(importPaths, importPath) {
			importPaths = append(importPaths, importPath)
		}
	}
	if len(importPaths) == 0 {
		return nil, "", nil
	}
	// Most are where they are by convention; what finds the others may load much.
	for _, find := range []func(context.Context, []string) (map[string]*GoPackage, error){p.lookMany, p.findMany} {
		found, err := find(ctx, importPaths)
		if err != nil {
			return nil, "", err
		}
		for _, t := range targets {
			pkg := found[t.Attrs["importpath"].String]
			if pkg == nil {
				continue
			}
			for _, end := range []string{in + "/" + file, "/" + file} { // Other targets may have a file of that path.
				i := slices.IndexFunc(pkg.Files, func(f File) bool { return f.Path != "" && strings.HasSuffix(filepath.ToSlash(f.Path), end) })
				if i >= 0 {
					name := pkg.Files[i].Name
					pkg.choose(i)
					return pkg, name, nil
				}
			}
		}
		if len(found) == len(importPaths) {
			break
		}
	}
	return nil, "", nil
}

// conventional returns patterns of targets that have an import path where build files are
// written as gazelle writes them.
func (p *BazelPackages) conventional(importPath string) []string {
	var patterns []string
	for _, prefix := range p.modules {
		if importPath == prefix {
			patterns = append(patterns, "//:all")
		} else if rest, ok := strings.CutPrefix(importPath, prefix+"/"); ok {
			patterns = append(patterns, "//"+rest+":all")
		}
	}
	for module := importPath; module != "." && strings.Contains(module, "."); module = path.Dir(module) {
		rest := strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
		for _, extension := range p.extensions() {
			patterns = append(patterns, "@@"+extension+repositoryName(module)+"//"+rest+":all")
		}
		if canonical, ok := p.repos[repositoryName(module)]; ok {
			patterns = append(patterns, "@@"+canonical+"//"+rest+":all")
		}
	}
	slices.Sort(patterns)
	return slices.Compact(patterns)
}

var goDeps = regexp.MustCompile(`^(.*[~+]go_deps[~+])`)

// extensions returns what canonical names of repositories begin with that gazelle's go_deps makes.
func (p *BazelPackages) extensions() []string {
	var prefixes []string
	for _, canonical := range p.repos {
		if match := goDeps.FindString(canonical); match != "" && !slices.Contains(prefixes, match) {
			prefixes = append(prefixes, match)
		}
	}
	return prefixes
}

var notInName = regexp.MustCompile(`[^a-z0-9_.]`)

// repositoryName returns the name that gazelle gives the repository of a module:
// com_github_google_uuid (gazelle's label.ImportPathToBazelRepoName).
func repositoryName(module string) string {
	elements := strings.Split(strings.ToLower(module), "/")
	domain := strings.Split(elements[0], ".")
	slices.Reverse(domain)
	name := strings.Join(append(domain, elements[1:]...), "_")
	return strings.ReplaceAll(notInName.ReplaceAllString(name, "_"), ".", "_")
}

var purl = regexp.MustCompile(`purl = "pkg:golang/[^"@]+@([^"?]+)[?"]`)

// moduleVersion returns the version of the module that a package is from, which the go command writes into a vendor folder, and
// gazelle into repositories that go_deps makes, or an empty string.
func moduleVersion(pkg *GoPackage) string {
	for _, file := range pkg.Files {
		slashed := filepath.ToSlash(file.Path)
		if i := strings.LastIndex(slashed, "/vendor/"+pkg.ImportPath+"/"); i >= 0 {
			_, version, _ := Vendored(filepath.FromSlash(slashed[:i]+"/vendor"), pkg.ImportPath) // What can't be read says nothing.
			return version
		}
		for folder := filepath.Dir(file.Path); file.Path != "" && folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
			if !isFile(filepath.Join(folder, "REPO.bazel")) {
				continue
			}
			content, err := os.ReadFile(filepath.Join(folder, "_gazelle_generated", "BUILD.bazel"))
			if match := purl.FindSubmatch(content); err == nil && match != nil {
				return string(match[1])
			}
			return ""
		}
	}
	return ""
}

// std returns a package of the SDK that builds use by default, or nil if that has none of the
// import path.
func (p *BazelPackages) std(ctx context.Context, importPath string) (*GoPackage, error) {
	root, err := p.SDK(ctx)
	if err != nil {
		return nil, err
	}
	return SDKPackage(root, importPath)
}

// SDKPackage returns a package of an SDK, or nil if that has none of the import path.
func SDKPackage(root, importPath string) (*GoPackage, error) {
	folder := filepath.Join(root, "src", filepath.FromSlash(importPath))
	isLib := strings.HasPrefix(importPath, "lib/") // a folder, of which nothing need be of Go
	if isLib {
		folder = filepath.Join(root, filepath.FromSlash(importPath))
	}
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	pkg := &GoPackage{ImportPath: importPath, Std: true, Version: SDKVersion(root)}
	for _, entry := range entries {
		if entry.Type().IsRegular() || entry.Type()&os.ModeSymlink != 0 {
			pkg.Files = append(pkg.Files, File{Name: entry.Name(), Path: filepath.Join(folder, entry.Name())})
		}
	}
	if !isLib && !slices.ContainsFunc(pkg.Files, func(f File) bool { return strings.HasSuffix(f.Name, ".go") }) {
		return nil, nil
	}
	return pkg, nil
}

// RulesGo returns the canonical name of the repository of rules_go.
func (p *BazelPackages) RulesGo() (string, error) {
	for _, canonical := range p.repos {
		if strings.Trim(canonical, "~+") == "rules_go" {
			return canonical, nil
		}
	}
	return "", fmt.Errorf("%s has no bazel_dep of rules_go, by whose SDK packages of the standard library are found", filepath.Join(p.w.Root, "MODULE.bazel"))
}

// SDK returns the folder of the Go SDK that builds use by default.
func (p *BazelPackages) SDK(ctx context.Context) (string, error) {
	if p.sdk != "" {
		return p.sdk, nil
	}
	rulesGo, err := p.RulesGo()
	if err != nil {
		return "", err
	}
	// The toolchain is a dependency of the standard library, and has the file ROOT of its SDK.
	out, err := p.w.Output(ctx, "cquery", "--noshow_progress", "--ui_event_filters=-info", "--output=files",
		`filter(":ROOT$", deps(@@`+rulesGo+`//:stdlib, 4))`)
	if err != nil {
		return "", err
	}
	file := strings.TrimSpace(string(bytes.SplitN(out, []byte("\n"), 2)[0]))
	if file == "" {
		return "", fmt.Errorf("bazel cquery finds no Go SDK that @@%s//:stdlib is compiled by", rulesGo)
	}
	base, err := p.w.Info(ctx, "output_base")
	if err != nil {
		return "", err
	}
	p.sdk = filepath.Join(base, filepath.Dir(filepath.FromSlash(file)))
	return p.sdk, nil
}

// SDKVersion returns the version of an SDK, as its file VERSION begins, or an empty string.
func SDKVersion(root string) string {
	content, err := os.ReadFile(filepath.Join(root, "VERSION"))
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(content), "\n")
	return strings.TrimSpace(line)
}

var (
	moduleLine  = regexp.MustCompile(`^module\s+"?([^\s"]+)"?`)
	prefixLine  = regexp.MustCompile(`^#\s*gazelle:prefix\s+(\S+)`)
	prefixFiles = map[string]*regexp.Regexp{"go.mod": moduleLine, "BUILD.bazel": prefixLine, "BUILD": prefixLine}
)

// ownPrefixes returns what import paths of the packages in a workspace begin with, as go.mod and
// gazelle's directive in its top folder say.
func ownPrefixes(root string) ([]string, error) {
	var prefixes []string
	for name, line := range prefixFiles {
		content, err := os.ReadFile(filepath.Join(root, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		} else if err != nil {
			return nil, err
		}
		scanner := bufio.NewScanner(bytes.NewReader(content))
		for scanner.Scan() {
			if match := line.FindStringSubmatch(scanner.Text()); match != nil && !slices.Contains(prefixes, match[1]) {
				prefixes = append(prefixes, match[1])
			}
		}
	}
	return prefixes, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}
