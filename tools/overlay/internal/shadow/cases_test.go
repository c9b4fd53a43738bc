package shadow

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestEdits runs the program while overlays come, change and go.
func TestEdits(t *testing.T) {
	r := newRepository(t, app())
	bare := func(text string) []Module {
		return []Module{r.cached("example.com/bare", "v1.0.0", map[string]string{"bare.go": "package bare\n\nconst Bare = \"" + text + "\"\n"})}
	}
	all := r.overlaid()
	for _, c := range []struct {
		modules []Module
		want    string
	}{
		{all, patched},
		{bare("first"), "hello original 1 original first original\n"},
		{bare("second"), "hello original 1 original second original\n"},
		{nil, original},
		{all[2:], "hello original 1 original original overlaid\n"},
		{all[:1], "hello overlaid 2 overlaid original original\n"},
		{[]Module{r.cached("example.com/greet", "v1.2.0", map[string]string{"text/text.txt": "other"})}, "hello original 1 other original original\n"},
		{all, patched},
	} {
		if got := r.run(c.modules, "run", "."); got != c.want {
			t.Errorf("got %q, expected %q", got, c.want)
		}
	}
}

// TestKilled has entries as killed commands leave them, or as somebody has changed them.
func TestKilled(t *testing.T) {
	r := newRepository(t, app())
	modules := r.overlaid()
	setup, _, err := r.prepare(modules, "run", ".")
	if err != nil {
		t.Fatal(err)
	}
	shadow := filepath.Join(setup.Folder, "example.com", "greet@v1.2.0")
	for name, damage := range map[string]func() error{
		"a changed file is another one": func() error {
			path := filepath.Join(shadow, "internal", "name", "name.go")
			return errors.Join(os.Remove(path), os.WriteFile(path, []byte("package name\n\nconst Name = \"damaged\"\n"), 0o666))
		},
		"a changed file is missing":   func() error { return os.Remove(filepath.Join(shadow, "greet.go")) },
		"a deleted file is there":     func() error { return os.WriteFile(filepath.Join(shadow, "old.go"), []byte("package greet\n"), 0o666) },
		"a shadow module is missing":  func() error { return os.RemoveAll(shadow) },
		"go.work is missing":          func() error { return os.Remove(setup.GoWork) },
		"go.work is cut off":          func() error { return os.WriteFile(setup.GoWork, []byte("go 1.2"), 0o666) },
		"the JSON is missing":         func() error { return os.Remove(setup.JSON) },
		"the state is cut off":        func() error { return os.WriteFile(filepath.Join(setup.Folder, "shadows.json"), []byte("{"), 0o666) },
		"what was made is missing":    func() error { return os.RemoveAll(filepath.Join(setup.Folder, "files")) },
		"all is missing":              func() error { return removeTree(r.cache) },
		"a mirror is left unfinished": func() error { return os.MkdirAll(filepath.Join(setup.Folder, "mirror.1.tmp"), 0o777) },
	} {
		if err := damage(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := r.run(modules, "run", "."); got != patched {
			t.Errorf("%s: got %q, expected %q", name, got, patched)
		}
	}
	if _, err := os.Stat(filepath.Join(setup.Folder, "mirror.1.tmp")); err == nil {
		t.Error("what a killed command has left is still there")
	}
}

// TestAtOnce runs several commands at the same time, of two sets.
func TestAtOnce(t *testing.T) {
	r := newRepository(t, app())
	other := *r
	other.name = "//overlays:other"
	modules, own := r.overlaid(), r.overlaid()[2:]
	results := make(chan error)
	for i := 0; i < 8; i++ {
		go func() {
			if i%2 == 0 {
				got, err := r.try(modules, "run", ".")
				if err == nil && got != patched {
					err = errors.New(got)
				}
				results <- err
				return
			}
			got, err := other.try(own, "run", ".")
			if err == nil && got != "hello original 1 original original overlaid\n" {
				err = errors.New(got)
			}
			results <- err
		}()
	}
	for i := 0; i < 8; i++ {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}

// TestVendor has modules in a vendor folder.
func TestVendor(t *testing.T) {
	r := newRepository(t, app())
	r.plain("mod", "vendor")
	vendor := filepath.Join(r.root, "vendor", "example.com")
	modules := []Module{
		r.changed(Module{Path: "example.com/bare", Version: "v1.0.0", Dir: filepath.Join(vendor, "bare"), Vendor: true}, map[string]string{"bare.go": "package bare\n\nconst Bare = \"vendored\"\n"}),
		r.changed(Module{Path: "example.com/greet", Version: "v1.2.0", Dir: filepath.Join(vendor, "greet"), Vendor: true}, map[string]string{"text/text.txt": "vendored"}),
	}
	for _, flags := range [][]string{nil, {"-mod=vendor"}} {
		if got, want := r.run(modules, append(append([]string{"run"}, flags...), ".")...), "hello original 1 vendored vendored original\n"; got != want {
			t.Errorf("%v: got %q, expected %q", flags, got, want)
		}
	}
}

// TestWorkspace has a go.work of the user's, with a module that replaces another one by a folder.
func TestWorkspace(t *testing.T) {
	files := app()
	files["go.work"] = "go 1.22\n\nuse (\n\t.\n\t\"./a tool\" // beside\n)\n\nreplace example.com/bare v1.0.0 => ./bare\n"
	files["bare/go.mod"] = "module example.com/bare\n"
	files["bare/bare.go"] = "package bare\n\nconst Bare = \"replaced\"\n"
	files["a tool/go.mod"] = "module example.com/tool\n\ngo 1.22\n"
	files["a tool/tool.go"] = "package main\n\nimport \"example.com/app/own\"\n\nfunc main() { print(own.Own()) }\n"
	files["go.sum"] = ""
	r := newRepository(t, files)
	os.Remove(filepath.Join(r.root, "go.sum"))
	r.env = append(r.env, "GOWORK=off")
	r.plain("mod", "tidy")
	r.env = append(r.env, "GOWORK=")
	if got, want := r.plain("run", "."), "hello original 1 original replaced original\n"; got != want {
		t.Fatalf("without overlays: got %q, expected %q", got, want)
	}
	all := r.overlaid()
	modules := []Module{all[0], all[2]}
	if got, want := r.run(modules, "run", "."), "hello overlaid 2 overlaid replaced overlaid\n"; got != want {
		t.Errorf("got %q, expected %q", got, want)
	}
	if got := r.run(modules, "run", "example.com/tool"); got != "overlaid" {
		t.Errorf("the other module says %q", got)
	}
	replaced := r.changed(Module{Path: "example.com/bare", Dir: filepath.Join(r.root, "bare")}, map[string]string{"bare.go": "package bare\n\nconst Bare = \"overlaid\"\n"})
	if got, want := r.run(append(modules, replaced), "run", "."), patched; got != want {
		t.Errorf("a folder that replaces a module: got %q, expected %q", got, want)
	}
}

// TestModFile has a module cache with what the repository needs, and no network: a go.work would need more.
func TestModFile(t *testing.T) {
	r := newRepository(t, map[string]string{
		"go.mod":  "module example.com/app\n\ngo 1.22\n\nrequire example.com/wide v1.0.0\n",
		"main.go": "package main\n\nimport \"example.com/wide\"\n\nfunc main() { print(wide.Wide) }\n",
	})
	modules := filepath.Join(filepath.Dir(r.root), "other modules")
	t.Cleanup(func() { removeTree(modules) })
	r.env = append(r.env, "GOMODCACHE="+modules)
	r.plain("build", "-o", os.DevNull, ".")
	r.env = append(r.env, "GOPROXY=off")
	before := r.tree()
	wide := r.cached("example.com/wide", "v1.0.0", map[string]string{"wide.go": "package wide\n\nconst Wide = \"overlaid\"\n"})
	for i := 0; i < 2; i++ {
		setup, _, err := r.prepare([]Module{wide}, "run", ".")
		if err != nil {
			t.Fatal(err)
		}
		if setup.ModFile == "" {
			t.Error("there is no copy of go.mod")
		}
		if got := r.run([]Module{wide}, "run", "."); got != "overlaid" {
			t.Errorf("got %q, expected what is overlaid", got)
		}
	}
	if after := r.tree(); after != before {
		t.Errorf("the repository had\n%s\nand has\n%s", before, after)
	}
}

// TestGodebug has a line of go.mod that the go command does not look at where there is a go.work.
func TestGodebug(t *testing.T) {
	if runtime.Version() < "go1.23" {
		t.Skip(runtime.Version() + " knows no godebug lines")
	}
	files := app()
	files["go.mod"] = strings.Replace(files["go.mod"], "go 1.22\n", "go 1.22\n\ngodebug (\n\tpanicnil=1\n)\n", 1)
	r := newRepository(t, files)
	if r.run(nil, "list", "-f", "{{.DefaultGODEBUG}}", ".") == "\n" {
		t.Fatal("without overlays, there is no setting")
	}
	if plain, with := r.plain("list", "-f", "{{.DefaultGODEBUG}}", "."), r.run(r.overlaid(), "list", "-f", "{{.DefaultGODEBUG}}", "."); plain != with {
		t.Errorf("with overlays, GODEBUG is %q, without %q", with, plain)
	}
}

// TestUsersOverlay merges a flag -overlay of the user's.
func TestUsersOverlay(t *testing.T) {
	r := newRepository(t, app())
	r.write("by/bare.txt", "package bare\n\nconst Bare = \"user's\"\n")
	r.write("by/own.go", "package own\n\nfunc Own() string { return \"user's\" }\n")
	bare := filepath.ToSlash(filepath.Join(r.dir("example.com/bare"), "bare.go"))
	r.write("o.json", `{"Replace": {"`+bare+`": "by/bare.txt", "own/own.go": "by/own.go"}}`)
	want := "hello original 1 original user's user's\n"
	if got := r.run(nil, "run", "-overlay", "o.json", "."); got != want {
		t.Errorf("by the flag alone: got %q, expected %q", got, want)
	}
	if got, want := r.run(r.overlaid()[:1], "run", "-overlay=o.json", "."), "hello overlaid 2 overlaid user's user's\n"; got != want {
		t.Errorf("by the flag, with overlays: got %q, expected %q", got, want)
	}
	r.write("cached.json", `{"Replace": {"`+bare+`": "by/bare.txt"}}`)
	if got, want := r.run(nil, "run", "-overlay", "cached.json", "."), "hello original 1 original user's original\n"; got != want {
		t.Errorf("by the flag, for the module cache alone: got %q, expected %q", got, want)
	}
	flags := *r
	flags.env = append(slices.Clone(r.env), "GOFLAGS=-tags=x '-overlay="+filepath.Join(r.root, "o.json")+"'")
	if got := flags.run(nil, "run", "."); got != want {
		t.Errorf("by GOFLAGS: got %q, expected %q", got, want)
	}
	for text, message := range map[string]string{
		`{"Replace": {"own/none.go": ""}}`:                    "none.go is to be deleted, but there is no such file",
		`{"Replace": {"own/own.go": "by/none.go"}}`:           "what is to replace ",
		`{"Replace": {"own/own.go": "by/own.go"}`:             "is no JSON that the go command takes",
		`{"Replace": {"/nowhere/at/all.go": "by/own.go"}}`:    "the key matches nothing",
		`{"Replace": {"` + bare + `": "by/bare.txt"}}`:        "bare.go is changed by //overlays:bare.go and by the flag -overlay",
		`{"Replace": {"` + r.root + `-x/a.go": "by/own.go"}}`: "the key matches nothing",
	} {
		r.write("wrong.json", text)
		if _, err := r.try(r.overlaid(), "build", "-overlay", "wrong.json", "."); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%s: got %v, expected %q", text, err, message)
		}
	}
}

// TestRefused has what can't work.
func TestRefused(t *testing.T) {
	r := newRepository(t, app())
	modules := r.overlaid()
	for _, c := range []struct {
		args    []string
		env     string
		message string
	}{
		{[]string{"build", "-mod=mod", "."}, "", "-mod=mod can't be had here: overlays change example.com/greet and 1 others"},
		{[]string{"build", "-modfile", "other.mod", "."}, "", "-modfile=other.mod can't be had here"},
		{[]string{"build", "-mod=vendor", "."}, "", "run go mod vendor"},
		{[]string{"build", "."}, "GOFLAGS=-mod=mod", "-mod=mod in GOFLAGS can't be had here"},
		{[]string{"build", "."}, "GO111MODULE=off", "GO111MODULE=off can't be had here"},
		{[]string{"run", "example.com/greet@latest"}, "", "compiles what the repository knows nothing of"},
		{[]string{"install", "example.com/greet@v1.2.0"}, "", "leave out @v1.2.0"},
	} {
		other := *r
		other.env = append(slices.Clone(r.env), c.env)
		if _, err := other.try(modules, c.args...); err == nil || !strings.Contains(err.Error(), c.message) {
			t.Errorf("%v %s: got %v, expected %q", c.args, c.env, err, c.message)
		}
	}
	// What does not compile, and what is the repository's alone, can have all flags.
	r.run(modules, "mod", "tidy")
	r.run(modules, "get", "example.com/greet@latest")
	r.run(modules, "build", "-mod=readonly", "-o", os.DevNull, ".")
	r.run(modules[2:], "build", "-mod=mod", "-o", os.DevNull, ".")
	r.run(modules, "env", "GOWORK")
}

// TestUnwritable has a cache folder that can't be written.
func TestUnwritable(t *testing.T) {
	r := newRepository(t, app())
	if err := os.WriteFile(r.cache, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := r.try(r.overlaid(), "build", "."); err == nil || !strings.Contains(err.Error(), "GO_OVERLAY_SHADOW") {
		t.Errorf("got %v, expected how to name another folder", err)
	}
}

// TestProcess has a command that becomes the go command: its input, output and exit code are those of the program.
func TestProcess(t *testing.T) {
	files := app()
	files["fails/fails_test.go"] = "package fails\n\nimport \"testing\"\n\nfunc TestFails(t *testing.T) { t.Fatal() }\n"
	files["echo/main.go"] = "package main\n\nimport (\n\t\"io\"\n\t\"os\"\n)\n\nfunc main() { io.Copy(os.Stderr, os.Stdin); print(len(os.Args)) }\n"
	files["broken/main.go"] = "package main\n\nfunc main() { undefined() }\n"
	r := newRepository(t, files)
	for _, c := range []struct {
		args []string
		code int
		text string
	}{
		{[]string{"test", "./fails"}, 1, "--- FAIL: TestFails"},
		{[]string{"build", "-o", os.DevNull, "./broken"}, 1, "broken/main.go:3:15: undefined: undefined"},
		{[]string{"build", "-nosuchflag"}, 2, "flag provided but not defined: -nosuchflag"},
		{[]string{"run", "./echo", "-overlay", "--", "@"}, 0, "from stdin4"},
		{[]string{"-C", "echo", "run", "."}, 0, "from stdin1"},
		{[]string{"nosuchverb"}, 2, "unknown command"},
	} {
		cmd := r.command(r.overlaid(), c.args...)
		cmd.Stdin = strings.NewReader("from stdin")
		out, err := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(string(out), c.text) {
			t.Errorf("%v: exit code %d, %v, expected %d and %q\n%s", c.args, code, err, c.code, c.text, out)
		}
	}
}

// TestErrorsPointAtOverlays has an overlay file that does not compile.
func TestErrorsPointAtOverlays(t *testing.T) {
	r := newRepository(t, app())
	source := filepath.Join(t.TempDir(), "mine.go")
	text := []byte("package own\n\nfunc Own() string { return 1 }\n")
	if err := os.WriteFile(source, text, 0o666); err != nil {
		t.Fatal(err)
	}
	m := Module{Path: "example.com/app", Dir: r.root, Own: true, Files: []File{{Name: "own/own.go", Old: []byte{}, New: text, Source: source}}}
	if _, err := r.try([]Module{m}, "build", "."); err == nil || !strings.Contains(err.Error(), "mine.go:3:28: ") {
		t.Errorf("got %v, expected an error at mine.go:3:28", err)
	}
	// With -cover, the profile names the package's file all the same.
	text = []byte("package own\n\nfunc Own() string { return \"overlaid\" }\n")
	if err := os.WriteFile(source, text, 0o666); err != nil {
		t.Fatal(err)
	}
	m.Files[0].New = text
	profile := filepath.Join(t.TempDir(), "profile")
	r.run([]Module{m}, "test", "-coverprofile", profile, "./own")
	if content, err := os.ReadFile(profile); err != nil || !strings.Contains(string(content), "\nexample.com/app/own/own.go:3.") {
		t.Errorf("the profile is %s, %v", content, err)
	}
	// Nor is what the go command has compiled of one text taken for another.
	m.Files[0].New = []byte("package own\n\n\n\n\nfunc Own() string { return \"overlaid\" }\n")
	m.Files[0].Source = ""
	r.run([]Module{m}, "test", "-coverprofile", profile, "./own")
	if content, err := os.ReadFile(profile); err != nil || !strings.Contains(string(content), "\nexample.com/app/own/own.go:6.") {
		t.Errorf("after an edit, the profile is %s, %v", content, err)
	}
}

// TestCgo has overlay files with C, and others for the race detector, counted and not.
func TestCgo(t *testing.T) {
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("there is no gcc")
	}
	files := app()
	files["own/own.go"] = "package own\n\n// static int one(void) { return 1; }\nimport \"C\"\n\nfunc Own() string { C.one(); return \"original\" }\n"
	files["own/own.h"] = "#define TEXT 1\n"
	r := newRepository(t, files)
	r.env = append(r.env, "CGO_ENABLED=1")
	modules := r.overlaid()[:2]
	modules = append(modules, r.changed(Module{Path: "example.com/app", Dir: r.root, Own: true}, map[string]string{
		"own/own.go": "package own\n\n// #include \"own.h\"\n// #include \"new.h\"\n// static int two(void) { return TEXT + NEW; }\nimport \"C\"\n\nfunc Own() string {\n\tif C.two() != 5 {\n\t\tpanic(C.two())\n\t}\n\treturn \"overlaid\"\n}\n",
		"own/own.h":  "#define TEXT 2\n",
		"own/new.h":  "#define NEW 3\n",
	}))
	if got := r.run(modules, "run", "-race", "."); got != patched {
		t.Errorf("got %q, expected %q", got, patched)
	}
	profile := filepath.Join(t.TempDir(), "profile")
	r.run(modules, "test", "-coverprofile", profile, "./own")
	if content, err := os.ReadFile(profile); err != nil || !regexp.MustCompile(`example\.com/app/own/own\.go:(12|9|11)\.\d+,\d+\.\d+ 1 1\n`).Match(content) {
		t.Errorf("the profile is %s, %v", content, err)
	}
}

// TestLinks has a shadow module that shares files with the module cache: neither edits nor restoring write there.
func TestLinks(t *testing.T) {
	r := newRepository(t, app())
	dir := r.dir("example.com/greet")
	before := listing(t, dir)
	for _, modules := range [][]Module{r.overlaid(), r.overlaid()[1:], {r.cached("example.com/greet", "v1.2.0", map[string]string{"old.go": "package greet\n\nvar Old = 3\n"})}, r.overlaid()} {
		r.run(modules, "build", "-o", os.DevNull, ".")
	}
	setup, _, err := r.prepare(r.overlaid(), "build", ".")
	if err != nil {
		t.Fatal(err)
	}
	if err := removeTree(setup.Folder); err != nil {
		t.Fatal(err)
	}
	for name, text := range listing(t, dir) {
		if before[name] != text {
			t.Errorf("%s was\n%s\nand is\n%s", name, before[name], text)
		}
	}
}

// TestAddedByOthers has a shadow module to which somebody adds a file, which would be compiled.
func TestAddedByOthers(t *testing.T) {
	r := newRepository(t, app())
	setup, _, err := r.prepare(r.overlaid(), "run", ".")
	if err != nil {
		t.Fatal(err)
	}
	shadow := filepath.Join(setup.Folder, "example.com", "greet@v1.2.0")
	for _, damage := range []func() error{
		func() error {
			return os.WriteFile(filepath.Join(shadow, "text", "added.go"), []byte("package text\n\nfunc init() { panic(1) }\n"), 0o666)
		},
		func() error { return os.Remove(filepath.Join(shadow, "text", "text.go")) },
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		if got, err := r.try(r.overlaid(), "run", "."); err != nil || got != patched {
			t.Errorf("got %q, %v, expected %q", got, err, patched)
		}
	}
}

// TestStd has an overlay of the standard library.
func TestStd(t *testing.T) {
	r := newRepository(t, map[string]string{
		"go.mod":  "module example.com/app\n\ngo 1.22\n",
		"main.go": "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\t\"os/exec\"\n\t\"path\"\n\t\"time\"\n)\n\nfunc main() {\n\tout, _ := exec.Command(\"go\", \"env\", \"GOROOT\").Output()\n\tfmt.Print(path.Overlaid, \" \", string(out))\n\t_, _ = os.Args, time.Now\n}\n",
		"go.sum":  "",
	})
	root := strings.TrimSpace(r.plain("env", "GOROOT"))
	std := Module{Path: "std", Version: strings.TrimSpace(r.plain("env", "GOVERSION")), Dir: root, Std: true}
	match, err := os.ReadFile(filepath.Join(root, "src", "path", "match.go"))
	if err != nil {
		t.Fatal(err)
	}
	changed := r.changed(std, map[string]string{"src/path/match.go": string(match) + "\nconst Overlaid = \"first\"\n"})
	setup, _, err := r.prepare([]Module{changed}, "run", ".")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := r.run([]Module{changed}, "run", "."), "first "+setup.GOROOT+"\n"; got != want || setup.GOROOT == root {
		t.Errorf("got %q, expected %q", got, want)
	}
	r.run([]Module{changed}, "vet", "path", ".")
	if got := r.run([]Module{changed}, "list", "-f", "{{.Dir}}", "path"); got != filepath.Join(setup.GOROOT, "src", "path")+"\n" {
		t.Errorf("the package is in %s", got)
	}
	// A go.mod that asks for a newer Go does not get one without the overlay.
	r.write("go.mod", "module example.com/app\n\ngo 1.99\n")
	switching := *r
	switching.env = append(slices.Clone(r.env), "GOTOOLCHAIN=local")
	if _, err := switching.try([]Module{changed}, "run", "."); err == nil || !strings.Contains(err.Error(), "go.mod requires go >= 1.99") {
		t.Errorf("got %v, expected that go.mod asks for another Go", err)
	}
	r.write("go.mod", "module example.com/app\n\ngo 1.22\n")
	other := changed
	other.Version = "go1.2.3"
	if _, err := r.try([]Module{other}, "run", "."); err == nil || !strings.Contains(err.Error(), "it is for go1.2.3, and the go command has go1.") {
		t.Errorf("got %v, expected that the version is another one", err)
	}
	tool := r.changed(std, map[string]string{"src/cmd/vet/main.go": "package main\n"})
	if _, err := r.try([]Module{tool}, "run", "."); err == nil || !strings.Contains(err.Error(), "belongs to Go's own tools") {
		t.Errorf("got %v, expected that tools can't be overlaid", err)
	}
	path := filepath.Join(setup.GOROOT, "src", "path", "match.go")
	if err := errors.Join(os.Remove(path), os.WriteFile(path, match, 0o444)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.try([]Module{changed}, "run", "."); err == nil || !strings.Contains(err.Error(), "the folder has been changed; next: delete "+setup.GOROOT) {
		t.Errorf("got %v, expected that the GOROOT was changed", err)
	}
	if info, err := os.Stat(filepath.Join(root, "src", "path", "match.go")); err != nil || !sameAs(t, filepath.Join(root, "src", "path", "match.go"), string(match)) {
		t.Errorf("GOROOT itself has changed: %v %v", info, err)
	}
}

func sameAs(t *testing.T, path, text string) bool {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content) == text
}

// TestCover counts what runs, of overlay files.
func TestCover(t *testing.T) {
	r := newRepository(t, app())
	modules := r.overlaid()
	profile := filepath.Join(t.TempDir(), "profile")
	for _, flags := range [][]string{{"-coverprofile=" + profile}, {"-coverprofile", profile, "-covermode=atomic", "-coverpkg=./...,example.com/bare"}, {"-cover", "-coverprofile", profile, "-toolexec", "env"}} {
		r.run(modules, append(append([]string{"test", "-count=1"}, flags...), "./own")...)
		content, err := os.ReadFile(profile)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`example\.com/app/own/own\.go:5\.\d+,5\.40 1 1\n`, `example\.com/app/own/own\.go:[78]\.\d+,9\.\d 1 0\n`} {
			if !regexp.MustCompile(want).Match(content) { // Where a block begins is not the same in all versions of Go.
				t.Errorf("%v: the profile has no %q:\n%s", flags, want, content)
			}
		}
	}
	binary, data := filepath.Join(t.TempDir(), "app"), t.TempDir()
	r.run(modules, "build", "-cover", "-o", binary, ".")
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), "GOCOVERDIR="+data)
	if out, err := cmd.Output(); err != nil || string(out) != patched {
		t.Errorf("with -cover, the program prints %q, %v", out, err)
	}
	out, err := exec.Command("go", "tool", "covdata", "textfmt", "-i", data, "-o", profile).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if content, err := os.ReadFile(profile); err != nil || !regexp.MustCompile(`example\.com/app/own/own\.go:5\.\d+,5\.40 1 1\n`).Match(content) {
		t.Errorf("the profile of the program is %v\n%s", err, content)
	}
}

