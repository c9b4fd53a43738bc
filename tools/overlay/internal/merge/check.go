package merge

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"io"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// Check returns what a compiler would say of a package that it did not say of the one
// before. Both are files by name, of which those are looked at that a build for a platform
// compiles, with and without cgo. Without platforms, it is the one that this runs on, and of
// Linux, macOS and Windows those that compile other files.
//
// Nothing is known of what the package imports. Errors that come of that alone are in before,
// too, which is as upstream has it and so has none of its own: they cancel out. What depends
// on the types of imported packages is left for the build to find.
func Check(before, after map[string][]byte, platforms ...gosdk.Platform) []error {
	if len(platforms) == 0 {
		platforms = usual(before, after)
	}
	var errs []error
	said := map[string]bool{}
	for _, platform := range platforms {
		for _, cgo := range []bool{true, false} {
			was, known := check(before, "", platform, cgo), map[string]bool{}
			for _, p := range was.problems {
				known[p.message] = true
			}
			is := check(after, was.name, platform, cgo)
			if !was.parsed && is.parsed {
				continue // There is nothing to compare with: it has what this parser does not know.
			}
			for _, p := range is.problems {
				if text := p.String(); !known[p.message] && !said[text] {
					said[text] = true
					errs = append(errs, errors.New(text))
				}
			}
		}
	}
	return errs
}

// usual returns the platform that this runs on, and others for which a package has other files.
func usual(packages ...map[string][]byte) []gosdk.Platform {
	platforms := []gosdk.Platform{gosdk.Host}
	for _, goos := range []string{"linux", "darwin", "windows"} {
		other := gosdk.Platform{GOOS: goos, GOARCH: gosdk.Host.GOARCH}
		if other != gosdk.Host && slices.ContainsFunc(packages, func(content map[string][]byte) bool {
			here, there := buildFor(content, gosdk.Host, true), buildFor(content, other, true)
			for name := range content {
				is, _ := here.MatchFile("", name)
				if does, _ := there.MatchFile("", name); path.Ext(name) == ".go" && is != does {
					return true
				}
			}
			return false
		}) {
			platforms = append(platforms, other)
		}
	}
	return platforms
}

// A problem is one of a package.
type problem struct {
	position token.Position
	message  string // without a position, which changes
	detail   string // more lines, with positions
}

func (p problem) String() string { return fmt.Sprintf("%v: %s%s", p.position, p.message, p.detail) }

type checked struct {
	name     string // of the package
	parsed   bool   // so that types were checked
	problems []problem
}

// check parses a package and checks its types. The name of the package is the one that most
// files have if it is not given.
func check(content map[string][]byte, name string, platform gosdk.Platform, cgo bool) checked {
	fset := token.NewFileSet()
	files, problems := parse(fset, content, name, platform, cgo)
	if len(files) > 0 {
		name = files[0].Name.Name
	}
	if len(problems) > 0 || len(files) == 0 {
		// What is missing in the files would be missing everywhere.
		return checked{name, len(problems) == 0, problems}
	}
	dotted := nameImports(fset, files)

	config := types.Config{
		FakeImportC: true,
		Importer:    importer{},
		Sizes:       types.SizesFor("gc", platform.GOARCH),
		Error: func(err error) {
			e, ok := err.(types.Error)
			position := fset.Position(e.Pos)
			switch {
			case !ok || strings.HasPrefix(e.Msg, "could not import "):
			case strings.HasPrefix(e.Msg, "\t"):
				// More of the last one.
				if len(problems) > 0 {
					problems[len(problems)-1].detail += fmt.Sprintf(" (%v: %s)", position, strings.TrimSpace(e.Msg))
				}
			case strings.HasPrefix(e.Msg, "undefined: ") && dotted[position.Filename]:
			default:
				problems = append(problems, problem{position: position, message: e.Msg})
			}
		},
	}
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}}
	config.Check("package", fset, files, info) // The function has all errors.
	problems = withoutUnknown(problems, info)
	problems = withoutUnseen(problems, fset, files)
	return checked{name, true, unseen(problems, fset, files, dotted)}
}

// unseen adds what go/types does not say: imports that are not used, of packages that it does
// not know, and names that nothing declares, in places that it does not look at.
func unseen(problems []problem, fset *token.FileSet, files []*ast.File, dotted map[string]bool) []problem {
	said := map[token.Position]bool{}
	for _, p := range problems {
		said[p.position] = true
	}
	declared := declarations(files)
	for _, file := range files {
		used := map[string]bool{"_": true, ".": true, "C": true}
		for _, ident := range file.Unresolved {
			used[ident.Name] = true
		}
		imported := map[string]bool{}
		for _, spec := range file.Imports {
			name := path.Base(importPath(spec))
			if spec.Name != nil {
				name = spec.Name.Name
			}
			imported[name] = true
			if !used[name] && importPath(spec) != "unsafe" { // go/types knows that one.
				problems = append(problems, problem{position: fset.Position(spec.Pos()), message: spec.Path.Value + " imported and not used"})
			}
		}
		for _, ident := range file.Unresolved {
			position := fset.Position(ident.Pos())
			if name := ident.Name; !declared[name] && !imported[name] && types.Universe.Lookup(name) == nil && !said[position] && !dotted[position.Filename] {
				problems = append(problems, problem{position: position, message: "undefined: " + name})
			}
		}
	}
	return problems
}

