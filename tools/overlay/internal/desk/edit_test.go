package desk

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/txtar"
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
	if want := "this compiles it: bazel build //uuid:uuid //hash:hash\n"; !strings.HasSuffix(out.String(), want) {
		t.Errorf("got %s, want %s at the end", out, want)
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

// TestEditSet checks that -set takes what labels may leave out, and that a set which builds don't use is told.
func TestEditSet(t *testing.T) {
	canary := rule{"go_overlay_set", "//overlays:canary", map[string]any{}}
	files := strings.Replace(editFiles, "-- overlays/a.go --", "\ngo_overlay_set(\n    name = \"canary\",\n    overlays = [],\n)\n-- overlays/a.go --", 1)
	for _, test := range []struct{ set, dir, declared, said string }{
		{"prod", "", `name = "prod",
    overlays = [":m_uuid"]`, ""},
		{":canary", "overlays", `name = "canary",
    overlays = [":m_uuid"]`, "builds use //overlays:prod unless they are told otherwise\nonce you have edited it, this compiles it: bazel build --@go_overlay//go_overlay:active=//overlays:canary //uuid:uuid\n"},
		{"//overlays:canray", "", `name = "canray",
    overlays = [":m_uuid"]`, "//overlays:canray is a new set"},
	} {
		d, out, _ := fakeDesk(t, files, append(editRules(), canary)...)
		d.Dir = filepath.Join(d.Dir, test.dir)
		if _, err := d.Edit(context.Background(), "example.com/m/uuid/b.go", EditOptions{Set: test.set}); err != nil {
			t.Fatal(err)
		}
		if got := read(t, d, "overlays/BUILD.bazel"); !strings.Contains(got, test.declared) {
			t.Errorf("%s: got %s", test.set, got)
		}
		if got := out.String(); !strings.Contains(got, test.said) || test.said == "" && strings.Contains(got, "otherwise") {
			t.Errorf("%s: said %s", test.set, got)
		}
	}
	d, _, _ := fakeDesk(t, files, append(editRules(), canary)...)
	before := read(t, d, "overlays/BUILD.bazel")
	_, err := d.Edit(context.Background(), "example.com/m/uuid/b.go", EditOptions{Set: "canray"})
	if err == nil || !strings.Contains(err.Error(), "A new set takes a whole label") || read(t, d, "overlays/BUILD.bazel") != before {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(d.Workspace.Root, "canray")); err == nil {
		t.Error("a package is made for the set")
	}
}

// TestEditOtherVersion checks that it is said where a path of another version was named than builds compile.
func TestEditOtherVersion(t *testing.T) {
	const files = editFiles + `-- mod/REPO.bazel --
-- mod/_gazelle_generated/BUILD.bazel --
    purl = "pkg:golang/example.com/other@v2.1.0?checksum=x",
-- mod/a.go --
package other
`
	rules := append(editRules(), rule{"go_library", "//mod:other", map[string]any{"importpath": "example.com/other", "srcs": []string{"//mod:a.go"}}})
	for what, want := range map[string]string{
		"/x/pkg/mod/example.com/other@v1.0.0/a.go:3": "builds compile example.com/other v2.1.0, and what was named is of v1.0.0",
		"example.com/other@v2.1.0/a.go:3":            "",
		"example.com/other/a.go:3":                   "",
	} {
		d, out, _ := fakeDesk(t, files, rules...)
		if _, err := d.Edit(context.Background(), what, EditOptions{}); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); !strings.Contains(got, want) || want == "" && strings.Contains(got, "what was named") {
			t.Errorf("%s: said %s", what, got)
		}
	}

	// An SDK, or a patched module, has no version in its path.
	for content, want := range map[string]bool{"package other // older\n": true, "package other\n": false} {
		d, out, _ := fakeDesk(t, files, rules...)
		file := filepath.Join(t.TempDir(), "src", "example.com", "other", "a.go")
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Edit(context.Background(), "\t"+file+":3 +0x1d", EditOptions{}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), "builds compile example.com/other v2.1.0 with another text than "+file+" has"); got != want {
			t.Errorf("said %s", out)
		}
	}
}

