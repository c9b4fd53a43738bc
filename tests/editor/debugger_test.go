package editor

import (
	"os"
	"path/filepath"
	"testing"
)

// TestSourceFile checks that files of repositories that another build has left in the output base are passed over.
func TestSourceFile(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	workspace, base := filepath.Join(root, "workspace"), filepath.Join(root, "base")
	execRoot := filepath.Join(base, "execroot", "_main")
	for _, name := range []string{
		"base/external/gazelle++uuid/uuid.go",
		"base/external/gazelle~~uuid/uuid.go",
		"base/execroot/_main/bazel-out/k8/bin/external/gazelle++uuid/made.go",
		"base/execroot/_main/bazel-out/k8/bin/external/gazelle~~uuid/made.go",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range []string{workspace, filepath.Join(execRoot, "external")} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// As Bazel does for what is built.
	for link, target := range map[string]string{
		filepath.Join(workspace, "bazel-out"):                filepath.Join(execRoot, "bazel-out"),
		filepath.Join(execRoot, "external", "gazelle~~uuid"): filepath.Join(base, "external", "gazelle~~uuid"),
	} {
		if err := os.Symlink(target, link); err != nil {
			t.Skip(err) // Windows needs a privilege for it.
		}
	}
	for pattern, want := range map[string]string{
		"external/*uuid/uuid.go":                 filepath.Join(base, "external/gazelle~~uuid/uuid.go"),
		"bazel-out/*/bin/external/*uuid/made.go": filepath.Join(execRoot, "bazel-out/k8/bin/external/gazelle~~uuid/made.go"),
	} {
		if got, err := sourceFile(workspace, pattern); err != nil || got != want {
			t.Errorf("%s: got %s, %v, want %s", pattern, got, err, want)
		}
	}
}
