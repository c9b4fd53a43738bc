package packagesdriver

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// module is a module of the test, in which an overlay file takes the place of greet/greet.go.
type module struct {
	*Lister
	root, edited string
}

func newModule(t *testing.T) module {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"go.mod":                  "module example.com/app\n\ngo 1.22\n",
		"main.go":                 "package main\n\nimport \"example.com/app/greet\"\n\nfunc main() { greet.Hello() }\n",
		"main_test.go":            "package main\n\nimport \"testing\"\n\nfunc TestMain(*testing.M) {}\n",
		"greet/greet.go":          "package greet\n\nfunc Hello() {}\n",
		"greet/other_windows.go":  "package greet\n",
		"greet/other_plan9.go":    "package greet\n",
		"overlays/_src/greet.go":  "package greet\n\nimport \"strings\"\n\nfunc Hello() { strings.ToUpper(\"\") }\n",
		"overlays/overlay.json":   `{"Replace": {"` + filepath.ToSlash(filepath.Join(root, "greet", "greet.go")) + `": "` + filepath.ToSlash(filepath.Join(root, "overlays", "_src", "greet.go")) + `"}}`,
		"elsewhere/go.mod":        "module example.com/elsewhere\n",
		"elsewhere/elsewhere.go":  "package elsewhere\n",
		"broken/broken.go":        "package\n",
		"overlays/_src/README.md": "",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	program, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(root, "overlays", "overlay.json")
	edited := filepath.Join(root, "overlays", "_src", "greet.go")
	return module{&Lister{
		Program:     program,
		Env:         append(os.Environ(), "GOFLAGS=-overlay="+overlay, "GOWORK=off"),
		Dir:         root,
		GoVersion:   22,
		Arch:        runtime.GOARCH,
		ModuleCache: filepath.Join(root, "modcache"),
		Overlay:     overlay,
		Files:       map[string]string{filepath.Join(root, "greet", "greet.go"): edited},
	}, root, edited}
}

// ask returns the answer to a request, with its packages by their IDs.
func (m module) ask(t *testing.T, request Request, patterns ...string) (*Response, map[string]*Package) {
	t.Helper()
	text, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	response, err := m.Answer(context.Background(), strings.NewReader(string(text)), patterns)
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]*Package{}
	for _, pkg := range response.Packages {
		byID[pkg.ID] = pkg
	}
	return response, byID
}

// TestAnswer asks about a package, which has another one whose file is overlaid.
func TestAnswer(t *testing.T) {
	m := newModule(t)
	response, packages := m.ask(t, Request{Tests: true}, ".")
	if want := []string{"example.com/app", "example.com/app [example.com/app.test]", "example.com/app.test"}; !slices.Equal(response.Roots, want) {
		t.Errorf("the roots are %q, expected %q", response.Roots, want)
	}
	if response.Compiler != "gc" || response.Arch != runtime.GOARCH || response.GoVersion != 22 {
		t.Errorf("got compiler %q, architecture %q, version %d", response.Compiler, response.Arch, response.GoVersion)
	}
	greet := packages["example.com/app/greet"]
	if greet == nil {
		t.Fatal("there is no package greet")
	}
	if !slices.Equal(greet.GoFiles, []string{m.edited}) || !slices.Equal(greet.CompiledGoFiles, []string{m.edited}) {
		t.Errorf("greet has the files %q, and compiles %q, expected %q", greet.GoFiles, greet.CompiledGoFiles, m.edited)
	}
	if greet.Imports["strings"] != "strings" {
		t.Errorf("greet imports %v, expected strings", greet.Imports)
	}
	if len(greet.IgnoredFiles) == 0 {
		t.Error("greet has no files for other platforms")
	}
	test := packages["example.com/app [example.com/app.test]"]
	if test == nil || test.ForTest != "example.com/app" || test.PkgPath != "example.com/app" || len(test.GoFiles) != 2 {
		t.Errorf("the variant for tests is %+v", test)
	}
	if unsafe := packages["unsafe"]; unsafe == nil || len(unsafe.CompiledGoFiles) > 0 {
		t.Errorf("unsafe is %+v", unsafe)
	}
	if !strings.Contains(string(greet.Module), "example.com/app") {
		t.Errorf("the module is %s", greet.Module)
	}
}

// TestAnswerFile asks for the packages of files.
func TestAnswerFile(t *testing.T) {
	m := newModule(t)
	for _, c := range []struct{ file, root string }{
		{"overlays/_src/greet.go", "example.com/app/greet"},
		{m.edited, "example.com/app/greet"},
		{"main.go", "example.com/app"},
		{"main_test.go", "example.com/app [example.com/app.test]"},
		{"greet/other_plan9.go", "command-line-arguments"},
	} {
		response, _ := m.ask(t, Request{Tests: true}, "file="+c.file)
		if !slices.Contains(response.Roots, c.root) {
			t.Errorf("%s is in %q, expected %s", c.file, response.Roots, c.root)
		}
	}
}

// TestAnswerUnsaved has an import in a text of an overlay file that is not saved yet.
func TestAnswerUnsaved(t *testing.T) {
	m := newModule(t)
	_, packages := m.ask(t, Request{Overlay: map[string][]byte{
		m.edited: []byte("package greet\n\nimport \"bytes\"\n\nfunc Hello() { bytes.ToUpper(nil) }\n"),
		filepath.Join(m.ModuleCache, "x@v1.0.0", "x.go"): []byte("package x\n"),
	}}, "./greet")
	greet := packages["example.com/app/greet"]
	if greet == nil || greet.Imports["bytes"] == "" || greet.Imports["strings"] != "" {
		t.Fatalf("greet is %+v, expected that it imports bytes, as what is not saved does", greet)
	}
	if !slices.Equal(greet.GoFiles, []string{m.edited}) {
		t.Errorf("greet has the files %q, expected %q", greet.GoFiles, m.edited)
	}
}

// TestAnswerError asks for what can't be parsed, and for what is not there.
func TestAnswerError(t *testing.T) {
	m := newModule(t)
	_, packages := m.ask(t, Request{}, "./broken")
	broken := packages["example.com/app/broken"]
	file := filepath.Join(m.root, "broken", "broken.go")
	if broken == nil || len(broken.Errors) == 0 || !strings.HasPrefix(broken.Errors[0].Pos, file+":") || !slices.Contains(broken.CompiledGoFiles, file) {
		t.Errorf("broken is %+v, expected an error in %s", broken, file)
	}
	_, packages = m.ask(t, Request{}, "./missing")
	if len(packages) != 1 {
		t.Errorf("what is missing is %v, expected one package with an error", packages)
	}
	if _, err := m.Answer(context.Background(), strings.NewReader("{"), nil); err == nil {
		t.Error("a request that is cut off is no error")
	}
}