// TestEditByHand checks that where a declaration can't be edited all is told that is to be done instead, and nothing is done.
func TestEditByHand(t *testing.T) {
	rules := editRules("//overlays:uuid")
	macro := append([]rule{}, rules...)
	macro[1] = rule{"go_overlay", "//overlays:uuid", map[string]any{"importpath": "example.com/m/uuid", "srcs": []string{"//overlays:a.go"}, "generator_function": "make"}}
	variable := strings.Replace(editFiles, `srcs = ["a.go"]`, "srcs = FILES", 1)
	for _, test := range []struct {
		files string
		rules []rule
		o     EditOptions
		wants []string
	}{
		{editFiles, macro, EditOptions{}, []string{
			"is declared by the macro make", "\n        srcs = [\"_src/example.com/m/uuid/b.go\"],\n", "and copy WORKSPACE/uuid/b.go to overlays/_src/example.com/m/uuid/b.go",
		}},
		{editFiles, macro, EditOptions{New: "c.go"}, []string{"\n        new_srcs = [\"_src/example.com/m/uuid/c.go\"],\n", "and write the file overlays/_src/example.com/m/uuid/c.go"}},
		{editFiles, macro, EditOptions{Delete: true}, []string{"\n        delete = [\"b.go\"],\n"}},
		{variable, rules, EditOptions{}, []string{"the variable FILES, expected a list", "and copy WORKSPACE/uuid/b.go to overlays/_src/example.com/m/uuid/b.go"}},
	} {
		d, _, _ := fakeDesk(t, test.files, test.rules...)
		before := read(t, d, "overlays/BUILD.bazel")
		_, err := d.Edit(context.Background(), "example.com/m/uuid/b.go", test.o)
		for _, want := range test.wants {
			if err == nil || !strings.Contains(filepath.ToSlash(err.Error()), strings.ReplaceAll(want, "WORKSPACE", filepath.ToSlash(d.Workspace.Root))) {
				t.Errorf("got %v, want %s", err, want)
			}
		}
		if _, failed := os.Stat(filepath.Join(d.Workspace.Root, "overlays/_src")); read(t, d, "overlays/BUILD.bazel") != before || failed == nil {
			t.Error("something has changed")
		}
	}
}

// TestEditBlanks checks that of a path with blanks not its end is taken, which may be another file.
func TestEditBlanks(t *testing.T) {
	files := editFiles + "-- uuid/my b.go --\npackage uuid // mine\n-- overlays/my a.go --\npackage uuid\n-- b.go --\npackage top\n"
	rules := append(editRules("//overlays:uuid"),
		rule{"go_library", "//mine:mine", map[string]any{"importpath": "example.com/m/mine", "srcs": []string{"//uuid:my b.go"}}},
		rule{"go_library", "//:top", map[string]any{"importpath": "example.com/m", "srcs": []string{"//:b.go"}}})
	rules[1].attrs["new_srcs"] = []string{"//overlays:my a.go"}
	for what, want := range map[string]string{
		"uuid/my b.go:1:3":           "overlays/_src/example.com/m/mine/my b.go",
		"example.com/m/mine/my b.go": "overlays/_src/example.com/m/mine/my b.go",
		"overlays/my a.go:1":         "overlays/my a.go",
	} {
		d, _, _ := fakeDesk(t, files, rules...)
		edited, err := d.Edit(context.Background(), what, EditOptions{})
		if got, _ := filepath.Rel(d.Workspace.Root, edited.Path); err != nil || filepath.ToSlash(got) != want {
			t.Errorf("%s: got %s, %v", what, got, err)
		}
	}
}

