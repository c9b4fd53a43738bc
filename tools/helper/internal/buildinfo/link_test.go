package buildinfo

import (
	"context"
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/helper/internal/importcfg"
	"github.com/go-overlay/go_overlay/tools/helper/internal/standin"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/internal/record"
)

// The test itself is what the program starts: the linker, and the builder of rules_go.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "link" {
		os.Exit(standin.Exit(build(os.Args[2:])))
	}
	if StandsIn() {
		os.Exit(StandIn(os.Args))
	}
	os.Exit(m.Run())
}

// build does what the builder does: -o FILE -main FILE -packages FILE [-modinfo FILE] [-sdk SDK]... -- ARGUMENT...
func build(args []string) error {
	flags := map[string]string{}
	for ; args[0] != "--"; args = args[2:] {
		flags[args[0]] = args[1]
	}
	config, err := importcfg.Read(flags["-packages"])
	if err != nil {
		return err
	}
	if file := flags["-modinfo"]; file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		config = append(config, modinfo+strconv.Quote(string(text)))
	}
	file := flags["-o"] + ".importcfg"
	if err := config.Write(file); err != nil {
		return err
	}
	linker := filepath.Join(flags["-sdk"], filepath.FromSlash(gosdk.Host.Binary("link")))
	args = append(append([]string{"-importcfg", file, "-o", flags["-o"]}, args[1:]...), flags["-main"])
	if _, ok := os.LookupEnv("RESPONSE_FILE"); ok {
		response := file + ".args"
		if err := os.WriteFile(response, []byte(strings.Join(args, "\n")+"\n"), 0o644); err != nil {
			return err
		}
		args = []string{"@" + response}
	}
	cmd := exec.Command(linker, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// A program is one that can be linked.
type program struct {
	dir      string
	packages string // file with packagefile lines
	main     string // archive
	root     string // file in the top folder of an SDK
}

func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		message := ""
		if exit, ok := err.(*exec.ExitError); ok {
			message = string(exit.Stderr)
		}
		t.Fatalf("%v: %v\n%s", cmd, err, message)
	}
	return strings.TrimSpace(string(out))
}

func compileProgram(t *testing.T) program {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"go.mod":        "module example.com/m\n\ngo 1.22\n",
		"main.go":       "package main\n\nimport \"example.com/m/taken\"\n\nfunc main() { taken.F() }\n",
		"taken/a.go":    "package taken\n\nimport \"strconv\"\n\nfunc F() { println(strconv.Itoa(1)) }\n",
		"unlinked/a.go": "package unlinked\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p := program{dir: dir, packages: filepath.Join(dir, "packages")}
	list := run(t, dir, "go", "list", "-export", "-deps", "-f", "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}", "./...", "container/ring")
	p.root = filepath.Join(run(t, dir, "go", "env", "GOROOT"), "VERSION")
	var config importcfg.Config
	for _, line := range strings.Split(list, "\n") {
		if file, ok := strings.CutPrefix(line, "packagefile example.com/m="); ok {
			p.main = file
		} else {
			config = append(config, line)
		}
	}
	if err := config.Write(p.packages); err != nil {
		t.Fatal(err)
	}
	return p
}

const upstream = `path	example.com/m
mod	example.com/m	(devel)	
dep	example.com/m/taken	v1.2.3	h1:taken=
dep	example.com/other	v1.2.3	h1:other=
build	-compiler=gc
`

// link links the program, and returns its bytes.
func (p program) link(t *testing.T, modinfoText string, packages ...Package) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(p.dir, "program")
	args := []string{"link", "-o", out, "-main", p.main, "-packages", p.packages, "-sdk", filepath.Join(p.dir, "missing")}
	if modinfoText != "" {
		file := filepath.Join(p.dir, "modinfo")
		if err := os.WriteFile(file, []byte(modinfoText), 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, "-modinfo", file)
	}
	t.Setenv("TMPDIR", t.TempDir())
	if err := Link(context.Background(), Options{
		Builder:   self,
		Arguments: append(args, "--", "-buildid=redacted"),
		Root:      p.root,
		Packages:  packages,
	}); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	if err != nil || len(left) != 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
	return out
}

