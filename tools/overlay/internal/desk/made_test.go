package desk

import (
	"context"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// TestMadeOrder checks that several diffs of an overlay are applied in the order of its BUILD file, with its patch_fuzz.
func TestMadeOrder(t *testing.T) {
	d, _, _ := fakeDesk(t, `
-- lib/lib.go --
package lib

const a = 1
-- overlays/a.diff --
--- a/lib.go
+++ b/lib.go
@@ -1,3 +1,3 @@
 package another
 
-const a = 2
+const a = 3
-- overlays/z.diff --
--- a/lib.go
+++ b/lib.go
@@ -3 +3 @@
-const a = 1
+const a = 2
`)
	pkg := &workspace.GoPackage{ImportPath: "example.com/m/lib", Files: []workspace.File{{Name: "lib.go", Path: d.Workspace.Root + "/lib/lib.go"}}}
	change := func(label string) workspace.Change {
		return workspace.Change{Name: "lib.go", Kind: workspace.Patch, Label: label, Path: workspace.SourcePath(d.Workspace, label)}
	}
	overlay := workspace.Overlay{
		Label: "//overlays:lib", ImportPath: pkg.ImportPath, Changes: []workspace.Change{change("//overlays:a.diff"), change("//overlays:z.diff")},
		Attrs: map[string]bazel.Attribute{
			"patches":    {Keys: []string{"//overlays:z.diff", "//overlays:a.diff"}, Dict: map[string]string{"//overlays:z.diff": "lib.go", "//overlays:a.diff": "lib.go"}},
			"patch_fuzz": {String: "1"},
		},
	}
	m := &making{desk: d, pkg: pkg, layering: layering{all: []workspace.Overlay{overlay}}}
	made, err := m.of([]workspace.Overlay{overlay})
	if got := string(made["lib.go"]); err != nil || got != "package lib\n\nconst a = 3\n" {
		t.Errorf("got %q, %v", got, err)
	}

	// By a select(), it has several files for one.
	overlay.Changes = []workspace.Change{
		{Name: "lib.go", Kind: workspace.Replace, Path: d.Workspace.Root + "/overlays/a.diff"}, {Name: "lib.go", Kind: workspace.Replace, Path: d.Workspace.Root + "/overlays/z.diff"},
	}
	if _, err := m.of([]workspace.Overlay{overlay}); err == nil || !strings.Contains(err.Error(), "//overlays:lib changes lib.go by several files, one of which a select() chooses") {
		t.Errorf("got %v", err)
	}
}

// TestMadeOfPart checks that of a diff which several packages have, each gets its part; and what is embedded, or in a folder below.
func TestMadeOfPart(t *testing.T) {
	d, out, said := fakeDesk(t, `
-- MODULE.bazel --
-- m/m.go --
package m
-- m/sub/inner/deep.go --
package sub
-- m/sub/data.txt --
one
-- m/sub/sub.go --
package sub
-- overlays/both.patch --
--- a/m.go
+++ b/m.go
@@ -1 +1,2 @@
 package m
+// m
--- a/sub/sub.go
+++ b/sub/sub.go
@@ -1 +1,2 @@
 package sub
+// sub
-- overlays/new.go --
package sub
-- overlays/embed/data.txt --
two
`,
		rule{"go_library", "//m:m", map[string]any{"importpath": "example.com/w/m", "srcs": []string{"//m:m.go"}}},
		rule{"go_library", "//m/sub:sub", map[string]any{
			"importpath": "example.com/w/m/sub", "srcs": []string{"//m/sub:sub.go", "//m/sub:inner/deep.go"}, "embedsrcs": []string{"//m/sub:data.txt"},
		}},
		rule{"go_overlay", "//overlays:m", map[string]any{"importpath": "example.com/w/m", "patches": map[string]string{"//overlays:both.patch": "m.go"}}},
		rule{"go_overlay", "//overlays:sub", map[string]any{
			"importpath": "example.com/w/m/sub", "patches": map[string]string{"//overlays:both.patch": "sub.go"}, "patch_strip": "2", "delete": []string{"deep.go"}, "new_srcs": []string{"//overlays:new.go"},
			"embedsrcs": []string{"//overlays:embed/data.txt"}, "strip_prefix": "embed",
		}},
	)
	if err := d.Export(context.Background(), nil, ExportOptions{Format: "diff"}); err != nil {
		t.Fatal(err, said)
	}
	want := `diff --git a/m/m.go b/m/m.go
--- a/m/m.go
+++ b/m/m.go
@@ -1,1 +1,2 @@
 package m
+// m
diff --git a/m/sub/data.txt b/m/sub/data.txt
--- a/m/sub/data.txt
+++ b/m/sub/data.txt
@@ -1,1 +1,1 @@
-one
+two
diff --git a/m/sub/inner/deep.go b/m/sub/inner/deep.go
deleted file mode 100644
--- a/m/sub/inner/deep.go
+++ /dev/null
@@ -1,1 +0,0 @@
-package sub
diff --git a/m/sub/new.go b/m/sub/new.go
new file mode 100644
--- /dev/null
+++ b/m/sub/new.go
@@ -0,0 +1,1 @@
+package sub
diff --git a/m/sub/sub.go b/m/sub/sub.go
--- a/m/sub/sub.go
+++ b/m/sub/sub.go
@@ -1,1 +1,2 @@
 package sub
+// sub
`
	if out.String() != want {
		t.Errorf("got %s, want %s; said %s", out, want, said)
	}
}
