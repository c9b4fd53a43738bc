package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tests/tiers"
)

// TestChangedTools rebuilds real SDKs, the oldest and the newest, with a compiler
// that refuses certain files. It needs no Bazel.
func TestChangedTools(t *testing.T) {
	tiers.InSecond(t)
	helper := filepath.Join(t.TempDir(), "helper")
	if runtime.GOOS == "windows" {
		helper += ".exe"
	}
	if out, err := exec.Command("go", "-C", "../../tools", "build", "-o", helper, "./helper").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, version := range []string{"go1.22.12", "go1.27.3"} {
		t.Run(version, func(t *testing.T) {
			newToolChanger(t, helper, version).run(t)
		})
	}
}

const refusal = "this compiler refuses such a file"

// A toolChanger changes the tools of an SDK.
type toolChanger struct {
	helper   string
	version  string // as in go1.26.8
	platform string
	sdk      string   // folder of the SDK
	files    []string // of it
	compiled string   // file that sdk compile wrote
	changes  []string // as arguments
}

func newToolChanger(t *testing.T, helper, version string) *toolChanger {
	c := &toolChanger{
		helper:   helper,
		version:  version,
		platform: runtime.GOOS + "_" + runtime.GOARCH,
		sdk:      filepath.Join(t.TempDir(), "sdk"),
	}
	module := fmt.Sprintf("golang.org/toolchain@v0.0.1-%s.%s-%s", version, runtime.GOOS, runtime.GOARCH)
	out, err := exec.Command("go", "mod", "download", "-json", module).Output()
	if err != nil {
		t.Fatalf("go mod download %s: %v\n%s", module, err, out)
	}
	var downloaded struct{ Dir string }
	if err := json.Unmarshal(out, &downloaded); err != nil {
		t.Fatal(err)
	}
	c.lay(t, downloaded.Dir)
	return c
}

