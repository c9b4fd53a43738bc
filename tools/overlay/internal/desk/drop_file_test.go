package desk

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const dropFileFiles = `
-- go.mod --
module example.com/m
-- MODULE.bazel --
overlays = use_extension("@go_overlay//go_overlay:extensions.bzl", "overlays")
overlays.use(set = "//overlays:prod")
-- overlays/BUILD.bazel --
load("@go_overlay//go_overlay:defs.bzl", "go_overlay", "go_overlay_set")

go_overlay(
    name = "uuid",
    srcs = [
        "_src/a.go",
        "_src/b.go",
    ],
    new_srcs = ["_src/more.go"],
    base = {
        "a.go": "sha256:a",
        "b.go": "sha256:b",
        "c.go": "sha256:c",
        "d.go": "sha256:d",
    },
    delete = ["gone.go"],
    importpath = "example.com/m/uuid",
    patches = {"fix.patch": [
        "c.go",
        "d.go",
    ]},
    deps = ["//lib"],
)

go_overlay(
    name = "canary",
    srcs = ["canary/a.go"],
    importpath = "example.com/m/uuid",
)

go_overlay_set(
    name = "prod",
    overlays = [":uuid"],
)

go_overlay_set(
    name = "canaries",
    overlays = [":canary"],
)
-- overlays/_src/a.go --
package uuid
-- overlays/_src/b.go --
package uuid
-- overlays/_src/more.go --
package uuid
-- overlays/canary/a.go --
package uuid
-- overlays/fix.patch --
--- a/c.go
+++ b/c.go
@@ -1 +1 @@
-package uuid
+package uuid // c
--- a/d.go
+++ b/d.go
@@ -1 +1 @@
-package uuid
+package uuid // d
-- uuid/a.go --
package uuid
`

func dropFileDesk(t *testing.T, files string, more ...rule) (d *Desk, said func() string) {
	t.Helper()
	d, out, _ := fakeDesk(t, files)
	setRules(t, d, append(declaredRules(t, d, "overlays"), more...)...)
	commitAll(t, d)
	return d, func() string {
		defer out.Reset()
		return filepath.ToSlash(out.String())
	}
}

