package gazelle

import (
	"go/build"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// importsOfFile returns the import paths of a Go file, but for C, which is no package.
func importsOfFile(file string) ([]string, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, spec := range parsed.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil && path != "C" {
			paths = append(paths, path)
		}
	}
	return paths, nil
}

// importsOfPackage returns what a package imports without overlays: deps need not have it. It is read in the package's folder, or, if that is
// empty, in the module cache, in the recorded version of its module. Where neither has the package, that is not known.
func importsOfPackage(folder, importPath, version string, std bool) (imports []string, known bool) {
	if std {
		return nil, true // It can't import what is not of the standard library.
	}
	if folder == "" {
		folder = cached(importPath, version)
	}
	entries, err := os.ReadDir(folder)
	if folder == "" || err != nil {
		return nil, false
	}
	for _, entry := range entries {
		name := entry.Name()
		if file := filepath.Join(folder, name); filepath.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go") && !isIgnored(file) {
			paths, _ := importsOfFile(file) // What does not parse there is not ours.
			imports = append(imports, paths...)
		}
	}
	return imports, true
}

// isIgnored tells whether no build has a Go file of a package's folder, such as a program that generates another one.
func isIgnored(file string) bool {
	if name := filepath.Base(file); name[0] == '_' || name[0] == '.' {
		return true
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return false
	}
	for _, group := range parsed.Comments {
		for _, comment := range group.List {
			if group.Pos() > parsed.Package || !constraint.IsGoBuild(comment.Text) {
				continue
			}
			expr, err := constraint.Parse(comment.Text)
			// As gazelle has it: the tag is never set, whatever others are.
			return err == nil && expr.Eval(func(string) bool { return true }) && !expr.Eval(func(tag string) bool { return tag != "ignore" })
		}
	}
	return false
}

// cached returns the folder of a package in the module cache, or an empty string.
func cached(importPath, version string) string {
	cache := os.Getenv("GOMODCACHE")
	if cache == "" {
		if paths := filepath.SplitList(build.Default.GOPATH); len(paths) > 0 {
			cache = filepath.Join(paths[0], "pkg", "mod")
		}
	}
	if cache == "" || version == "" {
		return ""
	}
	// The longest path of a module that the import path allows goes first.
	for modulePath := importPath; modulePath != "."; modulePath = path.Dir(modulePath) {
		folder := inFolder(cache, escape(modulePath)+"@"+escape(version)+strings.TrimPrefix(importPath, modulePath))
		if info, err := os.Stat(folder); err == nil && info.IsDir() {
			return folder
		}
	}
	return ""
}

// escape returns a path or version of a module as the module cache has it: !x for X.
func escape(name string) string {
	var escaped strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			escaped.WriteRune('!')
		}
		escaped.WriteRune(unicode.ToLower(r))
	}
	return escaped.String()
}

// without returns the words that others lack, each once, in order.
func without(words, others []string) []string {
	left := slices.DeleteFunc(slices.Clone(words), func(word string) bool { return slices.Contains(others, word) })
	slices.Sort(left)
	return slices.Compact(left)
}

func inFolder(folder, name string) string { return filepath.Join(folder, filepath.FromSlash(name)) }