// TestEditNear checks that a package is proposed for one that there is not.
func TestEditNear(t *testing.T) {
	files := strings.Replace(editFiles, "module example.com/m\n", "module example.com/m\n\nrequire github.com/google/uuid v1.6.0\n", 1)
	d, _, _ := fakeDesk(t, files, editRules()...)
	if err := txtar.Write(txtar.Parse([]byte("-- sdk/src/net/http/request.go --\npackage http\n-- sdk/src/net/url/url.go --\npackage url\n")), filepath.Dir(d.Workspace.Root)); err != nil {
		t.Fatal(err)
	}
	base := filepath.Join(filepath.Dir(d.Workspace.Root), "output_base")
	if err := os.MkdirAll(base, 0o755); err != nil {
		t.Fatal(err)
	}
	for what, want := range map[string]string{
		"github.com/gogle/uuid/version4.go":      "has the import path github.com/gogle/uuid; is it github.com/google/uuid?",
		"github.com/google/uid/hash/version4.go": "; is it github.com/google/uuid/hash?",
		"net/htpp/request.go":                    "has the import path net/htpp; is it net/http?",
		"example.com/m/uiid/b.go":                "has the import path example.com/m/uiid; is it example.com/m/uuid?",
		"github.com/google/uuid/none/x.go":       "has the import path github.com/google/uuid/none",
		"golang.org/x/unlike/b.go":               "has the import path golang.org/x/unlike",
	} {
		_, err := d.Edit(context.Background(), what, EditOptions{})
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", what, err, want)
		}
	}
}

// TestEditUnknown checks that there comes no second overlay of a package beside one that Bazel can't load.
func TestEditUnknown(t *testing.T) {
	rules := editRules()
	d, _, _ := fakeDesk(t, editFiles, rules[0])
	const wrong = "ERROR: overlays/BUILD.bazel:9:1: name 'x' is not defined\n"
	if err := os.WriteFile(filepath.Join(filepath.Dir(d.Workspace.Root), "broken"), []byte(wrong), 0o644); err != nil {
		t.Fatal(err)
	}
	before := read(t, d, "overlays/BUILD.bazel")
	_, err := d.Edit(context.Background(), "example.com/m/uuid/b.go", EditOptions{})
	if err == nil || !strings.Contains(filepath.ToSlash(err.Error()), "overlays/BUILD.bazel:3: //overlays:uuid is for package example.com/m/uuid, too, but Bazel can't read the file") ||
		!strings.Contains(err.Error(), "name 'x' is not defined") {
		t.Errorf("got %v", err)
	}
	if read(t, d, "overlays/BUILD.bazel") != before {
		t.Error("something has changed")
	}
}

// TestEditNewInSDK checks that a new file is of the package, and not of a program in the same folder.
func TestEditNewInSDK(t *testing.T) {
	const ignored = "//go:build ignore\n\npackage main\n"
	for _, files := range []string{
		"-- sdk/src/sort/gen.go --\n" + ignored + "-- sdk/src/sort/sort.go --\npackage sort\n",
		"-- sdk/src/sort/a.go --\npackage sort\n-- sdk/src/sort/gen.go --\n" + ignored,
		"-- sdk/src/sort/a.go --\npackage documentation\n-- sdk/src/sort/sort.go --\npackage sort\n",
	} {
		d, _, _ := fakeDesk(t, editFiles, editRules()...)
		if err := txtar.Write(txtar.Parse([]byte(files)), filepath.Dir(d.Workspace.Root)); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(filepath.Dir(d.Workspace.Root), "output_base"), 0o755); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Edit(context.Background(), "sort", EditOptions{New: "more.go"}); err != nil {
			t.Fatal(err)
		}
		if got := read(t, d, "overlays/_src/sort/more.go"); got != "package sort\n" {
			t.Errorf("got %s of %s", got, files)
		}
	}
}

