package workspace

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestReplacements(t *testing.T) {
	root := t.TempDir()
	if got, err := Replacements(root); err != nil || len(got) > 0 {
		t.Errorf("got %v, %v", got, err)
	}
	const content = `module example.com/m

require example.com/a v1.0.0 // replace example.com/x => example.com/y v1.0.0

replace example.com/a => example.com/fork/a v1.0.1

replace (
	example.com/b v1.2.3 => "../b" // ours
	example.com/c => ./c
	// example.com/d => ./d
)

exclude (
	example.com/e v1.0.0
)
`
	if err := os.WriteFile(filepath.Join(root, "go.mod"), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"example.com/a": "example.com/fork/a", "example.com/b": "../b", "example.com/c": "./c"}
	if got, err := Replacements(root); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	own, required, err := Modules(root)
	if err != nil || own != "example.com/m" || !reflect.DeepEqual(required, []string{"example.com/a"}) {
		t.Errorf("got %s, %v, %v", own, required, err)
	}
}

// TestReplaced checks that what is for the required version counts, and names with blanks.
func TestReplaced(t *testing.T) {
	root := t.TempDir()
	const content = "module m\nrequire (\n\ta v1.0.0\n\tb v1.0.0// x\n\tc v1.0.0\n)\nreplace(\n\ta v1.0.1 => ./no\n\tb => ./no\n\tb v1.0.0 => ./yes\n)\nreplace c => \"../my fork//c\" // why\n"
	if err := os.WriteFile(filepath.Join(root, "go.mod"), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	for module, want := range map[string]string{"a": "", "b": "./yes", "c": "../my fork//c"} {
		got := ""
		replaced, err := Replaced(root, module)
		if replaced != nil {
			got = replaced.Path + replaced.Version
		}
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", module, got, err, want)
		}
	}
}

func TestGoVersion(t *testing.T) {
	for content, want := range map[string]string{
		"module m\n":                              "",
		"module m\n\ngo 1.26.8 // newest\n":       "1.26.8",
		"module m\ngo 1.26\ntoolchain go1.26.8\n": "1.26.8",
		"module m\ntoolchain default\ngo 1.26\n":  "1.26",
	} {
		root := t.TempDir()
		if err := os.WriteFile(filepath.Join(root, "go.mod"), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := GoVersion(root); err != nil || got != want {
			t.Errorf("%s: got %q, %v", content, got, err)
		}
	}
}

// TestUsed checks which modules a go.work uses, in all its forms.
func TestUsed(t *testing.T) {
	work := filepath.Join(t.TempDir(), "go.work")
	if err := os.WriteFile(work, []byte("go 1.22\nuse ./a // one\nuse (\n\t.\n\t\"../b c\"\n)\nreplace x => ./y\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	at := filepath.Dir(work)
	if got, want := Used(work), []string{filepath.Join(at, "a"), at, filepath.Join(filepath.Dir(at), "b c")}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