// TestDropFile checks that a file is taken out of an overlay, with all that is about it, and that the rest stays.
func TestDropFile(t *testing.T) {
	const taken = " is taken out of //overlays:uuid in overlays/BUILD.bazel\n"
	const deps = "to take out deps of //overlays:uuid that nothing imports any more: overlay deps //overlays:uuid\n"
	for operand, test := range map[string]struct {
		dir  string
		said string
		gone []string // from the BUILD file
		file string   // that is deleted
	}{
		// Of the set in use; the package does not have all of them, as upstream may have deleted them.
		"example.com/m/uuid/a.go":    {"", "a.go" + taken + "deleted overlays/_src/a.go\n", []string{`"_src/a.go"`, `"a.go"`}, "overlays/_src/a.go"},
		"example.com/m/uuid/b.go":    {"", "b.go" + taken + "deleted overlays/_src/b.go\n", []string{`"_src/b.go"`, `"b.go"`}, "overlays/_src/b.go"},
		"overlays/_src/b.go":         {"", "b.go" + taken + "deleted overlays/_src/b.go\n", []string{`"_src/b.go"`, `"b.go"`}, "overlays/_src/b.go"},
		"_src/b.go":                  {"overlays", "b.go is taken out of //overlays:uuid in BUILD.bazel\ndeleted _src/b.go\n", []string{`"_src/b.go"`, `"b.go"`}, "overlays/_src/b.go"},
		"//overlays:_src/b.go":       {"", "b.go" + taken + "deleted overlays/_src/b.go\n", []string{`"_src/b.go"`, `"b.go"`}, "overlays/_src/b.go"},
		"example.com/m/uuid/more.go": {"", "more.go" + taken + "deleted overlays/_src/more.go\n", []string{"new_srcs"}, "overlays/_src/more.go"},
		"example.com/m/uuid/gone.go": {"", "gone.go" + taken, []string{"delete"}, ""},
		"example.com/m/uuid/c.go":    {"", "c.go" + taken + "kept overlays/fix.patch, which //overlays:uuid uses, too\n", []string{`"c.go"`}, ""},
		"overlays/fix.patch":         {"", "c.go, d.go" + taken + "deleted overlays/fix.patch\n", []string{"patches", `"c.go"`, `"d.go"`}, "overlays/fix.patch"},
		"overlays/canary/a.go":       {"", "//overlays:canary is taken out of overlays/BUILD.bazel\n//overlays:canary is taken out of the set //overlays:canaries, which has none now, and stays\ndeleted overlays/canary/a.go\n", []string{`"canary"`}, "overlays/canary/a.go"},
	} {
		t.Run(operand, func(t *testing.T) {
			d, said := dropFileDesk(t, dropFileFiles)
			d.Dir = filepath.Join(d.Workspace.Root, test.dir)
			if err := d.Drop(context.Background(), []string{operand}, DropOptions{}); err != nil {
				t.Fatal(err)
			}
			want := test.said
			if strings.Contains(want, "//overlays:uuid in ") {
				want += deps
			}
			if got := said(); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			build := read(t, d, "overlays/BUILD.bazel")
			for _, gone := range test.gone {
				if strings.Contains(build, gone) {
					t.Errorf("%s is still in %s", gone, build)
				}
			}
			for attribute, kept := range map[string]string{"": `":uuid"`, "srcs": `"_src/`, "new_srcs": `"_src/more.go"`, "delete": `"gone.go"`, "patches": `"d.go": "sha256:d"`} {
				if !strings.Contains(build, kept) && !slices.Contains(test.gone, attribute) {
					t.Errorf("%s is not in %s any more", kept, build)
				}
			}
			for _, file := range []string{"overlays/_src/a.go", "overlays/_src/b.go", "overlays/_src/more.go", "overlays/canary/a.go", "overlays/fix.patch"} {
				if _, err := os.Stat(filepath.Join(d.Workspace.Root, file)); (err != nil) != (file == test.file) {
					t.Errorf("%s: %v", file, err)
				}
			}
			if operand == "example.com/m/uuid/c.go" {
				if got := read(t, d, "overlays/fix.patch"); strings.Contains(got, "c.go") || !strings.Contains(got, "d.go") {
					t.Errorf("got %s", got)
				}
			}
		})
	}
}

// TestDropFiles checks that an overlay goes as a whole when no file is left of it.
func TestDropFiles(t *testing.T) {
	operands := []string{"overlays/fix.patch", "example.com/m/uuid/gone.go"}
	for _, name := range []string{"a.go", "b.go", "more.go"} {
		operands = append(operands, "example.com/m/uuid/"+name)
	}
	d, said := dropFileDesk(t, dropFileFiles)
	if err := d.Drop(context.Background(), operands, DropOptions{}); err != nil {
		t.Fatal(err)
	}
	want := `//overlays:uuid is taken out of overlays/BUILD.bazel
//overlays:uuid is taken out of the set //overlays:prod, which has none now, and stays
deleted overlays/_src/a.go
deleted overlays/_src/b.go
deleted overlays/_src/more.go
deleted overlays/fix.patch
`
	if got := said(); got != want {
		t.Errorf("got %s", got)
	}
	if build := read(t, d, "overlays/BUILD.bazel"); strings.Contains(build, "\"uuid\"") {
		t.Errorf("got %s", build)
	}

	// What it says beside files is no less a change.
	d, said = dropFileDesk(t, strings.Replace(dropFileFiles, "    deps = [", "    copts = [\"-O3\"],\n    deps = [", 1))
	if err := d.Drop(context.Background(), operands, DropOptions{}); err != nil {
		t.Fatal(err)
	}
	if build := read(t, d, "overlays/BUILD.bazel"); !strings.Contains(build, "\"uuid\"") || strings.Contains(build, "srcs = [\n") || !strings.Contains(build, "copts") {
		t.Errorf("said %s, got %s", said(), build)
	}
}

// TestDropFileShared checks that a diff which another overlay has, too, stays as it is.
func TestDropFileShared(t *testing.T) {
	d, said := dropFileDesk(t, strings.Replace(dropFileFiles, "    srcs = [\"canary/a.go\"],\n", "    patches = {\"fix.patch\": [\"c.go\"]},\n", 1))
	before := read(t, d, "overlays/fix.patch")
	if err := d.Drop(context.Background(), []string{"example.com/m/uuid/c.go"}, DropOptions{}); err != nil {
		t.Fatal(err)
	}
	if build := read(t, d, "overlays/BUILD.bazel"); read(t, d, "overlays/fix.patch") != before || !strings.Contains(build, `patch_exclude = ["c.go"]`) || strings.Contains(build, "sha256:c") {
		t.Errorf("said %s, got %s", said(), build)
	}
}

