//go:build go1.24

package std

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/helper/internal/goarchive"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// write writes files by their names, below a folder.
func write(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// archive returns an archive with export data and an object.
func archive(exports string) string {
	member := func(name, data string) string {
		padding := ""
		if len(data)%2 == 1 {
			padding = "\n"
		}
		return fmt.Sprintf("%-16s%-12d%-6d%-6d%-8o%-10d`\n", name, 0, 0, 0, 0o644, len(data)) + data + padding
	}
	return goarchive.Magic + member(goarchive.ExportName, exports) + member("_go_.o", "object")
}

func TestExports(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, map[string]string{
		"pkg/linux_amd64/runtime.a":    archive("odd"),
		"pkg/linux_amd64/net/http.a":   archive("even"),
		"pkg/include/textflag.h":       "header",
		"pkg/tool/linux_amd64/compile": "tool",
	})
	exports := filepath.Join(folder, "exports")
	if err := writeExports(filepath.Join(folder, "pkg"), exports); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"runtime.a": "odd", "net/http.a": "even"} {
		got := read(t, exports, "linux_amd64", name)
		if !strings.HasPrefix(archive(want), got) || strings.Contains(got, "object") || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want the beginning of %q", name, got, archive(want))
		}
	}
	if got := read(t, exports, "include", "textflag.h"); got != "header" {
		t.Errorf("textflag.h: got %q", got)
	}
	if _, err := os.Stat(filepath.Join(exports, "tool")); !os.IsNotExist(err) {
		t.Errorf("tool: got %v, want that it does not exist", err)
	}
}

func TestExportDataErrors(t *testing.T) {
	for name, content := range map[string]string{
		"empty":       "",
		"no archive":  strings.Repeat("x", 100),
		"no exports":  strings.Replace(archive("x"), goarchive.ExportName, "something.o", 1),
		"no size":     strings.Replace(archive("x"), "1         `", "?         `", 1),
		"cut off":     archive("exports")[:len(goarchive.Magic)+goarchive.HeaderSize+3],
		"placeholder": placeholder,
	} {
		path := filepath.Join(t.TempDir(), "x.a")
		write(t, filepath.Dir(path), map[string]string{"x.a": content})
		if data, err := exportData(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %q, %v, want an error that names %s", name, data, err, path)
		}
	}
}

func TestSameExportData(t *testing.T) {
	folder := t.TempDir()
	object := strings.Replace(archive("same"), "object", "OBJECT", 1)
	write(t, folder, map[string]string{"a.a": archive("same"), "b.a": object, "c.a": archive("other")})
	for other, want := range map[string]bool{"b.a": true, "c.a": false} {
		if same, err := sameExportData(filepath.Join(folder, "a.a"), filepath.Join(folder, other)); err != nil || same != want {
			t.Errorf("%s: got %v, %v, want %v", other, same, err, want)
		}
	}
}

func TestRestore(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, map[string]string{
		"base/linux_amd64/runtime.a":  archive("base"),
		"base/linux_amd64/net/http.a": archive("base"),
		"base/linux_amd64/net.a":      archive("base"),
		"out/linux_amd64/runtime.a":   archive("compiled"),
		"out/linux_amd64/net/http.a":  placeholder + "and what was assembled",
	})
	p := &plan{Base: filepath.Join(folder, "base", "linux_amd64")}
	out := filepath.Join(folder, "out")

	err := p.restore(out, func(importPath string) bool { return importPath == "net" })
	if err == nil || !strings.Contains(err.Error(), "http.a") {
		t.Errorf("a placeholder that is left: got %v, want an error that names http.a", err)
	}
	if err := p.restore(out, func(importPath string) bool { return importPath == "net/http" }); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"net/http.a": "base", "net.a": "base", "runtime.a": "compiled"} {
		if got := read(t, out, "linux_amd64", name); got != archive(want) {
			t.Errorf("%s: got %q, want what is %s", name, got, want)
		}
	}
}