// declarations returns the names that a package has for all of its files.
func declarations(files []*ast.File) map[string]bool {
	declared := map[string]bool{}
	for _, file := range files {
		for name := range file.Scope.Objects {
			declared[name] = true
		}
	}
	return declared
}

func importPath(spec *ast.ImportSpec) string { return strings.Trim(spec.Path.Value, "\"`") }

// withoutUnseen leaves out what is wrong only because go/types does not look at all of an
// expression or statement in which something is unknown: variables that are used there, and
// calls of panic that let a function do without a return.
func withoutUnseen(problems []problem, fset *token.FileSet, files []*ast.File) []problem {
	fine := map[token.Position]bool{}
	for _, file := range files {
		assigned, uses := map[*ast.Ident]bool{}, map[*ast.Object]int{}
		var panics []token.Pos
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for _, left := range n.Lhs {
					if ident, ok := left.(*ast.Ident); ok && (n.Tok == token.ASSIGN || n.Tok == token.DEFINE) {
						assigned[ident] = true
					}
				}
			case *ast.CallExpr:
				if ident, ok := n.Fun.(*ast.Ident); ok && ident.Name == "panic" && ident.Obj == nil {
					panics = append(panics, n.Pos())
				}
			case *ast.Ident:
				if n.Obj != nil && !assigned[n] && n.Pos() != n.Obj.Pos() {
					uses[n.Obj]++
				}
			}
			return true
		})
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				if n.Obj != nil && n.Pos() == n.Obj.Pos() && uses[n.Obj] > 0 {
					fine[fset.Position(n.Pos())] = true
				}
			case *ast.BlockStmt:
				if slices.ContainsFunc(panics, func(p token.Pos) bool { return n.Pos() < p && p < n.End() }) {
					fine[fset.Position(n.Rbrace)] = true
				}
			}
			return true
		})
	}
	return slices.DeleteFunc(problems, func(p problem) bool {
		return fine[p.position] && (strings.Contains(p.message, "declared and not used") || p.message == "missing return")
	})
}

// importer knows no package. What go/types makes of the error is a package that has
// everything, of which nothing is known.
type importer struct{}

func (importer) Import(path string) (*types.Package, error) { return nil, errors.New("unknown") }

