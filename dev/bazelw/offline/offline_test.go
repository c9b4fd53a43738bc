package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// layOut writes the files of a txtar text to a folder.
func layOut(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, must(txtar.FS(txtar.Parse([]byte(text))))); err != nil {
		t.Fatal(err)
	}
	return dir
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// versioned is a source with one folder a version, and keeps what it was asked.
type versioned struct {
	dir   string
	asked []string
}

func (v *versioned) lookup(name, version string) (string, error) {
	v.asked = append(v.asked, name+" "+version)
	dir := filepath.Join(v.dir, name, version)
	if _, err := os.Stat(dir); err != nil {
		return "", nil
	}
	return dir, nil
}

func graph(t *testing.T, dir string) ([]module, []string, error) {
	t.Helper()
	var warnings []string
	root, err := readModuleFile(filepath.Join(dir, "root", "MODULE.bazel"))
	if err != nil {
		return nil, nil, err
	}
	builtin, err := readModuleFile(filepath.Join(dir, "builtin", "MODULE.bazel"))
	if err != nil {
		t.Fatal(err)
	}
	modules, err := resolve(root, builtin, []source{&versioned{dir: filepath.Join(dir, "modules")}},
		func(w string) { warnings = append(warnings, w) })
	return modules, warnings, err
}

func names(modules []module) string {
	var all []string
	for _, m := range modules {
		name := m.name + "@" + m.version
		if m.local {
			name += "(local)"
		}
		all = append(all, name)
	}
	return strings.Join(all, " ")
}

func TestResolve(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"transitive, and Bazel's built-in modules", `
-- root/MODULE.bazel --
module(name = "root")
bazel_dep(name = "a", version = "1.0.0")
-- builtin/MODULE.bazel --
bazel_dep(name = "c", version = "1.0.0")
-- modules/a/1.0.0/MODULE.bazel --
bazel_dep(name = "b", version = "1.0.0")
-- modules/b/1.0.0/MODULE.bazel --
-- modules/c/1.0.0/MODULE.bazel --
`, "a@1.0.0 b@1.0.0 c@1.0.0"},
		{"the highest version wins, and brings its own dependencies", `
-- root/MODULE.bazel --
bazel_dep(name = "a", version = "0.9.0")
bazel_dep(name = "b", version = "1.0.0")
-- builtin/MODULE.bazel --
-- modules/a/0.9.0/MODULE.bazel --
bazel_dep(name = "old", version = "1.0.0")
-- modules/a/0.10.0/MODULE.bazel --
bazel_dep(name = "new", version = "1.0.0")
-- modules/b/1.0.0/MODULE.bazel --
bazel_dep(name = "a", version = "0.10.0")
-- modules/old/1.0.0/MODULE.bazel --
-- modules/new/1.0.0/MODULE.bazel --
`, "a@0.10.0 b@1.0.0 new@1.0.0"},
		{"dev dependencies of the root only", `
-- root/MODULE.bazel --
DEV = True
bazel_dep(name = "a", version = "1.0.0", dev_dependency = DEV)
-- builtin/MODULE.bazel --
-- modules/a/1.0.0/MODULE.bazel --
bazel_dep(name = "b", version = "1.0.0", dev_dependency = True)
`, "a@1.0.0"},
		{"a cycle, also through the root", `
-- root/MODULE.bazel --
module(name = "root")
bazel_dep(name = "a", version = "1.0.0")
-- builtin/MODULE.bazel --
-- modules/a/1.0.0/MODULE.bazel --
bazel_dep(name = "b", version = "1.0.0")
bazel_dep(name = "root", version = "7.0.0")
-- modules/b/1.0.0/MODULE.bazel --
bazel_dep(name = "a", version = "1.0.0")
`, "a@1.0.0 b@1.0.0"},
		{"include", `
-- root/MODULE.bazel --
include("//deps:go.MODULE.bazel")
-- root/deps/go.MODULE.bazel --
include("//:more.MODULE.bazel")
-- root/more.MODULE.bazel --
bazel_dep(name = "a", version = "1.0.0")
-- builtin/MODULE.bazel --
-- modules/a/1.0.0/MODULE.bazel --
`, "a@1.0.0"},
		{"local_path_override, and what the module there asks for", `
-- root/MODULE.bazel --
bazel_dep(name = "mine")
local_path_override(module_name = "mine", path = "../mine")
-- mine/MODULE.bazel --
bazel_dep(name = "a", version = "1.0.0")
-- builtin/MODULE.bazel --
-- modules/a/1.0.0/MODULE.bazel --
`, "a@1.0.0 mine@(local)"},
		{"repo_name = None brings nothing in but counts for the version", `
-- root/MODULE.bazel --
bazel_dep(name = "a", version = "2.0.0", repo_name = None)
bazel_dep(name = "b", version = "1.0.0")
bazel_dep(name = "c", version = "1.0.0", repo_name = None)
-- builtin/MODULE.bazel --
-- modules/a/1.0.0/MODULE.bazel --
-- modules/a/2.0.0/MODULE.bazel --
-- modules/b/1.0.0/MODULE.bazel --
bazel_dep(name = "a", version = "1.0.0")
`, "a@2.0.0 b@1.0.0"},
		{"single_version_override of the root", `
-- root/MODULE.bazel --
bazel_dep(name = "a", version = "2.0.0")
single_version_override(module_name = "a", version = "1.0.0")
-- builtin/MODULE.bazel --
-- modules/a/1.0.0/MODULE.bazel --
-- modules/a/2.0.0/MODULE.bazel --
`, "a@1.0.0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			modules, warnings, err := graph(t, layOut(t, c.text))
			if err != nil {
				t.Fatal(err)
			}
			if got := names(modules); got != c.want || warnings != nil {
				t.Errorf("got %s (warnings: %q), expected %s", got, warnings, c.want)
			}
		})
	}
}

