package shadow

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain also is what the go command runs tools by.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "toolexec" {
		if err := RunTool(os.Args[2], os.Args[3:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if len(os.Args) > 2 && os.Args[1] == "go" {
		fmt.Fprintln(os.Stderr, runGo(os.Args[2], os.Args[3:]))
		os.Exit(99)
	}
	os.Exit(m.Run())
}

// runGo stands for the command: it becomes the go command, with the changes that a JSON file has.
func runGo(file string, args []string) error {
	var input struct {
		Cache   string
		Modules []Module
	}
	content, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(content, &input)
	}
	if err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	ctx, parsed := context.Background(), ParseArguments(args)
	g, err := Ask(ctx, "go", filepath.Join(dir, parsed.Dir), os.Environ())
	if err != nil {
		return err
	}
	setup, err := Prepare(ctx, g, parsed, input.Modules, Options{Cache: input.Cache, Root: dir, ToolExec: []string{program, "toolexec"}})
	if err != nil {
		return err
	}
	return setup.Run(dir)
}

// command returns runGo as a process.
func (r *repository) command(modules []Module, args ...string) *exec.Cmd {
	r.t.Helper()
	content, err := json.Marshal(map[string]any{"Cache": r.cache, "Modules": modules})
	if err != nil {
		r.t.Fatal(err)
	}
	file := filepath.Join(r.t.TempDir(), "modules.json")
	if err := os.WriteFile(file, content, 0o666); err != nil {
		r.t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		r.t.Fatal(err)
	}
	cmd := exec.Command(program, append([]string{"go", file}, args...)...)
	cmd.Dir, cmd.Env = r.root, r.env
	return cmd
}

// A repository is one of the test, with a module proxy, a module cache, and a folder for shadows.
type repository struct {
	t     *testing.T
	root  string
	cache string
	env   []string
	name  string
}

func newRepository(t *testing.T, files map[string]string) *repository {
	t.Helper()
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &repository{t: t, root: filepath.Join(home, "a repository"), cache: filepath.Join(home, "cache")}
	modules := filepath.Join(home, "modules")
	t.Cleanup(func() { removeTree(modules); removeTree(r.cache) })
	out, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	r.env = append(os.Environ(), "GOPROXY=file://"+filepath.ToSlash(proxy(t)), "GOSUMDB=off", "GOMODCACHE="+modules, "GOFLAGS=", "GOWORK=",
		"GOTOOLCHAIN=local", "GO111MODULE=", "GOCACHE="+strings.TrimSpace(string(out)), "GONOSUMDB=", "GOPRIVATE=")
	for name, text := range files {
		r.write(name, text)
	}
	if _, ok := files["go.sum"]; !ok {
		r.plain("mod", "tidy")
	}
	return r
}

func (r *repository) write(name, text string) {
	r.t.Helper()
	path := filepath.Join(r.root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		r.t.Fatal(err)
	}
}

// plain runs the go command without overlays.
func (r *repository) plain(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = r.root, r.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("go %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func (r *repository) prepare(modules []Module, args ...string) (*Setup, *Arguments, error) {
	r.t.Helper()
	parsed := ParseArguments(args)
	g, err := Ask(context.Background(), "go", filepath.Join(r.root, parsed.Dir), r.env)
	if err != nil {
		r.t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		r.t.Fatal(err)
	}
	setup, err := Prepare(context.Background(), g, parsed, modules, Options{Cache: r.cache, Name: r.name, Root: r.root, ToolExec: []string{program, "toolexec"}})
	return setup, parsed, err
}

// try runs the go command with changes.
func (r *repository) try(modules []Module, args ...string) (string, error) {
	r.t.Helper()
	setup, _, err := r.prepare(modules, args...)
	if err != nil {
		return "", err
	}
	cmd := exec.Command(setup.Program, setup.Args...)
	cmd.Dir, cmd.Env = r.root, setup.Env
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return string(out), err
}

func (r *repository) run(modules []Module, args ...string) string {
	r.t.Helper()
	out, err := r.try(modules, args...)
	if err != nil {
		r.t.Fatalf("go %v: %v", args, err)
	}
	return out
}

func (r *repository) dir(module string) string {
	return strings.TrimSpace(r.plain("list", "-m", "-f", "{{.Dir}}", module))
}

// changed returns a module with files that are changed.
func (r *repository) changed(m Module, files map[string]string) Module {
	r.t.Helper()
	for name, text := range files {
		f := File{Name: name, Overlays: []string{"//overlays:" + filepath.Base(name)}}
		f.Old, _ = os.ReadFile(m.path(f))
		if text != deleted {
			f.New = []byte(text)
		}
		m.Files = append(m.Files, f)
	}
	return m
}

// cached returns a module of the module cache with files that are changed.
func (r *repository) cached(module, version string, files map[string]string) Module {
	return r.changed(Module{Path: module, Version: version, Dir: r.dir(module)}, files)
}

const deleted = "deleted"

// proxy returns a folder that is a module proxy.
func proxy(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for module, files := range map[string]map[string]string{
		"example.com/greet@v1.2.0": {
			"go.mod":                "module example.com/greet\n\ngo 1.20\n",
			"greet.go":              "package greet\n\nimport \"example.com/greet/internal/name\"\n\n// Hello greets.\nfunc Hello() string { return \"hello \" + name.Name }\n",
			"old.go":                "package greet\n\nvar Old = 1\n",
			"text/text.go":          "package text\n\nimport _ \"embed\"\n\n//go:embed text.txt\nvar Text string\n",
			"text/text.txt":         "original",
			"internal/name/name.go": "package name\n\nconst Name = \"original\"\n",
			"script.sh":             "#!/bin/sh\n",
		},
		"example.com/!upper@v2.0.1+incompatible": {
			"upper.go": "package upper\n\nconst Upper = \"original\"\n",
		},
		"example.com/wide@v1.0.0": {
			"go.mod":     "module example.com/wide\n\ngo 1.20\n\nrequire example.com/deep v1.0.0\n",
			"wide.go":    "package wide\n\nconst Wide = \"original\"\n",
			"sub/sub.go": "package sub\n\nimport _ \"example.com/deep\"\n",
		},
		"example.com/deep@v1.0.0": {
			"go.mod":  "module example.com/deep\n\ngo 1.20\n",
			"deep.go": "package deep\n",
		},
		"example.com/bare@v1.0.0": {
			"bare.go": "package bare\n\nconst Bare = \"original\"\n",
		},
	} {
		path, version, _ := strings.Cut(module, "@")
		at := filepath.Join(folder, filepath.FromSlash(path), "@v")
		if err := os.MkdirAll(at, 0o777); err != nil {
			t.Fatal(err)
		}
		var archive bytes.Buffer
		w := zip.NewWriter(&archive)
		for name, text := range files {
			f, err := w.Create(strings.Replace(module, "!u", "U", 1) + "/" + name)
			if err != nil {
				t.Fatal(err)
			}
			f.Write([]byte(text))
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		mod := files["go.mod"]
		if mod == "" {
			mod = "module " + strings.Replace(path, "!u", "U", 1) + "\n"
		}
		info, err := json.Marshal(map[string]string{"Version": version, "Time": "2026-01-01T00:00:00Z"})
		if err != nil {
			t.Fatal(err)
		}
		for name, content := range map[string][]byte{"list": []byte(version + "\n"), version + ".info": info, version + ".mod": []byte(mod), version + ".zip": archive.Bytes()} {
			if err := os.WriteFile(filepath.Join(at, name), content, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	return folder
}

// app are the files of a repository that prints what its own package and two modules say.
func app() map[string]string {
	return map[string]string{
		"go.mod": "module example.com/app\n\ngo 1.22\n\nrequire (\n\texample.com/bare v1.0.0\n\texample.com/greet v1.2.0\n)\n",
		"main.go": `package main

import (
	"fmt"

	"example.com/app/own"
	"example.com/bare"
	"example.com/greet"
	"example.com/greet/text"
)

//go:generate go run .

func main() { fmt.Println(greet.Hello(), greet.Old, text.Text, bare.Bare, own.Own()) }
`,
		"own/own.go":      "package own\n\n// Own is what the repository says.\nfunc Own() string { return \"original\" }\n",
		"own/own_test.go": "package own\n\nimport \"testing\"\n\nfunc TestOwn(t *testing.T) {\n\tif Own() != \"overlaid\" {\n\t\tt.Fatal(Own())\n\t}\n}\n",
	}
}

const original = "hello original 1 original original original\n"

// overlaid are changes of all of app.
func (r *repository) overlaid() []Module {
	return []Module{
		r.cached("example.com/greet", "v1.2.0", map[string]string{
			"greet.go":              "package greet\n\nimport (\n\t\"example.com/greet/internal/name\"\n\t\"example.com/greet/added\"\n)\n\nvar Old = added.Two\n\nfunc Hello() string { return \"hello \" + name.Name }\n",
			"internal/name/name.go": "package name\n\nconst Name = \"overlaid\"\n",
			"old.go":                deleted,
			"text/text.txt":         "overlaid",
			"added/added.go":        "package added\n\nconst Two = 2\n",
		}),
		r.cached("example.com/bare", "v1.0.0", map[string]string{"bare.go": "package bare\n\nconst Bare = \"overlaid\"\n"}),
		r.changed(Module{Path: "example.com/app", Dir: r.root, Own: true}, map[string]string{"own/own.go": "package own\n\n\n\nfunc Own() string { return \"overlaid\" }\n\nfunc Never() {\n\tprintln()\n}\n"}),
	}
}

const patched = "hello overlaid 2 overlaid overlaid overlaid\n"

// TestVerbs runs what compiles, in a repository whose folder has a blank in its name, and looks whether anything is left there.
func TestVerbs(t *testing.T) {
	r := newRepository(t, app())
	before := r.tree()
	if got := r.plain("run", "."); got != original {
		t.Fatalf("without overlays: got %q", got)
	}
	modules := r.overlaid()
	if got := r.run(modules, "run", "."); got != patched {
		t.Errorf("run: got %q, expected %q", got, patched)
	}
	if got := r.run(modules, "generate", "."); got != patched {
		t.Errorf("generate: got %q, expected %q", got, patched)
	}
	r.run(modules, "test", "./...")
	r.run(modules, "vet", "./...", "example.com/greet/...")
	binary := filepath.Join(t.TempDir(), "app")
	r.run(modules, "build", "-trimpath", "-o", binary, ".")
	if got := r.run(modules, "list", "-f", "{{.GoFiles}}", "example.com/greet", "example.com/greet/added"); got != "[greet.go]\n[added.go]\n" {
		t.Errorf("list: got %q", got)
	}
	if out, err := exec.Command(binary).Output(); err != nil || string(out) != patched {
		t.Errorf("what is built prints %q, %v", out, err)
	}
	if content, err := os.ReadFile(binary); err != nil || bytes.Contains(content, []byte(r.root)) || bytes.Contains(content, []byte(r.cache)) {
		t.Errorf("with -trimpath, the binary has paths of the machine (%v)", err)
	}
	if out, err := exec.Command("go", "version", "-m", binary).Output(); err != nil || !strings.Contains(string(out), "=>\t./example.com/greet@v1.2.0") {
		t.Errorf("the binary does not say that a module is replaced: %s %v", out, err)
	}
	if got := r.plain("run", "."); got != original {
		t.Errorf("without overlays, after all: got %q", got)
	}
	if after := r.tree(); after != before {
		t.Errorf("the repository had\n%s\nand has\n%s", before, after)
	}
}

// tree lists the files of the repository.
func (r *repository) tree() string {
	var list strings.Builder
	filepath.Walk(r.root, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			content, _ := os.ReadFile(path)
			fmt.Fprintf(&list, "%s %d %x\n", path, len(content), content)
		}
		return err
	})
	return list.String()
}
