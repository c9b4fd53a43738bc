package buildfile

import (
	"path"
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
