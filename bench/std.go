package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/internal/bazeltest"
)

// A stdEdit is an edit of the standard library: the first old becomes new, for fmt
// with a text that tells edits apart.
type stdEdit struct{ name, title, importPath, file, old, new string }

var stdEdits = []stdEdit{
	{"http", "a body in net/http", "net/http", "server.go", `"http: nil handler"`, `"%s"`},
	{"fmt", "a body in fmt", "fmt", "print.go", `"<nil>"` + "\n", `"%s"` + "\n"},
	{"os", "a body in os", "os", "file.go", `errors.New("negative offset")`, `errors.New("%s")`},
	{"runtime", "a body in runtime", "runtime", "proc.go", `"all goroutines are asleep - deadlock!"`, `"%s"`},
	{"fmt_lines", "the lines of fmt", "fmt", "print.go", "package fmt\n", "package fmt\n\n// %s\n"},
	{"http_api", "the API of net/http", "net/http", "server.go", "// Errors used by the HTTP server.\n", "// Round is new.\nconst Round = \"%s\"\n\n// Errors used by the HTTP server.\n"},
}

// text is what the edit of a round says.
func (e stdEdit) text(round int) string { return fmt.Sprintf("%s edited in round %d", e.name, round) }

// stdMain shows the edit of net/http.
const stdMain = `package main

import (
	"fmt"
	"net/http"
)

func main() {
	defer func() { fmt.Println(recover()) }()
	http.Handle("/", nil)
}
`

// benchStd measures the actions alone that compile the standard library after an
// edit, as Bazel reports them: of go_overlay, from what was compiled without the
// edit, and of rules_go, all of it.
func benchStd(ctx context.Context, s *session) error {
	b, goroot, err := stdWorkspace(ctx, s)
	if err != nil {
		return err
	}
	progress("building without overlays")
	if _, err := b.build(ctx, "//std:app", noOverlays); err != nil {
		return err
	}
	for _, edit := range stdEdits {
		if err := s.compare(ctx, &Comparison{
			Name:      "std/" + edit.name,
			Title:     "Compiling the standard library after an edit of " + edit.title,
			Reference: "GoStdlib",
			Metrics:   []Metric{metricTime},
		}, []contender{
			{"GoStdlib", func(ctx context.Context, _ int) (sample, error) {
				if err := removeStd(b); err != nil {
					return nil, err
				}
				return stdAction(ctx, b, "GoStdlib", noOverlays)
			}},
			{"GoOverlayStdlib", func(ctx context.Context, round int) (sample, error) {
				if err := edit.overlay(b, goroot, round); err != nil {
					return nil, err
				}
				sample, err := stdAction(ctx, b, "GoOverlayStdlib", edit.flag())
				if err != nil {
					return nil, err
				}
				return sample, edit.check(b, round)
			}},
		}); err != nil {
			return err
		}
	}
	return nil
}

// stdWorkspace makes a workspace that wraps the Go of the machine, and has a program
// and an overlay for each edit. It returns the GOROOT of that Go, too.
func stdWorkspace(ctx context.Context, s *session) (*bazel, string, error) {
	files, err := hostWorkspace(s, programs[0])
	if err != nil {
		return nil, "", err
	}
	files["MODULE.bazel"] += wrappedHostSDK(s.root)
	files["std/main.go"] = stdMain
	files["std/BUILD.bazel"] = stdRule + `
load("@go_overlay//go_overlay:defs.bzl", "go_overlay")
`
	for _, edit := range stdEdits {
		files["std/BUILD.bazel"] += fmt.Sprintf(`
go_overlay(
    name = %[1]q,
    importpath = %[2]q,
    replace = {%[3]q: "%[1]s.go"},
    visibility = ["//visibility:public"],
)
`, edit.name, edit.importPath, edit.file)
	}
	b, err := s.workspace("std", files)
	if err != nil {
		return nil, "", err
	}
	goroot, err := output(command(ctx, "", "go", "env", "GOROOT"))
	return b, goroot, err
}

const stdRule = `load("@rules_go//go:def.bzl", "go_binary")

go_binary(
    name = "app",
    srcs = ["main.go"],
)
`

// source is the file in a GOROOT.
func (e stdEdit) source(goroot string) string {
	return filepath.Join(goroot, "src", e.importPath, e.file)
}

// edited returns the file with the edit.
func (e stdEdit) edited(goroot string, round int) (string, error) {
	content, err := os.ReadFile(e.source(goroot))
	if err == nil && !strings.Contains(string(content), e.old) {
		err = fmt.Errorf("%s: does not say %q", e.source(goroot), e.old)
	}
	return strings.Replace(string(content), e.old, fmt.Sprintf(e.new, e.text(round)), 1), err
}

// overlay writes the file of the overlay.
func (e stdEdit) overlay(b *bazel, goroot string, round int) error {
	edited, err := e.edited(goroot, round)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(b.dir, "std", e.name+".go"), []byte(edited), 0o644)
}

// flag has the edit compiled in.
func (e stdEdit) flag() string { return "--@go_overlay//go_overlay:active=//std:" + e.name }

// check fails unless the archive of the package says what the edit of the round does.
func (e stdEdit) check(b *bazel, round int) error {
	if strings.Contains(e.new, "// %s") {
		return nil // A comment is not in the archive.
	}
	archives, err := stdOutputs(b, "go_overlay/stdlib_/pkg/*/"+e.importPath+".a")
	if err != nil {
		return err
	}
	for _, archive := range archives {
		content, err := os.ReadFile(archive)
		if err != nil {
			return err
		}
		if bytes.Contains(content, []byte(e.text(round))) {
			return nil
		}
	}
	return fmt.Errorf("none of %v says %q", archives, e.text(round))
}

// stdOutputs returns where an output of the standard library is: which configuration
// has it depends on the version of rules_go. Bazel 7 ends the name of a repository with
// ~, and later ones with +.
func stdOutputs(b *bazel, name string) ([]string, error) {
	pattern := filepath.Join(b.dir, "bazel-out/*/bin/external/rules_go[~+]*", name)
	found, err := filepath.Glob(pattern)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("%s: there is none", pattern)
	}
	return found, err
}

// removeStd removes the standard library without overlays.
func removeStd(b *bazel) error {
	compiled, err := stdOutputs(b, "stdlib_/pkg")
	if err != nil {
		return err
	}
	for _, folder := range compiled {
		if err := bazeltest.RemoveAll(folder); err != nil {
			return err
		}
	}
	return nil
}

// stdAction builds the program, and returns how long an action took.
func stdAction(ctx context.Context, b *bazel, mnemonic string, flags ...string) (sample, error) {
	if err := settle(ctx); err != nil {
		return nil, err
	}
	log := b.dir + ".executed.json"
	if _, err := b.build(ctx, append(flags, "//std:app", noCache, "--execution_log_json_file="+log)...); err != nil {
		return nil, err
	}
	spawns, err := bazeltest.ReadExecutionLog(log)
	if err != nil {
		return nil, err
	}
	for _, spawn := range spawns {
		if spawn.Mnemonic == mnemonic {
			elapsed, err := time.ParseDuration(spawn.Metrics.TotalTime)
			return sample{metricTime.Name: elapsed.Seconds()}, err
		}
	}
	return nil, fmt.Errorf("%s: no action %s was executed", log, mnemonic)
}
