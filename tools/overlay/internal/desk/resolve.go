package desk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/suggest"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/what"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// A place is what somebody means: a file of a package, or the package.
type place struct {
	pkg  *workspace.GoPackage
	file string // name in the package, or empty
	line int    // or 0
	isOf bool   // whether the file is one of a target, and not any of the package that has the name

	otherVersion string // of the module, that the text has, if builds compile another one
	otherText    string // path that the text has, of a file with another content than the one that builds compile

	// What is meant may be a file that an overlay has for it. Then pkg is nil.
	overlay *workspace.Overlay
	path    string
}

// mayBeOutside matches texts with an absolute path, or one that leads up: others can't lead to Bazel's output base.
var mayBeOutside = regexp.MustCompile(`(?:^|[^\pL\pN_.@~+/-])[/\\]|[A-Za-z]:[/\\]|\.\.`)

// resolve returns what the text of a user means, in a workspace with these overlays.
func (d *Desk) resolve(ctx context.Context, text string, l layering) (place, error) {
	packages, err := d.Packages(ctx)
	if err != nil {
		return place{}, err
	}
	candidates, err := d.candidates(ctx, text)
	if err != nil {
		return place{}, err
	}

	for _, candidate := range candidates {
		if own, ok := d.own(candidate, l); ok {
			return own, nil
		}
	}
	// Where a candidate may be by convention is looked at first: all that the workspace depends on may be much.
	var failed error
	for _, find := range []func(context.Context, string) (*workspace.GoPackage, error){packages.Look, packages.Find} {
		for _, candidate := range candidates {
			found, err := d.try(ctx, candidate, l, packages, find)
			if notFound := (*workspace.NotFoundError)(nil); errors.As(err, &notFound) {
				if failed == nil { // The first candidate is the likeliest.
					failed = err
				}
				continue
			}
			if err != nil || found.pkg != nil {
				found.otherText = otherText(text, found)
				return found, err
			}
		}
	}
	if failed == nil {
		failed = fmt.Errorf("no package of the workspace, nor of what it depends on, has it")
	}
	if notFound := (*workspace.NotFoundError)(nil); errors.As(failed, &notFound) {
		if near := d.nearPackages(ctx, notFound.ImportPath, packages, l); len(near) > 0 {
			failed = fmt.Errorf("%w; is it %s?", failed, strings.Join(near, " or "))
		}
	}
	return place{}, fmt.Errorf("%q: %w", text, failed)
}

// candidates returns what a text may mean, the likeliest first.
func (d *Desk) candidates(ctx context.Context, text string) ([]what.Candidate, error) {
	base := ""
	if mayBeOutside.MatchString(text) && !d.plain {
		var err error
		if base, err = d.Workspace.Info(ctx, "output_base"); err != nil {
			return nil, err
		}
	}
	here, err := filepath.Rel(d.Workspace.Root, d.Dir)
	if err != nil {
		return nil, err
	}
	env := what.Env{Workspace: d.Workspace.Root, Dir: filepath.ToSlash(here), OutputBase: base, ModCache: moduleCache()}
	if d.plain {
		packages, err := d.Packages(ctx)
		if err != nil {
			return nil, err
		}
		sdk, err := packages.SDK(ctx)
		if err != nil {
			return nil, err
		}
		env.GOROOTs = append(env.GOROOTs, sdk)
		if of, ok := packages.(*workspace.GoPackages); ok { // The user may have set it by go env -w.
			env.ModCache = of.Settings().GOMODCACHE
		}
	}
	if root := os.Getenv("GOROOT"); root != "" {
		env.GOROOTs = append(env.GOROOTs, root)
	}
	if candidates := d.pathInWorkspace(text, base); candidates != nil {
		return candidates, nil
	}
	return what.Parse(text, env)
}

