package apply

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// A goFile is a Go file of the package with all changes.
type goFile struct {
	name    string
	content string
	change  *change // nil if no overlay changes it
	final   version // what the change makes, if there is one
	leftOut string  // why Go leaves it out in this build, or ""
	scanned
}

// checkPackage checks what Go takes of what changes make: in outcomes, which are those
// of the manifest's changes, it says of each file why Go leaves it out, if it does.
func (a *applier) checkPackage(outcomes []outcome) {
	defer a.noteLeftOut(outcomes)
	standIns := a.standIns(outcomes)
	for i, c := range a.manifest.Changes {
		file := &outcomes[i].file
		file.LeftOut = a.checkCompiled(c, outcomes[i].version, standIns[c.Name])
		file.Instead = standIns[c.Name]
	}
	if a.manifest.GoFiles == nil || len(a.problems) > 0 {
		return // What follows from problems is no news.
	}
	files, ok := a.goFiles(outcomes)
	if !ok {
		return // The compiler tells best what is wrong with a file.
	}
	for i, c := range a.manifest.Changes {
		final := &outcomes[i]
		switch {
		case !final.present:
		case c.Embedded:
			final.file.LeftOut = a.checkEmbedded(c, final.version, files)
		case strings.EqualFold(path.Ext(c.Name), ".s") && final.file.LeftOut == "" && !a.manifest.Build.Cgo && slices.ContainsFunc(files, func(f goFile) bool { return f.cgo }):
			final.file.LeftOut = "the package uses cgo, and cgo is off"
		}
	}
	a.checkClauses(files)
	a.checkImports(files)
	a.checkVariables(files)
}

// goFiles returns the Go files of the package, sorted by name. It returns false if
// one of them can't be read or parsed.
func (a *applier) goFiles(outcomes []outcome) ([]goFile, bool) {
	var files []goFile
	add := func(name, content string, c *change, final version) bool {
		f := goFile{
			change:  c,
			content: content,
			final:   final,
			leftOut: a.manifest.Build.leftOut(name, content),
			name:    name,
			scanned: scan(name, content),
		}
		files = append(files, f)
		return f.err == nil
	}
	for _, f := range a.manifest.GoFiles {
		content, ok := a.read(f.File, 0)
		if !ok || !add(f.Name, content, nil, version{}) {
			return nil, false
		}
	}
	for i, c := range a.manifest.Changes {
		if final := outcomes[i].version; isGo(c) && final.present && !add(c.Name, final.content, c, final) {
			return nil, false
		}
	}
	slices.SortStableFunc(files, func(f, g goFile) int { return strings.Compare(f.name, g.name) })
	return files, true
}

// isGo tells whether a change is of a Go file that is compiled.
func isGo(c *change) bool { return !c.Embedded && path.Ext(c.Name) == ".go" }

// A wrongClause says that a file is of another package than others.
type wrongClause struct {
	made
	pkg             string
	other, otherPkg string // a file, and its package
}

// checkClauses checks that changed files are of the package: the compiler names
// another file if they are not.
func (a *applier) checkClauses(files []goFile) {
	var own *goFile
	for i, f := range files {
		if f.leftOut != "" || strings.HasSuffix(f.name, "_test.go") || f.change != nil {
			continue
		}
		if own != nil && own.pkg != f.pkg {
			return // It does not compile without overlays.
		}
		own = &files[i]
	}
	for i, f := range files {
		switch {
		case f.leftOut != "" || strings.HasSuffix(f.name, "_test.go") || f.change == nil:
		case own == nil:
			own = &files[i]
		case own.pkg != f.pkg:
			a.report(wrongClause{f.change.made(f.final), f.pkg, own.name, own.pkg})
		}
	}
}

// A missingDep is a package that a file imports, and that is not in deps.
type missingDep struct {
	made
	imported string // import path
	likely   string // label
}

// checkImports checks that the package's deps have what changed files import anew.
func (a *applier) checkImports(files []goFile) {
	for _, f := range files {
		if f.leftOut != "" || f.change == nil {
			continue
		}
		var before []string
		if f.change.Original != nil {
			original, ok := a.read(*f.change.Original, f.final.by)
			if !ok {
				return
			}
			before = scan(f.name, original).imports
		}
		for _, imported := range f.imports {
			// Packages of the standard library have no dot there.
			first, _, _ := strings.Cut(imported, "/")
			if !strings.Contains(first, ".") || strings.HasPrefix(first, ".") || slices.Contains(before, imported) ||
				slices.Contains(a.manifest.Deps, imported) || imported == a.manifest.ImportPath {
				continue
			}
			a.report(missingDep{f.change.made(f.final), imported, a.manifest.likelyLabel(imported)})
		}
	}
}

// hostsOfOwners have modules that are called host/owner/name, and not host/name.
var hostsOfOwners = []string{"bitbucket.org", "github.com", "gitlab.com", "golang.org"}

// likelyLabel returns the label that gazelle mostly gives the go_library of an import
// path, in the workspace if that has the path of the workspace's own module.
func (m *manifest) likelyLabel(importPath string) string {
	folder, _, _ := strings.Cut(strings.TrimPrefix(m.Target, "@@//"), ":")
	module, ok := strings.CutSuffix("/"+m.ImportPath, strings.TrimSuffix("/"+folder, "/"))
	rest, below := strings.CutPrefix("/"+importPath+"/", module+"/")
	if !strings.HasPrefix(m.Target, "@@//") || !ok || !below || module == "" {
		return likelyLabelOfModule(importPath)
	}
	if rest == "" {
		return "//:" + path.Base(module)
	}
	return "//" + strings.TrimSuffix(rest, "/")
}

// likelyLabelOfModule returns that label in a module that is not the workspace's: only
// the module proxy knows which elements of the path are the module's.
func likelyLabelOfModule(importPath string) string {
	elements := strings.Split(importPath, "/")
	length := 2
	if slices.Contains(hostsOfOwners, elements[0]) {
		length = 3
	}
	length = min(length, len(elements))
	name := elements[len(elements)-1]
	if length < len(elements) && isMajorVersion(elements[length]) {
		length++
		if length == len(elements) {
			name = elements[length-2]
		}
	}
	host := strings.Split(elements[0], ".")
	slices.Reverse(host)
	repo := strings.Join(append(host, elements[1:length]...), "_")
	label := fmt.Sprintf("@%s//%s", strings.ToLower(inNames.Replace(repo)), strings.Join(elements[length:], "/"))
	if length < len(elements) && !strings.Contains(name, ".") {
		return label
	}
	return label + ":" + strings.ReplaceAll(name, ".", "_")
}

// inNames replaces what gazelle does not take over into names of repositories.
var inNames = strings.NewReplacer("-", "_", ".", "_")

func isMajorVersion(element string) bool {
	digits, ok := strings.CutPrefix(element, "v")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}
