//go:build go1.24

package sdksource

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule/fakeproxy"
)

func TestWanted(t *testing.T) {
	t.Setenv("GOWORK", "")
	for _, tt := range []struct {
		name  string
		files map[string]string // in a folder above a/b, which asks
		want  string            // version, and where from
		err   string
	}{
		{"go line", map[string]string{"go.mod": "module m\n\ngo 1.26\n"}, "1.26 go.mod:3: go 1.26", ""},
		{"whole version", map[string]string{"go.mod": "module m\ngo 1.26.8 // because\n"}, "1.26.8 go.mod:2: go 1.26.8", ""},
		{"toolchain", map[string]string{"go.mod": "go 1.26\ntoolchain go1.26.8\n"}, "1.26.8 go.mod:2: toolchain go1.26.8", ""},
		{"toolchain first", map[string]string{"go.mod": "toolchain go1.26.8\ngo 1.26.0"}, "1.26.8 go.mod:1: toolchain go1.26.8", ""},
		{"default", map[string]string{"go.mod": "go 1.26.7\ntoolchain default\n"}, "1.26.7 go.mod:1: go 1.26.7", ""},
		{"go line is newer", map[string]string{"go.mod": "go 1.26.9\ntoolchain go1.26.8\n"}, "1.26.9 go.mod:1: go 1.26.9", ""},
		{"same", map[string]string{"go.mod": "go 1.26.8\ntoolchain go1.26.8\n"}, "1.26.8 go.mod:2: toolchain go1.26.8", ""},
		{"prerelease of a language", map[string]string{"go.mod": "go 1.26\ntoolchain go1.26rc1\n"}, "1.26rc1 go.mod:2: toolchain go1.26rc1", ""},
		{"custom", map[string]string{"go.mod": "go 1.26.8\ntoolchain go1.26.8-acme\n"}, "1.26.8-acme! go.mod:2: toolchain go1.26.8-acme", ""},
		{"go line is newer than custom", map[string]string{"go.mod": "go 1.26.9\ntoolchain go1.26.8-acme\n"}, "1.26.9 go.mod:1: go 1.26.9", ""},
		{"Windows", map[string]string{"go.mod": "module m\r\n\r\ngo 1.26.8\r\n"}, "1.26.8 go.mod:3: go 1.26.8", ""},
		{"nearest", map[string]string{"go.mod": "go 1.25\n", "a/go.mod": "go 1.26\n"}, "1.26 a/go.mod:1: go 1.26", ""},
		{"go.work", map[string]string{"go.work": "go 1.27\n", "a/b/go.mod": "go 1.26\ntoolchain go1.28.0"}, "1.27 go.work:1: go 1.27", ""},
		{"go.work without lines", map[string]string{"go.work": "use ./a\n", "a/b/go.mod": "go 1.26\n"}, "1.26 a/b/go.mod:1: go 1.26", ""},
		{"go.mod, not others", map[string]string{"go.mod": "go 1.26\n", "a/b/.go-version": "1.25.1\n", ".tool-versions": "golang 1.24.1\n"}, "1.26 go.mod:1: go 1.26", ""},
		{"go.mod without lines", map[string]string{"go.mod": "module m\n", ".go-version": "1.25.1"}, "1.25.1 .go-version:1: 1.25.1", ""},
		{".go-version", map[string]string{"a/.go-version": "# ours\n\ngo1.25.1 # why\n", ".tool-versions": "golang 1.24.1\n"}, "1.25.1 a/.go-version:3: go1.25.1", ""},
		{"part of a version", map[string]string{".go-version": "1.26.x\n"}, "1.26 .go-version:1: 1.26.x", ""},
		{".tool-versions", map[string]string{".tool-versions": "nodejs 22\ngolang 1.24.1 1.23.0\n"}, "1.24.1 .tool-versions:2: golang 1.24.1 1.23.0", ""},
		{".tool-versions, go", map[string]string{".tool-versions": "go 1.26.8-acme\n"}, "1.26.8-acme! .tool-versions:1: go 1.26.8-acme", ""},
		{".tool-versions, above", map[string]string{"a/.tool-versions": "nodejs 22\n", ".tool-versions": "golang latest\n"}, "latest .tool-versions:1: golang latest", ""},
		{".tool-versions, latest", map[string]string{".tool-versions": "golang latest:1.26\n"}, "1.26 .tool-versions:1: golang latest:1.26", ""},
		{"system", map[string]string{"a/.go-version": "system\n", ".tool-versions": "golang 1.24.1\n"}, "1.24.1 .tool-versions:1: golang 1.24.1", ""},
		{".envrc", map[string]string{"a/.envrc": "dotenv\nuse go 1.26.8 # ours\n", ".envrc": "use go 1.25"}, "1.26.8 a/.envrc:2: use go 1.26.8", ""},
		{".envrc, last", map[string]string{"a/b/.envrc": "use golang 1.26\n", ".tool-versions": "golang 1.24.1\n"}, "1.24.1 .tool-versions:1: golang 1.24.1", ""},
		{".envrc, GOTOOLCHAIN", map[string]string{".envrc": "export GOFLAGS=-mod=mod\nexport GOTOOLCHAIN=\"go1.26.8+auto\"\n"}, `1.26.8 .envrc:2: export GOTOOLCHAIN="go1.26.8+auto"`, ""},
		{".envrc, overlay", map[string]string{".envrc": "eval \"$(overlay sdk env -shell direnv 1.26.8-prod)\"\n"}, `1.26.8-prod! .envrc:1: eval "$(overlay sdk env -shell direnv 1.26.8-prod)"`, ""},
		{".envrc, overlay without a version", map[string]string{"a/.envrc": "eval \"$(overlay sdk env -shell direnv)\"\nexport GOTOOLCHAIN=local\nuse nix\n", ".envrc": "use go 1.25\n"}, "1.25 .envrc:1: use go 1.25", ""},
		{".envrc, what a shell works out", map[string]string{"a/.envrc": "export GOTOOLCHAIN=$(cat v)\n", ".envrc": "use go v1.25.x\n"}, "1.25 .envrc:1: use go v1.25.x", ""},

		{"bad .envrc", map[string]string{".envrc": "use go ^1\n"}, "", `.envrc:1: expected a version of Go, such as 1.26.8 or 1.26, found "use go ^1"`},
		{"bad go line", map[string]string{"go.mod": "module m\ngo v1.26\n"}, "", `go.mod:2: expected a version of Go, such as 1.26 or 1.26.8, found "go v1.26"`},
		{"bad toolchain", map[string]string{"go.mod": "go 1.26\n\ntoolchain 1.26.8\n"}, "", `go.mod:3: expected one such as go1.26.8, or default, found "toolchain 1.26.8"`},
		{"bad .go-version", map[string]string{".go-version": "\n^1.26\n"}, "", `.go-version:2: expected a version of Go, such as 1.26.8 or 1.26, found "^1.26"`},
		{"bad .tool-versions", map[string]string{".tool-versions": "golang\n"}, "", `.tool-versions:1: expected a version of Go`},
		{"path", map[string]string{".tool-versions": "golang path:/x-y\n"}, "", `.tool-versions:1: expected a version of Go`},
		{"folder in a name", map[string]string{".go-version": "1.26.8-../../x\n"}, "", `.go-version:1: expected a version of Go`},
		{"nothing", map[string]string{"README.md": ""}, "", "a/b nor a folder above has a go.work, go.mod, .go-version, .tool-versions or .envrc that asks for a version of Go; next: name one"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			for name, content := range tt.files {
				fakeproxy.WriteFile(t, filepath.Join(root, filepath.FromSlash(name)), content)
			}
			dir := filepath.Join(root, "a", "b")
			if err := os.MkdirAll(dir, 0o777); err != nil {
				t.Fatal(err)
			}
			w, err := Wanted(dir)
			if tt.err != "" {
				if err == nil || !strings.Contains(filepath.ToSlash(err.Error()), tt.err) {
					t.Fatalf("got %v, %v", w, err)
				}
				if nothing := (*NothingWantedError)(nil); errors.As(err, &nothing) != (tt.name == "nothing") {
					t.Errorf("got an error of type %T", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			mark := " "
			if w.Custom {
				mark = "! "
			}
			got := w.Version + mark + filepath.ToSlash(strings.TrimPrefix(w.String(), root+string(filepath.Separator)))
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestWantedByGOWORK checks that the go.work is the one that the go command takes.
func TestWantedByGOWORK(t *testing.T) {
	root := t.TempDir()
	other := filepath.Join(t.TempDir(), "other.work")
	fakeproxy.WriteFile(t, other, "go 1.24\n")
	fakeproxy.WriteFile(t, filepath.Join(root, "go.work"), "go 1.26\n")
	fakeproxy.WriteFile(t, filepath.Join(root, "go.mod"), "go 1.25\n")
	for value, want := range map[string]string{"": "1.26", "off": "1.25", other: "1.24"} {
		t.Setenv("GOWORK", value)
		if w, err := Wanted(root); err != nil || w.Version != want {
			t.Errorf("GOWORK=%s: got %v, %v", value, w, err)
		}
	}
}

func FuzzWanted(f *testing.F) {
	f.Add("go 1.26\ntoolchain go1.26.8\n")
	f.Add("golang 1.26.8 1.25\n")
	f.Add("go1.26.8-acme")
	f.Add("use go 1.26.8\nexport GOTOOLCHAIN=go1.26.8+auto\n")
	f.Add("eval \"$(overlay sdk env -shell direnv 1.26.8)\"")
	f.Fuzz(func(t *testing.T, content string) {
		root := t.TempDir()
		for _, name := range []string{"go.mod", ".go-version", ".tool-versions", ".envrc"} {
			path := filepath.Join(root, name)
			fakeproxy.WriteFile(t, path, content)
			w, err := Wanted(root)
			if err == nil && (strings.ContainsAny(w.Version, "/\\\n \x00") || w.Line == 0 || w.Version == "") {
				t.Errorf("%s: got %q of %q", name, w.Version, content)
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
	})
}
