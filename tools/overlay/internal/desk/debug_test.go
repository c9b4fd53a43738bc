package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/txtar"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/delve"
)

// program is the source of one whose debug information names files as that of rules_go's does.
const program = `
-- go.mod --
module external

go 1.22
-- app/main.go --
package main

func main() {}
`

const built = "bazel-out/k8-dbg/bin/app_/app"

// debuggable returns a desk whose Bazel knows a program, with the answer to cquery about it.
func debuggable(t *testing.T, kind string, found map[string]any, linkerFlags string) (*Desk, outputs, func() string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	d, _, stderr := fakeDeskIn(t, filepath.Join(dir, "workspace"), "-- MODULE.bazel --\n-- app/main.go --\n", rule{kind, "//:app", map[string]any{"args": []string{"own"}}})
	o := outputs{base: filepath.Join(dir, "output_base")}
	o.root = filepath.Join(o.base, "execroot", "_main")
	source := filepath.Join(o.base, "external")
	if err := txtar.Write(txtar.Parse([]byte(program)), source); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags="+linkerFlags, "-o", filepath.Join(o.root, built), "./app")
	cmd.Dir = source
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	answer(t, d, "build", "")
	answer(t, d, "aquery", "{}")
	line, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	answer(t, d, "cquery", string(line)+"\n")
	return d, o, stderr.String
}