// TestDropFileGlob checks that files which a glob() finds go by being deleted, and the glob() with the last one.
func TestDropFileGlob(t *testing.T) {
	files := strings.Replace(dropFileFiles, "[\n        \"_src/a.go\",\n        \"_src/b.go\",\n    ]", "glob([\"_src/?.go\"])", 1)
	files = strings.Replace(files, "?", "*", 1)
	files = strings.Replace(files, "    new_srcs = [\"_src/more.go\"],\n", "", 1)
	files = strings.Replace(files, "-- overlays/_src/more.go --\npackage uuid\n", "", 1)
	globbed := func(t *testing.T, more ...rule) (*Desk, func() string) {
		d, said := dropFileDesk(t, files)
		rules := append(declaredRules(t, d, "overlays"), more...)
		rules[0].attrs["srcs"] = []string{"//overlays:_src/a.go", "//overlays:_src/b.go"}
		setRules(t, d, rules...)
		return d, said
	}
	d, _ := globbed(t)
	for _, name := range []string{"a.go", "b.go"} {
		if err := d.Drop(context.Background(), []string{"overlays/_src/" + name}, DropOptions{}); err != nil {
			t.Fatal(err)
		}
		build := read(t, d, "overlays/BUILD.bazel")
		if _, err := os.Stat(filepath.Join(d.Workspace.Root, "overlays/_src", name)); err == nil || strings.Contains(build, "glob(") != (name == "a.go") || strings.Contains(build, "sha256:"+name[:1]) {
			t.Errorf("got %s", build)
		}
		rules := declaredRules(t, d, "overlays")
		rules[0].attrs["srcs"] = []string{"//overlays:_src/b.go"}
		setRules(t, d, rules...)
	}

	d, _ = globbed(t, rule{"filegroup", "//overlays:texts", map[string]any{"srcs": []string{"//overlays:_src/a.go"}}})
	err := d.Drop(context.Background(), []string{"overlays/_src/a.go"}, DropOptions{})
	if err == nil || !strings.Contains(filepath.ToSlash(err.Error()), "//overlays:uuid: a glob() of it finds overlays/_src/a.go, which //overlays:texts uses, too") {
		t.Errorf("got %v", err)
	}
}