func TestOnlyChanged(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, map[string]string{"fmt.a": archive("x"), "vendor/a.a": archive("x")})
	args := []string{"stdlib", "-package", "std", "-race", "-package", "runtime/cgo", "-gcflags", ""}
	changed := func(paths ...string) *plan {
		p := &plan{Base: folder, Changed: map[string]map[string]string{}}
		for _, path := range paths {
			p.Changed[path] = map[string]string{}
		}
		return p
	}
	want := []string{"stdlib", "-race", "-gcflags", "", "-package", "fmt"}
	if got, ok := changed("fmt").onlyChanged(args); !ok || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, ok, want)
	}
	for name, p := range map[string]*plan{
		"new, or not for the platform": changed("fmt", "new"),
		"vendored":                     changed("vendor/a"),
	} {
		if got, ok := p.onlyChanged(args); ok {
			t.Errorf("%s: got %q", name, got)
		}
	}
	if got, ok := changed("fmt").onlyChanged([]string{"stdlib", "-param=file"}); ok {
		t.Errorf("a file with arguments: got %q", got)
	}
}

func TestCopyCompiled(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, map[string]string{"first/_pkg_.a": "archive", "first/go_asm.h": "header", "second/x": ""})
	at := func(pass string) *tool {
		return &tool{
			plan:       &plan{State: filepath.Join(folder, "state")},
			importPath: "net/http",
			args:       []string{"-o", filepath.Join(folder, pass, "_pkg_.a"), "-asmhdr", filepath.Join(folder, pass, "go_asm.h"), "x.go"},
		}
	}
	if at("second").marked(compiledMark, "net/http") {
		t.Error("marked before it was compiled")
	}
	if err := at("first").copyCompiled(true); err != nil {
		t.Fatal(err)
	}
	if !at("second").marked(compiledMark, "net/http") {
		t.Error("not marked")
	}
	if err := at("second").copyCompiled(false); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"_pkg_.a": "archive", "go_asm.h": "header"} {
		if got := read(t, folder, "second", name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestRealTool(t *testing.T) {
	p := &plan{GOROOT: filepath.FromSlash("/out"), Tools: filepath.FromSlash("/sdk/pkg/tool")}
	for path, want := range map[string]string{
		"/out/pkg/tool/linux_amd64/compile": "/sdk/pkg/tool/linux_amd64/compile",
		"/usr/bin/gcc":                      "/usr/bin/gcc",
	} {
		if got := p.realTool(filepath.FromSlash(path)); got != filepath.FromSlash(want) {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

func TestPlanBase(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, map[string]string{"pkg/linux_amd64/runtime.a": archive("x"), "none/x": "", "tools/src/version.go": ""})
	packages := []string{"fmt", "runtime"}
	body := []gosdk.Change{{Name: "src/fmt/print.go", File: "x"}}
	header := []gosdk.Change{{Name: "src/runtime/textflag.h", File: "x"}}
	base := filepath.Join(folder, "pkg")
	for name, test := range map[string]struct {
		options Options
		want    string
	}{
		"incremental": {Options{Base: base, Changes: body, Packages: packages}, filepath.Join(base, "linux_amd64")},
		"no base":     {Options{Changes: body, Packages: packages}, ""},
		"own tools":   {Options{Base: base, Changes: body, Tools: filepath.Join(folder, "tools"), Packages: packages}, ""},
		"header":      {Options{Base: base, Changes: header, Packages: packages}, ""},
	} {
		if p, err := newPlan(test.options); err != nil || p.Base != test.want {
			t.Errorf("%s: got %v, %v, want %q", name, p, err, test.want)
		}
	}
	if _, err := newPlan(Options{Base: filepath.Join(folder, "none"), Changes: body, Packages: packages}); err == nil {
		t.Error("a base without archives: expected an error")
	}
}

func TestSharedHeader(t *testing.T) {
	for name, want := range map[string]bool{
		"src/runtime/textflag.h":    true,
		"src/runtime/cgo/abi_x.h":   true,
		"src/runtime/proc.go":       false,
		"src/runtime/debug/x.h":     false,
		"src/math/answer.h":         false,
		"src/runtime/race/syso/x.h": false,
	} {
		if got := sharedHeader([]gosdk.Change{{Name: name, File: "x"}}); (got != "") != want {
			t.Errorf("%s: got %q, want %v", name, got, want)
		}
	}
}

// TestGOROOT lays out GOROOTs in both ways: of links, and as the builder copies it,
// with changes made afterwards.
func TestGOROOT(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, map[string]string{
		"sdk/src/net/http/server.go":             "server",
		"sdk/src/net/http/client.go":             "client",
		"sdk/src/runtime/textflag.h":             "old",
		"sdk/src/internal/buildcfg/version.go":   "stock",
		"sdk/src/cmd/internal/cov/cov.go":        "cov",
		"sdk/src/cmd/compile/main.go":            "main",
		"sdk/pkg/include/textflag.h":             "old",
		"sdk/pkg/tool/p/compile":                 "stock",
		"tools/src/internal/buildcfg/version.go": "own",
		"ours/server.go":                         "ours",
		"ours/hooks.go":                          "hooks",
		"ours/textflag.h":                        "new",
	})
	at := func(name string) string { return filepath.Join(folder, filepath.FromSlash(name)) }
	changes := []gosdk.Change{
		{Name: "src/net/http/server.go", File: at("ours/server.go")},
		{Name: "src/net/http/client.go"},
		{Name: "src/net/http/hooks/hooks.go", File: at("ours/hooks.go")},
		{Name: "src/runtime/textflag.h", File: at("ours/textflag.h")},
	}
	want := map[string]string{
		"src/net/http/server.go":           "ours",
		"src/net/http/hooks/hooks.go":      "hooks",
		"src/runtime/textflag.h":           "new",
		"pkg/include/textflag.h":           "new",
		"src/internal/buildcfg/version.go": "stock",
		"src/cmd/internal/cov/cov.go":      "cov",
	}
	check := func(t *testing.T, tree string) {
		t.Helper()
		for name, want := range want {
			if got := read(t, tree, name); got != want {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		}
		if _, err := os.Lstat(filepath.Join(tree, "src/net/http/client.go")); !os.IsNotExist(err) {
			t.Errorf("src/net/http/client.go: got %v, want that it does not exist", err)
		}
	}
	missing := []gosdk.Change{{Name: "src/missing.go"}}

	t.Run("links", func(t *testing.T) {
		if err := linkTree(at("sdk"), at("links"), changes); err != nil {
			t.Fatal(err)
		}
		check(t, at("links"))
		if _, err := os.Lstat(at("links/src/cmd/compile")); !os.IsNotExist(err) {
			t.Errorf("src/cmd/compile: got %v, want that it does not exist", err)
		}
		if err := linkTree(at("sdk"), at("other"), missing); err == nil {
			t.Error("a deletion of a file that does not exist: expected an error")
		}
	})
	t.Run("copies", func(t *testing.T) {
		if err := errors.Join(seemLikeSDK(at("sdk"), at("seeming")), placeTools(at("sdk/pkg/tool"), at("seeming/pkg/tool"))); err != nil {
			t.Fatal(err)
		}
		// As the builder does.
		for _, path := range []string{"src", "pkg/tool", "pkg/include"} {
			from, err := filepath.EvalSymlinks(at("seeming/" + path))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(at("copies/"+path), os.DirFS(from)); err != nil {
				t.Fatal(err)
			}
		}
		version, err := versionFiles(at("tools"))
		if err != nil {
			t.Fatal(err)
		}
		// The copy is not to lead back to the SDK, nor is it to be writable.
		if err := os.Chmod(at("copies/src/net/http/server.go"), 0o444); err != nil {
			t.Fatal(err)
		}
		if err := makeChanges(at("copies"), append(version, changes...), copyFile); err != nil {
			t.Fatal(err)
		}
		want["src/internal/buildcfg/version.go"] = "own"
		want["pkg/tool/p/compile"] = ""
		check(t, at("copies"))
		for name, want := range map[string]string{"src/net/http/server.go": "server", "pkg/tool/p/compile": "stock"} {
			if got := read(t, at("sdk"), name); got != want {
				t.Errorf("%s of the SDK: got %q, want %q", name, got, want)
			}
		}
		if err := makeChanges(at("copies"), missing, copyFile); err == nil {
			t.Error("a deletion of a file that does not exist: expected an error")
		}
	})
}

func TestPackageList(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, map[string]string{"list": "fmt\nnet/http\n"})
	p, err := newPlan(Options{
		Builder: "builder",
		Out:     filepath.Join(folder, "pkg"),
		Changes: []gosdk.Change{
			{Name: "src/net/http/server.go", File: "x"},
			{Name: "src/net/hooks/hooks.go", File: "x"},
			{Name: "src/net/hooks/static/page.html", File: "x"},
		},
		Packages: []string{"net/hooks", "net/http", "net"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.writePackageList(filepath.Join(folder, "list"), filepath.Join(folder, "out")); err != nil {
		t.Fatal(err)
	}
	if got, want := read(t, folder, "out"), "fmt\nnet/hooks\nnet/http\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPlanErrors(t *testing.T) {
	for want, changes := range map[string][]gosdk.Change{
		"lib/x is in none of the packages fmt": {{Name: "lib/x", File: "x"}},
		"src/fmt/x.go is changed twice":        {{Name: "src/fmt/x.go", File: "x"}, {Name: "src/fmt/x.go"}},
	} {
		if _, err := newPlan(Options{Changes: changes, Packages: []string{"fmt"}}); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestShowFiles(t *testing.T) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	p := &plan{
		GOROOT:  filepath.Join(dir, "out"),
		Changed: map[string]map[string]string{"path": {"x.go": "overlays/x.go"}},
	}
	message := filepath.Join("out", "src", "path", "x.go") + ":3:1: package example.com/x is not in std (" +
		filepath.Join(dir, "out", "src", "path", "y.go") + ")\n"
	want := "overlays/x.go:3:1: package example.com/x is not in std (" + filepath.Join(dir, "out", "src", "path", "y.go") +
		")\nPackages of the standard library can import only each other: is that the import path of one?\n"
	for _, said := range []string{"package example.com/x is not in std (", "cannot find package \"example.com/x\" in any of ("} {
		replace := func(s string) string { return strings.Replace(s, "package example.com/x is not in std (", said, 1) }
		if got := p.showFiles(replace(message)); got != replace(want) {
			t.Errorf("got %q, want %q", got, replace(want))
		}
	}
}

func TestImportcfg(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, map[string]string{
		"importcfg": "# import config\nimportmap a = vendor/a\npackagefile fmt=/build/b1/_pkg_.a\npackagefile vendor/a=/build/b2/_pkg_.a\n",
	})
	tool := &tool{
		plan: &plan{Base: "/base", State: filepath.Join(folder, "state")},
		args: []string{"-o", "out", "-importcfg", filepath.Join(folder, "importcfg"), "x.go"},
	}
	if err := tool.mark(reusedMark, "vendor/a"); err != nil {
		t.Fatal(err)
	}
	c, err := tool.readImportcfg()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Packages(), []string{"fmt", "vendor/a"}; !slices.Equal(got, want) {
		t.Errorf("imports: got %q, want %q", got, want)
	}
	if err := tool.useImportcfg(c); err != nil {
		t.Fatal(err)
	}
	want := "# import config\nimportmap a = vendor/a\npackagefile fmt=/build/b1/_pkg_.a\npackagefile vendor/a=" + filepath.Join("/base", "vendor", "a.a") + "\n"
	if got := read(t, tool.args[3]); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWithoutBuildID(t *testing.T) {
	got := withoutBuildID([]string{"-o", "x", "-buildid", "secret", "-p", "fmt"})
	if want := []string{"-o", "x", "-p", "fmt"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestShowPathsIn(t *testing.T) {
	folder := t.TempDir()
	sdk := "__BAZEL_OUTPUT_BASE__/external/sdk/src/fmt/"
	write(t, folder, map[string]string{
		"list.json": `["` + sdk + `print.go","` + sdk + `scan.go","` + sdk + `doc.go","` + sdk + `more.go"]`,
	})
	file := filepath.Join(folder, "list.json")
	err := showPathsIn(file, "external/sdk/ROOT", []gosdk.Change{
		{Name: "src/fmt/print.go", File: "overlays/print.go"},
		{Name: "src/fmt/scan.go", File: "bazel-out/k8/bin/scan.go"},
		{Name: "src/fmt/more.go", File: "external/other/more.go"},
		{Name: "src/fmt/gone.go"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `["__BAZEL_WORKSPACE__/overlays/print.go","__BAZEL_EXECROOT__/bazel-out/k8/bin/scan.go","` + sdk + `doc.go","__BAZEL_OUTPUT_BASE__/external/other/more.go"]`
	if got := read(t, file); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestLinkAround(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, map[string]string{
		"execroot/main.go":               "main",
		"execroot/external/sdk/bin/go":   "go",
		"execroot/external/sdk/src/x.go": "x",
		"execroot/external/other/x.go":   "other",
	})
	to := filepath.Join(folder, "around")
	if err := os.Mkdir(to, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := linkAround(filepath.Join(folder, "execroot"), to, "external/sdk"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"main.go": "main", "external/sdk/bin/go": "go", "external/other/x.go": "other"} {
		if got := read(t, to, name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if _, err := os.Stat(filepath.Join(to, "external/sdk/src")); !os.IsNotExist(err) {
		t.Errorf("src: got %v, want that it does not exist", err)
	}
}