// answer is what Bazel says to a command from now on.
func answer(t *testing.T, d *Desk, command, text string) {
	t.Helper()
	path := filepath.Join(filepath.Dir(d.Workspace.Root), "answers", command)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestDebug(t *testing.T) {
	d, o, _ := debuggable(t, "go_binary", map[string]any{
		"label": "@@//:app", "program": built, "runfiles": built + ".runfiles/MANIFEST", "env": map[string]string{"KEY": "value"},
	}, "")
	runfiles := filepath.Join(o.root, built+".runfiles")
	if err := os.MkdirAll(filepath.Join(runfiles, "_main"), 0o755); err != nil {
		t.Fatal(err)
	}
	got, err := d.Debug(context.Background(), ":app", []string{"-more"}, DebugOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := delve.Program{
		Name:   "//:app",
		Binary: filepath.Join(o.root, built),
		Args:   []string{"own", "-more"},
		Dir:    filepath.Join(runfiles, "_main"),
		Env:    []string{"KEY=value", "RUNFILES_DIR=" + runfiles, "BUILD_WORKSPACE_DIRECTORY=" + d.Workspace.Root, "BUILD_WORKING_DIRECTORY=" + d.Dir},
		Rules:  []delve.Rule{{From: "external", To: o.base + "/external"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}

	setRules(t, d, rule{"go_overlay_test", "//:app", nil})
	got, err = d.Debug(context.Background(), ":app", nil, DebugOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, variable := range []string{"GO_TEST_WRAP=0", "TEST_SRCDIR=" + runfiles, "TEST_TARGET=//:app", "TEST_WORKSPACE=_main"} {
		if !strings.Contains(strings.Join(got.Env, "\n")+"\n", variable+"\n") {
			t.Errorf("a test has %q, want %s", got.Env, variable)
		}
	}
	if got.Scratch != "TEST_TMPDIR" {
		t.Errorf("a test has %q for files", got.Scratch)
	}
}

func TestDebugRefuses(t *testing.T) {
	found := map[string]any{"label": "@@//:app", "program": built}
	for _, test := range []struct {
		name, kind, target, linker, cquery string
		noBuild                            bool
		want                               string
	}{
		{name: "pattern", target: "//...", want: "//... stands for any number of targets; expected one"},
		{name: "all", target: "//app:all", want: "//app:all stands for any number of targets; expected one"},
		{name: "library", kind: "go_library", cquery: `{"label": "@@//:app", "program": ""}`,
			want: "//:app is a go_library, which is no program; expected a go_binary, go_test, go_overlay_binary or go_overlay_test"},
		{name: "several", cquery: `{"label": "@@//:app", "program": "a"}` + "\n" + `{"label": "@@other~//:app", "program": "b"}`,
			want: "//:app is several targets; choose one:\n  //:app\n  @@other~//:app"},
		{name: "stripped", linker: "-s -w", want: "/app: it has no debug information; build it with --strip=never"},
		{name: "no Go", cquery: `{"label": "@@//:app", "program": "../../external/go.mod"}`, want: "go.mod is no Go program"},
		{name: "not built", noBuild: true, want: "bazel build failed (exit code 1); it says above why"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.kind == "" {
				test.kind = "go_binary"
			}
			if test.target == "" {
				test.target = "//:app"
			}
			d, _, said := debuggable(t, test.kind, found, test.linker)
			if test.cquery != "" {
				answer(t, d, "cquery", test.cquery+"\n")
			}
			if test.noBuild {
				if err := os.Remove(filepath.Join(filepath.Dir(d.Workspace.Root), "answers", "build")); err != nil {
					t.Fatal(err)
				}
			}
			_, err := d.Debug(context.Background(), test.target, nil, DebugOptions{})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if test.noBuild && said() != "ERROR: no such target\n" {
				t.Errorf("what Bazel says is %q", said())
			}
		})
	}
}

func TestDebugOwnArgs(t *testing.T) {
	d, _, stderr := fakeDesk(t, "-- MODULE.bazel --\n")
	if got := d.ownArgs(executable{Label: "//:app", args: []string{"$(location :x)", "plain"}}); got != nil {
		t.Errorf("got %q", got)
	}
	if !strings.Contains(stderr.String(), "//:app: args of the target are left out") {
		t.Errorf("it says %q", stderr)
	}
}

// TestDebugStd checks which files of the standard library are shown in the place of the SDK's: those of the configuration that the program is linked in.
func TestDebugStd(t *testing.T) {
	for name, bin := range map[string]string{"plain": "bazel-out/k8-dbg", "mapped": "bazel-out/cfg"} {
		t.Run(name, func(t *testing.T) {
			d, o, _ := debuggable(t, "go_binary", map[string]any{"label": "@@//:app", "program": built}, "")
			for _, configuration := range []string{"k8-dbg", "k8-dbg-ST-1"} {
				folder := filepath.Join(o.root, "bazel-out", configuration, "bin/go_overlay")
				err := txtar.Write(txtar.Parse([]byte(`
-- text/template_overlay/manifest.json --
{"importpath": "text/template", "sdk": true, "changes": [
 {"name": "exec.go", "original": 0, "result": null, "steps": [{"file": 1, "kind": "replace"}]},
 {"name": "funcs.go", "original": 2, "result": 3, "steps": [{"file": null, "kind": "patch"}]},
 {"name": "gone.go", "original": 4, "result": null, "steps": [{"file": null, "kind": "delete"}]}
]}
`)), folder)
				if err != nil {
					t.Fatal(err)
				}
			}
			overlay := func(id int, bin string) string {
				return fmt.Sprintf(`{"mnemonic": "GoOverlay", "configurationId": %d, "arguments": ["helper", "apply", "%s/bin/go_overlay/text/template_overlay/manifest.json",
"./external/sdk/src/text/template/exec.go", "./overlays/%d/exec.go", "./external/sdk/src/text/template/funcs.go", "./%[2]s/bin/go_overlay/text/template_overlay/patched/funcs.go",
"./external/sdk/src/text/template/gone.go"]}`, id, bin, id)
			}
			other := strings.Replace(bin, "k8-dbg", "k8-dbg-ST-1", 1)
			answer(t, d, "aquery", `{"actions": [`+overlay(1, bin)+`, `+overlay(2, other)+`,
{"mnemonic": "GoLink", "configurationId": 1, "arguments": ["builder", "link", "-sdk", "external/sdk", "-goroot", "`+bin+`/bin/go_overlay/stdlib_", "-o", "`+built+`"]}],
"configuration": [{"id": 1, "mnemonic": "k8-dbg"}, {"id": 2, "mnemonic": "k8-dbg-ST-1"}]}`)
			got, err := d.linkedBy(context.Background(), o, filepath.Join(o.root, built), "//:app", nil)
			if err != nil {
				t.Fatal(err)
			}
			want := linkAction{sdk: o.base + "/external/sdk", std: map[string]string{
				"GOROOT/src/text/template/exec.go":  o.root + "/overlays/1/exec.go",
				"GOROOT/src/text/template/funcs.go": o.root + "/bazel-out/k8-dbg/bin/go_overlay/text/template_overlay/patched/funcs.go",
			}}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got\n%+v\nwant\n%+v", got, want)
			}
		})
	}
}

func TestDebugPlaces(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"base/external/fetched", "mine", "base/execroot/_main/bazel-out/k8-dbg/bin", "base/execroot/_main/bazel-out/k8-dbg-ST-1", "go/src", "sdk", "workspace"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"base/external/mine": "mine", "sdk/src": "go/src"} {
		if err := os.Symlink(filepath.Join(dir, to), filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	o := outputs{base: dir + "/base", root: dir + "/base/execroot/_main"}
	binary := o.root + "/bazel-out/k8-dbg/bin/app"
	if err := os.WriteFile(binary, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"bazel-out/k8-dbg/bin/made.go": "base/execroot/_main/bazel-out/k8-dbg/bin/made.go",
		"bazel-out/cfg/bin/made.go":    "base/execroot/_main/bazel-out/k8-dbg/bin/made.go",
		"bazel-out/cfg/bin/other.go":   "base/execroot/_main/bazel-out/k8-dbg-ST-1/bin/other.go",
		"external/fetched/a.go":        "base/external/fetched/a.go",
		"external/mine/a.go":           "mine/a.go",
		"GOROOT/src/fmt/print.go":      "go/src/fmt/print.go",
		"src/runtime/asm.s":            "go/src/runtime/asm.s",
		"lib/lib.go":                   "workspace/lib/lib.go",
		"/proc/self/cwd/lib/lib.c":     "workspace/lib/lib.c",
	} {
		path := filepath.Join(dir, want)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		rules, missing := delve.RulesFor([]string{name}, nil, places(dir+"/workspace", o, binary, dir+"/sdk", []string{name}))
		if got := delve.Substitute(name, rules); got != dir+"/"+want || missing != nil {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestDebugProcess(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("which program a process runs is asked for on Linux only")
	}
	d, o, _ := debuggable(t, "go_binary", map[string]any{"label": "@@//:app", "program": built}, "")
	got, err := d.Debug(context.Background(), "", nil, DebugOptions{PID: os.Getpid()})
	if err == nil && (got.PID != os.Getpid() || len(got.Args) > 0) || err != nil && !strings.Contains(err.Error(), "no debug information") {
		t.Errorf("got %+v, %v", got, err) // Whether tests have it, the go command decides.
	}
	_, err = d.Debug(context.Background(), "//:app", nil, DebugOptions{PID: os.Getpid()})
	if err == nil || !strings.Contains(err.Error(), "does not run //:app") || !strings.Contains(err.Error(), o.root+"/"+built) {
		t.Errorf("of another program: got %v", err)
	}
	if asked(t, d, "build") > 0 {
		t.Error("it is built")
	}
	_, err = d.Debug(context.Background(), "", nil, DebugOptions{PID: 1 << 30})
	if err == nil || err.Error() != fmt.Sprintf("there is no process %d", 1<<30) {
		t.Errorf("of no process: got %v", err)
	}
}
