package sdkbuild

import (
	"go/version"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

const bootstrap = "package buildcfg\n\nconst defaultGOARM = `7`\nconst version = `go1.26.8`\nconst defaultGOOS = runtime.GOOS\n"

// newChangeable makes an SDK that has binaries of some commands, with more files.
func newChangeable(t *testing.T, files map[string]string) fakeSDK {
	t.Helper()
	all := sources("asm", "compile", "go", "gofmt", "vet")
	maps.Copy(all, map[string]string{
		"VERSION":                              "go1.26.8\ntime 2026-08-28T16:20:06Z\n",
		"bin/gofmt":                            "",
		"pkg/tool/linux_amd64/asm":             "",
		"pkg/tool/linux_amd64/compile":         "",
		"src/cmd/asm/lex.go":                   "",
		"src/cmd/internal/embeds/data/one.txt": "1",
		"src/internal/buildcfg/zbootstrap.go":  bootstrap,
	})
	maps.Copy(all, files)
	return newFakeSDK(t, "go1.26.8", all)
}

// overlay returns a change by a new file.
func overlay(t *testing.T, name, content string) gosdk.Change {
	t.Helper()
	file := filepath.Join(t.TempDir(), "overlaid.go")
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return gosdk.Change{Name: name, File: file}
}

func read(t *testing.T, folder, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestRebuildChanged(t *testing.T) {
	sdk := newChangeable(t, nil)
	out, err := sdk.rebuild(t,
		overlay(t, "src/cmd/asm/main.go", "changed source of asm"),
		overlay(t, "src/cmd/compile/new.go", "new"),
		overlay(t, "src/cmd/internal/embeds/data/two.txt", "2"),
		gosdk.Change{Name: "src/cmd/asm/lex.go"},
		gosdk.Change{Name: "src/cmd/internal/embeds/data/one.txt"},
	)
	if err != nil {
		t.Fatal(err)
	}
	// Of vet there is no binary.
	want := []string{"VERSION", "bin/go", "bin/gofmt", "pkg/tool/linux_amd64/asm", "pkg/tool/linux_amd64/compile", "src/internal/buildcfg/zbootstrap.go"}
	if got := filesBelow(t, out); !slices.Equal(got, want) {
		t.Errorf("rebuilt %q, want %q", got, want)
	}
	first, rest, _ := strings.Cut(read(t, out, "VERSION"), "\n")
	if !regexp.MustCompile(`^go1\.26\.8-overlay\.[0-9a-f]{12}$`).MatchString(first) || rest != "time 2026-08-28T16:20:06Z\n" {
		t.Errorf("VERSION is %q, %q", first, rest)
	}
	if got, want := read(t, out, "src/internal/buildcfg/zbootstrap.go"), strings.ReplaceAll(bootstrap, "go1.26.8", first); got != want {
		t.Errorf("zbootstrap.go is\n%s\nwant\n%s", got, want)
	}
	for command, source := range map[string]string{"asm": "changed source of asm", "compile": "source of compile"} {
		want := "#!/bin/sh\necho " + command + " version " + first + "\nexit\n" + source
		if got := read(t, out, "pkg/tool/linux_amd64/"+command); got != want {
			t.Errorf("%s is\n%s\nwant\n%s", command, got, want)
		}
	}
}

func TestRebuildChangedWithoutVersionFile(t *testing.T) {
	sdk := newChangeable(t, nil)
	if err := os.Remove(filepath.Join(string(sdk), "VERSION")); err != nil {
		t.Fatal(err)
	}
	out, err := sdk.rebuild(t, overlay(t, "src/cmd/asm/main.go", ""))
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, out, "VERSION"); !strings.HasPrefix(got, "go1.26.8-overlay.") || strings.Count(got, "\n") != 1 {
		t.Errorf("VERSION is %q", got)
	}
}

func TestOwnVersion(t *testing.T) {
	own := func(changes ...gosdk.Change) string {
		t.Helper()
		text, err := ownVersion(goVersion{text: "go1.26.8", minor: 26}, changes)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	a, b, deleted := overlay(t, "src/a.go", "a"), overlay(t, "src/b.go", "b"), gosdk.Change{Name: "src/c.go"}
	all := own(a, b, deleted)
	if want := "go1.26.8-overlay.2fc54783cb88"; all != want {
		t.Errorf("version is %s, want %s", all, want)
	}
	if !version.IsValid(all) || version.Compare(all, "go1.26.8") != 0 || version.Lang(all) != "go1.26" {
		t.Errorf("%s: valid %t, compares %d, language %s", all, version.IsValid(all), version.Compare(all, "go1.26.8"), version.Lang(all))
	}
	// Where files are, and in which order they are named, is no part of it.
	if got := own(deleted, overlay(t, "src/b.go", "b"), overlay(t, "src/a.go", "a")); got != all {
		t.Errorf("version is %s, want %s", got, all)
	}
	// All else is.
	seen := map[string]bool{all: true}
	for _, changes := range [][]gosdk.Change{
		{a}, {b}, {deleted}, {a, b}, {a, deleted},
		{a, overlay(t, "src/b.go", "B"), deleted},
		{a, overlay(t, "src/B.go", "b"), deleted},
		{a, b, overlay(t, "src/c.go", "")},
		{a, b, overlay(t, "src/c.go", "deleted")},
		{overlay(t, "src/a.go", "b"), overlay(t, "src/b.go", "a"), deleted},
	} {
		got := own(changes...)
		if seen[got] {
			t.Errorf("%s is the version of %v, too", got, changes)
		}
		seen[got] = true
	}
	if rc, err := ownVersion(goVersion{text: "go1.27rc1"}, []gosdk.Change{a}); err != nil || version.Compare(rc, "go1.27rc1") != 0 {
		t.Errorf("%s, %v", rc, err)
	}
}

func TestRebuildChangedErrors(t *testing.T) {
	asm := func(content string) []gosdk.Change {
		return []gosdk.Change{overlay(t, "src/cmd/asm/main.go", content)}
	}
	const commands = "That would have no effect. The commands of the SDK are asm, compile, go, gofmt"
	for _, test := range []struct {
		name    string
		files   map[string]string
		changes []gosdk.Change
		want    []string
	}{
		{
			name:    "not below src",
			changes: []gosdk.Change{{Name: "bin/go", File: "go"}},
			want:    []string{"-overlay bin/go=go: expected a file below src"},
		},
		{
			name:    "deleted, but not there",
			changes: []gosdk.Change{{Name: "src/cmd/asm/none.go"}},
			want:    []string{"-delete src/cmd/asm/none.go: the SDK, which is ", "has no such file"},
		},
		{
			name:    "twice",
			changes: []gosdk.Change{{Name: "src/a.go", File: "x"}, {Name: "src/a.go"}},
			want:    []string{"src/a.go is changed twice"},
		},
		{
			name:    "no such file",
			changes: []gosdk.Change{{Name: "src/a.go", File: "missing.go"}},
			want:    []string{"copying the SDK: ", "src/a.go: ", "missing.go: no such file"},
		},
		{
			name:    "in no command",
			changes: append(asm(""), overlay(t, "src/cmd/nosuchthing/sub/a.go", ""), overlay(t, "src/cmd/vet/main.go", "")),
			want: []string{
				"-overlay src/cmd/nosuchthing/sub/a.go=", "overlaid.go: no command of the SDK contains package cmd/nosuchthing/sub\n",
				"-overlay src/cmd/vet/main.go=", "overlaid.go: no command of the SDK contains package cmd/vet\n" + commands,
			},
		},
		{
			name:    "a test",
			changes: []gosdk.Change{{Name: "src/cmd/asm/lex_test.go", File: asm("")[0].File}},
			want:    []string{"-overlay src/cmd/asm/lex_test.go=", ": no command of the SDK contains a test\n" + commands},
		},
		{
			name:    "below a package, but not embedded",
			changes: []gosdk.Change{overlay(t, "src/cmd/internal/embeds/_gen/rules.txt", "")},
			want:    []string{": no command of the SDK contains package cmd/internal/embeds/_gen\n"},
		},
		{
			name:    "does not compile",
			changes: asm("error: # cmd/asm\n../goroot/src/cmd/asm/main.go:3:1: undefined: x"),
			want:    []string{"the SDK, with its changes, can't build its own commands: go build: exit status 1\n# cmd/asm\n" + "/", "/overlaid.go:3:1: undefined: x"},
		},
		{
			name:    "does not compile, which names no file of it",
			changes: asm("error: ../goroot/src/cmd/asm/lex.go:3:1: undefined: x"),
			want:    []string{"\nsrc/cmd/asm/lex.go:3:1: undefined: x\nThe changes:\n  -overlay src/cmd/asm/main.go=", "/overlaid.go"},
		},
		{
			name:    "imports what it can't",
			changes: asm("error: GOROOT/src/cmd/asm/main.go:3:8: no required module provides package github.com/google/uuid; to add it:\n\tgo get github.com/google/uuid"),
			want:    []string{"/overlaid.go:3:8: no required module", "import what is in src and in src/cmd/vendor only"},
		},
		{
			name:    "does not run",
			changes: []gosdk.Change{overlay(t, "src/cmd/compile/main.go", "broken")},
			want:    []string{"cmd/compile was built with the changes, but does not work: compile -V=full: exit status 1\nit is broken\nThe changes:\n  -overlay src/cmd/compile/main.go="},
		},
		{
			name:    "another version",
			changes: []gosdk.Change{overlay(t, "src/cmd/compile/main.go", "another version")},
			want:    []string{"the version of cmd/compile is to be go1.26.8-overlay.", `but it says "compile version go1.26.8"`},
		},
		{
			name:    "version can't be written",
			files:   map[string]string{"src/internal/buildcfg/zbootstrap.go": "package buildcfg\n"},
			changes: asm(""),
			want:    []string{"src/internal/buildcfg/zbootstrap.go has 0 lines that begin with const version =, expected one"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := newChangeable(t, test.files).rebuild(t, test.changes...)
			checkError(t, err, test.want...)
			if err != nil && strings.Contains(err.Error(), "sdkbuild") && !strings.Contains(err.Error(), "copying the SDK") {
				t.Errorf("error names a temporary path:\n%v", err)
			}
		})
	}
}

func TestIsEmbedded(t *testing.T) {
	patterns := map[string][]string{"src/p": {"a/*.txt", "all:tree", "bad["}, "src/p/sub": {"x"}}
	for name, want := range map[string]bool{
		"src/p/a/b.txt":      true,
		"src/p/tree/b":       true,
		"src/p/tree/b/c/d":   true,
		"src/p/sub/x":        true,
		"src/p/sub/x/y":      true,
		"src/p/sub/tree/b":   false,
		"src/p/a/b.go":       false,
		"src/p/a/b/c.txt":    false,
		"src/p/trees/b":      false,
		"src/tree/b":         false,
		"src/other/tree/b/c": false,
	} {
		if got := isEmbedded(name, patterns); got != want {
			t.Errorf("%s: %t, want %t", name, got, want)
		}
	}
}

func TestWithoutCopy(t *testing.T) {
	g := goCommand{tmp: "/tmp/sdkbuild123", changes: []gosdk.Change{
		{Name: "src/cmd/asm/main.go", File: "overlays/asm.go"},
		{Name: "src/cmd/asm/lex.go"},
	}}
	for text, want := range map[string]string{
		"../goroot/src/cmd/asm/main.go:3:1: x":                                        "overlays/asm.go:3:1: x",
		"\t/tmp/sdkbuild123/goroot/src/cmd/asm/main.go:3:1: x":                        "\toverlays/asm.go:3:1: x",
		`..\goroot\src\other.go:1: x`:                                                 `src\other.go:1: x`,
		"../goroot/src/cmd/asm/main.go.go:3:1: x":                                     "src/cmd/asm/main.go.go:3:1: x",
		"asm: assembly of ../goroot/src/a.s failed":                                   "asm: assembly of src/a.s failed",
		"package x is not in std (/tmp/sdkbuild123/goroot/src/x)":                     "package x is not in std (src/x)",
		"found packages a (a.go) and b (b.go) in /tmp/sdkbuild123/goroot/src/cmd/asm": "found packages a (a.go) and b (b.go) in src/cmd/asm",
		"open /tmp/sdkbuild123/cache/x":                                               "open cache/x",
		"/other/goroot/src/cmd/asm/main.go":                                           "/other/goroot/src/cmd/asm/main.go",
	} {
		if got := g.withoutCopy(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
