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
		"missing":  {plain, "example.org/new/pkg", "such as tools.go, for the go command sees no overlay files; then: go get example.org/new/pkg && go mod tidy && bazel mod tidy"},
		"tidy":     {plain, "example.com/m/other", "use_repo in MODULE.bazel lacks com_example_m; run: bazel mod tidy"},
		"indirect": {plain, "example.com/hidden/x", "as go.mod says // indirect of example.com/hidden: import it in a Go file of yours, too, such as tools.go, for the go command sees no overlay files; then: go mod tidy && bazel mod tidy"},
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

// TestDepsOfCarried checks that rebase and accept set the deps of the overlays that they carry, by the files as these become, and of no
// others; and ask Bazel no more than that takes.
func TestDepsOfCarried(t *testing.T) {
	const imports = "package m\n\nimport _ \"example.com/w/own\"\n"
	overlay := strings.Replace(oldBase, "package m\n", imports, 1)
	const diff = "--- a/a.go\n+++ b/a.go\n@@ -1,5 +1,7 @@\n package m\n \n+import _ \"example.com/w/own\"\n+\n func A() int { return 1 }\n \n func B() int { return 2 }\n"
	const load = "load(\"@go_overlay//go_overlay:defs.bzl\", \"go_overlay\")\n\n"
	const other = load + "go_overlay(\n    name = \"n\",\n    new_srcs = [\"n.go\"],\n    importpath = \"example.com/w/n\",\n)\n"
	for form, test := range map[string]struct {
		file, lines string
		attrs       map[string]any
	}{
		"file": {"-- overlays/a.go --\n" + overlay, "srcs = [\"a.go\"],", map[string]any{"srcs": []string{"//overlays:a.go"}}},
		"diff": {"-- overlays/m.patch --\n" + diff, "patches = {\"m.patch\": [\"a.go\"]},", map[string]any{"patches": map[string]string{"//overlays:m.patch": "a.go"}}},
	} {
		for name, carry := range map[string]func(*Desk, context.Context, []string, RebaseOptions) (*Rebased, error){"rebase": (*Desk).Rebase, "accept": (*Desk).Accept} {
			t.Run(name+" "+form, func(t *testing.T) {
				test.attrs["deps"] = []string{"//old:old"}
				library := func(label, importPath string) rule {
					return rule{"go_library", label, map[string]any{"importpath": importPath}}
				}
				d, said := movedDesk(t, test.file+"-- other/BUILD.bazel --\n"+other+"-- other/n.go --\npackage n\n\nimport _ \"example.com/w/own\"\n",
					movedB, test.lines+"\ndeps = [\"//old\"],", test.attrs,
					library("//own:own", "example.com/w/own"), library("//old:old", "example.com/w/old"), library("//n:n", "example.com/w/n"),
					rule{"go_overlay", "//other:n", map[string]any{"importpath": "example.com/w/n", "new_srcs": []string{"//other:n.go"}}})
				labels := []string(nil)
				if name == "accept" {
					labels = []string{"m", "n"}
					if form == "diff" { // It has to fit.
						if err := os.WriteFile(filepath.Join(d.Workspace.Root, "m/a.go"), []byte(oldBase+"\n// More.\n"), 0o644); err != nil {
							t.Fatal(err)
						}
					}
				}
				before := read(t, d, "overlays/BUILD.bazel")
				for _, dryRun := range []bool{true, false} {
					done, err := carry(d, context.Background(), labels, RebaseOptions{DryRun: dryRun})
					got := said()
					want := "//overlays:m: deps gains //own\n//overlays:m: deps loses //old, which no file of the overlay imports\n"
					if err != nil || done.Problems > 0 || !strings.HasSuffix(got, want) || strings.Contains(got, "//other") {
						t.Fatalf("got %+v, %v, %s", done, err, got)
					}
					if build := read(t, d, "overlays/BUILD.bazel"); dryRun && build != before || !dryRun && !strings.Contains(build, "deps = [\"//own\"]") {
						t.Errorf("got %s", build)
					}
				}
				if read(t, d, "other/BUILD.bazel") != other {
					t.Error("the deps of another overlay have changed")
				}
				if done, err := d.Deps(context.Background(), []string{"m"}, DepsOptions{Check: true}); err != nil || done.Changed {
					t.Errorf("afterwards: got %+v, %v", done, err)
				}
			})
		}
	}
}

// TestRebaseAsksOnce checks that rebase asks Bazel for overlays and packages once, and for deps only if it carries one.
func TestRebaseAsksOnce(t *testing.T) {
	for now, want := range map[string]int{oldBase: 2, movedB: 3} {
		d, said := movedDesk(t, "-- overlays/a.go --\n"+strings.Replace(oldBase, "return 1", "return 10", 1), now, "srcs = [\"a.go\"],",
			map[string]any{"srcs": []string{"//overlays:a.go"}})
		if _, err := d.Rebase(context.Background(), nil, RebaseOptions{}); err != nil {
			t.Fatal(err)
		}
		if got := asked(t, d, "query"); got != want {
			t.Errorf("asked Bazel %d times, want %d: %s", got, want, said())
		}
	}
}

// TestDepsOfMerged checks that what counts is the file as it becomes.
func TestDepsOfMerged(t *testing.T) {
	d, said := movedDesk(t, "-- overlays/a.go --\n"+strings.Replace(oldBase, "return 3", "return 30", 1),
		strings.Replace(oldBase, "package m\n", "package m\n\nimport _ \"example.com/w/own\"\n", 1), "srcs = [\"a.go\"],\ndeps = [\"//own\"],",
		map[string]any{"srcs": []string{"//overlays:a.go"}, "deps": []string{"//own:own"}},
		rule{"go_library", "//own:own", map[string]any{"importpath": "example.com/w/own"}})
	done, err := d.Rebase(context.Background(), nil, RebaseOptions{})
	if got := said(); err != nil || done.Problems > 0 || strings.Contains(got, "deps") || !strings.Contains(read(t, d, "overlays/a.go"), "w/own") {
		t.Errorf("got %+v, %v, %s", done, err, got)
	}
}