// TestClean removes what is old.
func TestClean(t *testing.T) {
	cache := t.TempDir()
	old := time.Now().Add(-40 * 24 * time.Hour)
	for _, name := range []string{"work/old-1", "work/new-1", "goroot/old-1", "goroot/tree.1.tmp", "goroot/tree.2.tmp"} {
		if err := os.MkdirAll(filepath.Join(cache, name, "folder"), 0o777); err != nil {
			t.Fatal(err)
		}
		if name != "work/new-1" && name != "goroot/tree.2.tmp" {
			if err := os.Chtimes(filepath.Join(cache, name), old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	Clean(context.Background(), cache)
	var left []string
	for _, kind := range []string{"work", "goroot"} {
		entries, err := os.ReadDir(filepath.Join(cache, kind))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			left = append(left, kind+"/"+entry.Name())
		}
	}
	if want := []string{"work/new-1", "goroot/tree.2.tmp"}; !slices.Equal(left, want) {
		t.Errorf("left are %q, expected %q", left, want)
	}
}

// TestArguments reads arguments, and writes them again.
func TestArguments(t *testing.T) {
	for _, c := range []struct {
		text, dir, verb, operands, overlay string
	}{
		{"build -overlay x.json -o out ./a ./b", "", "build", "./a ./b", "x.json"},
		{"-C dir build --overlay=x.json .", "dir", "build", ".", "x.json"},
		{"test -C dir ./a -run X -overlay x.json ./b -args -overlay y.json", "dir", "test", "./a ./b", "x.json"},
		{"run -race . -overlay x.json", "", "run", ". -overlay x.json", ""},
		{"list -f {{.Dir}} -- -overlay", "", "list", "-overlay", ""},
		{"", "", "", "", ""},
	} {
		a := ParseArguments(strings.Fields(c.text))
		if a.Dir != c.dir || a.Verb != c.verb || strings.Join(a.operands, " ") != c.operands || a.flag("overlay") != c.overlay {
			t.Errorf("%s: got -C %q, verb %q, operands %q, -overlay %q", c.text, a.Dir, a.Verb, a.operands, a.flag("overlay"))
		}
		if got := strings.Join(a.List(), " "); got != c.text {
			t.Errorf("%s becomes %s", c.text, got)
		}
	}
}

// TestFlags reads GOFLAGS, and writes it again.
func TestFlags(t *testing.T) {
	for text, want := range map[string][]string{
		"":                          nil,
		" -a  -b=c ":                {"-a", "-b=c"},
		`'-ldflags=-s -w' "-x='y'"`: {"-ldflags=-s -w", "-x='y'"},
	} {
		got := splitFlags(text)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, expected %q", text, got, want)
		}
		if again, err := JoinFlags(got); err != nil || !slices.Equal(splitFlags(again), want) {
			t.Errorf("%s becomes %s, %v", text, again, err)
		}
	}
}

// TestUsersAtOnce runs commands of one set at the same time, each with a flag -overlay of its own.
func TestUsersAtOnce(t *testing.T) {
	r := newRepository(t, app())
	bare := filepath.ToSlash(filepath.Join(r.dir("example.com/bare"), "bare.go"))
	for _, name := range []string{"a", "b"} {
		r.write(name+".txt", "package bare\n\nconst Bare = \""+name+"\"\n")
		r.write(name+"_own.txt", "package own\n\nfunc Own() string { return \""+name+"\" }\n")
		r.write(name+".json", `{"Replace": {"`+bare+`": "`+name+`.txt", "own/own.go": "`+name+`_own.txt"}}`)
	}
	results := make(chan error)
	for i := 0; i < 8; i++ {
		go func() {
			name := []string{"a", "b"}[i%2]
			got, err := r.try(nil, "run", "-overlay", name+".json", ".")
			if want := "hello original 1 original " + name + " " + name + "\n"; err == nil && got != want {
				err = fmt.Errorf("got %q, expected %q", got, want)
			}
			results <- err
		}()
	}
	for i := 0; i < 8; i++ {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}

// TestWorkAlone has a go.work with no go.mod beside it.
func TestWorkAlone(t *testing.T) {
	files := map[string]string{"go.work": "go 1.22\n\nuse ./app\n", "go.sum": ""}
	for name, text := range app() {
		files["app/"+name] = text
	}
	r := newRepository(t, files)
	tidy := exec.Command("go", "mod", "tidy")
	tidy.Dir, tidy.Env = filepath.Join(r.root, "app"), append(slices.Clone(r.env), "GOWORK=off")
	if out, err := tidy.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	bare := r.cached("example.com/bare", "v1.0.0", map[string]string{"bare.go": "package bare\n\nconst Bare = \"overlaid\"\n"})
	if got, want := r.run([]Module{bare}, "run", "./app"), "hello original 1 original overlaid original\n"; got != want {
		t.Errorf("got %q, expected %q", got, want)
	}
}

// TestCoverAnyway has flags that hide -cover, tools that run tools, and verbs that count nothing.
func TestCoverAnyway(t *testing.T) {
	r := newRepository(t, app())
	modules := r.overlaid()
	for _, args := range [][]string{
		{"run", "-debug-trace", os.DevNull, "-cover", "-coverpkg=./...", "."},
		{"run", "-cover", "-coverpkg=./...", "-toolexec=env -u NOTHING", "."},
	} {
		if got, err := r.try(modules, args...); err != nil || !strings.Contains(got, patched) {
			t.Errorf("%v: got %q, %v", args, got, err)
		}
	}
	counting := *r
	counting.env = append(slices.Clone(r.env), "GOFLAGS=-cover")
	for _, args := range [][]string{{"version"}, {"env", "GOWORK"}, {"doc", "fmt"}} {
		counting.run(modules, args...)
	}
}

// TestStdElsewhere has a cache folder that is a link, and a build for another platform.
func TestStdElsewhere(t *testing.T) {
	r := newRepository(t, map[string]string{
		"go.mod":  "module example.com/app\n\ngo 1.22\n",
		"main.go": "package main\n\nimport \"path\"\n\nfunc main() { println(path.Overlaid) }\n",
		"go.sum":  "",
	})
	root := strings.TrimSpace(r.plain("env", "GOROOT"))
	match, err := os.ReadFile(filepath.Join(root, "src", "path", "match.go"))
	if err != nil {
		t.Fatal(err)
	}
	std := r.changed(Module{Path: "std", Version: strings.TrimSpace(r.plain("env", "GOVERSION")), Dir: root, Std: true},
		map[string]string{"src/path/match.go": string(match) + "\nconst Overlaid = \"overlaid\"\n"})
	linked := r.cache + " link"
	if err := os.MkdirAll(r.cache, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(r.cache, linked); err != nil {
		t.Skip(err) // Windows needs a privilege for it.
	}
	other := *r
	other.cache = linked
	if got := other.run([]Module{std}, "run", "."); got != "overlaid\n" {
		t.Errorf("by a link: got %q", got)
	}
	other.env = append(slices.Clone(r.env), "GOOS=windows", "GOARCH=amd64")
	other.run([]Module{std}, "list", "path") // Its go command runs here.
}
