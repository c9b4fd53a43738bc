package desk

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// useProd are lines of MODULE.bazel.
const useProd = `overlays = use_extension("@go_overlay//go_overlay:extensions.bzl", "overlays")
overlays.use(set = "//overlays:prod")
`

const editFiles = moduleFiles + useProd + `
-- overlays/BUILD.bazel --
load("@go_overlay//go_overlay:defs.bzl", "go_overlay", "go_overlay_set")

go_overlay(
    name = "uuid",
    srcs = ["a.go"],
    importpath = "example.com/m/uuid",
)

go_overlay_set(
    name = "prod",
    overlays = [],
)
-- overlays/a.go --
package uuid
-- uuid/a.go --
package uuid
-- uuid/b.go --
package uuid
`

func editRules(inSet ...string) []rule {
	return []rule{
		{"go_library", "//uuid:uuid", map[string]any{"importpath": "example.com/m/uuid", "srcs": []string{"//uuid:a.go", "//uuid:b.go"}}},
		{"go_overlay", "//overlays:uuid", map[string]any{
			"importpath": "example.com/m/uuid", "srcs": []string{"//overlays:a.go"}, "generator_function": "go_overlay",
		}},
		{"go_overlay_set", "//overlays:prod", map[string]any{"overlays": inSet}},
	}
}

