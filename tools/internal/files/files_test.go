package files

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// write makes files with content in a new folder.
func write(t *testing.T, content map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range content {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o444); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// list returns the files below a folder, with their content.
func list(t *testing.T, folder string) []string {
	t.Helper()
	var found []string
	err := Walk(folder, func(name, path string, info fs.FileInfo) error {
		content, err := os.ReadFile(path)
		found = append(found, fmt.Sprintf("%s: %s", name, content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestWalk(t *testing.T) {
	folder := write(t, map[string]string{"b": "1", "a/x": "2", "a/y/z": "3"})
	if err := os.Symlink("a", filepath.Join(folder, "c")); err != nil {
		t.Skip(err) // Windows needs a privilege for it.
	}
	want := []string{"a/x: 2", "a/y/z: 3", "b: 1", "c/x: 2", "c/y/z: 3"}
	if got := list(t, folder); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := Walk(filepath.Join(folder, "missing"), nil); err == nil {
		t.Error("a folder that does not exist: expected an error")
	}
}

func TestMirror(t *testing.T) {
	folder := write(t, map[string]string{"b": "1", "a/x": "2"})
	target := filepath.Join(t.TempDir(), "new")
	put := func(target, source string) error { return Copy(target, source, 0o600) }
	if err := Mirror(target, folder, put); err != nil {
		t.Fatal(err)
	}
	want := []string{"a/x: 2", "b: 1"}
	if got := list(t, target); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	// What is there is overwritten, and keeps its permissions.
	if err := Copy(filepath.Join(target, "b"), filepath.Join(folder, "a", "x"), 0o444); err != nil {
		t.Fatal(err)
	}
	want[1] = "b: 2"
	if got := list(t, target); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if info, err := os.Stat(filepath.Join(target, "b")); err != nil || info.Mode().Perm()&0o200 == 0 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
	if err := Copy(filepath.Join(target, "c"), filepath.Join(folder, "missing"), 0o444); err == nil {
		t.Error("a file that does not exist: expected an error")
	}
}
