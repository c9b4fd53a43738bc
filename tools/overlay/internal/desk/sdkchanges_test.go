package desk

import (
	"bytes"
	"context"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/internal/files"
	"github.com/go-overlay/go_overlay/tools/internal/goroot"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/internal/txtar"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/shadow"
)

// otherSDK is one that builds do not have.
const otherSDK = `
-- VERSION --
go1.25.3
time 2026-01-01T00:00:00Z
-- go.env --
GOPROXY=direct
GOTOOLCHAIN=auto
-- lib/wasm/wasm_exec.js --
"use strict";
-- pkg/include/textflag.h --
#define NOSPLIT 4
-- src/cmd/go/main.go --
package main
-- src/net/http/request.go --
package http

const limit = 10

const other = 1
-- src/net/http/server.go --
package http
-- src/net/http/transfer.go --
package http
-- src/runtime/textflag.h --
#define NOSPLIT 4
-- src/runtime/proc.go --
package runtime
`

// sdkOverlays are files of overlays of otherSDK.
const sdkOverlays = moduleFiles + `
-- in/in.go --
package in
-- overlays/BUILD.bazel --
-- overlays/request.go --
package http

const limit = 20

const other = 1
-- overlays/limit.patch --
--- a/request.go
+++ b/request.go
@@ -3,3 +3,3 @@
 const limit = 20
 
-const other = 1
+const other = 2
-- overlays/old.patch --
--- a/request.go
+++ b/request.go
@@ -1,3 +1,3 @@
 package http
 
-const limit = 15
+const limit = 20
-- overlays/added.go --
package http
-- overlays/Server.go --
package http

const S = 1
-- overlays/js/wasm_exec.js --
"use strict"; // ours
-- overlays/textflag.h --
#define NOSPLIT 5
-- overlays/gained.go --
package gained
-- overlays/any.go --
package any
`

// sdkFolder returns the folder of an SDK.
func sdkFolder(t *testing.T, archive string) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "sdk")
	if err := txtar.Write(txtar.Parse([]byte(archive)), root); err != nil {
		t.Fatal(err)
	}
	return root
}

// overlayOf returns a go_overlay, with other attributes.
func overlayOf(name, importPath string, attrs map[string]any) rule {
	all := map[string]any{"importpath": importPath}
	maps.Copy(all, attrs)
	return rule{"go_overlay", "//overlays:" + name, all}
}

// setOf returns a go_overlay_set called prod.
func setOf(labels ...string) rule {
	return rule{"go_overlay_set", "//overlays:prod", map[string]any{"overlays": labels}}
}

// textsOf returns what files are to be, "deleted" for those that are not to be.
func textsOf(changes []shadow.File) map[string]string {
	found := map[string]string{}
	for _, f := range changes {
		found[f.Name] = string(f.New)
		if f.New == nil {
			found[f.Name] = "deleted"
		}
	}
	return found
}

