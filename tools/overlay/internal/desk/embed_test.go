package desk

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
)

// TestEmbedded checks that files for //go:embed are overlaid as those are that are compiled, under the names that the package
// has for them.
func TestEmbedded(t *testing.T) {
	const page = "<p>one</p>\n\n<p>two</p>\n\n<p>three</p>\n"
	library := rule{"go_library", "//uuid:uuid", map[string]any{
		"importpath": "example.com/m/uuid", "srcs": []string{"//uuid:a.go"},
		"embedsrcs": []string{"//uuid:templates/a.html", "//uuid:templates/b.html"},
	}}
	files := editFiles + "-- uuid/templates/a.html --\n" + page + "-- uuid/templates/b.html --\n" + page
	d, _, _ := fakeDesk(t, files, library, rule{"go_overlay_set", "//overlays:prod", map[string]any{}})
	_, err := d.Edit(context.Background(), "example.com/m/uuid/templates/a.html", EditOptions{AsDiff: true})
	if err == nil || !strings.Contains(err.Error(), "is embedded, and diffs are for files that are compiled") {
		t.Errorf("got %v", err)
	}
	if _, err := d.EditAll(context.Background(), []string{"example.com/m/uuid/templates/a.html", "//uuid:templates/b.html"}, EditOptions{}); err != nil {
		t.Fatal(err)
	}
	got := read(t, d, "overlays/BUILD.bazel")
	for _, want := range []string{
		`"_src/example.com/m/uuid/templates/a.html"`, `"templates/b.html": "` + digest.Of([]byte(page)) + `"`, `strip_prefix = "_src/example.com/m/uuid"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}

	// The package moves on, of which one file is carried, one has conflicts, and one is none of the package's.
	const folder = "overlays/_src/example.com/m/uuid/templates/"
	files += "-- " + folder + "a.html --\n" + strings.Replace(page, "one", "1", 1) +
		"-- " + folder + "b.html --\n" + strings.Replace(page, "three", "3", 1) + "-- " + folder + "new.go --\nno Go\n"
	label := "//overlays:_src/example.com/m/uuid/templates/"
	d, out, errs := fakeDesk(t, strings.Replace(files, "-- overlays/BUILD.bazel --\n", "-- overlays/BUILD.old --\n", 1)+"-- overlays/BUILD.bazel --\n"+got, library,
		rule{"go_overlay", "//overlays:m_uuid", map[string]any{
			"importpath": "example.com/m/uuid", "embedsrcs": []string{label + "a.html", label + "b.html", label + "new.go"}, "generator_function": "go_overlay",
			"strip_prefix": "_src/example.com/m/uuid",
			"base":         map[string]string{"templates/a.html": digest.Of([]byte(page)), "templates/b.html": digest.Of([]byte(page))},
		}}, rule{"go_overlay_set", "//overlays:prod", map[string]any{"overlays": []string{"//overlays:m_uuid"}}})
	commitAll(t, d)
	if err := d.Status(context.Background(), nil, StatusOptions{}); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if edited, err := d.Edit(context.Background(), "example.com/m/uuid/templates/a.html", EditOptions{}); err != nil || edited.Replaces != "" {
		t.Errorf("got %+v, %v: no diff is to be made of it", edited, err)
	}
	out.Reset()
	if err := d.Diff(context.Background(), nil); err != nil || !strings.Contains(out.String(), "+++ b/templates/a.html\n") || !strings.Contains(out.String(), "new file mode") {
		t.Errorf("got %v, %s, and said %s", err, out, errs)
	}
	for _, name := range []string{"a.html", "b.html"} {
		if err := os.WriteFile(filepath.Join(d.Workspace.Root, "uuid/templates", name), []byte(strings.Replace(page, "three", "drei", 1)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out.Reset()
	if err := d.Status(context.Background(), nil, StatusOptions{}); err == nil || strings.Count(out.String(), "the base has moved") != 2 {
		t.Errorf("got %v: %s", err, out)
	}
	out.Reset()
	if _, err := d.Rebase(context.Background(), nil, RebaseOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := read(t, d, folder+"a.html"); got != "<p>1</p>\n\n<p>two</p>\n\n<p>drei</p>\n" || !strings.Contains(out.String(), "templates/a.html: carried") {
		t.Errorf("got %s, and said %s", got, out)
	}
	if got := read(t, d, folder+"b.html"); !strings.Contains(got, "<<<<<<<") || strings.Contains(out.String(), "type-check") {
		t.Errorf("got %s, and said %s", got, out)
	}
	out.Reset()
	if _, err := d.Accept(context.Background(), []string{"m_uuid"}, RebaseOptions{}); err != nil || strings.Contains(out.String(), "new.go") || !strings.Contains(out.String(), "has conflicts") {
		t.Errorf("got %v, and said %s", err, out)
	}
}

// TestEmbeddedPackage checks that a file has the name that the package has for it where its folder is a package of Bazel.
func TestEmbeddedPackage(t *testing.T) {
	library := rule{"go_library", "//uuid:uuid", map[string]any{
		"importpath": "example.com/m/uuid", "srcs": []string{"//uuid:a.go"}, "embedsrcs": []string{"//uuid/templates:a.html"},
	}}
	for _, what := range []string{"uuid/templates/a.html", "//uuid/templates:a.html", "example.com/m/uuid/templates/a.html"} {
		d, _, _ := fakeDesk(t, editFiles+"-- uuid/templates/a.html --\n<p>\n", library, rule{"go_overlay_set", "//overlays:prod", map[string]any{}})
		if err := os.MkdirAll(filepath.Join(filepath.Dir(d.Workspace.Root), "sdk"), 0o755); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Edit(context.Background(), what, EditOptions{}); err != nil {
			t.Fatal(err)
		}
		got := read(t, d, "overlays/BUILD.bazel")
		for _, want := range []string{`embedsrcs = ["_src/example.com/m/uuid/templates/a.html"]`, `"templates/a.html": "sha256:`, `strip_prefix = "_src/example.com/m/uuid"`} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: got %s, want %s", what, got, want)
			}
		}
	}
}