// TestEditMindsTheSet checks that what builds don't use is neither opened nor made to be used.
func TestEditMindsTheSet(t *testing.T) {
	d, _, _ := fakeDesk(t, editFiles, editRules()...)
	before := read(t, d, "overlays/BUILD.bazel")
	_, err := d.Edit(context.Background(), "example.com/m/uuid/a.go", EditOptions{})
	if err == nil || !strings.Contains(err.Error(), "is overlaid by //overlays:uuid, which the set //overlays:prod does not have") {
		t.Errorf("got %v", err)
	}
	if got := read(t, d, "overlays/BUILD.bazel"); got != before {
		t.Errorf("got %s", got)
	}
	edited, err := d.Edit(context.Background(), "example.com/m/uuid/b.go", EditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(d.Workspace.Root, "overlays/_src/example.com/m/uuid/b.go"); edited.Path != want {
		t.Errorf("got %s, want %s", edited.Path, want)
	}
	got := read(t, d, "overlays/BUILD.bazel")
	if !strings.Contains(got, `name = "m_uuid"`) || !strings.Contains(got, `overlays = [":m_uuid"]`) {
		t.Errorf("got %s", got)
	}
}

// TestEditExtends checks that the overlay that builds use gets the file, and is opened where it has it.
func TestEditExtends(t *testing.T) {
	d, _, _ := fakeDesk(t, editFiles, editRules("//overlays:uuid")...)
	edited, err := d.Edit(context.Background(), "example.com/m/uuid/a.go", EditOptions{})
	if want := filepath.Join(d.Workspace.Root, "overlays/a.go"); err != nil || edited.Path != want {
		t.Errorf("got %s, %v, want %s", edited.Path, err, want)
	}
	if _, err := d.Edit(context.Background(), "example.com/m/uuid/b.go", EditOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := read(t, d, "overlays/BUILD.bazel"); strings.Count(got, "go_overlay(") != 1 || !strings.Contains(got, `"_src/example.com/m/uuid/b.go"`) {
		t.Errorf("got %s", got)
	}
}

// TestEditRefuses checks that what can't be edited without guessing is left alone.
func TestEditRefuses(t *testing.T) {
	// The overlay is made by a comprehension: Bazel knows it, the BUILD file has no rule of the name.
	files := strings.Replace(editFiles, "go_overlay(\n    name = \"uuid\",\n    srcs = [\"a.go\"],\n    importpath = \"example.com/m/uuid\",\n)",
		"[go_overlay(name = n, srcs = [\"a.go\"], importpath = \"example.com/m/\" + n) for n in [\"uuid\"]]", 1)
	d, _, _ := fakeDesk(t, files, editRules("//overlays:uuid")...)
	before := read(t, d, "overlays/BUILD.bazel")
	_, err := d.Edit(context.Background(), "example.com/m/uuid/b.go", EditOptions{})
	if err == nil || !strings.Contains(err.Error(), "uuid") || read(t, d, "overlays/BUILD.bazel") != before {
		t.Errorf("got %v, %s", err, read(t, d, "overlays/BUILD.bazel"))
	}
	if _, err := d.Edit(context.Background(), "example.com/m/uuid/c.go", EditOptions{}); err == nil || !strings.Contains(err.Error(), "has no file c.go") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(d.Workspace.Root, "overlays/_src")); err == nil {
		t.Error("there is a file")
	}
}

// TestEditAll checks that several files become overlays together, or none does.
func TestEditAll(t *testing.T) {
	files := editFiles + "-- hash/a.go --\npackage hash\n-- hash/b.go --\npackage hash\n"
	rules := append(editRules("//overlays:uuid"),
		rule{"go_library", "//hash:hash", map[string]any{"importpath": "example.com/m/hash", "srcs": []string{"//hash:a.go", "//hash:b.go"}}})
	d, out, _ := fakeDesk(t, strings.Replace(files, "overlays = []", `overlays = [":uuid"]`, 1), rules...)
	before := read(t, d, "overlays/BUILD.bazel")
	_, err := d.EditAll(context.Background(), []string{"example.com/m/uuid/b.go", "example.com/m/hash/a.go", "example.com/m/uuid/c.go"}, EditOptions{})
	if err == nil || !strings.Contains(err.Error(), "has no file c.go") {
		t.Errorf("got %v", err)
	}
	_, failed := os.Stat(filepath.Join(d.Workspace.Root, "overlays/_src"))
	if got := read(t, d, "overlays/BUILD.bazel"); got != before || failed == nil || out.Len() > 0 {
		t.Errorf("got %s, %v, and said %s", got, failed, out)
	}

	edited, err := d.EditAll(context.Background(), []string{
		"example.com/m/uuid/b.go", "example.com/m/hash/a.go", "example.com/m/hash/b.go", "example.com/m/hash/a.go:1", "example.com/m/uuid/a.go",
	}, EditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range edited {
		name, _ := filepath.Rel(filepath.Join(d.Workspace.Root, "overlays"), file.Path)
		names = append(names, filepath.ToSlash(name))
		if _, err := os.Stat(file.Path); err != nil {
			t.Error(err)
		}
	}
	const source = "_src/example.com/m/"
	if got, want := strings.Join(names, " "), source+"uuid/b.go "+source+"hash/a.go "+source+"hash/b.go "+source+"hash/a.go a.go"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	got := read(t, d, "overlays/BUILD.bazel")
	if strings.Count(got, "go_overlay(") != 2 || strings.Count(got, `":hash"`) != 1 || !strings.Contains(got, `"_src/example.com/m/hash/b.go"`) {
		t.Errorf("got %s", got)
	}
	if got := strings.Count(out.String(), "Wraps the Go SDK"); got != 1 {
		t.Errorf("what is wired is said %d times: %s", got, out)
	}
}

// TestEditCgo checks that it is said what lines of a file builds don't read.
func TestEditCgo(t *testing.T) {
	rules := append(editRules("//overlays:uuid"), rule{"go_library", "//c:c", map[string]any{
		"importpath": "example.com/m/c", "cgo": "true", "srcs": []string{"//c:a.go", "//c:b.go"},
	}})
	d, out, _ := fakeDesk(t, editFiles+"-- c/a.go --\npackage c\n\n// #cgo LDFLAGS: -lm\nimport \"C\"\n-- c/b.go --\npackage c\n", rules...)
	for file, want := range map[string]bool{"a.go": true, "b.go": false} {
		out.Reset()
		if _, err := d.Edit(context.Background(), "example.com/m/c/"+file, EditOptions{}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), "#cgo lines"); got != want {
			t.Errorf("%s: said %s", file, out)
		}
	}
}

// TestEditVariants checks that of different files of one import path and name none is taken by chance.
func TestEditVariants(t *testing.T) {
	files := editFiles + "-- fork/b.go --\npackage uuid // forked\n-- fork/same.go --\npackage uuid\n-- uuid/same.go --\npackage uuid\n"
	rules := append(editRules("//overlays:uuid"),
		rule{"go_library", "//fork:uuid", map[string]any{"importpath": "example.com/m/uuid", "srcs": []string{"//fork:b.go", "//fork:same.go", "//uuid:same.go"}}})
	d, out, _ := fakeDesk(t, files, rules...)
	before := read(t, d, "overlays/BUILD.bazel")
	_, err := d.Edit(context.Background(), "example.com/m/uuid/b.go", EditOptions{})
	want := "several targets have the import path example.com/m/uuid, and different files b.go; say which is meant:\n  overlay edit //fork:b.go\n  overlay edit //uuid:b.go"
	if err == nil || !strings.Contains(err.Error(), want) || read(t, d, "overlays/BUILD.bazel") != before {
		t.Errorf("got %v", err)
	}
	if _, err := d.Edit(context.Background(), "example.com/m/uuid/same.go", EditOptions{}); err != nil {
		t.Error(err)
	}
	if _, err := d.Edit(context.Background(), "//uuid:b.go", EditOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := read(t, d, "overlays/_src/example.com/m/uuid/b.go"); got != "package uuid\n" || !strings.Contains(out.String(), "another b.go: //fork:b.go; builds of those fail") {
		t.Errorf("got %s, and said %s", got, out)
	}
}

// TestEditGoesOn checks that an overlay file that a killed edit has left is taken, and another file is not.
func TestEditGoesOn(t *testing.T) {
	const left = "overlays/_src/example.com/m/uuid/b.go"
	for content, want := range map[string]string{"package uuid\n": "", "package uuid\n\nvar mine int\n": "is there, and no overlay has it"} {
		d, _, _ := fakeDesk(t, editFiles+"-- "+left+" --\n"+content, editRules()...)
		_, err := d.Edit(context.Background(), "example.com/m/uuid/b.go", EditOptions{})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		if got := strings.Contains(read(t, d, "overlays/BUILD.bazel"), "_src/example.com/m/uuid/b.go"); got != (want == "") || read(t, d, left) != content {
			t.Errorf("declared: %t, %s", got, read(t, d, left))
		}
	}
}

// TestEditWires checks that an overlay that is there is made to be used, where an edit was killed before that.
func TestEditWires(t *testing.T) {
	d, _, _ := fakeDesk(t, strings.Replace(editFiles, "overlays.use(set = \"//overlays:prod\")\n", "", 1), editRules("//overlays:uuid")...)
	if _, err := d.Edit(context.Background(), "example.com/m/uuid/a.go", EditOptions{Set: "//overlays:prod"}); err != nil {
		t.Fatal(err)
	}
	if got := read(t, d, "MODULE.bazel"); !strings.Contains(got, `overlays.use(set = "//overlays:prod")`) {
		t.Errorf("got %s", got)
	}
}
