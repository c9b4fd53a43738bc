package desk

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/txtar"
)

// sdkFiles are those of an SDK, without patches.
var sdkFiles = map[string]string{
	"VERSION":                                  "go1.26.8\ntime 2026-01-01T00:00:00Z\n",
	"lib/wasm/wasm_exec.js":                    "\"use strict\";\n",
	"pkg/include/textflag.h":                   "#define NOSPLIT 4\n",
	"src/cmd/go/main.go":                       "package main\n\nconst old = 1\n",
	"src/net/http/README":                      "HTTP\n",
	"src/net/http/request.go":                  "package http\n\nconst limit = 10\n",
	"src/net/http/request_test.go":             "package http\n",
	"src/vendor/golang.org/x/net/idna/idna.go": "package idna\n\nconst old = 1\n",
}

const goPatch = `--- a/VERSION
+++ b/VERSION
@@ -1,2 +1,2 @@
-go1.26.8
+go1.26.8-acme
 time 2026-01-01T00:00:00Z
--- a/lib/wasm/wasm_exec.js
+++ b/lib/wasm/wasm_exec.js
@@ -1 +1 @@
-"use strict";
+"use strict"; // patched
--- a/pkg/include/textflag.h
+++ b/pkg/include/textflag.h
@@ -1 +1 @@
-#define NOSPLIT 4
+#define NOSPLIT 5
--- a/src/cmd/go/main.go
+++ b/src/cmd/go/main.go
@@ -1,3 +1,3 @@
 package main
 
-const old = 1
+const old = 2
--- a/src/net/http/README
+++ b/src/net/http/README
@@ -1 +1 @@
-HTTP
+http
--- a/src/net/http/request.go
+++ b/src/net/http/request.go
@@ -1,3 +1,3 @@
 package http
 
-const limit = 10
+const limit = 20
--- a/src/net/http/request_test.go
+++ b/src/net/http/request_test.go
@@ -1 +1,2 @@
 package http
+
--- a/src/vendor/golang.org/x/net/idna/idna.go
+++ b/src/vendor/golang.org/x/net/idna/idna.go
@@ -1,3 +1,3 @@
 package idna
 
-const old = 1
+const old = 2
`

// patchedSDK is what becomes of files of the SDK.
var patchedSDK = map[string]string{
	"VERSION":                                  "go1.26.8-acme\ntime 2026-01-01T00:00:00Z\n",
	"lib/wasm/wasm_exec.js":                    "\"use strict\"; // patched\n",
	"src/cmd/go/main.go":                       "package main\n\nconst old = 2\n",
	"src/net/http/README":                      "http\n",
	"src/net/http/request.go":                  "package http\n\nconst limit = 20\n",
	"src/net/http/request_test.go":             "package http\n\n",
	"src/vendor/golang.org/x/net/idna/idna.go": "package idna\n\nconst old = 2\n",
}

// sdkModule is a workspace with tags of go_sdk.
func sdkModule(tags string) string {
	return strings.Replace(moduleFiles, "go_sdk.host(name = \"go_sdk\")\n", tags, 1) + "-- patches/BUILD.bazel --\n-- patches/go.patch --\n" + goPatch
}

// sdkDesk returns a desk whose builds use an SDK, patched or not; the module cache has it without.
func sdkDesk(t *testing.T, files string, patched bool) (d *Desk, said func() string) {
	t.Helper()
	cache := t.TempDir()
	t.Setenv("GOMODCACHE", cache)
	t.Setenv("GOPROXY", "off")
	d, out, err := fakeDesk(t, files)
	write := func(root string, files map[string]string) {
		var archive txtar.Archive
		for name, text := range files {
			archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(text)})
		}
		if err := txtar.Write(&archive, root); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(cache, "golang.org", "toolchain@v0.0.1-go1.26.8.linux-amd64"), sdkFiles)
	used := maps.Clone(sdkFiles)
	if patched {
		maps.Copy(used, patchedSDK)
	}
	write(filepath.Join(filepath.Dir(d.Workspace.Root), "sdk"), used)
	if err := os.Mkdir(filepath.Join(filepath.Dir(d.Workspace.Root), "output_base"), 0o777); err != nil {
		t.Fatal(err)
	}
	return d, func() string { return out.String() + err.String() }
}

