package workspace

import (
	"context"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
)

// FindMany returns the packages of import paths, by those: what [Packages.Find] returns for each, and
// about as fast for all as for one. Those that there are not are missing; then broken says what
// was looked at in part only, or is nil.
func (p *Packages) FindMany(ctx context.Context, importPaths []string) (found map[string]*GoPackage, broken *bazel.Error, err error) {
	missing := slices.Clone(importPaths)
	slices.Sort(missing)
	missing = slices.Compact(missing)
	found, err = p.lookMany(ctx, missing)
	if err != nil || !p.w.IsBazel() {
		return found, nil, err
	}
	isFound := func(importPath string) bool { return found[importPath] != nil }
	missing = slices.DeleteFunc(missing, isFound)
	if len(missing) == 0 {
		return found, nil, nil
	}
	some, incomplete, err := p.amongMany(ctx, missing, "deps(//...)")
	if err != nil {
		return nil, nil, err
	}
	for importPath, pkg := range some {
		found[importPath] = pkg
	}
	if !slices.ContainsFunc(missing, func(importPath string) bool { return !isFound(importPath) }) {
		incomplete = nil // Nothing is missing.
	}
	return found, incomplete, nil
}

func (p *Packages) findMany(ctx context.Context, importPaths []string) (map[string]*GoPackage, error) {
	found, _, err := p.FindMany(ctx, importPaths)
	return found, err
}

// lookMany returns the packages of import paths that [Packages.Look] finds.
func (p *Packages) lookMany(ctx context.Context, importPaths []string) (map[string]*GoPackage, error) {
	if !p.w.IsBazel() {
		return p.plainMany(ctx, importPaths)
	}
	found := map[string]*GoPackage{}
	for _, part := range p.parts(importPaths) {
		some, _, err := p.amongMany(ctx, part.importPaths, strings.Join(part.patterns, " + "))
		if err != nil {
			return nil, err
		}
		for importPath, pkg := range some {
			found[importPath] = pkg
		}
	}
	for _, importPath := range importPaths {
		if found[importPath] != nil || strings.Contains(strings.Split(importPath, "/")[0], ".") {
			continue
		}
		pkg, err := p.std(ctx, importPath)
		if err != nil {
			return nil, err
		}
		if pkg != nil {
			found[importPath] = pkg
		}
	}
	return found, nil
}

// A part is some import paths, and patterns of the targets that may have them.
type part struct{ importPaths, patterns []string }

// longest is how many bytes the patterns of one query have: a command line of Windows has 32 KiB.
const longest = 20_000

// parts returns where targets of import paths are by convention, in as few parts as can be asked for.
func (p *Packages) parts(importPaths []string) []part {
	var parts []part
	size := longest
	for _, importPath := range importPaths {
		var patterns []string
		n := len(importPath)
		for _, pattern := range p.conventional(importPath) {
			patterns = append(patterns, bazel.Quote(pattern))
			n += len(pattern)
		}
		if len(patterns) == 0 {
			continue
		}
		if size += n; size > longest {
			parts, size = append(parts, part{}), n
		}
		last := &parts[len(parts)-1]
		last.importPaths = append(last.importPaths, importPath)
		last.patterns = append(last.patterns, patterns...)
	}
	return parts
}

// amongMany returns those packages of some import paths that the targets which an expression stands
// for have.
func (p *Packages) amongMany(ctx context.Context, importPaths []string, expression string) (map[string]*GoPackage, *bazel.Error, error) {
	var alternatives []string
	for _, importPath := range importPaths {
		alternatives = append(alternatives, regexp.QuoteMeta(importPath))
	}
	rules := `attr(importpath, ` + bazel.Quote("^("+strings.Join(alternatives, "|")+")$") + `, ` + expression + `)`
	targets, broken, err := p.w.Query(ctx, `let found = `+rules+` in let rules = $found except kind("^go_(overlay|test) rule$", $found) in `+
		`$rules + labels(embed, $rules) + labels(srcs, $rules) + labels(srcs, labels(embed, $rules)) + labels(embedsrcs, $rules)`)
	if err != nil {
		return nil, nil, err
	}
	found := map[string]*GoPackage{}
	for _, importPath := range importPaths {
		if pkg := packageOf(importPath, targets); pkg != nil {
			found[importPath] = pkg
		}
	}
	return found, broken, nil
}