// buildFor returns what tells which files a build for a platform compiles.
func buildFor(content map[string][]byte, platform gosdk.Platform, cgo bool) build.Context {
	c := build.Default
	c.GOOS, c.GOARCH, c.Compiler, c.CgoEnabled = platform.GOOS, platform.GOARCH, "gc", cgo
	if platform != gosdk.Host {
		c.ToolTags = nil // They are of GOARCH, as GOAMD64 is, and of the SDK that has built this.
	}
	c.BuildTags = nil
	c.OpenFile = func(name string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content[path.Base(strings.ReplaceAll(name, `\`, "/"))])), nil
	}
	return c
}

// parse parses those files that a build compiles.
func parse(fset *token.FileSet, content map[string][]byte, name string, platform gosdk.Platform, cgo bool) (files []*ast.File, problems []problem) {
	build := buildFor(content, platform, cgo)
	clauses := map[string]int{name: len(content)}
	for _, name := range sortedKeys(content) {
		if path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		// After an error, the parser has more to say of the file.
		if match, err := build.MatchFile("", name); !match && err == nil {
			continue
		}
		file, err := parser.ParseFile(fset, name, content[name], 0)
		var list scanner.ErrorList
		if errors.As(err, &list) {
			for _, e := range list {
				problems = append(problems, problem{position: e.Pos, message: e.Msg})
			}
			continue
		}
		// A build takes no such file for one of the package, and none that uses cgo without it.
		if err != nil || file.Name.Name == "documentation" || !cgo && importsC(file) {
			continue
		}
		files = append(files, file)
		clauses[file.Name.Name]++
	}
	// go/types takes the name of the first.
	sort.SliceStable(files, func(i, j int) bool { return clauses[files[i].Name.Name] > clauses[files[j].Name.Name] })
	return files, problems
}

func importsC(file *ast.File) bool {
	return slices.ContainsFunc(file.Imports, func(spec *ast.ImportSpec) bool { return spec.Path.Value == `"C"` })
}

// nameImports gives imports the names that files have for them, as far as these are not the
// last elements of their paths: go/types can't know, for example, that gopkg.in/yaml.v3 is
// package yaml. It returns the names of files that import all names of a package.
func nameImports(fset *token.FileSet, files []*ast.File) (dotted map[string]bool) {
	declared := declarations(files)
	dotted = map[string]bool{}
	for _, file := range files {
		var unnamed []*ast.ImportSpec
		named := map[string]bool{}
		for _, spec := range file.Imports {
			if spec.Name == nil {
				unnamed = append(unnamed, spec)
				continue
			}
			named[spec.Name.Name] = true
			if spec.Name.Name == "." {
				dotted[fset.Position(file.Pos()).Filename] = true
			}
		}
		used := qualifiers(file, func(name string) bool {
			return declared[name] || named[name] || types.Universe.Lookup(name) != nil
		})
		// First the sure ones, then those that are like the path, then any that are left of
		// packages outside of the standard library.
		for _, fits := range []func(importPath, name string) bool{
			func(importPath, name string) bool { return path.Base(importPath) == name },
			isLike,
			func(importPath, _ string) bool {
				first, _, _ := strings.Cut(importPath, "/")
				return strings.Contains(first, ".")
			},
		} {
			unnamed = slices.DeleteFunc(unnamed, func(spec *ast.ImportSpec) bool {
				importPath := importPath(spec)
				i := slices.IndexFunc(used, func(name string) bool { return importPath != "C" && fits(importPath, name) })
				if i < 0 {
					return false
				}
				if path.Base(importPath) != used[i] {
					spec.Name = &ast.Ident{NamePos: spec.Path.Pos(), Name: used[i]}
				}
				used = slices.Delete(used, i, i+1)
				return true
			})
		}
	}
	return dotted
}

// qualifiers returns the names before dots that nothing in a file declares.
func qualifiers(file *ast.File, isDeclared func(name string) bool) []string {
	unresolved := map[*ast.Ident]bool{}
	for _, ident := range file.Unresolved {
		unresolved[ident] = true
	}
	names := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := selector.X.(*ast.Ident); ok && unresolved[x] && !isDeclared(x.Name) {
				names[x.Name] = true
			}
		}
		return true
	})
	return sortedKeys(names)
}

var notInNames = regexp.MustCompile(`[^a-z0-9/]`)

// isLike tells whether an element of a path has the name of a package in it, from the last
// element but a version's.
func isLike(importPath, name string) bool {
	elements := strings.Split(notInNames.ReplaceAllString(strings.ToLower(importPath), ""), "/")
	for len(elements) > 1 && regexp.MustCompile(`^v\d+$`).MatchString(elements[len(elements)-1]) {
		elements = elements[:len(elements)-1]
	}
	return strings.Contains(elements[len(elements)-1], notInNames.ReplaceAllString(strings.ToLower(name), ""))
}

// withoutUnknown leaves out what may be wrong only because a type has methods, fields or
// operators that it has from an unknown one.
func withoutUnknown(problems []problem, info *types.Info) []problem {
	var names []string
	add := func(name string, t types.Type) {
		if isUnknown(t, map[types.Type]bool{}) {
			names = append(names, regexp.QuoteMeta(name))
		}
	}
	for ident, object := range info.Defs {
		if name, ok := object.(*types.TypeName); ok {
			if parameter, ok := name.Type().(*types.TypeParam); ok {
				add(ident.Name, parameter.Constraint())
			} else {
				add(ident.Name, name.Type())
			}
		}
	}
	pattern := `invalid type`
	if len(names) > 0 {
		pattern += `|\b(?:` + strings.Join(names, "|") + `)\b`
	}
	unknown := regexp.MustCompile(pattern)
	depends := regexp.MustCompile(`has no field or method|missing method|does not (?:implement|satisfy)|operator|cannot |invalid `)
	// A call may have any number of results; and unknown types leave out those of elements, or of parameters.
	always := regexp.MustCompile(`have \((?:unknown|invalid) type\)|missing type in composite literal|cannot infer `)
	return slices.DeleteFunc(problems, func(p problem) bool {
		return unknown.MatchString(p.message) && depends.MatchString(p.message) || always.MatchString(p.message)
	})
}

// isUnknown tells whether a type is unknown, or embeds one that is.
func isUnknown(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	if pointer, ok := t.(*types.Pointer); ok {
		t = pointer.Elem()
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.Invalid
	case *types.Struct:
		for i := 0; i < u.NumFields(); i++ {
			if u.Field(i).Embedded() && isUnknown(u.Field(i).Type(), seen) {
				return true
			}
		}
	case *types.Interface:
		for i := 0; i < u.NumEmbeddeds(); i++ {
			if isUnknown(u.EmbeddedType(i), seen) {
				return true
			}
		}
	case *types.Union:
		for i := 0; i < u.Len(); i++ {
			if isUnknown(u.Term(i).Type(), seen) {
				return true
			}
		}
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