// otherText returns the path in a text of a file, in an SDK or a module cache, say, if that is not the same as the one that was found.
func otherText(text string, found place) string {
	if found.pkg == nil || found.isOf { // That one is named itself, or what a build has made of it.
		return ""
	}
	file, ok := found.pkg.File(found.file)
	if !ok || file.Path == "" {
		return ""
	}
	for _, word := range strings.Fields(text) {
		named := lineAtEnd.FindStringSubmatch(word)[1]
		if !filepath.IsAbs(named) {
			continue
		}
		if digest := digestOfFile(named); digest != "" && digest != digestOfFile(file.Path) {
			return named
		}
	}
	return ""
}

// nearPackages returns import paths that may be meant by one that nothing has: of overlays, of modules that go.mod has, and of folders
// of the workspace and of the SDK.
func (d *Desk) nearPackages(ctx context.Context, importPath string, packages workspace.Packages, l layering) []string {
	var known []string
	for _, o := range l.all {
		known = append(known, o.ImportPath)
	}
	beside := func(root, prefix string) { // What is in the folder where the package would be.
		parent, _ := path.Split(strings.TrimPrefix(importPath, prefix))
		entries, _ := os.ReadDir(filepath.Join(root, filepath.FromSlash(parent)))
		for _, entry := range entries {
			if entry.IsDir() {
				known = append(known, prefix+parent+entry.Name())
			}
		}
	}
	elements := strings.Split(importPath, "/")
	own, required, _ := workspace.Modules(d.Workspace.Root) // Without go.mod, fewer are known.
	for _, module := range required {
		n := strings.Count(module, "/") + 1
		if len(elements) >= n {
			known = append(known, path.Join(append([]string{module}, elements[n:]...)...))
		}
	}
	if module, _, _ := workspace.Requirement(d.Workspace.Root, importPath); module != "" {
		known = append(known, packages.In(ctx, module)...)
	}
	if own != "" && strings.HasPrefix(importPath, own+"/") {
		beside(d.Workspace.Root, own+"/")
	}
	if !strings.Contains(elements[0], ".") {
		if root, err := packages.SDK(ctx); err == nil {
			beside(filepath.Join(root, "src"), "")
		}
	}
	known = slices.DeleteFunc(known, func(other string) bool { // Much alike as a whole, they may be nothing alike in an element.
		others := strings.Split(other, "/")
		return other == importPath || !slices.EqualFunc(elements, others, func(a, b string) bool { return a == b || len(suggest.Near(a, []string{b})) > 0 })
	})
	slices.Sort(known)
	return suggest.Near(importPath, slices.Compact(known))
}

var lineAtEnd = regexp.MustCompile(`^(.*?)(?::(\d+)(?::\d+)?:?)?$`)

// pathInWorkspace returns what a text is that is the path of a file of the workspace and does not look like it: with blanks it looks like
// a message with the name of another file, and an absolute one may lead into the workspace by other links than the user came.
func (d *Desk) pathInWorkspace(text, outputBase string) []what.Candidate {
	m := lineAtEnd.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	file := d.abs(m[1])
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	rel, err := filepath.Rel(d.Workspace.Root, file)
	isIn := err == nil && filepath.IsLocal(rel)
	if isIn && !strings.ContainsAny(m[1], " \t") {
		return nil
	}
	if !isIn {
		root, err := filepath.EvalSymlinks(d.Workspace.Root)
		if err != nil {
			return nil
		}
		if file, err = filepath.EvalSymlinks(file); err != nil {
			return nil
		}
		if inBase, err := filepath.Rel(outputBase, file); err == nil && filepath.IsLocal(inBase) {
			return nil
		}
		if rel, err = filepath.Rel(root, file); err != nil || !filepath.IsLocal(rel) {
			return nil
		}
	}
	line, _ := strconv.Atoi(m[2]) // 0 without
	return []what.Candidate{{Path: filepath.ToSlash(rel), Line: line}}
}

