package buildfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOverlaysJSON checks that edits of overlays.json keep what they are not about, and its order.
func TestOverlaysJSON(t *testing.T) {
	path := filepath.Join(t.TempDir(), "overlays.json")
	const before = `{"use": "prod",
  "overlays": [
    {"importpath": "example.com/a", "reason": "<a> & \"b\"", "name": "a", "srcs": ["src/a.go"], "std": false, "patch_fuzz": 0},
    {"name": "b", "importpath": "example.com/b", "replace": {"x.go": "src/y.go"}, "patches": {"z.patch": ["c.go"], "y.patch": ["d.go"]}}],
  "sets": [{"name": "prod", "overlays": ["a"], "layers": []}]
}`
	if err := os.WriteFile(path, []byte(before), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := Load(path, "")
	if err != nil {
		t.Fatal(err)
	}
	if f.Changed() || string(f.Content()) != before {
		t.Errorf("without an edit, got %s", f.Content())
	}
	for _, change := range []Change{
		{Name: "a", ImportPath: "example.com/a", Srcs: []string{"src/b.go"}, Base: map[string]string{"b.go": "sha256:0"}},
		{Name: "c", ImportPath: "example.com/c", Delete: []string{"c.go"}, Reason: "new"},
	} {
		if err := f.Change(change); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.AddToSet("prod", "//:c"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Remove("b"); err != nil {
		t.Fatal(err)
	}
	const want = `{
  "overlays": [
    {
      "importpath": "example.com/a",
      "reason": "<a> & \"b\"",
      "name": "a",
      "srcs": [
        "src/a.go",
        "src/b.go"
      ],
      "std": false,
      "patch_fuzz": 0,
      "base": {
        "b.go": "sha256:0"
      }
    },
    {
      "name": "c",
      "importpath": "example.com/c",
      "delete": [
        "c.go"
      ],
      "reason": "new"
    }
  ],
  "sets": [
    {
      "name": "prod",
      "overlays": [
        ":c",
        "a"
      ],
      "layers": []
    }
  ],
  "use": "prod"
}
`
	if got := string(f.Content()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if err := f.Change(Change{Name: "a", ImportPath: "example.com/other", Delete: []string{"x.go"}}); err == nil || !strings.HasPrefix(err.Error(), path+": the overlay //:a is of the import path example.com/a") {
		t.Errorf("got %v", err)
	}
}

// TestNoOverlaysJSON checks a file that is not there, and one that is damaged.
func TestNoOverlaysJSON(t *testing.T) {
	path := filepath.Join(t.TempDir(), "overlays.json")
	f, err := Load(path, "")
	if err != nil || f.Changed() || f.Original() != nil {
		t.Fatalf("got %s, %v", f.Content(), err)
	}
	if err := f.Change(Change{Name: "a", ImportPath: "a", Delete: []string{"a.go"}}); err != nil || !f.Changed() {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(path, []byte("{\r\n\"x\": 1}\r\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path, ""); err == nil || !strings.Contains(err.Error(), `overlays.json:2:1: overlays.json has no field "x"`) {
		t.Errorf("got %v", err)
	}
}
