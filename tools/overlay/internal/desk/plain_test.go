package desk

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/txtar"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/shadow"
)

// plainFiles are a repository without Bazel that requires a module, and versions of that for a proxy: in @proxy, by PATH@VERSION.
const plainFiles = `
-- go.mod --
module example.com/app

go 1.22

require example.com/hash v1.0.0
-- main.go --
package main

import "example.com/hash"

func main() { println(hash.Sum()) }
-- in/in.go --
package in

func In() int { return 1 }
-- @proxy/example.com/hash@v1.0.0/go.mod --
module example.com/hash

go 1.22
-- @proxy/example.com/hash@v1.0.0/hash.go --
package hash

// Sum is one.
func Sum() int {
	return 1
}

func a() {}
func b() {}
func c() {}
-- @proxy/example.com/hash@v1.0.0/hash_js.go --
package hash
-- @proxy/example.com/hash@v1.0.0/hash_test.go --
package hash
-- @proxy/example.com/hash@v1.0.0/unused/unused.go --
package unused

import _ "embed"

//go:embed text/a.txt
var Text string
-- @proxy/example.com/hash@v1.0.0/unused/text/a.txt --
a
-- @proxy/example.com/hash@v1.1.0/go.mod --
module example.com/hash

go 1.22
-- @proxy/example.com/hash@v1.1.0/hash.go --
package hash

// Sum is one.
func Sum() int {
	return 1
}

func a() {}
func b() {}
func c() {}
func d() {}
`

// plainDesk returns the desk of a repository without Bazel, with edits of what plainFiles has.
func plainDesk(t *testing.T, edits ...string) (d *Desk, out, said *bytes.Buffer) {
	t.Helper()
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	root, modules := filepath.Join(home, "repository"), filepath.Join(home, "modules")
	if err := txtar.Write(txtar.Parse([]byte(strings.NewReplacer(edits...).Replace(plainFiles))), root); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(root, "@proxy"), filepath.Join(home, "sources")); err != nil {
		t.Fatal(err)
	}
	proxyOf(t, filepath.Join(home, "sources"), filepath.Join(home, "proxy"))
	t.Cleanup(func() {
		filepath.WalkDir(modules, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() {
				os.Chmod(path, 0o755)
			}
			return nil
		})
	})
	for name, value := range map[string]string{
		"GOPROXY": "file://" + filepath.ToSlash(filepath.Join(home, "proxy")), "GOSUMDB": "off", "GOMODCACHE": modules, "GOFLAGS": "", "GOWORK": "",
		"GOTOOLCHAIN": "local", "GOENV": "off", "GO111MODULE": "", "GO_OVERLAY_SHADOW": filepath.Join(home, "shadow"), "GOROOT": "",
	} {
		t.Setenv(name, value)
	}
	goIn(t, root, "mod", "tidy")
	out, said = new(bytes.Buffer), new(bytes.Buffer)
	d, err = Open(root, out, said)
	if err != nil {
		t.Fatal(err)
	}
	return d, out, said
}

// proxyOf makes a folder that serves modules as a proxy does, of folders with their sources.
func proxyOf(t *testing.T, sources, to string) {
	t.Helper()
	err := filepath.WalkDir(sources, func(folder string, entry fs.DirEntry, err error) error {
		name, _ := filepath.Rel(sources, folder)
		path, version, ok := strings.Cut(filepath.ToSlash(name), "@")
		if err != nil || !ok || strings.Contains(version, "/") {
			return err
		}
		at := filepath.Join(to, filepath.FromSlash(path), "@v")
		if err := os.MkdirAll(at, 0o777); err != nil {
			return err
		}
		var archive bytes.Buffer
		w := zip.NewWriter(&archive)
		err = filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			rel, _ := filepath.Rel(folder, file)
			f, err := w.Create(path + "@" + version + "/" + filepath.ToSlash(rel))
			if err == nil {
				_, err = f.Write(content)
			}
			return err
		})
		mod, failed := os.ReadFile(filepath.Join(folder, "go.mod"))
		if err := errors.Join(err, failed, w.Close()); err != nil {
			return err
		}
		for ending, content := range map[string][]byte{".zip": archive.Bytes(), ".mod": mod, ".info": []byte(`{"Version": "` + version + `"}`)} {
			if err := os.WriteFile(filepath.Join(at, version+ending), content, 0o666); err != nil {
				return err
			}
		}
		return fs.SkipDir
	})
	if err != nil {
		t.Fatal(err)
	}
}

