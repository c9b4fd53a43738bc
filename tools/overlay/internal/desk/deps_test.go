package desk

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const depsFiles = `
-- MODULE.bazel --
-- go.mod --
module example.com/app

require (
	example.com/m v1.0.0
	example.com/m/nested v1.0.0
	example.com/hidden v1.0.0 // indirect
)
-- BUILD.bazel --
# gazelle:resolve go example.com/chosen //third_party:chosen
# gazelle:resolve_regexp go ^example.com/many/x$ //first:loses
# gazelle:resolve_regexp go ^example.com/many/(.*)$ //many/$1
# gazelle:resolve proto go example.com/chosen //proto
-- m/m.go --
package m

import "example.com/before"
-- overlays/BUILD.bazel --
load("@go_overlay//go_overlay:defs.bzl", "go_overlay")

# Comments stay.
go_overlay(
    name = "m",
    srcs = ["_src/m.go"],  # this too
    importpath = "example.com/m",
    deps = [
        "//old",
        "//old:kept",  # keep
        "//used",
        "//unknown",
    ],
)
-- overlays/_src/m.go --
package m

import (
	"C"
	"fmt"

	"example.com/app/own"
	"example.com/app/used"
	"example.com/before"
	"example.com/had"
	"example.com/chosen"
	"example.com/many/x"
	"example.com/m/nested/pkg"
)
`

func depsRules(more ...rule) []rule {
	library := func(label, importPath string, deps ...string) rule {
		return rule{"go_library", label, map[string]any{"importpath": importPath, "deps": deps}}
	}
	m := library("//m:m", "example.com/m", "//had:had")
	m.attrs["srcs"] = []string{"//m:m.go"}
	own := library("//own:own", "example.com/app/own")
	own.attrs["embed"] = []string{"//own:part"}
	return append([]rule{
		{"go_overlay", "//overlays:m", map[string]any{
			"importpath": "example.com/m", "srcs": []string{"//overlays:_src/m.go"},
			"deps": []string{"//old:old", "//old:kept", "//used:used", "//unknown:unknown"},
		}},
		m,
		library("//had:had", "example.com/had"),
		library("//old:old", "example.com/app/old"),
		library("//old:kept", "example.com/app/old/kept"),
		library("//used:used", "example.com/app/used"),
		own,
		library("//own:part", "example.com/app/own"),
		library("@@gazelle++go_deps+com_example_m_nested//pkg:pkg", "example.com/m/nested/pkg"),
	}, more...)
}

func depsDesk(t *testing.T, files string, rules ...rule) (*Desk, func() string) {
	t.Helper()
	d, out, said := fakeDesk(t, files, rules...)
	repos := `{"": "", "com_example_m_nested": "gazelle++go_deps+com_example_m_nested"}`
	if err := os.WriteFile(filepath.Join(filepath.Dir(d.Workspace.Root), "repos"), []byte(repos), 0o644); err != nil {
		t.Fatal(err)
	}
	return d, func() string { return filepath.ToSlash(out.String() + said.String()) }
}

func TestDeps(t *testing.T) {
	d, said := depsDesk(t, depsFiles, depsRules()...)
	before := read(t, d, "overlays/BUILD.bazel")
	done, err := d.Deps(context.Background(), nil, DepsOptions{Check: true})
	if err != nil {
		t.Fatal(err)
	}
	if !done.Changed || done.Problems > 0 || read(t, d, "overlays/BUILD.bazel") != before {
		t.Errorf("got %+v, %s", done, said())
	}
	if done, err = d.Deps(context.Background(), []string{"m"}, DepsOptions{}); err != nil || !done.Changed || done.Problems > 0 {
		t.Fatalf("got %+v, %v, %s", done, err, said())
	}
	want := strings.Replace(before, `        "//old",
        "//old:kept",  # keep
        "//used",
        "//unknown",
`, `        "//many/x",
        "//old:kept",  # keep
        "//own",
        "//third_party:chosen",
        "//unknown",
        "//used",
        "@com_example_m_nested//pkg",
`, 1)
	if got := read(t, d, "overlays/BUILD.bazel"); got != want {
		t.Errorf("got %s%s", got, said())
	}
	one := "//overlays:m: deps gains //many/x, //own, //third_party:chosen, @com_example_m_nested//pkg\n" +
		"//overlays:m: deps loses //old, which no file of the overlay imports\n"
	if got := said(); got != one+one { // With -check, and without.
		t.Errorf("got %s", got)
	}
}

func TestDepsOfFiles(t *testing.T) {
	d, said := depsDesk(t, depsFiles, depsRules()...)
	done, err := d.Deps(context.Background(), nil, DepsOptions{Files: []string{filepath.Join(d.Workspace.Root, "other.go")}})
	if err != nil || done.Changed || said() != "" {
		t.Errorf("got %+v, %v, %s", done, err, said())
	}
	done, err = d.Deps(context.Background(), nil, DepsOptions{Files: []string{filepath.Join(d.Workspace.Root, "overlays", "_src", "m.go")}})
	if err != nil || !done.Changed {
		t.Errorf("got %+v, %v, %s", done, err, said())
	}
}