// TestDropFileRefuses checks that nothing changes where a file can't be taken out.
func TestDropFileRefuses(t *testing.T) {
	both := strings.Replace(dropFileFiles, `[":uuid"]`, `[":uuid", ":canary"]`, 1)
	for name, test := range map[string]struct {
		files, operand string
		edited         string // file that has changed since the commit
		more           []rule
		want           string
	}{
		"uncommitted": {dropFileFiles, "example.com/m/uuid/a.go", "overlays/_src/a.go", nil,
			"overlays/_src/a.go is not committed as it is, and would be gone. Commit it first, or drop it anyway: overlay drop -force example.com/m/uuid/a.go\nno file has been changed"},
		"uncommitted diff": {dropFileFiles, "example.com/m/uuid/c.go", "overlays/fix.patch", nil, "overlays/fix.patch is not committed as it is"},
		"diff in use": {dropFileFiles, "example.com/m/uuid/c.go", "", []rule{{"filegroup", "//overlays:texts", map[string]any{"srcs": []string{"//overlays:fix.patch"}}}},
			"//overlays:uuid: //overlays:texts uses overlays/fix.patch, too, and would lose what that changes of c.go"},
		"variable":    {strings.Replace(dropFileFiles, `new_srcs = ["_src/more.go"]`, "new_srcs = MORE", 1), "example.com/m/uuid/a.go", "", nil, ""},
		"several":     {both, "example.com/m/uuid/a.go", "", nil, "example.com/m/uuid/a.go is of several overlays; name a file by its own path, or an overlay to drop all of it:\n  //overlays:canary replaces a.go by overlays/canary/a.go\n  //overlays:uuid replaces a.go by overlays/_src/a.go"},
		"not changed": {dropFileFiles, "uuid/a2.go", "", nil, "a2.go"},
		"no label":    {dropFileFiles, "//overlays:uuidd", "", nil, "the workspace declares no overlay //overlays:uuidd; is it //overlays:uuid?"},
		"upstream's":  {strings.ReplaceAll(dropFileFiles, "a.go\"", "z.go\""), "uuid/a.go", "", []rule{{"go_library", "//uuid:uuid", map[string]any{"importpath": "example.com/m/uuid", "srcs": []string{"//uuid:a.go"}}}}, "no overlay changes a.go of package example.com/m/uuid"},
	} {
		t.Run(name, func(t *testing.T) {
			d, said := dropFileDesk(t, test.files, test.more...)
			if test.edited != "" {
				if err := os.WriteFile(filepath.Join(d.Workspace.Root, test.edited), []byte(read(t, d, test.edited)+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			before := read(t, d, "overlays/BUILD.bazel")
			err := d.Drop(context.Background(), []string{test.operand}, DropOptions{})
			if test.want == "" { // What a variable has is not what is taken out.
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(filepath.ToSlash(err.Error()), test.want) {
				t.Errorf("got %v", err)
			}
			if read(t, d, "overlays/BUILD.bazel") != before || said() != "" {
				t.Error("something has changed")
			}
			if test.edited != "" {
				if err := d.Drop(context.Background(), []string{test.operand}, DropOptions{Force: true}); err != nil {
					t.Errorf("-force: %v", err)
				}
			}
		})
	}

	d, _ := dropFileDesk(t, dropFileFiles)
	rules := declaredRules(t, d, "overlays")
	rules[0].attrs["generator_function"] = "make"
	setRules(t, d, rules...)
	if err := d.Drop(context.Background(), []string{"example.com/m/uuid/a.go"}, DropOptions{Force: true}); err == nil || !strings.Contains(err.Error(), "is declared by the macro make") {
		t.Errorf("got %v", err)
	}
}

// TestDroppable checks that files of overlays are completed by import path and name.
func TestDroppable(t *testing.T) {
	d, _ := dropFileDesk(t, dropFileFiles)
	for word, want := range map[string]string{
		"":                     "//overlays:canary //overlays:uuid",
		"u":                    "uuid",
		"example.com/m/uuid/a": "example.com/m/uuid/a.go",
		"ex": "example.com/m/uuid/a.go example.com/m/uuid/b.go example.com/m/uuid/c.go example.com/m/uuid/d.go " +
			"example.com/m/uuid/gone.go example.com/m/uuid/more.go",
	} {
		if got := strings.Join(d.Droppable(context.Background(), word), " "); got != want {
			t.Errorf("%q: got %s, want %s", word, got, want)
		}
	}
}

// TestDropCommand checks that what is said of a file to be taken out names the command that does.
func TestDropCommand(t *testing.T) {
	d, said := dropFileDesk(t, dropFileFiles, rule{"go_library", "//uuid:uuid", map[string]any{"importpath": "example.com/m/uuid", "srcs": []string{"//uuid:a.go"}}})
	if _, err := d.Rebase(context.Background(), []string{"uuid"}, RebaseOptions{}); err != nil {
		t.Fatal(err)
	}
	const rebase = "//overlays:uuid: b.go: package example.com/m/uuid has no file of that name any more; see what has become of it, and take it out of the overlay: overlay drop example.com/m/uuid/b.go\n"
	if got := said(); !strings.Contains(got, rebase) {
		t.Errorf("got %s, want %s", got, rebase)
	}
	_, err := d.EditAll(context.Background(), []string{"example.com/m/uuid/a.go"}, EditOptions{Delete: true})
	if err == nil || !strings.HasSuffix(err.Error(), "; to start anew: overlay drop example.com/m/uuid/a.go") {
		t.Errorf("got %v", err)
	}
	if err := d.Status(context.Background(), []string{"uuid"}, StatusOptions{}); err == nil {
		t.Error("nothing is wrong")
	}
	if got := said(); !strings.Contains(got, "overlay drop example.com/m/uuid/b.go") || !strings.Contains(got, "has no such file: see what has become of it\n") {
		t.Errorf("got %s", got)
	}
}