// overlaidPackage returns a package of a path, with an overlay of the same name.
func (p program) overlaidPackage(t *testing.T, path, importPath string) Package {
	t.Helper()
	label := "@@//overlays:" + importPath
	data, err := record.Marshal(record.Record{
		ImportPath: importPath,
		Overlays:   []record.Overlay{{Label: label}},
		Files:      []record.File{{Name: "a.go", Change: record.Replaced, Result: "sha256:1", Overlays: []string{label}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "record")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return Package{Path: path, Record: file}
}

func TestLink(t *testing.T) {
	p := compileProgram(t)
	framed := frameStart + upstream + frameEnd
	packages := []Package{
		p.overlaidPackage(t, "example.com/m/taken", "example.com/m/taken"),
		p.overlaidPackage(t, "example.com/m/unlinked", "example.com/m/unlinked"),
		p.overlaidPackage(t, "strconv", "strconv"),
		p.overlaidPackage(t, "runtime", "runtime"),
		p.overlaidPackage(t, "container/ring", "container/ring"),
		p.overlaidPackage(t, "main", "example.com/m"),
		p.overlaidPackage(t, "", "cmd/compile/internal/base"),
	}
	want := []string{"//overlays:cmd/compile/internal/base", "//overlays:example.com/m", "//overlays:example.com/m/taken", "//overlays:runtime", "//overlays:strconv"}

	check := func(t *testing.T, out string, modules int) {
		t.Helper()
		info, err := buildinfo.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		value := settingOf(t, info)
		if fields := strings.Fields(value); !slices.Equal(fields[1:], want) {
			t.Errorf("%s=%s, want a digest and %q", Setting, value, want)
		}
		if len(info.Deps) != modules {
			t.Fatalf("Deps = %v, want %d", info.Deps, modules)
		}
		if modules == 0 {
			return
		}
		if dep := info.Deps[0]; dep.Sum != "" || !strings.HasPrefix(dep.Version, "v1.2.3+overlay.") {
			t.Errorf("module with overlays: %+v", dep)
		}
		if dep := info.Deps[1]; dep.Sum != "h1:other=" || dep.Version != "v1.2.3" {
			t.Errorf("module without overlays: %+v", dep)
		}
	}
	t.Run("as rules_go since 0.63", func(t *testing.T) { check(t, p.link(t, framed, packages...), 2) })
	t.Run("as rules_go before", func(t *testing.T) { check(t, p.link(t, "", packages...), 0) })
	t.Run("long arguments", func(t *testing.T) {
		t.Setenv("RESPONSE_FILE", "")
		check(t, p.link(t, framed, packages...), 2)
	})
	t.Run("in any order the same bytes", func(t *testing.T) {
		first := read(t, p.link(t, framed, packages...))
		slices.Reverse(packages)
		if read(t, p.link(t, framed, packages...)) != first {
			t.Error("the order of packages shows")
		}
	})
	t.Run("not linked", func(t *testing.T) {
		without := read(t, p.link(t, framed))
		if strings.Contains(without, Setting+"=") {
			t.Error("a program without overlays has the setting")
		}
		if read(t, p.link(t, framed, p.overlaidPackage(t, "container/ring", "container/ring"))) != without {
			t.Error("a program without the package that has overlays is another")
		}
	})
}

func settingOf(t *testing.T, info *debug.BuildInfo) string {
	t.Helper()
	i := slices.IndexFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == Setting })
	if i < 0 {
		t.Fatalf("no setting %s in\n%s", Setting, info)
	}
	return info.Settings[i].Value
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestLinkErrors(t *testing.T) {
	if err := Link(context.Background(), Options{Root: "sdk/ROOT", Arguments: []string{"link", "-o", "out"}}); err == nil || !strings.Contains(err.Error(), "expected --") {
		t.Errorf("without --: %v", err)
	}
	err := Link(context.Background(), Options{Root: "sdk/ROOT", Packages: []Package{{Record: filepath.Join(t.TempDir(), "missing")}}})
	if err == nil || !strings.Contains(err.Error(), "reading a record") {
		t.Errorf("without a record: %v", err)
	}
}