// TestImportSDK checks that patches of an SDK become overlays, those of SDKs for several platforms once, and what stays.
func TestImportSDK(t *testing.T) {
	const patches = "    patch_strip = 1,\n    patches = [\"//patches:go.patch\"],\n"
	download := func(name, goos, version string) string {
		return "# Ours.\ngo_sdk.download(\n    name = \"" + name + "\",\n    goarch = \"amd64\",\n    goos = \"" + goos + "\",\n" + patches + "    version = \"" + version + "\",\n)\n"
	}
	// 1.26 is the newest of it, but does not say which that is without the patches.
	d, said := sdkDesk(t, sdkModule(download("go_sdk", "linux", "1.26")), true)
	check := unchanged(t, d)
	if _, err := d.Import(context.Background(), []string{"MODULE.bazel"}, ImportOptions{}); err == nil || !strings.Contains(err.Error(), "golang.org/toolchain@v0.0.1-go1.26.8-acme") {
		t.Errorf("got %v, %s", err, said())
	}
	check()

	d, said = sdkDesk(t, sdkModule(download("go_sdk", "linux", "1.26.8")+download("mac", "darwin", "1.26.8")+download("old", "linux", "1.25.1")), true)
	labels, err := d.Import(context.Background(), []string{"MODULE.bazel"}, ImportOptions{})
	if err != nil {
		t.Fatal(err, said())
	}
	slices.Sort(labels)
	if got, want := strings.Join(labels, " "), "//overlays:go //overlays:http //overlays:idna"; got != want {
		t.Errorf("got %s, expected %s", got, want)
	}
	wantOverlays(t, d, `    base_version = "go1.26.8",
    importpath = "net/http",
    patch_strip = 4,
    patches = {"_src/std/go.patch": ["request.go"]},
    reason = "Ours.",
`, `importpath = "cmd/go"`, `importpath = "vendor/golang.org/x/net/idna"`, `patch_exclude = [`)
	wantText(t, said(), "patches/go.patch: its changes of VERSION, lib/wasm/wasm_exec.js, pkg/include/textflag.h stay with go_sdk.download, by patches/go.build.patch",
		"go_sdk.download stays as it is: builds use go1.26.8-acme by default, and it patches 1.25.1",
		"src/net/http/README is left out: documentation", "src/net/http/request_test.go is left out: a test", "all 3\n")
	got := read(t, d, "MODULE.bazel")
	if strings.Count(got, `patches = ["//patches:go.build.patch"]`) != 2 || strings.Count(got, `patches = ["//patches:go.patch"]`) != 1 || strings.Contains(said(), "git rm") {
		t.Errorf("got %s\n%s", got, said())
	}
}

// TestImportSDKDiffs checks diffs of Go that builds do not have yet, of which nobody says that they are, and tags that patch no SDK of theirs.
func TestImportSDKDiffs(t *testing.T) {
	diff := goPatch[strings.Index(goPatch, "--- a/src/cmd"):]
	files := sdkModule("go_sdk.host(name = \"go_sdk\")\n") + "-- d/go.patch --\n" + diff
	d, said := sdkDesk(t, files, false)
	labels, err := d.Import(context.Background(), []string{"d"}, ImportOptions{Strip: 1})
	if err != nil || len(labels) != 3 {
		t.Errorf("got %s, %v, %s", labels, err, said())
	}
	wantOverlays(t, d, `importpath = "net/http"`)
	d, said = sdkDesk(t, files, false)
	if _, err := d.Import(context.Background(), []string{"patches"}, ImportOptions{Strip: 1, Module: std}); err != nil {
		t.Error(err, said())
	}
	wantOverlays(t, d, `patches = {"_src/std/go.patch": ["wasm_exec.js"]}`)

	d, said = sdkDesk(t, sdkModule("go_sdk.from_file(\n    name = \"go_sdk\",\n    go_mod = \"//:go.mod\",\n    patch_strip = 1,\n    patches = [\"//patches:go.patch\"],\n)\n"), false)
	check := unchanged(t, d)
	if _, err := d.Import(context.Background(), []string{"MODULE.bazel"}, ImportOptions{}); err == nil || !strings.Contains(err.Error(), "builds compile all of it as it is without the patches") {
		t.Errorf("got %v, %s", err, said())
	}
	check()
}