// goIn runs the go command in a folder.
func goIn(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
}

// replaceIn puts another text in the place of one in a file of the repository.
func replaceIn(t *testing.T, d *Desk, name, old, new string) {
	t.Helper()
	text := read(t, d, name)
	if !strings.Contains(text, old) {
		t.Fatalf("%s has no %q: %s", name, old, text)
	}
	if err := os.WriteFile(filepath.Join(d.Workspace.Root, filepath.FromSlash(name)), []byte(strings.Replace(text, old, new, 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	d.packages = nil // Another command asks the go command anew.
}

// inForceIn returns what is in force, as overlay go takes it.
func inForceIn(t *testing.T, d *Desk, set string) ([]shadow.Module, error) {
	t.Helper()
	g, err := shadow.Ask(context.Background(), "go", d.Workspace.Root, os.Environ())
	if err != nil {
		t.Fatal(err)
	}
	force, err := d.inForce(context.Background(), g, set)
	if err != nil {
		return nil, err
	}
	return force.Modules, nil
}

// statusOf returns what overlay status says.
func statusOf(t *testing.T, d *Desk, out *bytes.Buffer) string {
	t.Helper()
	out.Reset()
	d.packages = nil
	if err := d.Status(context.Background(), nil, StatusOptions{Today: time.Now()}); err != nil && !errors.As(err, new(command.ExitCode)) {
		t.Fatal(err)
	}
	return out.String()
}

// TestPlainWalk goes through all verbs in a repository without Bazel.
func TestPlainWalk(t *testing.T) {
	ctx := context.Background()
	d, out, said := plainDesk(t)
	const source = "overlays/_src/example.com/hash/hash.go"
	edited, err := d.Edit(ctx, "example.com/hash.Sum", EditOptions{Reason: "faster"})
	if err != nil || edited.Line != 4 || d.rel(edited.Path) != filepath.FromSlash(source) {
		t.Fatalf("got %v, %v", edited, err)
	}
	if want := "once you have edited it, this compiles it: overlay go build ./...\n"; !strings.Contains(out.String(), want) {
		t.Errorf("got %s, want %s", out, want)
	}
	want := `{
  "overlays": [
    {
      "name": "hash",
      "importpath": "example.com/hash",
      "srcs": [
        "overlays/_src/example.com/hash/hash.go"
      ],
      "base": {
        "hash.go": "` + digestOfFile(edited.Path) + `"
      },
      "base_version": "v1.0.0",
      "reason": "faster"
    }
  ]
}
`
	if got := read(t, d, "overlays.json"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := statusOf(t, d, out); !strings.Contains(got, "nothing is left to overlay") || !strings.Contains(got, "(default)") {
		t.Errorf("got %s", got)
	}
	if _, err := inForceIn(t, d, ""); err == nil || !strings.Contains(err.Error(), "overlay drop") {
		t.Errorf("an overlay that is equal to its base: got %v", err)
	}

	replaceIn(t, d, source, "return 1", "return 2")
	modules, err := inForceIn(t, d, "")
	if err != nil || len(modules) != 1 || modules[0].Path != "example.com/hash" || modules[0].Version != "v1.0.0" || len(modules[0].Files) != 1 ||
		modules[0].Files[0].Name != "hash.go" || modules[0].Files[0].Source != edited.Path || modules[0].Own || modules[0].Std {
		t.Fatalf("got %v, %v", modules, err)
	}
	out.Reset()
	if err := d.Diff(ctx, nil); err != nil || !strings.Contains(out.String(), "-\treturn 1\n+\treturn 2\n") {
		t.Errorf("got %s, %v", out, err)
	}
	out.Reset()
	if err := d.Show(ctx, "example.com/hash", ShowOptions{}); err != nil || !strings.Contains(out.String(), "as the go command compiles it with all overlays") ||
		!strings.Contains(out.String(), "//:hash replaces it") || !strings.Contains(out.String(), "hash_js.go") {
		t.Errorf("got %s, %v", out, err)
	}

	// Upstream moves.
	goIn(t, d.Workspace.Root, "mod", "edit", "-require=example.com/hash@v1.1.0")
	goIn(t, d.Workspace.Root, "mod", "tidy")
	if got := statusOf(t, d, out); !strings.Contains(got, "the base has moved from v1.0.0 to v1.1.0") || !strings.Contains(got, "overlay rebase //:hash") {
		t.Errorf("got %s", got)
	}
	if _, err := inForceIn(t, d, ""); err == nil || !strings.Contains(err.Error(), "overlay rebase") {
		t.Errorf("drift: got %v", err)
	}
	if _, err := d.Rebase(ctx, nil, RebaseOptions{}); err != nil {
		t.Fatalf("%v %s", err, said)
	}
	if got := read(t, d, source); !strings.Contains(got, "return 2") || !strings.Contains(got, "func d() {}") {
		t.Errorf("got %s", got)
	}
	if got := read(t, d, "overlays.json"); !strings.Contains(got, `"base_version": "v1.1.0"`) {
		t.Errorf("got %s", got)
	}

	// Another form, and back.
	if err := d.Convert(ctx, []string{"hash"}, Diff); err != nil {
		t.Fatal(err)
	}
	if got := read(t, d, "overlays.json"); !strings.Contains(got, `"overlays/_src/example.com/hash/hash.patch": [`) || strings.Contains(got, "srcs") {
		t.Errorf("got %s", got)
	}
	if modules, err := inForceIn(t, d, ""); err != nil || len(modules) != 1 || !strings.Contains(string(modules[0].Files[0].New), "return 2") {
		t.Errorf("got %v, %v", modules, err)
	}
	if err := d.Convert(ctx, []string{"hash"}, Files); err != nil {
		t.Fatal(err)
	}

	if err := d.Export(ctx, nil, ExportOptions{Format: "module_override", Output: d.Workspace.Root}); err == nil || !strings.Contains(err.Error(), "is no workspace of Bazel") {
		t.Errorf("got %v", err)
	}
	patch := filepath.Join(filepath.Dir(d.Workspace.Root), "hash.patch")
	if err := d.Export(ctx, nil, ExportOptions{Format: "diff", Output: patch}); err != nil {
		t.Fatalf("%v %s", err, said)
	}
	if done, err := d.Deps(ctx, nil, DepsOptions{}); err != nil || !done.Needless {
		t.Errorf("got %v, %v", done, err)
	}
	if err := d.Drop(ctx, []string{"//:hash"}, DropOptions{Force: true}); err != nil {
		t.Fatal(err)
	}
	if got, want := read(t, d, "overlays.json"), "{\n  \"overlays\": []\n}\n"; got != want {
		t.Errorf("got %s", got)
	}
	if _, err := os.Stat(edited.Path); err == nil {
		t.Error("its file is still there")
	}

	// What was exported comes back.
	if _, err := d.Import(ctx, []string{patch}, ImportOptions{Strip: 1}); err != nil {
		t.Fatal(err)
	}
	if modules, err := inForceIn(t, d, ""); err != nil || len(modules) != 1 || !strings.Contains(string(modules[0].Files[0].New), "return 2") {
		t.Errorf("got %v, %v", modules, err)
	}
}

// TestPlainKinds checks new, deleted, embedded and std's files, and those of the repository itself.
func TestPlainKinds(t *testing.T) {
	ctx := context.Background()
	d, _, _ := plainDesk(t)
	for what, o := range map[string]EditOptions{
		"example.com/hash":                   {New: "more.go"},
		"example.com/hash/hash_js.go":        {Delete: true},
		"example.com/hash/unused/text/a.txt": {}, // of a package that nothing imports
		"in/in.go":                           {},
		"net/http.(*Client).Get":             {},
	} {
		edited, err := d.Edit(ctx, what, o)
		if err != nil {
			t.Errorf("%s: %v", what, err)
		} else if edited.Path != "" {
			content, _ := os.ReadFile(edited.Path)
			os.WriteFile(edited.Path, append(content, "\n// Changed.\n"...), 0o666)
		}
	}
	modules, err := inForceIn(t, d, "")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range modules {
		for _, f := range m.Files {
			got = append(got, strings.Join([]string{m.Path, f.Name, map[bool]string{true: "std"}[m.Std], map[bool]string{true: "own"}[m.Own], map[bool]string{true: "deleted"}[f.New == nil]}, " "))
		}
	}
	slices.Sort(got)
	want := []string{
		"example.com/app in/in.go  own ",
		"example.com/hash hash_js.go   deleted",
		"example.com/hash more.go   ",
		"example.com/hash unused/text/a.txt   ",
		"std src/net/http/client.go std  ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for what, want := range map[string]string{
		"example.com/hash/hash_test.go":     "and this is a test",
		"example.com/hash/hush.go":          "has no file hush.go; is it hash.go?",
		"example.com/hush/hash.go":          "nor of Go, has the import path example.com/hush; the go command says: ",
		"bazel-out/k8-fastbuild/bin/x/x.go": "is no workspace of Bazel",
	} {
		if _, err := d.Edit(ctx, what, EditOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", what, err, want)
		}
	}
}

// TestPlainPaths checks that lines of compile errors and stack traces name files: with paths in the module cache, GOROOT and vendor.
func TestPlainPaths(t *testing.T) {
	ctx := context.Background()
	d, _, _ := plainDesk(t)
	sdk, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	cached := filepath.Join(os.Getenv("GOMODCACHE"), "example.com", "hash@v1.0.0", "hash.go")
	for what, want := range map[string]string{
		cached + ":5:2: undefined: x": "overlays/_src/example.com/hash/hash.go:5",
		filepath.Join(strings.TrimSpace(string(sdk)), "src", "sort", "sort.go") + ":7": "overlays/_src/sort/sort.go:7",
		"./in/in.go:3:1: syntax error": "overlays/_src/example.com/app/in/in.go:3",
	} {
		edited, err := d.Edit(ctx, what, EditOptions{})
		if err != nil || filepath.ToSlash(d.Place(edited)) != want {
			t.Errorf("%s: got %v, %v, want %s", what, edited, err, want)
		}
	}

	d, _, _ = plainDesk(t)
	goIn(t, d.Workspace.Root, "mod", "vendor")
	edited, err := d.Edit(ctx, "vendor/example.com/hash/hash.go:5", EditOptions{})
	if err != nil || filepath.ToSlash(d.Place(edited)) != "overlays/_src/example.com/hash/hash.go:5" {
		t.Fatalf("got %v, %v", edited, err)
	}
	replaceIn(t, d, "overlays/_src/example.com/hash/hash.go", "return 1", "return 2")
	modules, err := inForceIn(t, d, "")
	if err != nil || len(modules) != 1 || !modules[0].Vendor || modules[0].Dir != filepath.Join(d.Workspace.Root, "vendor", "example.com", "hash") || modules[0].Files[0].Name != "hash.go" {
		t.Errorf("got %v, %v", modules, err)
	}
}

// TestPlainPlaces checks go.work, and replacements by a folder and by another version.
func TestPlainPlaces(t *testing.T) {
	ctx := context.Background()
	const requires = "require example.com/hash v1.0.0\n"
	for name, test := range map[string]struct {
		replacement, version string
		own                  bool
	}{
		"folder":  {"replace example.com/hash => ./fork\n-- fork/go.mod --\nmodule example.com/hash\n-- fork/hash.go --\npackage hash\n\nfunc Sum() int {\n\treturn 1\n}\n", "", true},
		"version": {"replace example.com/hash => example.com/hash v1.1.0\n", "v1.0.0", false},
	} {
		t.Run(name, func(t *testing.T) {
			d, out, _ := plainDesk(t, requires, requires+test.replacement)
			if _, err := d.Edit(ctx, "example.com/hash/hash.go", EditOptions{}); err != nil {
				t.Fatal(err)
			}
			replaceIn(t, d, "overlays/_src/example.com/hash/hash.go", "return 1", "return 2")
			modules, err := inForceIn(t, d, "")
			if err != nil || len(modules) != 1 || modules[0].Own != test.own || modules[0].Version != test.version {
				t.Errorf("got %v, %v", modules, err)
			}
			if got := statusOf(t, d, out); strings.Contains(got, "base") {
				t.Errorf("got %s", got)
			}
		})
	}
	t.Run("go.work", func(t *testing.T) {
		d, _, _ := plainDesk(t, "-- in/in.go --", "-- go.work --\ngo 1.22\n\nuse (\n\t.\n\t./other\n)\n-- other/go.mod --\nmodule example.com/other\n\ngo 1.22\n-- other/o.go --\npackage other\n-- in/in.go --")
		other, err := Open(filepath.Join(d.Workspace.Root, "other"), d.Out, d.Err)
		if err != nil || other.Workspace.Root != d.Workspace.Root {
			t.Fatalf("got %v, %v", other, err)
		}
		if _, err := other.Edit(ctx, "example.com/other/o.go", EditOptions{}); err != nil {
			t.Fatal(err)
		}
		replaceIn(t, other, "overlays/_src/example.com/other/o.go", "other\n", "other // Changed.\n")
		modules, err := inForceIn(t, other, "")
		if err != nil || len(modules) != 1 || !modules[0].Own || modules[0].Files[0].Name != "other/o.go" {
			t.Errorf("got %v, %v", modules, err)
		}
	})
}

// TestPlainSets checks that without use all overlays are in force, and what sets are for.
func TestPlainSets(t *testing.T) {
	ctx := context.Background()
	d, out, _ := plainDesk(t, "-- go.mod --", `-- overlays.json --
{
  "sets": [{"name": "canary", "overlays": [], "layers": ["a", "b"]}],
  "overlays": [
    {"importpath": "example.com/hash", "name": "a", "srcs": ["a/hash.go"]},
    {"name": "b", "importpath": "example.com/hash", "srcs": ["b/hash.go"]}
  ]
}
-- a/hash.go --
package hash

func Sum() int { return 3 }
-- b/hash.go --
package hash

func Sum() int { return 4 }
-- go.mod --`)
	if _, err := inForceIn(t, d, ""); err == nil || !strings.Contains(err.Error(), "in overlays.json, //:b: \"base\": {\"hash.go\": \"sha256:1c8174c5") {
		t.Errorf("got %v", err)
	}
	replaceIn(t, d, "overlays.json", `"srcs": ["b/hash.go"]`, `"srcs": ["b/hash.go"], "base": {"hash.go": "`+digestOfFile(filepath.Join(d.Workspace.Root, "a", "hash.go"))+`"}`)
	modules, err := inForceIn(t, d, "")
	if err != nil || len(modules) != 1 || !strings.Contains(string(modules[0].Files[0].New), "return 4") || !slices.Equal(modules[0].Files[0].Overlays, []string{"//:a", "//:b"}) {
		t.Errorf("got %v, %v", modules, err)
	}
	if got := statusOf(t, d, out); !strings.Contains(got, "//:canary (default)") {
		t.Errorf("got %s", got)
	}
	replaceIn(t, d, "overlays.json", `"layers": ["a", "b"]}],`, `"layers": ["b"]}],`)
	if _, err := inForceIn(t, d, ""); err == nil || !strings.Contains(err.Error(), "//:a and //:b both change hash.go of package example.com/hash") {
		t.Errorf("got %v", err)
	}
	replaceIn(t, d, "overlays.json", `"layers": ["b"]}],`, `"layers": ["b"]}], "use": "a",`)
	if modules, err := inForceIn(t, d, ""); err != nil || !strings.Contains(string(modules[0].Files[0].New), "return 3") {
		t.Errorf("got %v, %v", modules, err)
	}
	if modules, err := inForceIn(t, d, "canary"); err == nil || !strings.Contains(err.Error(), "was written against another version of it") { // It lies on a.
		t.Errorf("got %v, %v", modules, err)
	}
	if err := d.Drop(ctx, []string{"a"}, DropOptions{}); err == nil || !strings.Contains(err.Error(), "overlays.json: use: names //:a") {
		t.Errorf("got %v", err)
	}
	replaceIn(t, d, "overlays.json", `"use": "a",`, `"use": "canary",`)
	if _, err := d.Edit(ctx, "in/in.go", EditOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Edit(ctx, "main.go", EditOptions{Set: "fresh"}); err != nil {
		t.Fatal(err)
	}
	want := `  "sets": [
    {
      "name": "canary",
      "overlays": [
        ":in"
      ],
      "layers": [
        "b"
      ]
    },
    {
      "name": "fresh",
      "overlays": [
        ":app"
      ]
    }
  ],
  "use": "canary"
}
`
	got := read(t, d, "overlays.json")
	if !strings.HasSuffix(got, want) || !strings.Contains(got, "    {\n      \"importpath\": \"example.com/hash\",\n      \"name\": \"a\",\n") {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestPlainErrors checks what is said of overlays that can't be in force.
func TestPlainErrors(t *testing.T) {
	for fields, want := range map[string]string{
		`"importpath": "example.com/hash", "srcs": ["missing.go"]`:                       "missing.go is missing",
		`"importpath": "example.com/hash", "srcs": ["gone.go"]`:                          "gone.go",
		`"importpath": "example.com/hush", "srcs": ["hash.go"]`:                          "; mend importpath at overlays.json:1, or, if the package is gone: overlay drop //:x",
		`"importpath": "example.com/hash", "delete": ["nope.go"]`:                        "but example.com/hash v1.0.0 has no file of that name",
		`"importpath": "example.com/hash", "srcs": ["hash.go"], "expires": "2020-01-01"`: "//:x expired: 2020-01-01 was its last day",
		`"importpath": "example.com/hash", "srcs": ["hash.go"], "deps": []`:              "overlays.json:1:84: deps is of builds of Bazel",
		`"importpath": "example.com/hash", "srcs": ["hash.go"], "base": {"hash.go": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}, "base_version": "v0.9.0"`: "overlay rebase",
	} {
		d, _, _ := plainDesk(t, "-- go.mod --", `-- overlays.json --
{"overlays": [{"name": "x", `+fields+`}]}
-- gone.go --
package main
-- hash.go --
package hash

func Sum() int { return 2 }
-- go.mod --`, "-- main.go --\npackage main\n", "-- main.go --\npackage hash\n", "func main()", "func f()")
		if _, err := inForceIn(t, d, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", fields, err, want)
		}
	}
}

// TestOpenWithoutBazel checks whose a folder is.
func TestOpenWithoutBazel(t *testing.T) {
	t.Setenv("GOWORK", "")
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"bazel/MODULE.bazel", "bazel/go/go.mod", "bazel/apart/go.mod", "bazel/apart/overlays.json", "mod/go.mod", "mod/bazel/MODULE.bazel", "mod/sub/x.go",
		"mod/below/overlays.json", "mod/nested/go.mod", "mod/overlays.json", "both/MODULE.bazel", "both/overlays.json", "both/sub/x.go", "none/overlays.json", "nothing/x.go",
		"work/go.work", "work/m/go.mod", "work/n/go.mod", "work/n/overlays.json",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, nil, 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	for folder, want := range map[string]string{
		"bazel": "bazel Bazel", "bazel/go": "bazel Bazel", "bazel/apart": "bazel/apart", "mod": "mod", "mod/sub": "mod", "mod/bazel": "mod/bazel Bazel", "mod/nested": "mod/nested",
		"mod/below": "mod/below/overlays.json is beside neither go.work nor go.mod",
		"both":      "remove overlays.json, or, if Bazel is used no more, MODULE.bazel", "both/sub": "both has a MODULE.bazel and an overlays.json",
		"none": "none/overlays.json is in no module", "nothing": "is in no workspace of Bazel",
		"work/m": "work", "work/n": "work/n/overlays.json is beside neither go.work",
	} {
		got, isBazel, err := findRoot(filepath.Join(root, filepath.FromSlash(folder)))
		switch {
		case err != nil:
			if !strings.Contains(filepath.ToSlash(err.Error()), want) {
				t.Errorf("%s: got %v, want %s", folder, err, want)
			}
			if folder == "nothing" && !errors.As(err, new(*bazel.NoWorkspaceError)) {
				t.Errorf("got %T", err)
			}
		default:
			rel, _ := filepath.Rel(root, got)
			if rel = filepath.ToSlash(rel) + map[bool]string{true: " Bazel"}[isBazel]; rel != want {
				t.Errorf("%s: got %s, want %s", folder, rel, want)
			}
		}
	}
}

// TestPlainMemory checks that what overlay go remembers is forgotten when overlays.json, or the go.mod of a module in go.work, is another.
func TestPlainMemory(t *testing.T) {
	ctx := context.Background()
	d, _, _ := plainDesk(t, "-- in/in.go --", "-- go.work --\ngo 1.22\n\nuse (\n\t./other\n\t.\n)\n\nreplace example.com/third => ./third\n-- third/go.mod --\nmodule example.com/third\n-- other/go.mod --\nmodule example.com/other\n\ngo 1.22\n-- other/o.go --\npackage other\n-- in/in.go --")
	files := func() map[string]string {
		t.Helper()
		d.packages = nil
		setup, err := d.Go(ctx, []string{"list", "./..."}, os.Environ(), GoOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return setup.Files
	}
	if got := files(); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	if _, err := d.Edit(ctx, "in/in.go", EditOptions{}); err != nil {
		t.Fatal(err)
	}
	const source = "overlays/_src/example.com/app/in/in.go"
	replaceIn(t, d, source, "return 1", "return 2")
	in := filepath.Join(d.Workspace.Root, "in", "in.go")
	time.Sleep(2 * margin) // What has just been written may be written again.
	if got := files(); got[in] != filepath.Join(d.Workspace.Root, filepath.FromSlash(source)) {
		t.Errorf("got %v", got)
	}
	g, err := shadow.Ask(ctx, "go", d.Workspace.Root, os.Environ())
	if err != nil {
		t.Fatal(err)
	}
	memory := d.remember(os.Getenv("GO_OVERLAY_SHADOW"), g, "")
	if memory.recall() == nil {
		t.Error("nothing is remembered")
	}
	for _, file := range []string{"third/go.mod", "other/go.mod"} { // A folder that replaces a module, and one that go.work uses.
		before := read(t, d, file)
		replaceIn(t, d, file, before, before+"// changed\n")
		if memory.recall() != nil {
			t.Errorf("%s is another, and it is remembered what was in force before", file)
		}
		replaceIn(t, d, file, before+"// changed\n", before)
		if memory.recall() == nil {
			t.Errorf("%s is as it was, and nothing is remembered", file)
		}
	}
	// What is saved while the go command is asked may have been read before.
	replaceIn(t, d, source, "return 2", "return 3")
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(d.Workspace.Root, filepath.FromSlash(source)), later, later); err != nil {
		t.Fatal(err)
	}
	files()
	if memory.recall() != nil {
		t.Error("a file has changed meanwhile, and it is remembered what was in force before")
	}
	replaceIn(t, d, "overlays.json", read(t, d, "overlays.json"), `{"overlays": []}`)
	if got := files(); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

// TestPlainConflict checks a merge with a conflict, which is resolved and accepted.
func TestPlainConflict(t *testing.T) {
	ctx := context.Background()
	d, out, _ := plainDesk(t, "func c() {}\nfunc d() {}", "func c() { b() }\nfunc d() {}")
	if _, err := d.Edit(ctx, "example.com/hash/hash.go", EditOptions{}); err != nil {
		t.Fatal(err)
	}
	const source = "overlays/_src/example.com/hash/hash.go"
	replaceIn(t, d, source, "func c() {}", "func c() { a() }")
	goIn(t, d.Workspace.Root, "mod", "edit", "-require=example.com/hash@v1.1.0")
	goIn(t, d.Workspace.Root, "mod", "tidy")
	before := read(t, d, "overlays.json")
	if done, err := d.Rebase(ctx, nil, RebaseOptions{Force: true}); err != nil || done.Problems != 1 {
		t.Fatalf("got %v, %v", done, err)
	}
	if got := read(t, d, "overlays.json"); got != before {
		t.Errorf("with a conflict, the base is another: %s", got)
	}
	if got := statusOf(t, d, out); !strings.Contains(got, "has conflicts; resolve them") || !strings.Contains(got, "overlay accept //:hash") {
		t.Errorf("got %s", got)
	}
	if _, err := inForceIn(t, d, ""); err == nil || !strings.Contains(err.Error(), "conflict") {
		t.Errorf("got %v", err)
	}
	text := read(t, d, source)
	start, end := strings.Index(text, "<<<<<<<"), strings.LastIndex(text, ">>>>>>>")
	if start < 0 || end < 0 {
		t.Fatalf("got %s", text)
	}
	_, rest, _ := strings.Cut(text[end:], "\n")
	replaceIn(t, d, source, text, text[:start]+"func c() { a(); b() }\n"+rest)
	if _, err := d.Accept(ctx, []string{"hash"}, RebaseOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := read(t, d, "overlays.json"); !strings.Contains(got, `"base_version": "v1.1.0"`) {
		t.Errorf("got %s", got)
	}
	if modules, err := inForceIn(t, d, ""); err != nil || !strings.Contains(string(modules[0].Files[0].New), "a(); b()") {
		t.Errorf("got %v, %v", modules, err)
	}
}

// TestPlainOtherModules has flags and variables by which the go command compiles other modules than those that overlays are for: an error, and
// never a program without them.
func TestPlainOtherModules(t *testing.T) {
	ctx := context.Background()
	d, _, _ := plainDesk(t)
	if _, err := d.Edit(ctx, "example.com/hash/hash.go", EditOptions{}); err != nil {
		t.Fatal(err)
	}
	source := "overlays/_src/example.com/hash/hash.go"
	replaceIn(t, d, source, read(t, d, source), read(t, d, source)+"\nvar overlaid = 1\n")
	goIn(t, d.Workspace.Root, "mod", "vendor")
	for _, args := range [][]string{{"build", "./..."}, {"build", "-mod=vendor", "./..."}} {
		if setup, err := d.Go(ctx, args, os.Environ(), GoOptions{}); err != nil || setup.JSON == "" {
			t.Errorf("%v: nothing is replaced in the vendor folder: %v", args, err)
		}
	}
	if _, err := d.Go(ctx, []string{"build", "-mod=mod", "./..."}, os.Environ(), GoOptions{}); err == nil || !strings.Contains(err.Error(), "-mod=mod can't be had here") {
		t.Errorf("-mod=mod beside a vendor folder: got %v", err)
	}
	if err := os.WriteFile(filepath.Join(d.Workspace.Root, "go.work"), []byte("go 1.22\n\nuse .\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOWORK", "off")
	if _, err := Open(d.Workspace.Root, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "which GOWORK=off leaves out") {
		t.Errorf("GOWORK=off: got %v", err)
	}
}
