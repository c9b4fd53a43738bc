package desk

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
