package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/tests/workspace"
)

// stdEdits are edits of the standard library. In each, the first string of a file
// becomes the second, which tells the runs apart.
var stdEdits = []struct {
	name, importPath, file, old, new string
}{
	{"body in net/http", "net/http", "server.go", `"http: nil handler"`, `"http: no handler, run %d"`},
	{"body in fmt", "fmt", "print.go", `"<nil>"` + "\n", `"<nil, run %d>"` + "\n"},
	{"body in os", "os", "file.go", `errors.New("negative offset")`, `errors.New("run %d")`},
	{"body in runtime", "runtime", "proc.go", `"all goroutines are asleep - deadlock!"`, `"deadlock, run %d"`},
	{"lines of fmt", "fmt", "print.go", "package fmt\n", "package fmt\n\n// Run %d.\n"},
	{"API of net/http", "net/http", "server.go", "// Errors used by the HTTP server.\n", "// Run is new.\nconst Run = %d\n\n// Errors used by the HTTP server.\n"},
}

// benchStd measures the actions alone, as Bazel reports them.
func benchStd(root, dir string, runs int) error {
	s := &subject{name: "std", root: root, dir: filepath.Join(dir, "std")}
	if err := s.prepareStd(); err != nil {
		return err
	}
	defer s.shutDown()
	fmt.Fprintln(os.Stderr, "building without overlays")
	if out, err := s.bazel("build", "//std:app").CombinedOutput(); err != nil {
		return fmt.Errorf("bazelw build: %w\n%s", err, out)
	}
	comparisons := make([]*comparison, len(stdEdits))
	for i, edit := range stdEdits {
		comparisons[i] = &comparison{
			title: "Compiling the standard library after an edit: " + edit.name,
			names: [2]string{"GoOverlayStdlib", "GoStdlib"},
		}
		// Builds the helper and all else.
		fmt.Fprintln(os.Stderr, "building:", edit.name)
		if _, err := s.compileStd(i, 0); err != nil {
			return err
		}
	}
	for run := range runs {
		for i := range stdEdits {
			err := comparisons[i].run(func(subject int) (time.Duration, error) {
				if subject == 0 {
					return s.compileStd(i, run+1)
				}
				return s.compileBase()
			})
			if err != nil {
				return err
			}
		}
	}
	for _, c := range comparisons {
		if err := c.print(); err != nil {
			return err
		}
		fmt.Println()
	}
	return nil
}

// prepareStd makes a workspace with a program, and an overlay for each edit.
func (s *subject) prepareStd() error {
	if err := workspace.CopyExamples(s.root, s.dir); err != nil {
		return err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	rc := workspace.Bazelrc(s.dir+".output", filepath.Join(cache, "go_overlay", "e2e"))
	var build strings.Builder
	build.WriteString(`load("@go_overlay//go_overlay:defs.bzl", "go_overlay")
load("@rules_go//go:def.bzl", "go_binary")

go_binary(
    name = "app",
    srcs = ["main.go"],
)
`)
	for i, edit := range stdEdits {
		fmt.Fprintf(&build, `
go_overlay(
    name = "edit%[1]d",
    importpath = %[2]q,
    replace = {%[3]q: "edit%[1]d.go"},
    visibility = ["//visibility:public"],
)
`, i, edit.importPath, edit.file)
	}
	return errors.Join(
		os.WriteFile(filepath.Join(s.dir, ".bazelrc"), []byte(rc), 0o644),
		os.Mkdir(filepath.Join(s.dir, "std"), 0o755),
		os.WriteFile(filepath.Join(s.dir, "std/BUILD.bazel"), []byte(build.String()), 0o644),
		os.WriteFile(filepath.Join(s.dir, "std/main.go"), []byte("package main\n\nimport \"net/http\"\n\nfunc main() { println(http.ErrServerClosed.Error()) }\n"), 0o644),
	)
}

// compileStd measures how long the standard library takes after an edit.
func (s *subject) compileStd(index, run int) (time.Duration, error) {
	edit := stdEdits[index]
	base, err := s.info("output_base")
	if err != nil {
		return 0, err
	}
	sdk := "external/go_overlay~~go_toolchains~go_sdk_" + runtime.GOOS + "_" + runtime.GOARCH
	source := filepath.Join(base, sdk, "src", edit.importPath, edit.file)
	content, err := os.ReadFile(source)
	if err != nil {
		return 0, err
	}
	if !bytes.Contains(content, []byte(edit.old)) {
		return 0, fmt.Errorf("%s: does not say %q", source, edit.old)
	}
	edited := bytes.Replace(content, []byte(edit.old), []byte(fmt.Sprintf(edit.new, run)), 1)
	if err := os.WriteFile(filepath.Join(s.dir, fmt.Sprintf("std/edit%d.go", index)), edited, 0o644); err != nil {
		return 0, err
	}
	return s.actionTime("GoOverlayStdlib", fmt.Sprintf("--@go_overlay//go_overlay:active=//std:edit%d", index))
}

// compileBase measures how long the standard library takes without overlays.
func (s *subject) compileBase() (time.Duration, error) {
	none := "--@go_overlay//go_overlay:active=@go_overlay//go_overlay:none"
	out, err := s.info("output_path")
	if err != nil {
		return 0, err
	}
	compiled, err := filepath.Glob(filepath.Join(out, "*/bin/external/rules_go~/stdlib_/pkg"))
	if err != nil {
		return 0, err
	}
	for _, folder := range compiled {
		if err := workspace.RemoveAll(folder); err != nil {
			return 0, err
		}
	}
	return s.actionTime("GoStdlib", none)
}

// info returns one of the paths that Bazel has.
func (s *subject) info(key string) (string, error) {
	out, err := s.bazel("info", key).Output()
	if err != nil {
		return "", fmt.Errorf("bazelw info %s: %w", key, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// actionTime builds the program, and returns how long an action took.
func (s *subject) actionTime(mnemonic string, flags ...string) (time.Duration, error) {
	if err := settle(); err != nil {
		return 0, err
	}
	log := filepath.Join(s.dir, "executed.json")
	args := append([]string{"build", "--disk_cache=", "--execution_log_json_file=" + log, "//std:app"}, flags...)
	if out, err := s.bazel(args...).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("bazelw build: %w\n%s", err, out)
	}
	file, err := os.Open(log)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	decoder := json.NewDecoder(file)
	for {
		var spawn struct {
			Mnemonic string
			Metrics  struct{ TotalTime string }
		}
		if err := decoder.Decode(&spawn); err == io.EOF {
			return 0, fmt.Errorf("%s: no action %s was executed", log, mnemonic)
		} else if err != nil {
			return 0, fmt.Errorf("%s: %w", log, err)
		}
		if spawn.Mnemonic == mnemonic {
			return time.ParseDuration(spawn.Metrics.TotalTime)
		}
	}
}