// TestSDKChanges changes an SDK that builds do not have, of which Bazel is not asked.
func TestSDKChanges(t *testing.T) {
	d, _, said := fakeDesk(t, sdkOverlays,
		overlayOf("http", "net/http", map[string]any{
			"srcs": []string{"//overlays:request.go"}, "new_srcs": []string{"//overlays:added.go"}, "delete": []string{"transfer.go"},
			"base": map[string]string{"request.go": digest.Of("package http\n\nconst limit = 10\n\nconst other = 1\n")},
		}),
		overlayOf("upper", "net/http", map[string]any{"patches": map[string]string{"//overlays:limit.patch": "request.go"}}),
		overlayOf("runtime", "runtime", map[string]any{"srcs": []string{"//overlays:textflag.h"}}),
		overlayOf("wasm", "lib/wasm", map[string]any{"srcs": []string{"//overlays:js/wasm_exec.js"}}),
		overlayOf("gained", "net/gained", map[string]any{"new_srcs": []string{"//overlays:gained.go"}, "std": "true"}),
		overlayOf("uuid", "example.com/uuid", map[string]any{"srcs": []string{"//overlays:any.go"}}),
		overlayOf("unused", "net/url", map[string]any{"srcs": []string{"//overlays:any.go"}}),
		rule{"go_overlay_set", "//overlays:lower", map[string]any{"overlays": []string{"//overlays:http", "//overlays:runtime", "//overlays:wasm"}}},
		rule{"go_overlay_set", "//overlays:prod", map[string]any{
			"overlays": []string{"//overlays:lower", "//overlays:gained", "//overlays:uuid"}, "layers": []string{"//overlays:upper"},
		}},
	)
	root := sdkFolder(t, otherSDK)
	check := unchanged(t, d)
	changes, err := d.SDKChanges(context.Background(), root, "//overlays:prod")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"go.env":                   "GOPROXY=direct\nGOTOOLCHAIN=local\n",
		"lib/wasm/wasm_exec.js":    "\"use strict\"; // ours\n",
		"pkg/include/textflag.h":   "#define NOSPLIT 5\n",
		"src/net/gained/gained.go": "package gained\n",
		"src/net/http/added.go":    "package http\n",
		"src/net/http/request.go":  "package http\n\nconst limit = 20\n\nconst other = 2\n",
		"src/net/http/transfer.go": "deleted",
		"src/runtime/textflag.h":   "#define NOSPLIT 5\n",
	}
	if got := textsOf(changes.Files); !maps.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if !slices.IsSortedFunc(changes.Files, func(a, b shadow.File) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("files are not in order")
	}
	if changes.Set != "//overlays:prod" || changes.Name() != "prod" || strings.Join(changes.Overlays, " ") != "//overlays:gained //overlays:http //overlays:runtime //overlays:upper //overlays:wasm" {
		t.Errorf("got %s: %s", changes.Set, changes.Overlays)
	}
	for _, f := range changes.Files {
		old, _ := os.ReadFile(filepath.Join(root, filepath.FromSlash(f.Name)))
		if !bytes.Equal(old, f.Old) {
			t.Errorf("%s was %q, want %q", f.Name, f.Old, old)
		}
		switch f.Name {
		case "src/net/http/request.go":
			if strings.Join(f.Overlays, " ") != "//overlays:http //overlays:upper" {
				t.Errorf("got %s", f.Overlays)
			}
		case "pkg/include/textflag.h":
			if strings.Join(f.Overlays, " ") != "//overlays:runtime" {
				t.Errorf("got %s", f.Overlays)
			}
		}
	}
	wantText(t, said.String(), "//overlays:prod: one overlay left aside, of packages that are not Go's own", "src/runtime/textflag.h that they include; next: set GOCACHE")
	if n := asked(t, d, "cquery"); n > 0 {
		t.Errorf("Bazel was asked %d times for its SDK", n)
	}
	check()

	// The same set suits the SDK no more when the file is another one.
	changes, err = d.SDKChanges(context.Background(), sdkFolder(t, strings.Replace(otherSDK, "limit = 10", "limit = 11", 1)), "prod")
	if err == nil {
		t.Errorf("got %v", changes)
	}
}