// try looks for a candidate. It returns no package if there is none.
func (d *Desk) try(ctx context.Context, c what.Candidate, l layering, packages workspace.Packages, find func(context.Context, string) (*workspace.GoPackage, error)) (place, error) {
	if c.Generated {
		return place{}, d.generated(ctx, c)
	}
	if c.ImportPath == "" {
		repository := c.Repository
		if c.Apparent {
			canonical, ok := packages.Canonical(repository)
			if !ok {
				return place{}, fmt.Errorf("the workspace has no repository @%s; its MODULE.bazel says in use_repo which it has", repository)
			}
			repository = canonical
		}
		pkg, name, err := packages.FindFile(ctx, repository, c.Path)
		return place{pkg: pkg, file: name, line: c.Line, isOf: true}, err
	}
	pkg, err := find(ctx, c.ImportPath)
	if err != nil || pkg == nil {
		return place{}, err
	}
	found := place{pkg: pkg, file: c.File, line: c.Line}
	if pkg.Version != "" && pkg.Version != c.Version {
		found.otherVersion = c.Version
	}
	if c.File != "" {
		if _, ok := pkg.File(c.File); !ok && !l.added(pkg.ImportPath, c.File) {
			return place{}, noSuchFile(pkg, c.File)
		}
		return found, nil
	}
	if c.Symbol == "" {
		return found, nil
	}
	var sources, ignored []what.Source
	for _, file := range pkg.Files {
		switch {
		case file.Path == "" || file.Embedded || strings.HasSuffix(file.Name, "_test.go"):
		case path.Ext(file.Name) == ".go" && uncompiled(file.Path) != "":
			ignored = append(ignored, what.Source{Path: file.Path})
		default:
			sources = append(sources, what.Source{Path: file.Path})
		}
	}
	names := map[string]string{}
	positions, err := what.FindSymbol(sources, c.Symbol)
	if notFound := (*what.NotFoundError)(nil); errors.As(err, &notFound) { // An overlay may declare it.
		var overlaid []what.Source
		overlaid, names = l.overlaidSources(pkg.ImportPath)
		found, _ := what.FindSymbol(overlaid, c.Symbol)
		for _, p := range found { // Several overlays may have a file of one name, in different sets.
			if !slices.ContainsFunc(positions, func(before what.Position) bool { return names[before.File] == names[p.File] }) {
				positions = append(positions, p)
			}
		}
	}
	if err != nil && len(positions) == 0 {
		if found, _ := what.FindSymbol(ignored, c.Symbol); len(found) > 0 {
			err = fmt.Errorf("%s is in %s, which no build compiles: %s", c.Symbol, filepath.Base(found[0].File), uncompiled(found[0].File))
		}
		return place{}, fmt.Errorf("package %s: %w", pkg.ImportPath, err)
	}
	name := func(file string) string {
		if name := names[file]; name != "" {
			return name
		}
		return filepath.Base(file)
	}
	if len(positions) > 1 {
		message := fmt.Sprintf("%s of package %s is in %d files; say which is meant:", c.Symbol, pkg.ImportPath, len(positions))
		for _, position := range positions {
			message += fmt.Sprintf("\n  overlay edit %s/%s", pkg.ImportPath, name(position.File))
		}
		return place{}, errors.New(message)
	}
	found.file, found.line = name(positions[0].File), positions[0].Line
	return found, nil
}

// noSuchFile tells which files a package has.
func noSuchFile(pkg *workspace.GoPackage, name string) error {
	message := fmt.Sprintf("package %s has no file %s", pkg.ImportPath, name)
	if pkg.Proto && (len(pkg.Files) == 0 || strings.HasSuffix(name, ".pb.go")) {
		return generatedFromProto(pkg, name)
	}
	if near := suggest.Near(name, pkg.Names()); len(near) > 0 {
		return fmt.Errorf("%s; is it %s?", message, strings.Join(near, " or "))
	}
	return fmt.Errorf("%s. It has:\n  %s", message, strings.Join(pkg.Names(), "\n  "))
}