// TestEditLinks checks that a file of the workspace may be named by a path that leads there by links.
func TestEditLinks(t *testing.T) {
	d, _, _ := fakeDesk(t, editFiles, editRules("//overlays:uuid")...)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(d.Workspace.Root, link); err != nil {
		t.Skip(err)
	}
	for what, want := range map[string]string{"uuid/b.go:1": "overlays/_src/example.com/m/uuid/b.go", "overlays/a.go": "overlays/a.go"} {
		edited, err := d.Edit(context.Background(), filepath.Join(link, what), EditOptions{})
		if got, _ := filepath.Rel(d.Workspace.Root, edited.Path); err != nil || filepath.ToSlash(got) != want {
			t.Errorf("%s: got %s, %v", what, got, err)
		}
	}
}

// TestEditWithoutSDK checks that the lines to write, where a workspace chooses no Go, are those for the Go of its go.mod.
func TestEditWithoutSDK(t *testing.T) {
	const files = "-- go.mod --\nmodule example.com/m\n\ngo 1.26.8\n-- MODULE.bazel --\nbazel_dep(name = \"go_overlay\", version = \"1.0.0\")\nbazel_dep(name = \"rules_go\", version = \"0.65.0\")\n" +
		"-- uuid/b.go --\npackage uuid\n-- uuid/a.go --\npackage uuid\n"
	d, _, _ := fakeDesk(t, files, editRules()[0])
	_, err := d.Edit(context.Background(), "example.com/m/uuid/b.go", EditOptions{})
	if err == nil || !strings.Contains(err.Error(), "version = \"1.26.8\"") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(d.Workspace.Root, "overlays")); err == nil {
		t.Error("something has changed")
	}
}

// TestEditReason checks that a reason is written into overlays that are there, and that it is said which one it replaces.
func TestEditReason(t *testing.T) {
	for _, before := range []string{"It is slow.", ""} {
		for _, what := range []string{"example.com/m/uuid/a.go", "overlays/a.go", "example.com/m/uuid/b.go"} {
			rules := editRules("//overlays:uuid")
			want := "the reason of //overlays:uuid is \"It is wrong.\" now"
			if before != "" {
				rules[1].attrs["reason"] = before
				want += ", and was \"It is slow.\""
			}
			d, out, _ := fakeDesk(t, editFiles, rules...)
			if _, err := d.EditAll(context.Background(), []string{what, what}, EditOptions{Reason: "It is wrong."}); err != nil {
				t.Fatal(err)
			}
			if got := out.String(); strings.Count(got, "the reason of") != 1 || !strings.Contains(got, want+"\n") {
				t.Errorf("%s: said %s, want %s", what, got, want)
			}
			if got := read(t, d, "overlays/BUILD.bazel"); !strings.Contains(got, `reason = "It is wrong."`) {
				t.Errorf("%s: got %s", what, got)
			}
		}
	}

	rules := editRules("//overlays:uuid")
	rules[1].attrs["generator_function"] = "make"
	d, _, _ := fakeDesk(t, editFiles, rules...)
	before := read(t, d, "overlays/BUILD.bazel")
	_, err := d.EditAll(context.Background(), []string{"example.com/m/uuid/a.go"}, EditOptions{Reason: "It is wrong."})
	if err == nil || !strings.Contains(err.Error(), "declared by the macro make") || read(t, d, "overlays/BUILD.bazel") != before {
		t.Errorf("got %v", err)
	}
}

// TestPlace checks that files of the workspace have a relative path also in a folder of it.
func TestPlace(t *testing.T) {
	d, _, _ := fakeDesk(t, editFiles, editRules("//overlays:uuid")...)
	d.Dir = filepath.Join(d.Workspace.Root, "uuid")
	edited, err := d.Edit(context.Background(), "a.go:7", EditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := filepath.ToSlash(d.Place(edited)); got != "../overlays/a.go:7" {
		t.Errorf("got %s", got)
	}
}
