package shadow

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/files"
)

// listing returns the names, modes and contents of a folder's files.
func listing(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := files.Walk(folder, func(name, path string, info fs.FileInfo) error {
		content, err := os.ReadFile(path)
		found[name] = fmt.Sprint(info.Mode(), " ", string(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func checkSame(t *testing.T, one, other string) {
	t.Helper()
	a, b := listing(t, one), listing(t, other)
	if len(a) == 0 || len(a) != len(b) {
		t.Errorf("%d files in %s, and %d in %s", len(a), one, len(b), other)
	}
	for name, text := range a {
		if b[name] != text {
			t.Errorf("%s: in %s there is\n%s\nin %s there is\n%s", name, one, text, other, b[name])
		}
	}
}

func (r *repository) ask() *Go {
	r.t.Helper()
	g, err := Ask(context.Background(), "go", r.root, r.env)
	if err != nil {
		r.t.Fatal(err)
	}
	return g
}

func (r *repository) export(modules []Module, folder string) Exported {
	r.t.Helper()
	exported, err := Export(context.Background(), r.ask(), modules, r.root, filepath.Join(r.root, folder))
	if err != nil {
		r.t.Fatal(err)
	}
	return exported
}

// TestExport builds from what is exported, in and beside the repository, which is moved then.
func TestExport(t *testing.T) {
	for _, folder := range []string{"out/shadow", "../shadow"} {
		r, other := newRepository(t, app()), newRepository(t, app())
		exported := r.export(r.overlaid(), folder)
		other.export(other.overlaid(), folder)
		checkSame(t, filepath.Join(r.root, folder), filepath.Join(other.root, folder))
		for name, text := range listing(t, filepath.Join(r.root, folder)) {
			if strings.Contains(text, filepath.Dir(r.root)) {
				t.Errorf("%s has a path of the machine:\n%s", name, text)
			}
		}
		moved := filepath.Join(t.TempDir(), "moved")
		if err := os.Rename(filepath.Dir(r.root), moved); err != nil {
			t.Fatal(err)
		}
		r.root = filepath.Join(moved, filepath.Base(r.root))
		r.env = append(r.env, "GOMODCACHE="+filepath.Join(moved, "modules"))
		t.Cleanup(func() { removeTree(filepath.Join(moved, "modules")) })
		before := r.plain("list", "./...")
		if want := "example.com/app\nexample.com/app/own\n"; before != want {
			t.Errorf("%s: the repository has the packages\n%s, expected\n%s", folder, before, want)
		}
		r.env = append(r.env, "GOWORK="+filepath.Join(r.root, folder, exported.GoWork), "GOFLAGS=-overlay="+folder+"/"+exported.JSON)
		if got := r.plain("run", "."); got != patched {
			t.Errorf("%s: got %q, expected %q", folder, got, patched)
		}
		r.plain("test", "./...")
	}
}

// TestExportGOROOT exports a GOROOT, and a module of a workspace.
func TestExportGOROOT(t *testing.T) {
	r := newRepository(t, map[string]string{
		"go.mod":  "module example.com/app\n\ngo 1.22\n",
		"main.go": "package main\n\nimport \"path\"\n\nfunc main() { print(path.Overlaid) }\n",
		"go.sum":  "",
	})
	g := r.ask()
	match, err := os.ReadFile(filepath.Join(g.GOROOT, "src", "path", "match.go"))
	if err != nil {
		t.Fatal(err)
	}
	std := r.changed(Module{Path: "std", Version: g.GOVERSION, Dir: g.GOROOT, Std: true}, map[string]string{
		"src/path/match.go": string(match) + "\nconst Overlaid = \"exported\"\n",
		"src/make.bash":     "#!/bin/sh\n",
	})
	exported := r.export([]Module{std}, "shadow")
	t.Cleanup(func() { removeTree(filepath.Join(r.root, "shadow")) })
	if exported.GoWork != "" || exported.JSON != "" {
		t.Errorf("for a GOROOT alone there are %v", exported)
	}
	for _, name := range []string{"src/make.bash", "src/path/match.go"} {
		before, err := os.Stat(filepath.Join(g.GOROOT, name))
		if err != nil {
			t.Fatal(err)
		}
		after, err := os.Stat(filepath.Join(r.root, "shadow", exported.GOROOT, name))
		if err != nil || after.Mode()&0o111 != before.Mode()&0o111 {
			t.Errorf("%s: got %v, %v, want it to be a program as it was: %v", name, after, err, before.Mode())
		}
	}
	cmd := exec.Command(filepath.Join(r.root, "shadow", exported.GOROOT, "bin", "go"+g.GOEXE), "run", ".")
	cmd.Dir, cmd.Env = r.root, withoutVariable(r.env, "GOROOT")
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "exported" {
		t.Errorf("got %q, %v", out, err)
	}
	if got, want := r.plain("list", "./..."), "example.com/app\n"; got != want {
		t.Errorf("the repository has the packages\n%s, expected\n%s", got, want)
	}
}

// TestExportRefused exports to a folder in use, and what can't be exported.
func TestExportRefused(t *testing.T) {
	r := newRepository(t, app())
	check := func(what, message string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%s: got %v, expected %q", what, err, message)
		}
	}
	before := r.tree()
	_, err := Export(context.Background(), r.ask(), r.overlaid(), r.root, r.root)
	check("a folder in use", "expected an empty folder, found ", err)
	_, err = ExportProxy(context.Background(), r.overlaid()[:1], r.root)
	check("a folder in use", "expected an empty folder, found ", err)
	outside := r.changed(Module{Path: "example.com/outside", Dir: t.TempDir()}, map[string]string{"a.go": "package a\n"})
	_, err = Export(context.Background(), r.ask(), []Module{outside}, r.root, filepath.Join(r.root, "out"))
	check("a folder beside the repository", "is outside of the repository", err)
	for what, c := range map[string]struct {
		module  Module
		message string
	}{
		"Go":                      {Module{Path: "std", Std: true}, "no module proxy has"},
		"the repository":          {r.overlaid()[2], "has no version here"},
		"a vendor folder":         {Module{Path: "example.com/greet", Version: "v1.2.0", Vendor: true}, "is in a vendor folder"},
		"a query":                 {Module{Path: "example.com/greet", Version: "latest"}, "expected one such as v1.6.0"},
		"a name twice":            {r.cached("example.com/greet", "v1.2.0", map[string]string{"Greet.go": "package greet\n"}), "are one name where upper and lower case are the same"},
		"a name that can't be":    {r.cached("example.com/greet", "v1.2.0", map[string]string{"a:b.go": "package greet\n"}), "is no name that files of modules can have"},
		"a module in the module":  {r.cached("example.com/greet", "v1.2.0", map[string]string{"text/go.mod": "module text\n"}), "makes a module of its own"},
		"a go.mod that is a book": {r.cached("example.com/greet", "v1.2.0", map[string]string{"go.mod": strings.Repeat("//\n", 6<<20)}), "go.mod has "},
	} {
		_, err := ExportProxy(context.Background(), []Module{c.module}, filepath.Join(r.root, "out"))
		check(what, c.message, err)
	}
	if after := r.tree(); after != before {
		t.Errorf("the repository had\n%s\nand has\n%s", before, after)
	}
}

// TestExportProxy builds with modules of an exported proxy, and nothing of ours: the go command checks the sums.
func TestExportProxy(t *testing.T) {
	files := app()
	files["go.mod"] = strings.Replace(files["go.mod"], "(\n", "(\n\texample.com/Upper v2.0.1+incompatible\n", 1)
	files["main.go"] = strings.Replace(strings.Replace(files["main.go"], "import (\n", "import (\n\tupper \"example.com/Upper\"\n", 1), "own.Own())", "own.Own(), upper.Upper)", 1)
	r, other := newRepository(t, files), newRepository(t, files)
	modules := func(r *repository) []Module {
		upper := r.cached("example.com/Upper", "v2.0.1+incompatible", map[string]string{"upper.go": "package upper\n\nconst Upper = \"overlaid\"\n"})
		return append(r.overlaid()[:2], upper)
	}
	want := "hello overlaid 2 overlaid overlaid original overlaid\n"
	if got := r.run(modules(r), "run", "."); got != want {
		t.Errorf("without a proxy: got %q, expected %q", got, want)
	}
	folder, same := filepath.Join(t.TempDir(), "proxy"), filepath.Join(t.TempDir(), "proxy")
	published, err := ExportProxy(context.Background(), modules(r), folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ExportProxy(context.Background(), modules(other), same); err != nil {
		t.Fatal(err)
	}
	checkSame(t, folder, same)
	mod, sum := files["go.mod"], r.text("go.sum")
	for _, p := range published {
		mod += p.Replace() + "\n"
		sum += strings.Join(p.Sums(), "\n") + "\n"
	}
	r.write("go.mod", mod)
	r.write("go.sum", sum)
	r.env = append(r.env, "GOPROXY=file://"+filepath.ToSlash(folder)+","+Variable(r.env, "GOPROXY"))
	if got := r.plain("run", "."); !strings.HasSuffix(got, "\n"+want) { // after what is downloaded
		t.Errorf("got %q, expected %q", got, want)
	}
	r.plain("mod", "verify")
	r.plain("mod", "tidy")
	if got := r.text("go.mod"); got != mod && !strings.Contains(got, published[0].Version) {
		t.Errorf("go mod tidy has made\n%s\nof\n%s", got, mod)
	}
}

func (r *repository) text(name string) string {
	r.t.Helper()
	content, err := os.ReadFile(filepath.Join(r.root, name))
	if err != nil {
		r.t.Fatal(err)
	}
	return string(content)
}

// TestVersionWith makes versions that the go command takes, in an order.
func TestVersionWith(t *testing.T) {
	const digest = "0123456789012345abcdef0123456789"
	for version, want := range map[string]string{
		"v1.6.0":                               "v1.6.0-overlay.2345abcdef01",
		"v1.6.0-rc.1":                          "v1.6.0-rc.1.overlay.2345abcdef01",
		"v0.0.0-20200102030405-abcdef012345":   "v0.0.0-20200102030405-abcdef012345.overlay.2345abcdef01",
		"v2.0.1+incompatible":                  "v2.0.1-overlay.2345abcdef01+incompatible",
		"v2.0.1-0.20200102030405-abcdef012345": "v2.0.1-0.20200102030405-abcdef012345.overlay.2345abcdef01",
	} {
		got := versionWith(version, digest)
		if got != want || !versionForm.MatchString(got) {
			t.Errorf("%s becomes %s, expected %s, as a number must not begin with a zero", version, got, want)
		}
	}
	if names := (moduleTree{"b": {}, "a/c": {}, "a.go": {}}).names(); !slices.Equal(names, []string{"a.go", "a/c", "b"}) {
		t.Errorf("the order is %q", names)
	}
}
