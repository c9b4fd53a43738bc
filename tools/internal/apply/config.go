package apply

import (
	"fmt"
	"go/build"
	"go/build/constraint"
	"io"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// A buildConfig says what decides which files of a package are compiled. That
// the package is compiled by rules_go's builder, which asks go/build with tags
// from its arguments and all else from the environment. The helper has the same
// environment, so that go/build's own defaults have the tags of experiments and
// of instruction sets (GOEXPERIMENT, GOAMD64, GOARM).
type buildConfig struct {
	GOOS      string   `json:"goos"`
	GOARCH    string   `json:"goarch"`
	Cgo       bool     `json:"cgo"`
	Tags      []string `json:"tags"`
	GoVersion string   `json:"go_version"` // such as 1.26.8; empty if it is not known
}

// context returns go/build's view of the configuration. Files that it opens are
// those of contents, by name.
func (c *buildConfig) context(contents map[string]string) build.Context {
	ctx := build.Default
	ctx.GOOS, ctx.GOARCH, ctx.CgoEnabled = c.GOOS, c.GOARCH, c.Cgo
	ctx.BuildTags = c.Tags
	if minor, ok := minorOf(c.GoVersion); ok {
		ctx.ReleaseTags = releaseTags(minor)
	}
	ctx.GOROOT, ctx.GOPATH = "", "" // What is in them is no matter.
	return onFiles(ctx, contents)
}

// releaseTags returns go1.1 and so on, up to a version.
func releaseTags(minor int) []string {
	var tags []string
	for i := 1; i <= minor; i++ {
		tags = append(tags, "go1."+strconv.Itoa(i))
	}
	return tags
}

// minorOf returns the second number of a Go version.
func minorOf(version string) (int, bool) {
	rest, ok := strings.CutPrefix(version, "1.")
	if !ok {
		return 0, false
	}
	digits := rest
	if end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		digits = rest[:end]
	}
	minor, err := strconv.Atoi(digits)
	return minor, err == nil
}

// onFiles has a context see one folder, with files that are given.
func onFiles(ctx build.Context, contents map[string]string) build.Context {
	ctx.JoinPath = path.Join
	ctx.IsDir = func(dir string) bool { return dir == packageFolder }
	ctx.HasSubdir = func(string, string) (string, bool) { return "", false }
	ctx.ReadDir = readDir(contents)
	ctx.OpenFile = func(name string) (io.ReadCloser, error) {
		content, ok := contents[path.Base(name)]
		if !ok {
			return nil, fmt.Errorf("there is no %s", name)
		}
		return io.NopCloser(strings.NewReader(content)), nil
	}
	return ctx
}

// leftOut says why Go leaves a file of a name and content out of the package, or "".
// Where it can't know, it says nothing.
func (c *buildConfig) leftOut(name, content string) string {
	if c == nil || !isCompiled(name) {
		return ""
	}
	file := scan(name, content)
	if !c.knows(file.tags) {
		return ""
	}
	switch {
	case matches(c.context(map[string]string{name: content}), name):
		switch {
		case c.Cgo:
			return ""
		case file.cgo:
			return `it imports "C", and cgo is off`
		case isC(name):
			return "it is for a C compiler, and cgo is off"
		}
		return ""
	case strings.HasPrefix(name, "_") || strings.HasPrefix(name, "."):
		return "go/build ignores names that begin with " + name[:1]
	case !matches(c.context(map[string]string{"x" + path.Ext(name): emptyFile}), "x"+path.Ext(name)):
		return "go/build ignores files with the extension " + path.Ext(name)
	case !matches(c.context(map[string]string{name: emptyFile}), name):
		return "its name is for another platform"
	}
	if line := constraintOf(content); line != "" {
		return fmt.Sprintf("its constraint %q does not hold", line)
	}
	return "its build constraint does not hold"
}

// knows tells whether the configuration tells which of some tags are set: those of
// experiments depend on the version of Go that builds, and this program knows its
// own only.
func (c *buildConfig) knows(tags []string) bool {
	own, ok := minorOf(strings.TrimPrefix(runtime.Version(), "go"))
	minor, known := minorOf(c.GoVersion)
	if ok && known && own == minor {
		return true
	}
	return !slices.ContainsFunc(tags, func(tag string) bool { return strings.HasPrefix(tag, "goexperiment.") })
}

// String describes the configuration.
func (c *buildConfig) String() string {
	words := []string{c.GOOS + "/" + c.GOARCH}
	if c.GoVersion != "" {
		words = append(words, "Go "+c.GoVersion)
	}
	if c.Cgo {
		words = append(words, "cgo")
	} else {
		words = append(words, "no cgo")
	}
	if len(c.Tags) == 0 {
		words = append(words, "no tags")
	} else {
		words = append(words, "tags "+strings.Join(c.Tags, ","))
	}
	return strings.Join(words, ", ")
}

// constraintOf returns the line of a file that has its build constraint, or "".
func constraintOf(content string) string {
	for _, line := range strings.Split(content, "\n") {
		line = strings.TrimSpace(line)
		if constraint.IsGoBuild(line) || constraint.IsPlusBuild(line) {
			return line
		}
		if line != "" && !strings.HasPrefix(line, "//") && !strings.HasPrefix(line, "/*") {
			break
		}
	}
	return ""
}