// packageOf returns the package of an import path that targets make, or nil. What makes it is rules that
// have the import path, and those of Go that they embed or have among their sources.
func packageOf(importPath string, targets []bazel.Target) *GoPackage {
	pkg := &GoPackage{ImportPath: importPath}
	attribute := map[string]string{} // by labels of files, and of rules that are parts
	isPart := map[string]bool{}
	for again := true; again; {
		again = false
		for _, t := range targets {
			if t.Kind == "" || isPart[t.Label] {
				continue
			}
			isOwn := t.Attrs["importpath"].String == importPath
			if !isOwn && (attribute[t.Label] == "" || !t.Attrs["embed"].Written && !strings.HasPrefix(t.Kind, "go_")) {
				continue
			}
			isPart[t.Label], again = true, true
			for _, name := range []string{"embed", "srcs", "embedsrcs"} {
				for _, label := range t.Attrs[name].List {
					attribute[label] = name
				}
			}
		}
	}
	for _, t := range targets {
		if !isPart[t.Label] {
			continue
		}
		pkg.Targets = append(pkg.Targets, t.Label)
		pkg.Cgo = pkg.Cgo || t.Attrs["cgo"].String == "true"
		pkg.Proto = pkg.Proto || strings.HasPrefix(t.Kind, "go_") && strings.Contains(t.Kind, "proto")
	}
	if len(pkg.Targets) == 0 {
		return nil
	}
	folders := embeddingFolders(attribute, isPart)
	for _, t := range targets {
		if attribute[t.Label] == "" || attribute[t.Label] == "embed" || isPart[t.Label] {
			continue // A target, or a file of another one.
		}
		file := File{Name: path.Base(fileName(t.Label)), Label: t.Label, Embedded: attribute[t.Label] == "embedsrcs"}
		if file.Embedded {
			file.Name = nameIn(folders, t.Label)
		}
		switch {
		case t.IsSource():
			file.Path = filepath.FromSlash(t.File)
		case t.GeneratedBy != "":
			file.GeneratedBy = t.GeneratedBy
		default:
			file.Name, file.GeneratedBy = "", t.Label // Its files have names of their own.
		}
		pkg.Files = append(pkg.Files, file)
	}
	slices.SortStableFunc(pkg.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	pkg.Version = moduleVersion(pkg)
	return pkg
}

// embeddingFolders returns the folders of the sources of a package that embed files, as package_files.bzl does. Attribute has
// in which one of the package's rules the label of a file is.
func embeddingFolders(attribute map[string]string, isPart map[string]bool) []string {
	var ofGo, all []string
	for label, name := range attribute {
		if name != "srcs" || isPart[label] {
			continue
		}
		all = append(all, folderOf(label))
		if path.Ext(label) == ".go" { // Only those embed: headers may lie in folders of their own.
			ofGo = append(ofGo, folderOf(label))
		}
	}
	if len(ofGo) > 0 {
		return ofGo
	}
	return all
}

// nameIn returns the name by which //go:embed knows a file: to Go, that a folder is a package of Bazel is nothing.
func nameIn(folders []string, label string) string {
	best := ""
	for _, folder := range folders {
		if len(folder) > len(best) && strings.HasPrefix(place(label), folder) {
			best = folder
		}
	}
	if best == "" {
		return fileName(label) // What is elsewhere can't be embedded.
	}
	return strings.TrimPrefix(place(label), best)
}

// place returns the repository and the path of a file, of which a label does not tell where the package ends: @r//a/b.go.
func place(label string) string {
	repository, _, _ := strings.Cut(label, "//")
	pkg, name := Package(strings.TrimPrefix(label, repository))
	return repository + "//" + path.Join(pkg, name)
}

func folderOf(label string) string {
	file := place(label)
	return file[:strings.LastIndexByte(file, '/')+1]
}