// TestSDKChangesErrors checks what is said of sets that can't be applied.
func TestSDKChangesErrors(t *testing.T) {
	http := func(attrs map[string]any) []rule {
		return []rule{overlayOf("http", "net/http", attrs), setOf("//overlays:http")}
	}
	replaced := map[string]any{"srcs": []string{"//overlays:request.go"}}
	with := func(name string, value any) map[string]any {
		attrs := maps.Clone(replaced)
		attrs[name] = value
		return attrs
	}
	const byBazel = "bazel run //:goroot -- install NAME"
	for name, test := range map[string]struct {
		set   string
		rules []rule
		wants []string
	}{
		"base": {"", http(with("base", map[string]string{"request.go": digest.Of("package old\n")})), []string{
			"//overlays:http replaces request.go of package net/http, but was written against another version of it:\n  expected  " + digest.Of("package old\n") + "\n  found     " +
				digest.Of("package http\n\nconst limit = 10\n\nconst other = 1\n"), "overlay rebase //overlays:http",
			"That is of go1.25.3, and builds use go1.26.8: only to that are overlays carried over by overlay rebase",
		}},
		"base version": {"", http(maps.Clone(map[string]any{
			"srcs": []string{"//overlays:request.go"}, "base": map[string]string{"request.go": digest.Of("package old\n")}, "base_version": "go1.24.1",
		})), []string{"another version of it, from go1.24.1:"}},
		"unpinned": {"", http(with("base", map[string]string{"request.go": ""})), []string{"//overlays:http: base has no digest of request.go yet; next: overlay accept //overlays:http"}},
		"diff":     {"", http(map[string]any{"patches": map[string]string{"//overlays:old.patch": "request.go"}}), []string{"//overlays:http", "old.patch", "limit = 15"}},
		"expired":  {"", http(with("expires", "2020-01-01")), []string{"//overlays:http expired: 2020-01-01 was its last day"}},
		"deleted":  {"", http(map[string]any{"delete": []string{"nope.go"}}), []string{"has no file of that name"}},
		"cases":    {"", http(map[string]any{"new_srcs": []string{"//overlays:Server.go"}}), []string{"//overlays:prod: src/net/http/Server.go and src/net/http/server.go are one name where"}},
		"generated": {"", append(http(map[string]any{"srcs": []string{"//overlays:made/request.go"}}),
			rule{"genrule", "//overlays:gen", map[string]any{"outs": []string{"//overlays:made/request.go"}}}),
			[]string{"//overlays:http: request.go is made by //overlays:made/request.go, so that only a build has it; ", byBazel}},
		"options": {"", http(map[string]any{"x_defs": map[string]string{"v": "1"}}), []string{"//overlays:prod changes no file of go1.25.3:", "it also sets x_defs"}},
		"tools": {"", []rule{overlayOf("go", "cmd/go", map[string]any{"srcs": []string{"//overlays:any.go"}}), overlayOf("http", "net/http", replaced), setOf("//overlays:http", "//overlays:go")},
			[]string{"//overlays:go: cmd/go belongs to Go's own tools, which would have to be compiled anew; next: ", byBazel}},
		"modules": {"", []rule{overlayOf("uuid", "example.com/uuid", replaced), setOf("//overlays:uuid")},
			[]string{"//overlays:prod has no overlay of a package of Go itself: go1.25.3 would be as it is; overlay go"}},
		"of the newer SDK": {"", []rule{overlayOf("iter", "iter", map[string]any{"srcs": []string{"//overlays:any.go"}}), setOf("//overlays:iter")},
			[]string{"//overlays:iter: go1.25.3 has no package iter, as go1.26.8 has that builds use; next: take the overlay out of the set, or install go1.26.8"}},
		"of none": {"", []rule{overlayOf("url", "net/urll", replaced), setOf("//overlays:url")},
			[]string{"//overlays:url: go1.25.3 has no package net/urll: ", "mend importpath at overlays/BUILD.bazel:7"}},
		"of another module": {"", []rule{overlayOf("http", "net/http", replaced), setOf("//overlays:http", "@@other+//:set")},
			[]string{"//overlays:prod has @@other+//:set, which is no go_overlay or go_overlay_set of the workspace", byBazel}},
		"two":           {"//overlays:prod", []rule{overlayOf("a", "net/http", replaced), overlayOf("b", "net/http", replaced), setOf("//overlays:a", "//overlays:b")}, []string{"//overlays:a and //overlays:b both change request.go"}},
		"unknown set":   {"//overlays:prodd", http(replaced), []string{"-overlays: the workspace declares no overlay //overlays:prodd; is it //overlays:prod?"}},
		"no set in use": {"none", http(replaced), []string{"-overlays: builds use no set unless they are told to; name one"}},
	} {
		t.Run(name, func(t *testing.T) {
			d, _, said := fakeDesk(t, sdkOverlays, test.rules...)
			beside := filepath.Dir(d.Workspace.Root)
			for name, text := range map[string]string{"sdk/VERSION": "go1.26.8\n", "sdk/src/iter/iter.go": "package iter\n", "output_base/external/x": ""} {
				if err := txtar.Write(&txtar.Archive{Files: []txtar.File{{Name: name, Data: []byte(text)}}}, beside); err != nil {
					t.Fatal(err)
				}
			}
			set := "//overlays:prod"
			if test.set == "none" {
				set = ""
			} else if test.set != "" {
				set = test.set
			}
			check := unchanged(t, d)
			changes, err := d.SDKChanges(context.Background(), sdkFolder(t, otherSDK), set)
			if err == nil {
				t.Fatalf("got %q, %s", textsOf(changes.Files), said)
			}
			wantText(t, err.Error(), test.wants...)
			check()
		})
	}
	d, _, _ := fakeDesk(t, sdkOverlays, http(replaced)...)
	empty := t.TempDir()
	if _, err := d.SDKChanges(context.Background(), empty, ""); err == nil || !strings.Contains(err.Error(), empty+": expected a GOROOT, found no file VERSION") {
		t.Errorf("got %v", err)
	}
}

// TestOfAnotherModule has what only a build knows in the set of overlay go.
func TestOfAnotherModule(t *testing.T) {
	d, _, _ := fakeDesk(t, sdkOverlays, setOf("@@other+//:set"))
	_, err := d.inForce(context.Background(), nil, "//overlays:prod")
	if err == nil {
		t.Fatal("it is left out in silence")
	}
	wantText(t, err.Error(), "//overlays:prod has @@other+//:set, which is no go_overlay", "name a set without it")
}

