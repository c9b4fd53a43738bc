package buildinfo

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestResponseFile(t *testing.T) {
	want := []string{"-importcfg", `C:\tmp\import cfg`, "-X", "a.b=c", "main.a"}
	for name, content := range map[string]string{
		"before 1.27": "-importcfg\nC:\\\\tmp\\\\import cfg\n-X\na.b=c\nmain.a\n",
		"since":       "-importcfg\n\n\"C:\\\\tmp\\\\import cfg\"\n\n-X\n\na.b=c\n\nmain.a\n\n",
	} {
		file := filepath.Join(t.TempDir(), "args")
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := fromResponseFile([]string{"@" + file})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
	}
	if _, err := fromResponseFile([]string{"@" + filepath.Join(t.TempDir(), "missing")}); err == nil {
		t.Error("a missing file is no error")
	}
}

// TestUnknownArchives has packages in a form of a future Go: all that may be linked is told.
func TestUnknownArchives(t *testing.T) {
	file := filepath.Join(t.TempDir(), "main.a")
	if err := os.WriteFile(file, []byte("another form"), 0o644); err != nil {
		t.Fatal(err)
	}
	linked, err := linkedPackages([]string{"-o", "out", file}, map[string]string{"a": "a.a"})
	if err != nil || !linked["a"] || !linked["main"] {
		t.Errorf("linked: %v, %v, want all", linked, err)
	}
}

// TestPlugin has a program without build information of its own.
func TestPlugin(t *testing.T) {
	if err := (plan{}).describe([]string{"-importcfg", "missing", "-buildmode", "plugin", "main.a"}); err != nil {
		t.Error(err)
	}
	if err := (plan{}).describe([]string{"-o", "out", "main.a"}); err == nil {
		t.Error("a linker without -importcfg is no error")
	}
}
