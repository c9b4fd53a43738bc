package desk

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// TestStatusNear checks that a package of the module is proposed for an import path that nothing has, before the overlay is dropped.
func TestStatusNear(t *testing.T) {
	overlay := func(importPath string) []rule {
		return []rule{
			{"go_library", "@com_example_lib//util/retry:retry", map[string]any{"importpath": "example.com/lib/util/retry"}},
			{"go_overlay", "//overlays:retry", map[string]any{"importpath": importPath, "generator_function": "go_overlay", "delete": []string{"a.go"}}},
		}
	}
	for importPath, want := range map[string]string{
		"example.com/lib/util/rety": "has the import path example.com/lib/util/rety; is it example.com/lib/util/retry? Mend importpath at overlays/BUILD.bazel:7; " +
			"if the package is gone: overlay drop //overlays:retry\n    buildozer 'set importpath example.com/lib/util/retry' //overlays:retry\n",
		"example.com/lib/other": "has the import path example.com/lib/other\n    overlay drop //overlays:retry\n",
	} {
		d, out, _ := fakeDesk(t, "-- MODULE.bazel --\n-- go.mod --\nmodule example.com/m\nrequire example.com/lib v1.0.0\n-- overlays/BUILD.bazel --\n", overlay(importPath)...)
		if err := os.WriteFile(filepath.Join(filepath.Dir(d.Workspace.Root), "repos"), []byte(`{"rules_go": "rules_go+", "com_example_lib": "gazelle++go_deps+com_example_lib"}`), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(filepath.Dir(d.Workspace.Root), "output_base"), 0o755); err != nil {
			t.Fatal(err)
		}
		d.Status(context.Background(), nil, StatusOptions{Today: today})
		if !strings.Contains(filepath.ToSlash(out.String()), want) {
			t.Errorf("got %s, want %s", out, want)
		}
	}
}

// TestNamed checks what is said of a label that is none of an overlay: which may be meant, or which there are, or what it is of.
func TestNamed(t *testing.T) {
	var l layering
	for _, name := range []string{"retry", "retries", "hash"} {
		l.all = append(l.all, workspace.Overlay{Label: "//overlays:" + name})
	}
	l.sets = []workspace.Set{{Label: "//overlays:overlays", Overlays: []string{"//overlays:retry"}, Layers: []string{"//overlays:hash"}}, {Label: "//overlays:empty"}}
	d, _, _ := fakeDesk(t, "-- MODULE.bazel --\n")
	for label, want := range map[string]string{
		"retyr":               "the workspace declares no overlay //:retyr; is it //overlays:retry?",
		"//overlay:hesh":      "the workspace declares no overlay //overlay:hesh; is it //overlays:hash?",
		"unlike":              "the workspace declares no overlay //:unlike; it declares:\n  //overlays:hash\n  //overlays:retries\n  //overlays:retry",
		"//overlays:overlays": "//overlays:overlays is a go_overlay_set, and no overlay; it has:\n  //overlays:retry\n  //overlays:hash",
		"//overlays":          "//overlays:overlays is a go_overlay_set, and no overlay; it has:\n  //overlays:retry\n  //overlays:hash",
		"empty":               "//overlays:empty is a go_overlay_set, and no overlay; it has none",
	} {
		if _, err := d.chosen(l, []string{label}); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", label, err, want)
		}
	}
	for i := 0; i < 10; i++ {
		l.all = append(l.all, workspace.Overlay{Label: fmt.Sprintf("//overlays:o%d", i)})
	}
	if _, err := d.chosen(l, []string{"//quite:unlike_all"}); err == nil || strings.Count(err.Error(), "\n") != 11 || !strings.HasSuffix(err.Error(), "\n  and 3 others, which overlay status lists") {
		t.Errorf("got %v", err)
	}
}
