package gosdk

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func parseChanges(args ...string) ([]Change, error) {
	var changes []Change
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	ChangesFlags(flags, &changes)
	return changes, flags.Parse(args)
}

func TestChangesFlags(t *testing.T) {
	var changes []Change
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	ChangesFlags(flags, &changes)
	if err := flags.Parse([]string{"-overlay", "src/a.go=x/a=b.go", "-delete", "VERSION", "-overlay=lib/time/zoneinfo.zip=../z"}); err != nil {
		t.Fatal(err)
	}
	want := []Change{{"src/a.go", "x/a=b.go"}, {"VERSION", ""}, {"lib/time/zoneinfo.zip", "../z"}}
	if !slices.Equal(changes, want) {
		t.Errorf("got %q, want %q", changes, want)
	}
}

func TestChangesFlagsErrors(t *testing.T) {
	const form = "expected NAME=FILE, such as"
	for value, want := range map[string]string{
		"":         form,
		"src/a.go": form,
		// An empty file would be a deletion.
		"src/a.go=":     form,
		"=a.go":         `"" is not the name`,
		".=a.go":        `"." is not the name`,
		"src/=a.go":     `"src/" is not the name`,
		"./VERSION=x":   `"./VERSION" is not the name`,
		"a/../b=x":      `"a/../b" is not the name`,
		"../b=x":        `"../b" is not the name`,
		"/etc/passwd=x": `"/etc/passwd" is not the name`,
		`src\a.go=x`:    `"src\\a.go" is not the name`,
	} {
		if _, err := parseChanges("-overlay", value); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("-overlay %q: got %v, want %s", value, err, want)
		}
	}
	if _, err := parseChanges("-delete", "src/"); err == nil || !strings.Contains(err.Error(), `"src/" is not the name`) {
		t.Errorf("-delete src/: got %v", err)
	}
}

func TestChangesIn(t *testing.T) {
	folder := t.TempDir()
	for name, content := range map[string]string{"VERSION": "go1.99", "ROOT": "", "real/compile": "a program"} {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// As a sandbox lays out a folder.
	if err := os.Symlink("real", filepath.Join(folder, "tool")); err != nil {
		t.Skip(err) // Windows needs a privilege for it.
	}
	changes, err := ChangesIn(folder)
	if err != nil {
		t.Fatal(err)
	}
	want := []Change{
		{"VERSION", filepath.Join(folder, "VERSION")},
		{"real/compile", filepath.Join(folder, "real", "compile")},
		{"tool/compile", filepath.Join(folder, "tool", "compile")},
	}
	if !slices.Equal(changes, want) {
		t.Errorf("got %q, want %q", changes, want)
	}
	if _, err := ChangesIn(filepath.Join(folder, "missing")); err == nil {
		t.Error("a folder that does not exist: expected an error")
	}
}

func TestIncludedHeader(t *testing.T) {
	for name, want := range map[string]string{
		"src/runtime/textflag.h": "pkg/include/textflag.h",
		"src/runtime/cgo/abi.h":  "",
		"src/runtime/proc.go":    "",
		"src/math/answer.h":      "",
	} {
		if got := IncludedHeader(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
