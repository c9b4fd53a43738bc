package sdkbuild

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// A goVersion is the version of a release.
type goVersion struct {
	text  string // as in go1.26.8
	minor int    // 26
}

var releaseVersion = regexp.MustCompile(`^go1\.(\d+)(?:\.\d+|rc\d+|beta\d+)?$`)

// version returns the version of the SDK. It is the first that is asked of its go command.
func (g goCommand) version() (goVersion, error) {
	text, err := g.run(g.tmp, "env", "GOVERSION")
	if start := (*fs.PathError)(nil); errors.As(err, &start) && !errors.Is(err, fs.ErrNotExist) {
		return goVersion{}, fmt.Errorf(`the SDK is for %s, and its go command does not run here, on %s_%s: %w
Only an SDK that runs where the build does can be rebuilt, or verified. Give the target an exec_compatible_with that
chooses another execution platform, or a target_compatible_with by which it is skipped`, g.platform, runtime.GOOS, runtime.GOARCH, start.Err)
	}
	if err != nil {
		return goVersion{}, fmt.Errorf("the go command of the SDK does not tell its version: %w", err)
	}
	match := releaseVersion.FindStringSubmatch(text)
	if match == nil {
		return goVersion{}, fmt.Errorf("the SDK is %q, expected a release such as go1.26.8: other builds of Go can't be rebuilt bit for bit", text)
	}
	minor, err := strconv.Atoi(match[1])
	if err != nil {
		return goVersion{}, fmt.Errorf("the SDK is %q: %w", text, err)
	}
	return goVersion{text: text, minor: minor}, nil
}

// distributed returns the commands that a distribution of a version has binaries of.
func (g goCommand) distributed(v goVersion) ([]string, error) {
	if v.minor < 25 {
		return g.allCommands()
	}
	file := filepath.Join(g.goroot(), "src", "cmd", "dist", "build.go")
	source, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var commands []string
	for _, list := range []string{"binExesIncludedInDistpack", "toolsIncludedInDistpack"} {
		paths, err := stringList(source, list)
		if err != nil {
			return nil, fmt.Errorf("src/cmd/dist/build.go does not say which binaries a distribution of %s has: %w", v.text, err)
		}
		for _, path := range paths {
			commands = append(commands, strings.TrimPrefix(path, "cmd/"))
		}
	}
	return commands, nil
}

// allCommands returns what Go 1.24 and older distribute: all but what makes Go itself.
// See cmd/distpack/pack.go.
func (g goCommand) allCommands() ([]string, error) {
	out, err := g.run(g.module(), "list", "-find", "-f", `{{if eq .Name "main"}}{{.ImportPath}}{{end}}`, "cmd/...")
	if err != nil {
		return nil, g.explain("list its own commands", err)
	}
	var commands []string
	for _, path := range strings.Fields(out) {
		command := strings.TrimPrefix(path, "cmd/")
		if !strings.Contains(command, "/") && !slices.Contains([]string{"api", "dist", "distpack", "metadata"}, command) {
			commands = append(commands, command)
		}
	}
	return commands, nil
}

// stringList returns the value of a variable of the form var name = []string{"…"}.
func stringList(source []byte, name string) ([]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var values []string
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || len(spec.Names) != 1 || spec.Names[0].Name != name || len(spec.Values) != 1 {
			return true
		}
		list, ok := spec.Values[0].(*ast.CompositeLit)
		if !ok {
			return false
		}
		for _, element := range list.Elts {
			literal, ok := element.(*ast.BasicLit)
			if !ok {
				continue
			}
			if value, err := strconv.Unquote(literal.Value); err == nil {
				values = append(values, value)
			}
		}
		return false
	})
	if len(values) == 0 {
		return nil, fmt.Errorf("it has no list of strings %s", name)
	}
	return values, nil
}
