package workspace

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
)

// TestVendoredVersion checks that a package in a vendor folder has the version that go mod vendor has copied.
func TestVendoredVersion(t *testing.T) {
	root := t.TempDir()
	vendor := filepath.Join(root, "backend", "vendor")
	if err := os.MkdirAll(vendor, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(vendor, "modules.txt"), []byte(`# example.com/a v1.2.0
## explicit; go 1.22
example.com/a
# example.com/a/b/v2 v2.0.1-0.20260101000000-0123456789ab
example.com/a/b/v2/c
# example.com/forked v1.0.0 => example.com/fork v1.1.0
example.com/forked
# example.com/local v1.0.0 => ../local
example.com/local
# example.com/any => ../any
`), 0o644); err != nil {
		t.Fatal(err)
	}
	for importPath, want := range map[string]string{
		"example.com/a":        "v1.2.0",
		"example.com/a/x":      "v1.2.0",
		"example.com/a/b/v2/c": "v2.0.1-0.20260101000000-0123456789ab",
		"example.com/forked":   "v1.1.0",
		"example.com/local":    "",
		"example.com/any":      "",
		"example.com/ab":       "",
	} {
		pkg := packageOf(importPath, []bazel.Target{
			{Label: "//:x", Kind: "go_library", Attrs: map[string]bazel.Attribute{"importpath": {String: importPath}, "srcs": {List: []string{"//:x.go"}}}},
			{Label: "//:x.go", File: filepath.Join(vendor, filepath.FromSlash(importPath), "x.go")},
		})
		if pkg.Version != want {
			t.Errorf("%s: got %q, want %q", importPath, pkg.Version, want)
		}
	}
	if module, version, err := Vendored(root, "example.com/a"); module != "" || version != "" || err != nil {
		t.Errorf("got %s %s, %v", module, version, err)
	}
}
