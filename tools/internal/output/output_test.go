package output

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")
	if err := Write(File{Path: first, Content: []byte("1")}, File{Path: second}); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{first: "1", second: ""} {
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v", path, got, err)
		}
	}
	checkNames(t, dir, "first", "second")
}

// TestLongName writes a file whose name is as long as names can be.
func TestLongName(t *testing.T) {
	dir := t.TempDir()
	name := strings.Repeat("n", 255)
	if err := Write(File{Path: filepath.Join(dir, name)}); err != nil {
		t.Error(err)
	}
	checkNames(t, dir, name)
}

func TestMode(t *testing.T) {
	for mode, want := range map[fs.FileMode]fs.FileMode{0: 0o644, 0o640: 0o640} {
		path := filepath.Join(t.TempDir(), "file")
		if err := Write(File{Path: path, Mode: mode}); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("mode %v: got %v, %v", mode, info, err)
		}
	}
}

// TestWriteNothing checks that nothing is left of files of which one can't be
// written, be it at first or when it gets its name.
func TestWriteNothing(t *testing.T) {
	dir := t.TempDir()
	if err := Write(File{Path: filepath.Join(dir, "first")}, File{Path: filepath.Join(dir, "missing", "second")}); err == nil {
		t.Error("got no error from a folder that does not exist")
	}
	checkNames(t, dir)

	if err := os.MkdirAll(filepath.Join(dir, "second", "full"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := Write(File{Path: filepath.Join(dir, "first")}, File{Path: filepath.Join(dir, "second")}); err == nil {
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