// TestDepsLeft checks what is left to people: nothing is written then of what can't be found.
func TestDepsLeft(t *testing.T) {
	overlay := func(attrs map[string]any) rule {
		attrs["importpath"], attrs["srcs"] = "example.com/m", []string{"//overlays:_src/m.go"}
		return rule{"go_overlay", "//overlays:m", attrs}
	}
	const build = "load(\"@go_overlay//go_overlay:defs.bzl\", \"go_overlay\")\n\n"
	const plain = build + "go_overlay(\n    name = \"m\",\n    srcs = [\"_src/m.go\"],\n    importpath = \"example.com/m\",\n)\n"
	for name, c := range map[string]struct{ build, imports, want string }{
		"missing":  {plain, "example.org/new/pkg", "no module of go.mod has it, nor a library of the workspace; get it by: go get example.org/new/pkg && bazel mod tidy"},
		"tidy":     {plain, "example.com/m/other", "use_repo in MODULE.bazel lacks com_example_m; run: bazel mod tidy"},
		"indirect": {plain, "example.com/hidden/x", "as go.mod says // indirect of example.com/hidden; take that comment out, and run: bazel mod tidy"},
		"no such":  {plain, "example.com/m/nested/none", "@com_example_m_nested, which is of the module example.com/m/nested, has no library of that import path"},
		"several":  {plain, "example.com/twice", "several libraries have it: //a:a, //b:b; choose one by a line in the BUILD file: # gazelle:resolve go example.com/twice LABEL"},
		"select": {
			build + "go_overlay(\n    name = \"m\",\n    srcs = [\"_src/m.go\"],\n    importpath = \"example.com/m\",\n    deps = select({\"//conditions:default\": []}),\n)\n",
			"example.com/app/own", "Write by hand, beside what is there:\n\n    deps = [\n        \"//own\",\n    ],",
		},
		"comprehension": {build + "[go_overlay(name = n, importpath = \"example.com/m\") for n in [\"m\"]]\n", "example.com/app/own", "made by a macro or a comprehension"},
		"syntax":        {plain, "a\n", "its imports can't be told"},
	} {
		t.Run(name, func(t *testing.T) {
			files := "-- MODULE.bazel --\n" + depsFiles[strings.Index(depsFiles, "-- go.mod --"):strings.Index(depsFiles, "-- BUILD.bazel --")] +
				"-- overlays/BUILD.bazel --\n" + c.build + "-- overlays/_src/m.go --\npackage m\n\nimport \"" + c.imports + "\"\n"
			twice := func(label string) rule {
				return rule{"go_library", label, map[string]any{"importpath": "example.com/twice"}}
			}
			rules := append([]rule{overlay(map[string]any{})}, append(depsRules()[1:], twice("//a:a"), twice("//b:b"))...)
			d, said := depsDesk(t, files, rules...)
			done, err := d.Deps(context.Background(), nil, DepsOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if done.Problems != 1 || done.Changed || !strings.Contains(said(), c.want) {
				t.Errorf("got %+v, %s", done, said())
			}
			if got := read(t, d, "overlays/BUILD.bazel"); got != c.build {
				t.Errorf("got %s", got)
			}
		})
	}
}

// TestDepsOfDiffs checks that what a diff makes of a file is what counts, and that nothing is removed where that is not known.
func TestDepsOfDiffs(t *testing.T) {
	const files = `
-- MODULE.bazel --
-- go.mod --
module example.com/app
-- m/m.go --
package m
-- overlays/BUILD.bazel --
load("@go_overlay//go_overlay:defs.bzl", "go_overlay")

go_overlay(
    name = "m",
    importpath = "example.com/m",
    patches = {"_src/m.patch": ["m.go"]},
    deps = ["//old"],
)
-- overlays/_src/m.patch --
--- a/m.go
+++ b/m.go
@@ -1 +1,3 @@
 package m
+
+import _ "example.com/app/own"
`
	rules := depsRules()
	rules[0].attrs = map[string]any{
		"importpath": "example.com/m", "patches": map[string]string{"//overlays:_src/m.patch": "m.go"}, "deps": []string{"//old:old"},
	}
	d, said := depsDesk(t, files, rules...)
	if done, err := d.Deps(context.Background(), nil, DepsOptions{}); err != nil || !done.Changed {
		t.Fatalf("got %+v, %v, %s", done, err, said())
	}
	if got := read(t, d, "overlays/BUILD.bazel"); !strings.Contains(got, `deps = ["//own"],`) {
		t.Errorf("got %s%s", got, said())
	}

	d, said = depsDesk(t, strings.ReplaceAll(files, " package m\n", " package other\n"), rules...)
	if done, err := d.Deps(context.Background(), nil, DepsOptions{}); err != nil || done.Changed {
		t.Fatalf("got %+v, %v, %s", done, err, said())
	}
}

func TestDepsOfConflicts(t *testing.T) {
	files := strings.Replace(depsFiles, "package m\n\nimport (", "package m\n\n<<<<<<< ours\n=======\n>>>>>>> theirs\nimport (", 1)
	d, said := depsDesk(t, files, depsRules()...)
	if done, err := d.Deps(context.Background(), nil, DepsOptions{}); err != nil || done.Changed || done.Problems > 0 {
		t.Errorf("got %+v, %v, %s", done, err, said())
	}
}

// TestDepsOfMacro checks that what a macro declares is told.
func TestDepsOfMacro(t *testing.T) {
	rules := depsRules()
	rules[0].attrs["generator_function"] = "make"
	const build = "load(\":defs.bzl\", \"make\")\n\nmake(name = \"m\")\n"
	files := depsFiles[:strings.Index(depsFiles, "-- overlays/BUILD.bazel --")] + "-- overlays/BUILD.bazel --\n" + build +
		depsFiles[strings.Index(depsFiles, "-- overlays/_src/m.go --"):]
	d, said := depsDesk(t, files, rules...)
	done, err := d.Deps(context.Background(), nil, DepsOptions{})
	if err != nil || done.Changed || done.Problems != 1 || !strings.Contains(said(), "declared by the macro make, which can't be edited without guessing; write there by hand:\n\ndeps = [\n    \"//many/x\",\n    \"//own\",") {
		t.Errorf("got %+v, %v, %s", done, err, said())
	}
	if got := read(t, d, "overlays/BUILD.bazel"); got != build {
		t.Errorf("got %s", got)
	}
}
