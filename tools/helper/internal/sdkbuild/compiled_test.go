package sdkbuild

import (
	"archive/zip"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// compile returns the file that Compile writes.
func (sdk fakeSDK) compile(t *testing.T) string {
	t.Helper()
	o := sdk.options(t)
	o.Out = filepath.Join(t.TempDir(), "compiled")
	if err := Compile(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	return o.Out
}

func TestCompile(t *testing.T) {
	sdk := newChangeable(t, nil)
	first := sdk.compile(t)
	t.Setenv("TMPDIR", t.TempDir())
	second := sdk.compile(t)

	archive, err := zip.OpenReader(first)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	var endings []string
	for _, file := range archive.File {
		endings = append(endings, file.Name[len(file.Name)-2:])
	}
	// The five commands, and nothing of use only where it was made.
	if want := strings.Fields("-a -d -a -d -a -d -a -d -a -d"); !slices.Equal(endings, want) {
		t.Errorf("packed %q, want %q", endings, want)
	}
	a, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(second)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("two files that Compile wrote differ")
	}
}

func TestRebuildCompiled(t *testing.T) {
	sdk := newChangeable(t, nil)
	compiled := sdk.compile(t)
	for _, changed := range []bool{false, true} {
		o := sdk.options(t)
		o.Compiled = compiled
		if changed {
			o = sdk.options(t, overlay(t, "src/cmd/asm/main.go", "changed source of asm"))
			o.Compiled = compiled
		}
		if err := Rebuild(context.Background(), o); err != nil {
			t.Fatal(err)
		}
		for command, want := range map[string]bool{"asm": !changed, "compile": true} {
			content := read(t, o.Out, "pkg/tool/linux_amd64/"+command)
			if got := strings.HasSuffix(content, "source of "+command+" from the cache"); got != want {
				t.Errorf("with changes: %t; %s is taken from what was compiled: %t, want %t", changed, command, got, want)
			}
		}
	}
}

func TestCompileErrors(t *testing.T) {
	file, cache := filepath.Join(t.TempDir(), "compiled"), t.TempDir()
	checkError(t, packCompiled(file, cache), "left nothing that was compiled in its cache")
	if err := os.WriteFile(filepath.Join(cache, "0-a"), []byte("v2 {}"), 0o644); err != nil {
		t.Fatal(err)
	}
	checkError(t, packCompiled(file, cache), `has a cache of a form that is not known: "v2 {}"`)
}

func TestCompiledErrors(t *testing.T) {
	rebuild := func(compiled string) error {
		o := newChangeable(t, nil).options(t)
		o.Compiled = compiled
		return Rebuild(context.Background(), o)
	}
	checkError(t, rebuild("missing"), "unpacking missing: ", "no such file")

	other := filepath.Join(t.TempDir(), "other")
	if err := os.WriteFile(other, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	checkError(t, rebuild(other), "unpacking "+other+": zip: not a valid zip file")

	w, err := os.Create(other)
	if err != nil {
		t.Fatal(err)
	}
	archive := zip.NewWriter(w)
	if _, err := archive.Create("../go"); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	checkError(t, rebuild(other), `"../go" is not the name of a file in a cache`)
}