func TestResolveWarns(t *testing.T) {
	_, warnings, err := graph(t, layOut(t, `
-- root/MODULE.bazel --
bazel_dep(name = "a", version = "1.0.0")
git_override(module_name = "a", remote = "r", commit = "c")
-- builtin/MODULE.bazel --
-- modules/a/1.0.0/MODULE.bazel --
`))
	if err != nil {
		t.Fatal(err)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], `git_override of "a"`) {
		t.Errorf("got %q, expected one warning about git_override", warnings)
	}
}

func TestResolveErrors(t *testing.T) {
	const rest = "-- builtin/MODULE.bazel --\n-- modules/a/1.0.0/MODULE.bazel --\nbazel_dep(name = \"gone\", version = \"3.0\")\n"
	for _, c := range []struct{ name, root, want string }{
		{"a module that no source has", `bazel_dep(name = "a", version = "1.0.0")`, "a/1.0.0/MODULE.bazel, can't be had"},
		{"syntax", `bazel_dep(`, "root/MODULE.bazel"},
		{"a name that is computed", `bazel_dep(name = "a" + "b")`, "MODULE.bazel:1: name: expected a string"},
		{"a computed dev_dependency", `bazel_dep(name = "a", dev_dependency = 1 == 1)`, "dev_dependency: expected True, False"},
		{"include of another repository", `include("@x//:y")`, `include("@x//:y"): expected a label`},
		{"include of itself", `include("//:MODULE.bazel")`, "included twice"},
		{"a missing local path", "bazel_dep(name = \"m\")\nlocal_path_override(module_name = \"m\", path = \"nowhere\")", "nowhere/MODULE.bazel"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := graph(t, layOut(t, "-- root/MODULE.bazel --\n"+c.root+"\n"+rest))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, expected an error with %q", err, c.want)
			}
		})
	}
}

func TestCompareVersions(t *testing.T) {
	ascending := []string{"", "0.9.0", "0.10.0", "1.0.0-rc1", "1.0.0", "1.0.1"}
	for i, a := range ascending[1:] {
		if compareVersions(ascending[i], a) >= 0 {
			t.Errorf("%q is not below %q", ascending[i], a)
		}
	}
	if compareVersions("1.3.1.bcr.3", "1.3.1") != 0 {
		t.Error("the registry's patch number made a difference")
	}
}

// Every stand-in is a module of its folder's name, and is found by it.
func TestStandins(t *testing.T) {
	cache := t.TempDir()
	source, registry, err := newStandins(cache)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(registry, "bazel_registry.json")); err != nil {
		t.Error(err)
	}
	count := 0
	for _, f := range txtar.Parse(standinsText).Files {
		name, isModule := strings.CutSuffix(f.Name, "/MODULE.bazel")
		if !isModule {
			continue
		}
		count++
		dir, err := source.lookup(name, "1.0")
		if err != nil || dir == "" {
			t.Errorf("%s: not found: %v", name, err)
			continue
		}
		m, err := readModuleFile(filepath.Join(dir, "MODULE.bazel"))
		if err != nil {
			t.Error(err)
		} else if m.name != name {
			t.Errorf("%s: calls itself %q", name, m.name)
		}
	}
	if count == 0 {
		t.Error("no stand-ins")
	}
	if dir, err := source.lookup("registry", ""); dir != "" || err != nil {
		t.Errorf("the empty registry is taken for a module: %q, %v", dir, err)
	}
}

