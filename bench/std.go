package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/tests/workspace"
)

// A stdEdit is an edit of the standard library: the first old becomes new, for fmt
// with the number of the round, which tells edits apart.
type stdEdit struct {
	name, title, importPath, file, old, new string
}

var stdEdits = []stdEdit{
	{"http", "a body in net/http", "net/http", "server.go", `"http: nil handler"`, `"http: no handler, round %d"`},
	{"fmt", "a body in fmt", "fmt", "print.go", `"<nil>"` + "\n", `"<nil, round %d>"` + "\n"},
	{"os", "a body in os", "os", "file.go", `errors.New("negative offset")`, `errors.New("round %d")`},
	{"runtime", "a body in runtime", "runtime", "proc.go", `"all goroutines are asleep - deadlock!"`, `"deadlock, round %d"`},
	{"fmt_lines", "the lines of fmt", "fmt", "print.go", "package fmt\n", "package fmt\n\n// Round %d.\n"},
	{"http_api", "the API of net/http", "net/http", "server.go", "// Errors used by the HTTP server.\n", "// Round is new.\nconst Round = %d\n\n// Errors used by the HTTP server.\n"},
}

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
				if err := removeStd(ctx, b); err != nil {
					return nil, err
				}
				return stdAction(ctx, b, "GoStdlib", noOverlays)
			}},
			{"GoOverlayStdlib", func(ctx context.Context, round int) (sample, error) {
				edited, err := edit.edited(goroot, round)
				if err != nil {
					return nil, err
				}
				if err := os.WriteFile(edit.overlayFile(b), []byte(edited), 0o644); err != nil {
					return nil, err
				}
				return stdAction(ctx, b, "GoOverlayStdlib", edit.flag())
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
	return strings.Replace(string(content), e.old, fmt.Sprintf(e.new, round), 1), err
}

func (e stdEdit) overlayFile(b *bazel) string { return filepath.Join(b.dir, "std", e.name+".go") }

// flag has the edit compiled in.
func (e stdEdit) flag() string { return "--@go_overlay//go_overlay:active=//std:" + e.name }

// removeStd removes the standard library without overlays.
func removeStd(ctx context.Context, b *bazel) error {
	out, err := b.info(ctx, "output_path")
	if err != nil {
		return err
	}
	compiled, err := filepath.Glob(filepath.Join(out, "*/bin/external/rules_go~/stdlib_/pkg"))
	if err != nil {
		return err
	}
	for _, folder := range compiled {
		if err := workspace.RemoveAll(folder); err != nil {
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
	file, err := os.Open(log)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	decoder := json.NewDecoder(file)
	for {
		var spawn struct {
			Mnemonic string
			Metrics  struct{ TotalTime string }
		}
		if err := decoder.Decode(&spawn); err == io.EOF {
			return nil, fmt.Errorf("%s: no action %s was executed", log, mnemonic)
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", log, err)
		}
		if spawn.Mnemonic == mnemonic {
			elapsed, err := time.ParseDuration(spawn.Metrics.TotalTime)
			return sample{metricTime.Name: elapsed.Seconds()}, err
		}
	}
}
