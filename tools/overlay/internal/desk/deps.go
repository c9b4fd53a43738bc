package desk

import (
	"bytes"
	"context"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/markers"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/buildfile"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/userfiles"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// DepsOptions say of which overlays deps are set.
type DepsOptions struct {
	Check bool     // nothing is written
	Files []string // paths: only overlays that have one of them are looked at; nil: all that labels choose
}

// A Depended tells what became of deps.
type Depended struct {
	Needless bool // whether there is no Bazel, which alone has deps
	Changed  bool // whether BUILD files were written, or would be
	Problems int  // that are left to people
}

// Deps makes the deps of overlays the libraries that their files import, and that the packages do not have without them.
// They are found as gazelle finds them.
func (d *Desk) Deps(ctx context.Context, labels []string, o DepsOptions) (*Depended, error) {
	if d.plain {
		return &Depended{Needless: true}, nil
	}
	unlock, err := userfiles.Lock(ctx, d.Workspace.Root, userfiles.Wait)
	if err != nil {
		return nil, err
	}
	defer unlock()
	progress := d.StartProgress()
	defer progress.Done()
	progress.Say("asking %s for overlays", d.asked())
	l, chosen, broken, err := d.declared(ctx, labels)
	d.warnBroken(broken)
	if err != nil {
		return nil, err
	}
	if o.Files != nil {
		chosen = slices.DeleteFunc(chosen, func(overlay workspace.Overlay) bool {
			return !slices.ContainsFunc(overlay.Changes, func(c workspace.Change) bool { return slices.Contains(o.Files, c.Path) })
		})
	}
	progress.Say("asking %s for packages of %s, and what they import", d.asked(), counted(len(chosen), "overlay"))
	found, unread, err := d.packagesOf(ctx, chosen)
	if err != nil {
		return nil, err
	}
	files := newBuildFiles(d, "", l)
	var out bytes.Buffer
	problems, err := d.depend(ctx, &survey{notFound: d.notFound, layering: l, chosen: chosen, packages: found, unread: unread}, nil, files, &out)
	if err != nil {
		return nil, err
	}
	progress.Done()
	if o.Files == nil && isPartial(broken, labels) {
		problems++
	}
	changes := files.changes()
	if !o.Check {
		if err := userfiles.Apply(changes...); err != nil {
			return nil, err
		}
	}
	_, err = d.Out.Write(out.Bytes())
	return &Depended{Changed: len(changes) > 0, Problems: problems}, err
}

// depend sets the deps of overlays in BUILD files, also by what files will be that are not written yet. It returns how much is left to people,
// and says it to out.
func (d *Desk) depend(ctx context.Context, found *survey, pending texts, files *buildFiles, out io.Writer) (problems int, err error) {
	s := &depending{survey: found, desk: d, pending: pending, files: files, out: out}
	for _, overlay := range found.chosen {
		pkg, err := found.pkg(overlay)
		if err != nil && overlay.Attrs["std"].String != "true" { // Else it is a package that the standard library gains.
			s.tell(overlay, "%v", err)
			continue
		}
		missing, err := d.missingFiles(ctx, overlay)
		if err != nil {
			return 0, err
		}
		for _, err := range missing {
			s.tell(overlay, "%v", err)
		}
		s.read(overlay, pkg)
	}
	if err := s.find(ctx); err != nil {
		return 0, err
	}
	for _, of := range s.overlays {
		if err := s.set(of); err != nil {
			return 0, err
		}
	}
	return s.problems, nil
}

// texts are what files will have, by their paths.
type texts map[string][]byte

// read returns what a file has, or will have.
func (t texts) read(path string) ([]byte, error) {
	if text, ok := t[path]; ok {
		return text, nil
	}
	return os.ReadFile(path)
}

// A depending is what is known while deps of overlays are set.
type depending struct {
	*survey
	desk     *Desk
	pending  texts
	files    *buildFiles
	out      io.Writer // what is told when all is written
	problems int       // that are left to people
	overlays []*importing

	importPaths map[string]string   // of targets that are deps, by their labels
	deps        map[string][]string // of targets
	libraries   map[string][]string // labels, by import paths
	known       *workspace.BazelPackages
}

// An importing is what an overlay imports.
type importing struct {
	workspace.Overlay
	pkg     *workspace.GoPackage
	imports map[string]string // path of a file that imports it, by the import path
	before  map[string]bool   // what the package imports without overlays
	unread  bool              // whether the files of the overlay are not all known
}

// tell says something of an overlay that people have to do.
func (s *depending) tell(o workspace.Overlay, format string, args ...any) {
	s.problems++
	fmt.Fprintf(s.out, "%s: %s\n", o.Label, fmt.Sprintf(format, args...))
}

// read notes what an overlay imports. Files that a merge has left conflicts in are for people, first.
func (s *depending) read(o workspace.Overlay, pkg *workspace.GoPackage) {
	of := &importing{Overlay: o, pkg: pkg, imports: map[string]string{}, before: map[string]bool{}}
	if pkg != nil {
		for _, file := range pkg.Files {
			if content, err := os.ReadFile(file.Path); err == nil {
				paths, _ := importsOf(file.Name, content) // What does not parse there is not ours.
				for _, path := range paths {
					of.before[path] = true
				}
			}
		}
	}
	made, isMade := map[string][]byte{}, false
	for _, change := range o.Changes {
		content, err := []byte(nil), error(nil)
		switch {
		case change.Kind == workspace.Delete || change.Embedded || path.Ext(change.Name) != ".go" && change.Kind != workspace.Patch:
			continue
		case change.Path == "":
			of.unread = true // It is generated.
			continue
		case change.Kind == workspace.Patch:
			if !isMade && pkg != nil {
				isMade = true
				m := &making{layering: s.layering, desk: s.desk, pkg: pkg, pending: s.pending}
				if made, err = m.of(append(s.beneath([]workspace.Overlay{o}), o)); err != nil {
					of.unread = true // What does not fit, a build tells, and status.
				}
			}
			if content = made[change.Name]; content == nil {
				of.unread = true
				continue
			}
		default:
			content, err = s.pending.read(change.Path)
		}
		if _, ok := markers.First(content); ok && err == nil {
			of.unread = true
			continue
		}
		paths, wrong := importsOf(s.desk.rel(change.Path), content)
		if err == nil {
			err = wrong
		}
		if err != nil {
			of.unread = true
			s.tell(o, "%v; its imports can't be told", err)
			continue
		}
		for _, path := range paths {
			of.imports[path] = change.Path
		}
	}
	s.overlays = append(s.overlays, of)
}

// importsOf returns the import paths of a Go file, but for C, which is no package.
func importsOf(name string, content []byte) ([]string, error) {
	if path.Ext(name) != ".go" && !bytes.Contains(content, []byte("package ")) {
		return nil, nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, content, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, spec := range file.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil && path != "C" {
			paths = append(paths, path)
		}
	}
	return paths, nil
}

// find asks Bazel which deps there are, and which could be.
func (s *depending) find(ctx context.Context) (err error) {
	if len(s.overlays) == 0 {
		return nil
	}
	if s.known, err = s.desk.bazelPackages(ctx); err != nil {
		return err
	}
	var targets, wanted []string
	for _, of := range s.overlays {
		targets = append(targets, of.Label)
		if of.pkg != nil {
			targets = append(targets, of.pkg.Targets...)
		}
		for importPath := range of.imports {
			if !of.before[importPath] {
				wanted = append(wanted, importPath)
			}
		}
	}
	slices.Sort(wanted)
	slices.Sort(targets)
	if s.importPaths, s.deps, err = s.known.Dependencies(ctx, slices.Compact(targets)); err != nil {
		return err
	}
	s.libraries, _, err = s.known.Libraries(ctx, slices.Compact(wanted))
	return err
}

// set makes the deps of an overlay what they should be.
func (s *depending) set(of *importing) error {
	home, name := workspace.Package(of.Label)
	has := map[string]bool{} // import paths that need no further dep
	if of.pkg != nil {
		for _, target := range of.pkg.Targets {
			for _, dep := range s.deps[target] {
				has[s.importPaths[dep]] = true
			}
		}
	}
	var add, remove []string
	kept := map[string]bool{} // labels that imports resolve to, also by a directive that hides an import path
	for _, dep := range s.deps[of.Label] {
		importPath, known := s.importPaths[dep]
		_, imported := of.imports[importPath]
		switch {
		case imported:
			has[importPath] = true
		case known:
			remove = append(remove, workspace.ShortLabel(s.known.Apparent(dep), home))
		}
	}
	for _, importPath := range sortedNames(of.imports) {
		if has[importPath] || of.before[importPath] || importPath == of.ImportPath {
			continue
		}
		label, why, err := s.resolve(home, importPath)
		if err != nil {
			return err
		}
		if why != "" {
			s.tell(of.Overlay, "%s imports %s: %s", s.desk.rel(of.imports[importPath]), importPath, why)
		}
		if label != "" {
			kept[workspace.ShortLabel(label, home)] = true
		}
	}
	remove = slices.DeleteFunc(remove, func(label string) bool { return kept[label] || of.unread })
	for _, label := range sortedNames(kept) {
		isThere := func(dep string) bool { return workspace.ShortLabel(s.known.Apparent(dep), home) == label }
		if !slices.ContainsFunc(s.deps[of.Label], isThere) {
			add = append(add, label)
		}
	}
	if len(add)+len(remove) == 0 {
		return nil
	}
	if of.Macro != "" {
		s.tell(of.Overlay, "%s:%d: the overlay is declared by the macro %s, which can't be edited without guessing; write there by hand:\n\n%s",
			s.desk.rel(of.BuildFile), of.Line, of.Macro, buildfile.DepsLines(add, remove))
		return nil
	}
	build, err := s.files.load(home)
	if err != nil {
		return err
	}
	removed, err := build.SetDeps(name, add, remove)
	if err != nil {
		s.tell(of.Overlay, "%v", err)
		return nil
	}
	if len(add) > 0 {
		fmt.Fprintf(s.out, "%s: deps gains %s\n", of.Label, strings.Join(add, ", "))
	}
	if len(removed) > 0 {
		fmt.Fprintf(s.out, "%s: deps loses %s, which no file of the overlay imports\n", of.Label, strings.Join(removed, ", "))
	}
	return nil
}

// resolve returns the label of the library of an import path, for an overlay in a package of Bazel: empty if none is needed. What
// is to be done before there is one, why says.
func (s *depending) resolve(pkg, importPath string) (label, why string, err error) {
	if label, err = s.desk.directed(pkg, importPath); label != "" || err != nil {
		return label, "", err
	}
	labels := s.libraries[importPath]
	switch first, _, _ := strings.Cut(importPath, "/"); {
	case len(labels) > 1:
		return "", fmt.Sprintf("several libraries have it: %s; choose one by a line in the BUILD file: # gazelle:resolve go %s LABEL", strings.Join(labels, ", "), importPath), nil
	case len(labels) == 1 && !strings.HasPrefix(labels[0], "@@"):
		return labels[0], "", nil
	case len(labels) == 0 && !strings.Contains(first, "."):
		return "", "", nil // The standard library needs no dep.
	}
	module, indirect, err := workspace.Requirement(s.desk.Workspace.Root, importPath)
	if err != nil {
		return "", "", err
	}
	if module == "" {
		return "", fmt.Sprintf("no module of go.mod has it, nor a library of the workspace. Import it in a Go file of yours, too, such as tools.go, "+
			"for the go command sees no overlay files; then: go get %s && go mod tidy && bazel mod tidy", importPath), nil
	}
	repo, visible := s.known.RepositoryOf(module)
	switch {
	case !visible && indirect:
		return "", fmt.Sprintf("use_repo in MODULE.bazel lacks %s, as go.mod says // indirect of %s: import it in a Go file of yours, too, such as tools.go, for the go command sees no overlay files; then: go mod tidy && bazel mod tidy", repo, module), nil
	case !visible:
		return "", fmt.Sprintf("use_repo in MODULE.bazel lacks %s; run: bazel mod tidy", repo), nil
	}
	return "", fmt.Sprintf("@%s, which is of the module %s, has no library of that import path; if a newer version has, run: go get %s@latest", repo, module, module), nil
}