func TestDebianSource(t *testing.T) {
	dir := layOut(t, `
-- rules/cc/MODULE.bazel --
module(name = "rules_cc")
-- tools/skylib/MODULE.bazel --
module(name = "bazel_skylib")
-- tools/skylib/nested/MODULE.bazel --
module(name = "nested")
`)
	s, err := newDebianSource(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"rules_cc": "rules/cc", "bazel_skylib": "tools/skylib"} {
		if got, _ := s.lookup(name, "1"); got != filepath.Join(dir, want) {
			t.Errorf("%s: got %q, expected %s", name, got, want)
		}
	}
	if got, _ := s.lookup("nested", "1"); got != "" {
		t.Errorf("nested: got %q, expected none", got)
	}
	if _, err := newDebianSource(t.TempDir()); err == nil {
		t.Error("an empty folder: expected an error")
	}
}

// A folder has its name only when it is complete, whatever an earlier run left.
func TestLayDown(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "module")
	if err := layDown(dir, func(tmp string) error {
		if err := os.WriteFile(filepath.Join(tmp, "half"), nil, 0o644); err != nil {
			return err
		}
		return fmt.Errorf("interrupted")
	}); err == nil {
		t.Fatal("expected the error of fill")
	}
	if _, err := os.Stat(dir); err == nil {
		t.Fatal("there after a failure")
	}
	calls := 0
	for range 2 {
		if err := layDown(dir, func(tmp string) error {
			calls++
			return os.WriteFile(filepath.Join(tmp, "whole"), nil, 0o644)
		}); err != nil {
			t.Fatal(err)
		}
	}
	if calls != 1 {
		t.Errorf("filled %d times, expected 1", calls)
	}
	entries := must(os.ReadDir(dir))
	if len(entries) != 1 || entries[0].Name() != "whole" {
		t.Errorf("got %v, expected only what the last run wrote", entries)
	}
}

func TestCopyTreeRestoresModes(t *testing.T) {
	from := layOut(t, "-- a/run.sh --\n#!/bin/sh\n-- a/plain.txt --\nx\n")
	for _, name := range []string{"a/run.sh", "a/plain.txt"} {
		if err := os.Chmod(filepath.Join(from, name), 0o444); err != nil {
			t.Fatal(err)
		}
	}
	to := filepath.Join(t.TempDir(), "to")
	if err := copyTree(from, to); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"a/run.sh": 0o755, "a/plain.txt": 0o644} {
		if got := must(os.Stat(filepath.Join(to, name))).Mode().Perm(); got != want {
			t.Errorf("%s: mode %v, expected %v", name, got, want)
		}
	}
}

func TestWiringText(t *testing.T) {
	dir := layOut(t, "-- in put --\nx\n-- MODULE.bazel --\n")
	input := filepath.Join(dir, "in put")
	w := wiring{
		workspace: "/w s", bazel: "/b", registry: "/c d/registry",
		inputs: []string{input, input},
		modules: []module{
			{name: "a", dir: `/x y"z`, file: &moduleFile{files: []string{filepath.Join(dir, "MODULE.bazel")}}},
			{name: "mine", dir: "/mine", local: true, file: &moduleFile{}},
			{name: "temporary", dir: "/tmp/clone", local: true, file: &moduleFile{}},
		},
	}
	text := string(must(w.text()))
	lines := strings.Split(text, "\n")
	if !strings.HasPrefix(lines[0], "# GENERATED by bazelw") {
		t.Errorf("first line: %q", lines[0])
	}
	// bazelw reads these two lines at this place.
	if lines[3] != "# workspace /w s" || lines[4] != "# bazel /b" {
		t.Errorf("lines 4 and 5: %q", lines[3:5])
	}
	for _, want := range []string{
		fmt.Sprintf("#= %x  %s", sha256.Sum256([]byte("x\n")), input),
		`common --registry=file:///c%20d/registry`,
		`common --override_module=a=/x\ y\"z`,
		"common --lockfile_mode=off",
		"common --noenable_workspace",
		"build --sandbox_add_mount_pair=/tmp/clone",
	} {
		if n := len(slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return l != want })); n != 1 {
			t.Errorf("expected one line %q, got %d in:\n%s", want, n, text)
		}
	}
	if strings.Contains(text, "mine") {
		t.Errorf("a module that Bazel finds itself is overridden:\n%s", text)
	}
}

func TestRunNeedsItsFlags(t *testing.T) {
	if err := run([]string{"-workspace", "x"}); err == nil || !strings.Contains(err.Error(), "-bazel is missing") {
		t.Errorf("got %v, expected -bazel is missing", err)
	}
}