// TestPlainSDKChanges is TestSDKChanges without Bazel.
func TestPlainSDKChanges(t *testing.T) {
	d, _, said := plainDesk(t, "module example.com/app", "module app", "-- go.mod --", `-- overlays.json --
{
  "sets": [{"name": "prod", "overlays": ["http", "hash", "in"]}],
  "overlays": [
    {"name": "http", "importpath": "net/http", "srcs": ["http/request.go"], "delete": ["server.go"]},
    {"name": "iter", "importpath": "iter", "delete": ["iter.go"]},
    {"name": "hash", "importpath": "example.com/hash", "srcs": ["http/hash.go"]},
    {"name": "in", "importpath": "app/in", "srcs": ["http/in.go"]}
  ]
}
-- http/request.go --
package http

const limit = 20
-- http/hash.go --
package hash
-- http/in.go --
package in
-- go.mod --`)
	root := sdkFolder(t, otherSDK)
	check := unchanged(t, d)
	changes, err := d.SDKChanges(context.Background(), root, "prod")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"go.env": "GOPROXY=direct\nGOTOOLCHAIN=local\n", "src/net/http/request.go": "package http\n\nconst limit = 20\n", "src/net/http/server.go": "deleted"}
	if got := textsOf(changes.Files); !maps.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	wantText(t, said.String(), "//:prod: 2 overlays left aside, of packages that are not Go's own")
	if _, err := d.SDKChanges(context.Background(), root, ""); err == nil || !strings.Contains(err.Error(), "//:iter: go1.25.3 has no package iter, as go1.") { // All are in use.
		t.Errorf("got %v", err)
	}
	check()
	replaceIn(t, d, "overlays.json", "http/request.go", "http/gone/request.go")
	if _, err := d.SDKChanges(context.Background(), root, "http"); err == nil || !strings.Contains(err.Error(), "//:http: http/gone/request.go is missing") {
		t.Errorf("got %v", err)
	}
}

// TestSDKChangesBuild has a real SDK: a tree with the changes is the one that goroot writes, and its go command shares the build cache with the one of
// the stock SDK.
func TestSDKChangesBuild(t *testing.T) {
	if testing.Short() {
		t.Skip("it copies an SDK")
	}
	d, _, _ := plainDesk(t, "-- go.mod --", `-- overlays.json --
{"overlays": [{"name": "path", "importpath": "path", "new_srcs": ["path/overlaid.go"]}]}
-- path/overlaid.go --
package path

func init() { println("overlaid") }
-- go.mod --`, "import \"example.com/hash\"\n\nfunc main() { println(hash.Sum()) }", "import (\n\t\"path\"\n\n\t\"example.com/hash\"\n)\n\nfunc main() { println(path.Base(\"a/b\"), hash.Sum()) }")
	stock := strings.TrimSpace(run(t, d.Workspace.Root, "", "go", "env", "GOROOT"))
	changes, err := d.SDKChanges(context.Background(), stock, "")
	if err != nil {
		t.Fatal(err)
	}
	if changes.Name() != "overlays" { // They are all that there are.
		t.Errorf("it is called %s", changes.Name())
	}
	var names []string
	err = files.Walk(stock, func(name, path string, info fs.FileInfo) error {
		names = append(names, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	temporary, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(temporary, "goroot")
	overlaid := filepath.Join(d.Workspace.Root, "path", "overlaid.go")
	options := goroot.Options{Root: filepath.Join(stock, "VERSION"), Files: names, Changes: []gosdk.Change{{Name: "src/path/overlaid.go", File: overlaid}}, Out: root, Link: true}
	if err := goroot.Write(context.Background(), options); err != nil {
		t.Fatal(err)
	}
	different := map[string]string{}
	count := 0
	err = files.Walk(root, func(name, path string, info fs.FileInfo) error {
		count++
		if old, err := os.Stat(filepath.Join(stock, filepath.FromSlash(name))); err == nil && os.SameFile(old, info) {
			return nil
		}
		old, _ := os.ReadFile(filepath.Join(stock, filepath.FromSlash(name)))
		new, err := os.ReadFile(path)
		if !bytes.Equal(old, new) {
			different[name] = string(new)
		}
		return err
	})
	if got := textsOf(changes.Files); err != nil || count != len(names)+1 || !maps.Equal(got, different) {
		t.Errorf("got %q, want %q; %v", got, different, err)
	}

	t.Setenv("GOTOOLCHAIN", "")
	command := func(root string, args ...string) string {
		program := filepath.Join(root, "bin", "go")
		if runtime.GOOS == "windows" {
			program += ".exe"
		}
		cmd := exec.Command(program, args...)
		cmd.Dir = d.Workspace.Root
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", cmd, err, out)
		}
		return string(out)
	}
	if got := command(root, "env", "GOROOT", "GOTOOLCHAIN"); got != root+"\nlocal\n" {
		t.Errorf("got %s", got)
	}
	if got, want := command(root, "version"), command(stock, "version"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for range 2 {
		if got := command(stock, "run", "."); got != "b 1\n" {
			t.Errorf("the stock SDK: got %q", got)
		}
		if got := command(root, "run", "."); got != "overlaid\nb 1\n" {
			t.Errorf("with the overlay: got %q", got)
		}
	}
	command(root, "vet", "path", ".")
}