// lay lays down the SDK as Bazel does in a sandbox: its files are links. There are
// none of tests.
func (c *toolChanger) lay(t *testing.T, module string) {
	err := fs.WalkDir(os.DirFS(module), ".", func(name string, entry fs.DirEntry, err error) error {
		base := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (base == "testdata" || name == "test"):
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(c.sdk, name), 0o755)
		case base == "go.mod" || strings.HasSuffix(base, "_test.go"):
			return nil
		}
		if base == "_go.mod" { // Modules can't contain the other one.
			base = "go.mod"
		}
		file := filepath.Join(c.sdk, filepath.Dir(name), base)
		c.files = append(c.files, file)
		return os.Symlink(filepath.Join(module, name), file)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// overlay runs the helper, in an empty environment but for a temporary folder.
func (c *toolChanger) overlay(t *testing.T, args ...string) error {
	t.Helper()
	arguments := filepath.Join(t.TempDir(), "args")
	all := strings.Join(append(args, c.files...), "\n") + "\n"
	if err := os.WriteFile(arguments, []byte(all), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(c.helper, "@"+arguments)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"TMPDIR=" + t.TempDir()}
	if runtime.GOOS == "windows" {
		cmd.Env = []string{"TMP=" + t.TempDir(), "SystemRoot=" + os.Getenv("SystemRoot")}
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	if len(out) > 0 {
		t.Errorf("overlay %s printed\n%s", strings.Join(args, " "), out)
	}
	return nil
}

// rebuild returns the folder with what was rebuilt.
func (c *toolChanger) rebuild(t *testing.T, changes ...string) (string, error) {
	t.Helper()
	out := t.TempDir()
	args := append([]string{"sdk", "rebuild", "-platform", c.platform, "-root", filepath.Join(c.sdk, "VERSION"), "-out", out, "-compiled", c.compiled}, changes...)
	return out, c.overlay(t, args...)
}

func (c *toolChanger) run(t *testing.T) {
	c.compiled = filepath.Join(t.TempDir(), "compiled")
	if err := c.overlay(t, "sdk", "compile", "-platform", c.platform, "-root", filepath.Join(c.sdk, "VERSION"), "-out", c.compiled); err != nil {
		t.Fatal(err)
	}
	t.Run("unchanged", c.unchanged)
	t.Run("errors", c.errors)
	t.Run("changed", c.changed)
}

// unchanged checks that without changes there are the binaries of the release.
func (c *toolChanger) unchanged(t *testing.T) {
	out, err := c.rebuild(t)
	if err != nil {
		t.Fatal(err)
	}
	rebuilt := contents(t, out)
	for _, file := range c.files {
		name, err := filepath.Rel(c.sdk, file)
		if err != nil {
			t.Fatal(err)
		}
		name = filepath.ToSlash(name)
		if !strings.HasPrefix(name, "bin/") && !strings.HasPrefix(name, "pkg/tool/") {
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		// Those for macOS are signed after they were built.
		if !bytes.Equal(content, rebuilt[name]) && runtime.GOOS != "darwin" {
			t.Errorf("%s is another file than that of the release", name)
		}
		delete(rebuilt, name)
	}
	for name := range rebuilt {
		t.Errorf("%s is not in the release", name)
	}
}

// contents returns the contents of the files below a folder by their names.
func contents(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files[name], err = os.ReadFile(filepath.Join(folder, name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// write writes a file into a new folder.
func write(t *testing.T, base, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), base)
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// compilerChanges let the compiler refuse files: one file is changed, one is added,
// and one is deleted.
func (c *toolChanger) compilerChanges(t *testing.T) []string {
	const folder = "src/cmd/compile/internal/gc/"
	main, err := os.ReadFile(filepath.Join(c.sdk, folder, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	const parse = "\tbase.ParseFlags()\n"
	if !bytes.Contains(main, []byte(parse)) {
		t.Fatalf("there is no %q", parse)
	}
	changed := write(t, "changed.go", strings.Replace(string(main), parse, parse+"\trefuse()\n", 1))
	added := write(t, "added.go", `package gc

import (
	"flag"
	"log"
	"strings"
)

func refuse() {
	for _, file := range flag.Args() {
		if strings.HasSuffix(file, "refused.go") {
			log.Fatalf("%s:1:1: `+refusal+`", file)
		}
	}
}
`)
	return []string{"-overlay", folder + "main.go=" + changed, "-overlay", folder + "refuse.go=" + added, "-delete", "src/cmd/gofmt/doc.go"}
}

func (c *toolChanger) errors(t *testing.T) {
	wrong := write(t, "wrong.go", "package gc\n\nvar x = undeclared\n")
	for _, test := range []struct{ change, want string }{
		{"src/cmd/compile/internal/gc/x.go=" + wrong, "\n" + wrong + ":3:9: undefined: undeclared\n"},
		{"src/cmd/nosuchthing/x.go=" + wrong, "no command of the SDK contains package cmd/nosuchthing\n"},
		{"src/cmd/dist/x.go=" + wrong, "no command of the SDK contains package cmd/dist\n"},
	} {
		_, err := c.rebuild(t, "-overlay", test.change)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error is\n%v\nwant\n%s", test.change, err, test.want)
		}
	}
}

func (c *toolChanger) changed(t *testing.T) {
	changes := c.compilerChanges(t)
	out, err := c.rebuild(t, changes...)
	if err != nil {
		t.Fatal(err)
	}
	rebuilt := contents(t, out)
	other, err := c.rebuild(t, c.compilerChanges(t)...) // The same contents elsewhere.
	if err != nil {
		t.Fatal(err)
	}
	again := contents(t, other)
	for name, content := range rebuilt {
		if !bytes.Equal(content, again[name]) {
			t.Errorf("%s has other bytes when it is built elsewhere", name)
		}
		if bytes.Contains(content, []byte(filepath.Dir(out))) {
			t.Errorf("%s contains a path of the machine", name)
		}
	}
	own, _, _ := strings.Cut(string(rebuilt["VERSION"]), "\n")
	if !regexp.MustCompile(`^` + regexp.QuoteMeta(c.version) + `-overlay\.[0-9a-f]{12}$`).MatchString(own) {
		t.Errorf("version is %q", own)
	}

	// A GOROOT of the SDK, the changes, and what was rebuilt.
	args := []string{"goroot", "-root", filepath.Join(c.sdk, "VERSION"), "-out", filepath.Join(t.TempDir(), "goroot")}
	goroot := args[len(args)-1]
	args = append(args, changes...)
	for name := range rebuilt {
		args = append(args, "-overlay", name+"="+filepath.Join(out, name))
	}
	if err := c.overlay(t, args...); err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir()
	run := func(goroot string, args ...string) (string, error) {
		cmd := exec.Command(filepath.Join(goroot, "bin", "go"), args...)
		cmd.Dir = t.TempDir()
		for name, content := range map[string]string{
			"go.mod":     "module example.org/refused\n\ngo 1.22\n\ntoolchain " + c.version + "\n",
			"refused.go": "package main\n\nimport \"runtime\"\n\nfunc main() { println(runtime.Version()) }\n",
		} {
			if err := os.WriteFile(filepath.Join(cmd.Dir, name), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOCACHE="+cache, "GOENV=off", "GOFLAGS=", "GOPROXY=off", "GOROOT="+goroot, "GOTOOLCHAIN=auto")
		text, err := cmd.CombinedOutput()
		return string(text), err
	}
	for command, want := range map[string]string{
		"version":              "go version " + own + " " + runtime.GOOS + "/" + runtime.GOARCH,
		"env GOVERSION":        own,
		"tool asm -V=full":     "asm version " + own,
		"tool compile -V=full": "compile version " + own,
		"tool link -V=full":    "link version " + own,
		"build std":            "",
	} {
		if got, err := run(goroot, strings.Fields(command)...); err != nil || strings.TrimSpace(got) != want {
			t.Errorf("go %s: %v, %s, want %s", command, err, got, want)
		}
	}
	if got, err := run(goroot, "run", "."); err == nil || !strings.Contains(got, "refused.go:1:1: "+refusal) {
		t.Errorf("the changed compiler compiles: %v, %s", err, got)
	}
	// That of the release has the same cache, and neither takes from it what the other made.
	released := c.releasedGoroot(t)
	if got, err := run(released, "run", "."); err != nil || strings.TrimSpace(got) != c.version {
		t.Errorf("the compiler of the release: %v, %s", err, got)
	}
	if got, err := run(goroot, "run", "."); err == nil || !strings.Contains(got, refusal) {
		t.Errorf("the changed compiler compiles what is in the cache: %v, %s", err, got)
	}
}

// releasedGoroot writes a GOROOT of the SDK as it is.
func (c *toolChanger) releasedGoroot(t *testing.T) string {
	goroot := filepath.Join(t.TempDir(), "released")
	if err := c.overlay(t, "goroot", "-root", filepath.Join(c.sdk, "VERSION"), "-out", goroot); err != nil {
		t.Fatal(err)
	}
	return goroot
}
