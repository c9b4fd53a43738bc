package buildfile

import (
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/buildtools/build"
)

// covers tells whether a glob() has a file, for certain: also one that is not there yet.
func covers(x build.Expr, file string) bool {
	call, ok := x.(*build.CallExpr)
	if !ok || build.NewRule(call).Kind() != "glob" {
		return false
	}
	file = strings.TrimPrefix(file, ":")
	rule := build.NewRule(call)
	include, exclude := rule.Attr("include"), rule.Attr("exclude")
	for i, arg := range call.List {
		if _, ok := arg.(*build.AssignExpr); ok {
			continue
		}
		switch i {
		case 0:
			include = arg
		case 1:
			exclude = arg
		default:
			return false
		}
	}
	for _, pattern := range build.Strings(exclude) {
		if matches(pattern, file) {
			return false
		}
	}
	if exclude != nil && build.Strings(exclude) == nil {
		return false // Who knows?
	}
	for _, pattern := range build.Strings(include) {
		if matches(pattern, file) {
			return true
		}
	}
	return false
}

// EmptiedGlobs returns those glob()s of the file that find nothing without some files, which are paths in the package. Bazel takes that
// for an error, unless the glob() says that it may be so.
func (f *File) EmptiedGlobs(gone []string) (globs []string, err error) {
	e, err := f.edit()
	if err != nil {
		return nil, err
	}
	build.Walk(e.tree, func(x build.Expr, _ []build.Expr) {
		if !slices.ContainsFunc(gone, func(file string) bool { return covers(x, file) }) {
			return
		}
		if may, ok := build.NewRule(x.(*build.CallExpr)).Attr("allow_empty").(*build.Ident); ok && may.Name == "True" {
			return
		}
		found := false
		folder := filepath.Dir(f.path)
		filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return nil // Bazel tells what it can't read.
			}
			name, err := filepath.Rel(folder, path)
			if name = filepath.ToSlash(name); err == nil && covers(x, name) && !slices.Contains(gone, name) {
				found = true
				return fs.SkipAll
			}
			return nil
		})
		if !found {
			globs = append(globs, strings.Join(strings.Fields(build.FormatString(x)), " "))
		}
	})
	return globs, nil
}

// matches tells whether a pattern of glob() matches a path: ** stands for any number of folders.
func matches(pattern, file string) bool {
	first, rest, more := strings.Cut(pattern, "/")
	if first == "**" {
		if !more || matches(rest, file) {
			return true
		}
		_, below, ok := strings.Cut(file, "/")
		return ok && matches(pattern, below)
	}
	element, below, deeper := strings.Cut(file, "/")
	// To Bazel, only * is special.
	ok, err := path.Match(strings.NewReplacer(`\`, `\\`, "?", `\?`, "[", `\[`).Replace(first), element)
	if err != nil || !ok || more != deeper {
		return false
	}
	return !more || matches(rest, below)
}
