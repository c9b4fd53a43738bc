package output

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")
	if err := Write(File{first, []byte("1")}, File{second, nil}); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{first: "1", second: ""} {
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v", path, got, err)
		}
	}
	checkNames(t, dir, "first", "second")
}

// TestWriteNothing checks that nothing is left of files of which one can't be
// written, be it at first or when it gets its name.
func TestWriteNothing(t *testing.T) {
	dir := t.TempDir()
	if err := Write(File{filepath.Join(dir, "first"), nil}, File{filepath.Join(dir, "missing", "second"), nil}); err == nil {
		t.Error("got no error from a folder that does not exist")
	}
	checkNames(t, dir)

	if err := os.MkdirAll(filepath.Join(dir, "second", "full"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := Write(File{filepath.Join(dir, "first"), nil}, File{filepath.Join(dir, "second"), nil}); err == nil {
		t.Error("got no error from a folder in the place of a file")
	}
	checkNames(t, dir, "second")
}

func checkNames(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(want) {
		t.Fatalf("got %v, want %v", entries, want)
	}
	for i, entry := range entries {
		if entry.Name() != want[i] {
			t.Errorf("got %v, want %v", entries, want)
		}
	}
}
