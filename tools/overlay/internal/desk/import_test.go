package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/txtar"
	"github.com/go-overlay/go_overlay/tools/internal/unified"
)

// importFiles are a workspace that depends on a module, which MODULE.bazel patches; the module's cache has it without.
const importFiles = moduleFiles + `bazel_dep(name = "gazelle", version = "0.50.0")
go_deps = use_extension("@gazelle//:extensions.bzl", "go_deps")

# Retries are too slow,
# and logged.
go_deps.module_override(
    patch_strip = 1,
    patches = ["//patches:retry.patch"],
    path = "github.com/acme/retry",
)
use_repo(go_deps, "com_github_acme_retry")
-- patches/BUILD.bazel --
-- patches/retry.patch --
From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: A <a@example.com>
Subject: [PATCH] Be quick

---
--- a/retry.go
+++ b/retry.go
@@ -1,4 +1,4 @@
 package retry
 
-const Wait = 10
+const Wait = 1
 const Times = 3
--- a/retry_test.go
+++ b/retry_test.go
@@ -1 +1,2 @@
 package retry
+
--- a/log/log.go
+++ b/log/log.go
@@ -1,3 +1,3 @@
 package log
 
-const On = false
+const On = true
--- /dev/null
+++ b/log/more.go
@@ -0,0 +1,1 @@
+package log
--- a/log/gone.go
+++ /dev/null
@@ -1,1 +0,0 @@
-package log
--- a/tool/main.go
+++ b/tool/main.go
@@ -1,1 +1,2 @@
 package main
+// tool
--- a/log/BUILD.bazel
+++ b/log/BUILD.bazel
@@ -1,4 +1,4 @@
 srcs = [
-    "gone.go",
     "log.go",
+    "more.go",
 ]
--- a/BUILD.bazel
+++ b/BUILD.bazel
@@ -1,1 +1,2 @@
 # retry
+exports_files(["x"])
`

const retry = `
-- REPO.bazel --
-- _gazelle_generated/BUILD.bazel --
    purl = "pkg:golang/github.com/acme/retry@v1.2.0?checksum=x",
-- retry.go --
package retry

const Wait = 10
const Times = 3
-- retry_test.go --
package retry
-- log/log.go --
package log

const On = false
-- log/gone.go --
package log
-- tool/main.go --
package main
`

// patchedRetry is what Bazel has of the module.
var patchedRetry = map[string]string{
	"retry.go":      "package retry\n\nconst Wait = 1\nconst Times = 3\n",
	"retry_test.go": "package retry\n\n",
	"log/log.go":    "package log\n\nconst On = true\n",
	"log/more.go":   "package log\n",
	"log/gone.go":   "",
	"tool/main.go":  "package main\n// tool\n",
}

const retryLibrary, logLibrary = "@@gazelle~~go_deps~com_github_acme_retry//:retry", "@@gazelle~~go_deps~com_github_acme_retry//log:log"

// importDesk returns a desk with the module, patched or not.
func importDesk(t *testing.T, files string, patched bool) (d *Desk, out, said *bytes.Buffer) {
	t.Helper()
	return importDeskIn(t, filepath.Join(t.TempDir(), "workspace"), files, patched)
}

func importDeskIn(t *testing.T, root, files string, patched bool) (d *Desk, out, said *bytes.Buffer) {
	t.Helper()
	cache := filepath.Join(t.TempDir(), "cache")
	write := func(folder string, changes map[string]string) {
		if err := txtar.Write(txtar.Parse([]byte(retry)), folder); err != nil {
			t.Fatal(err)
		}
		for name, text := range changes {
			file := filepath.Join(folder, name)
			err := os.WriteFile(file, []byte(text), 0o644)
			if text == "" {
				err = os.Remove(file)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	write(filepath.Join(cache, "github.com/acme/retry@v1.2.0"), nil)
	var changes map[string]string
	if patched {
		changes = patchedRetry
	}
	write(filepath.Join(filepath.Dir(root), "external", "gazelle~~go_deps~com_github_acme_retry"), changes)
	t.Setenv("GOMODCACHE", cache)
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOPROXY", "off")
	d, out, said = fakeDeskIn(t, root, files, libraryRules(patched)...)
	if err := os.WriteFile(filepath.Join(filepath.Dir(root), "repos"), []byte(`{"com_github_acme_retry": "gazelle~~go_deps~com_github_acme_retry"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	return d, out, said
}

// libraryRules are those of the module, with patches or without.
func libraryRules(patched bool) []rule {
	in := func(library, file string) string { return library[:strings.LastIndex(library, ":")+1] + file }
	logFiles := []string{in(logLibrary, "gone.go"), in(logLibrary, "log.go")}
	if patched {
		logFiles = []string{in(logLibrary, "log.go"), in(logLibrary, "more.go")}
	}
	return []rule{
		{"go_library", retryLibrary, map[string]any{"importpath": "github.com/acme/retry", "srcs": []string{in(retryLibrary, "retry.go")}}},
		{"go_library", logLibrary, map[string]any{"importpath": "github.com/acme/retry/log", "srcs": logFiles}},
	}
}

// wantOverlays fails if the BUILD file of the overlays has not these lines, which are of one overlay each.
func wantOverlays(t *testing.T, d *Desk, want ...string) {
	t.Helper()
	got := read(t, d, "overlays/BUILD.bazel")
	for _, text := range want {
		if !strings.Contains(got, text) {
			t.Errorf("expected\n%s\nin\n%s", text, got)
		}
	}
}

// wantText fails if a text lacks parts.
func wantText(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("expected %q in:\n%s", part, text)
		}
	}
}

// unchanged returns a function that fails if a file of the workspace is another one than now, or one is there that was not.
func unchanged(t *testing.T, d *Desk) func() {
	t.Helper()
	tree := func() map[string]string {
		files := map[string]string{}
		err := filepath.WalkDir(d.Workspace.Root, func(file string, entry os.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				rel, _ := filepath.Rel(d.Workspace.Root, file)
				files[rel] = read(t, d, rel)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	before := tree()
	return func() {
		t.Helper()
		if after := tree(); !maps.Equal(before, after) {
			t.Errorf("the workspace has changed: %q", after)
		}
	}
}

func mustImport(t *testing.T, d *Desk, said *bytes.Buffer, o ImportOptions, from ...string) []string {
	t.Helper()
	labels, err := d.Import(context.Background(), from, o)
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return labels
}

// TestImportModuleOverride checks that the patches of a module become overlays that make the same, and what is said and kept of the rest.
func TestImportModuleOverride(t *testing.T) {
	d, out, said := importDesk(t, importFiles, true)
	labels := mustImport(t, d, said, ImportOptions{Strip: 1}, "MODULE.bazel")
	if got := strings.Join(labels, " "); got != "//overlays:log //overlays:retry" {
		t.Errorf("got %s", got)
	}
	const diff = "_src/github.com/acme/retry/retry.patch"
	wantOverlays(t, d, `    base_version = "v1.2.0",
    delete = ["gone.go"],
    importpath = "github.com/acme/retry/log",
    patch_strip = 2,
    patches = {"`+diff+`": [
        "log.go",
        "more.go",
    ]},
    reason = "Retries are too slow, and logged.",
`, `    importpath = "github.com/acme/retry",
    patch_exclude = ["tool/main.go"],
    patches = {"`+diff+`": ["retry.go"]},
    reason = "Retries are too slow, and logged.",
`)
	if read(t, d, "overlays/"+diff) != read(t, d, "patches/retry.patch") {
		t.Error("the diff is another one")
	}
	wantText(t, out.String(), "proved: with the overlays, files are what builds compile without them: all 4",
		"patches/retry.patch: what it changes in log/BUILD.bazel, overlays say themselves",
		"patches/retry.patch: its changes of BUILD.bazel stay with go_deps.module_override",
		"MODULE.bazel does not use these files any more; next: git rm patches/retry.patch\n")
	wantText(t, said.String(), "retry_test.go is left out: a test", "tool/main.go is left out: no build compiles it")
	wantText(t, read(t, d, "MODULE.bazel"), "# Retries are too slow,\n# and logged.\ngo_deps.module_override(", `    patches = ["//patches:retry.build.patch"],`, "go_toolchains.wrap(")
	parts, err := unified.Parse(read(t, d, "patches/retry.build.patch"))
	if err != nil || len(parts) != 1 || parts[0].New != "b/BUILD.bazel" {
		t.Errorf("got %v, %v", parts, err)
	}
}

// TestImportRest checks that what no overlay can have stays with the tag, is passed over by the next import, and that nothing is lost
// where it is not known what builds compile.
func TestImportRest(t *testing.T) {
	const rest = "--- a/log/log.proto\n+++ b/log/log.proto\n@@ -1 +1 @@\n-package a;\n+package b;\n--- a/include/log.h\n+++ b/include/log.h\n@@ -1 +1 @@\n-1\n+2\n"
	d, out, said := importDesk(t, importFiles+rest, true)
	if err := os.WriteFile(filepath.Join(filepath.Dir(d.Workspace.Root), "broken"), []byte("ERROR: broken/BUILD: syntax error\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	check := unchanged(t, d)
	if _, err := d.Import(context.Background(), []string{"MODULE.bazel"}, ImportOptions{}); err == nil || !strings.Contains(err.Error(), "whether builds compile tool/main.go is not known") || out.Len() > 0 {
		t.Errorf("got %v, %s", err, out)
	}
	check()
	os.Remove(filepath.Join(filepath.Dir(d.Workspace.Root), "broken"))
	mustImport(t, d, said, ImportOptions{}, "MODULE.bazel")
	wantText(t, out.String(), "its changes of BUILD.bazel, log/log.proto, include/log.h stay with go_deps.module_override, by patches/retry.build.patch")
	wantOverlays(t, d, `"log/log.proto"`, `"include/log.h"`) // Builds leave them out.
	if got := read(t, d, "patches/retry.build.patch"); !strings.HasSuffix(got, rest) {
		t.Errorf("got %s", got)
	}

	setRules(t, d, append(declaredRules(t, d, "overlays"), libraryRules(false)...)...)
	check = unchanged(t, d)
	said.Reset()
	_, err := d.Import(context.Background(), []string{"MODULE.bazel"}, ImportOptions{})
	if err == nil || !strings.Contains(err.Error(), "there is nothing to import") {
		t.Errorf("got %v", err)
	}
	wantText(t, said.String(), "go_deps.module_override stays as it is")
	check()
}

// TestImportNewPackage checks that a package which a patch makes stays with the tag: overlays change packages that there are.
func TestImportNewPackage(t *testing.T) {
	const sub = "--- /dev/null\n+++ b/sub/BUILD.bazel\n@@ -0,0 +1 @@\n+go_library()\n--- /dev/null\n+++ b/sub/sub.go\n@@ -0,0 +1 @@\n+package sub\n"
	d, out, said := importDesk(t, importFiles+sub, true)
	folder := filepath.Join(filepath.Dir(d.Workspace.Root), "external", "gazelle~~go_deps~com_github_acme_retry", "sub")
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "sub.go"), []byte("package sub\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	label := strings.Replace(logLibrary, "//log:log", "//sub:sub", 1)
	setRules(t, d, append(libraryRules(true), rule{"go_library", label, map[string]any{"importpath": "github.com/acme/retry/sub", "srcs": []string{label + ".go"}}})...)
	mustImport(t, d, said, ImportOptions{}, "MODULE.bazel")
	wantText(t, out.String(), "its changes of BUILD.bazel, sub/BUILD.bazel, sub/sub.go stay with go_deps.module_override", "all 4\n")
	wantOverlays(t, d, `"sub/sub.go"`) // Builds leave it out of the diff.
	if got := read(t, d, "patches/retry.build.patch"); !strings.HasSuffix(got, sub) {
		t.Errorf("got %s", got)
	}
}

// TestImportTakesOut checks that a tag goes which nothing is left of.
func TestImportTakesOut(t *testing.T) {
	i := strings.Index(importFiles, "--- a/BUILD.bazel")
	d, _, said := importDesk(t, importFiles[:i], true)
	mustImport(t, d, said, ImportOptions{Strip: 1, Reason: "Mine"}, "MODULE.bazel")
	if got := read(t, d, "MODULE.bazel"); strings.Contains(got, "module_override") || strings.Contains(got, "Retries") {
		t.Errorf("got %s", got)
	}
	wantOverlays(t, d, `reason = "Mine"`)
	if _, err := os.Stat(filepath.Join(d.Workspace.Root, "patches/retry.build.patch")); err == nil {
		t.Error("there is a patch of BUILD files")
	}
}

// misfitFiles have a diff that applies by fuzz only.
func misfitFiles() string {
	return strings.Replace(importFiles, "\n const Times = 3\n--- a/retry_test", "\n const Times = 4\n--- a/retry_test", 1)
}

// TestImportMisfit checks that a diff which applies by fuzz only is made anew of what builds compile.
func TestImportMisfit(t *testing.T) {
	d, out, said := importDesk(t, misfitFiles(), true)
	mustImport(t, d, said, ImportOptions{Strip: 1}, "MODULE.bazel")
	wantText(t, out.String(), "patches/retry.patch is made anew", "without them: all 4\n")
	got := read(t, d, "overlays/_src/github.com/acme/retry/retry.patch")
	wantText(t, got, "--- a/log/log.go", "-const Wait = 10\n+const Wait = 1\n const Times = 3\n")
	wantOverlays(t, d, "patch_strip = 2", `delete = ["gone.go"]`)
}

// TestImportAssumedVersion checks modules of which only go.mod tells the version: what is proved with that is right.
func TestImportAssumedVersion(t *testing.T) {
	required := func(files, version string) string {
		return strings.Replace(files, "module example.com/m\n", "module example.com/m\n\nrequire github.com/acme/retry "+version+"\n", 1)
	}
	for _, test := range []struct{ files, want string }{
		{required(importFiles, "v1.2.0"), ""},
		{required(misfitFiles(), "v1.2.0"), "only go.mod tells which version of github.com/acme/retry builds compile"},
		{required(importFiles, "v1.2.1"), "where it can be: go mod download github.com/acme/retry@v1.2.1"},
		{importFiles, "overlay import -module github.com/acme/retry -p 1 PATCH..."},
	} {
		d, out, said := importDesk(t, test.files, true)
		if err := os.Remove(filepath.Join(filepath.Dir(d.Workspace.Root), "external/gazelle~~go_deps~com_github_acme_retry/REPO.bazel")); err != nil {
			t.Fatal(err)
		}
		check := unchanged(t, d)
		if test.want == "" {
			mustImport(t, d, said, ImportOptions{}, "MODULE.bazel")
			wantText(t, out.String(), "proved")
			wantOverlays(t, d, `base_version = "v1.2.0"`)
			continue
		}
		if _, err := d.Import(context.Background(), []string{"MODULE.bazel"}, ImportOptions{}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v, expected %s", err, test.want)
		}
		check()
	}
}

// TestImportGoesOn checks that an import which was killed before it had changed MODULE.bazel does the rest.
func TestImportGoesOn(t *testing.T) {
	for _, files := range []string{importFiles, misfitFiles()} {
		d, _, said := importDesk(t, files, true)
		before := read(t, d, "MODULE.bazel")
		labels := mustImport(t, d, said, ImportOptions{Strip: 1}, "MODULE.bazel")
		check := unchanged(t, d)
		if err := os.WriteFile(filepath.Join(d.Workspace.Root, "MODULE.bazel"), []byte(before), 0o644); err != nil {
			t.Fatal(err)
		}
		setRules(t, d, append(declaredRules(t, d, "overlays"), libraryRules(true)...)...)
		if again := mustImport(t, d, said, ImportOptions{Strip: 1}, "MODULE.bazel"); !slices.Equal(again, labels) {
			t.Errorf("got %s, expected %s", again, labels)
		}
		check()
	}
}

// TestImportRefuses checks that nothing changes where an import can't be right.
func TestImportRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		old, new string
		patched  bool
		from     []string
		o        ImportOptions
		want     string
	}{
		"comprehension": {"go_deps.module_override(\n    patch_strip = 1,\n    patches = [\"//patches:retry.patch\"],\n    path = \"github.com/acme/retry\",\n)",
			"[go_deps.module_override(path = p, patches = [\"//patches:retry.patch\"]) for p in [\"github.com/acme/retry\"]]",
			true, []string{"MODULE.bazel"}, ImportOptions{}, "can't be edited without guessing"},
		"commands":      {"    patch_strip", "    patch_cmds = [\"true\"],\n    patch_strip", true, []string{"MODULE.bazel"}, ImportOptions{}, "it has patch_cmds"},
		"other module":  {"", "", true, []string{"MODULE.bazel"}, ImportOptions{Module: "github.com/acme/other"}, "has no patches for github.com/acme/other"},
		"near module":   {"", "", true, []string{"MODULE.bazel"}, ImportOptions{Module: "github.com/acme/retri"}, "has no patches for github.com/acme/retri; is it github.com/acme/retry?"},
		"prefix of std": {"github.com/acme/retry", "github.com/acme/retry", true, []string{"MODULE.bazel"}, ImportOptions{Module: "stdgithub.com/acme/retry"}, "has no patches for stdgithub.com/acme/retry"},
		"near diffs": {"module example.com/m\n", "module example.com/m\n\nrequire github.com/acme/retry v1.2.0\n", false, []string{"patches"}, ImportOptions{Module: "github.com/acme/retri", Strip: 1},
			"builds compile no file of github.com/acme/retri that the diffs change; is it github.com/acme/retry?"},
		"near fork":       {"module example.com/m\n", "module example.com/m\n\nreplace github.com/acme/retry => ./fork\n", true, []string{"go.mod"}, ImportOptions{Module: "github.com/acme/retri"}, "by no fork; is it github.com/acme/retry?"},
		"not required":    {"module example.com/m\n", "module example.com/m\n\nreplace github.com/acme/retry => ./fork\n", true, []string{"go.mod"}, ImportOptions{}, "github.com/acme/retry: go.mod requires no version of it"},
		"not in cache":    {"module example.com/m\n", "module example.com/m\n\nrequire github.com/acme/retry v1.2.1\n\nreplace github.com/acme/retry => ./fork\n", true, []string{"go.mod"}, ImportOptions{}, "\nwhere it can be: go mod download github.com/acme/retry@v1.2.1"},
		"one of several":  {"go_deps.module_override(\n", "go_deps.module_override(path = \"x.com/y\", patch_cmds = [\"true\"], patches = [\"//:x\"])\ngo_deps.module_override(\n", true, []string{"MODULE.bazel"}, ImportOptions{}, "to import those of others: overlay import -module PATH MODULE.bazel"},
		"empty label":     {"//patches:retry.patch", "", true, []string{"MODULE.bazel"}, ImportOptions{}, "its patch  is no file of the workspace"},
		"other workspace": {"//patches:retry.patch", "@other//patches:retry.patch", true, []string{"MODULE.bazel"}, ImportOptions{}, "its patch @other//patches:retry.patch is no file of the workspace"},
		"no file":         {"//patches:retry.patch", "//patches:none.patch", true, []string{"MODULE.bazel"}, ImportOptions{}, "its patch //patches:none.patch is no file of the workspace"},
		"twice":           {"", "", true, []string{"MODULE.bazel", "go.mod"}, ImportOptions{}, "has to be imported by itself"},
		"not compiled":    {"", "", true, []string{"go.mod"}, ImportOptions{}, "replaces modules by no fork"},
		"strip":           {"", "", false, []string{"patches/retry.patch"}, ImportOptions{Module: "github.com/acme/retry", Strip: 3}, "say by -p"},
		"module":          {"", "", false, []string{"patches/retry.patch"}, ImportOptions{Strip: 1}, "say by -module which it is for"},
		"does not apply":  {"-const Wait = 10", "-const Wait = 11", false, []string{"patches/retry.patch"}, ImportOptions{Module: "github.com/acme/retry", Strip: 1}, "retry.go"},
		"applied twice":   {"", "", true, []string{"patches/retry.patch"}, ImportOptions{Module: "github.com/acme/retry", Strip: 1}, "nothing has been changed"},
		"no diff":         {"", "", false, []string{"patches/BUILD.bazel"}, ImportOptions{Module: "github.com/acme/retry", Strip: 1}, "patches/BUILD.bazel"},
		"empty folder":    {"", "", false, []string{"empty"}, ImportOptions{Module: "github.com/acme/retry", Strip: 1}, "has neither diffs"},
		"json":            {"", "", false, []string{"o.json"}, ImportOptions{}, "is not what go build -overlay takes"},
	} {
		t.Run(name, func(t *testing.T) {
			files := strings.Replace(importFiles, test.old, test.new, 1) + "-- empty/x.txt --\n-- o.json --\n{\"Replaced\": {}}\n"
			d, out, _ := importDesk(t, files, test.patched)
			check := unchanged(t, d)
			_, err := d.Import(context.Background(), test.from, test.o)
			if err == nil || !strings.Contains(err.Error(), test.want) || out.Len() > 0 {
				t.Errorf("got %v and %s, expected %q", err, out, test.want)
			}
			check()
		})
	}
}

// TestImportDiffs checks diffs that builds do not have yet: of a folder, in order, for a module that they tell themselves.
func TestImportDiffs(t *testing.T) {
	files := strings.Replace(importFiles, "module example.com/m\n", "module example.com/m\n\nrequire github.com/acme/retry v1.2.0\n", 1) +
		"-- patches/zz.diff --\n--- a/retry.go\n+++ b/retry.go\n@@ -3 +3 @@\n-const Wait = 1\n+const Wait = 0\n"
	d, out, said := importDesk(t, files, false)
	mustImport(t, d, said, ImportOptions{Strip: 1}, "patches")
	wantText(t, out.String(), "it is for github.com/acme/retry")
	wantOverlays(t, d, `    patches = {
        "_src/github.com/acme/retry/retry.patch": ["retry.go"],
        "_src/github.com/acme/retry/zz.patch": ["retry.go"],
    },
    reason = "Be quick",
`)
	setRules(t, d, append(declaredRules(t, d, "overlays"), libraryRules(false)...)...)
	out.Reset()
	if err := d.Show(context.Background(), "github.com/acme/retry/retry.go", ShowOptions{}); err != nil {
		t.Fatal(err)
	}
	wantText(t, out.String(), "const Wait = 0\n")

	// What is overlaid already is left.
	check := unchanged(t, d)
	if _, err := d.Import(context.Background(), []string{"patches/zz.diff"}, ImportOptions{Module: "github.com/acme/retry", Strip: 1}); err == nil || !strings.Contains(err.Error(), "is overlaid by //overlays:retry already") {
		t.Errorf("got %v", err)
	}
	check()
}

// TestImportModes checks that diffs which change modes only keep nothing else from being imported.
func TestImportModes(t *testing.T) {
	files := strings.Replace(importFiles, `"//patches:retry.patch"`, `"//patches:mode.patch", "//patches:retry.patch"`, 1) +
		"-- patches/mode.patch --\ndiff --git a/retry.go b/retry.go\nold mode 100644\nnew mode 100755\n"
	d, out, said := importDesk(t, files, true)
	mustImport(t, d, said, ImportOptions{}, "MODULE.bazel")
	wantText(t, out.String(), "git rm patches/mode.patch patches/retry.patch")
	wantText(t, said.String(), "patches/mode.patch is left out: it changes modes of files only")
}

// TestImportMoves checks diffs that builds do not have yet, and that rename, copy or delete files.
func TestImportMoves(t *testing.T) {
	const hunk = "--- a/retry.go\n+++ b/quick.go\n@@ -3 +3 @@\n-const Wait = 10\n+const Wait = 0\n"
	for name, test := range map[string]struct{ diff, overlay, want string }{
		"rename": {"diff --git a/retry.go b/quick.go\nsimilarity index 90%\nrename from retry.go\nrename to quick.go\n" + hunk,
			"    delete = [\"retry.go\"],\n    importpath = \"github.com/acme/retry\",\n    patches = {\"_src/github.com/acme/retry/x.patch\": [\"quick.go\"]},\n", ""},
		"rename only": {"diff --git a/retry.go b/quick.go\nsimilarity index 100%\nrename from retry.go\nrename to quick.go\n", "patches = {\"_src/github.com/acme/retry/x.patch\": [\"quick.go\"]}", ""},
		"to a test":   {"diff --git a/retry.go b/retry_test.go\nsimilarity index 100%\nrename from retry.go\nrename to retry_test.go\n", "delete = [\"retry.go\"]", ""},
		"copy":        {"diff --git a/retry.go b/quick.go\nsimilarity index 90%\ncopy from retry.go\ncopy to quick.go\n" + hunk, "", "x.patch copies a/retry.go to b/quick.go"},
		"elsewhere":   {"diff --git a/retry.go b/log/r.go\nsimilarity index 100%\nrename from retry.go\nrename to log/r.go\n", "", "x.patch:1: moves retry.go to another package; next: make the diff with git diff --no-renames"},
		"goes later": {strings.Replace(hunk, "quick.go", "retry.go", 1) + "-- d/z.patch --\n--- a/retry.go\n+++ /dev/null\n@@ -1,4 +0,0 @@\n-package retry\n-\n-const Wait = 0\n-const Times = 3\n",
			"", "retry.go of package github.com/acme/retry is changed by x.patch, and goes by the diffs, too"},
	} {
		t.Run(name, func(t *testing.T) {
			d, _, said := importDesk(t, importFiles+"-- d/x.patch --\n"+test.diff, false)
			check := unchanged(t, d)
			_, err := d.Import(context.Background(), []string{"d"}, ImportOptions{Strip: 1, Module: "github.com/acme/retry"})
			switch {
			case test.want == "" && err != nil:
				t.Errorf("%v\n%s", err, said)
			case test.want == "":
				wantOverlays(t, d, test.overlay)
			case err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), os.TempDir()+"/overlay"):
				t.Errorf("got %v", err)
			default:
				check()
			}
		})
	}
}

// TestImportDiffsOfModules checks diffs for several modules, each of which tells which it is for.
func TestImportDiffsOfModules(t *testing.T) {
	files := strings.Replace(importFiles, "module example.com/m\n", "module example.com/m\n\nrequire github.com/acme/retry v1.2.0\n", 1) + "-- own/own.go --\npackage own\n" +
		"-- d/a.patch --\nSubject: [PATCH] Mine\nFrom: A <a@example.com>\n\n--- a/own/own.go\n+++ b/own/own.go\n@@ -1 +1,2 @@\n package own\n+\n" +
		"-- d/b.patch --\nSubject: [PATCH] Theirs\nFrom: A <a@example.com>\n\n--- a/retry.go\n+++ b/retry.go\n@@ -3 +3 @@\n-const Wait = 10\n+const Wait = 0\n"
	own := rule{"go_library", "//own:own", map[string]any{"importpath": "example.com/m/own", "srcs": []string{"//own:own.go"}}}
	d, _, said := importDesk(t, files, false)
	setRules(t, d, append(libraryRules(false), own)...)
	mustImport(t, d, said, ImportOptions{Strip: 1}, "d")
	wantOverlays(t, d, `    patches = {"_src/example.com/m/a.patch": ["own.go"]},
    reason = "Mine",
`, `    patches = {"_src/github.com/acme/retry/b.patch": ["retry.go"]},
    reason = "Theirs",
`)

	if err := os.WriteFile(filepath.Join(d.Workspace.Root, "d/c.patch"), []byte("--- a/x.go\n+++ b/x.go\n@@ -1 +1 @@\n-1\n+2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Import(context.Background(), []string{"d"}, ImportOptions{Strip: 1}); err == nil || !strings.HasPrefix(err.Error(), "d/c.patch: no module in go.mod has all the files") {
		t.Errorf("got %v", err)
	}
}

// TestImportUnusedSet checks that it is said if builds do not use the set that what was imported is in.
func TestImportUnusedSet(t *testing.T) {
	d, out, said := importDesk(t, importFiles, true)
	mustImport(t, d, said, ImportOptions{Set: "//canary:canary"}, "MODULE.bazel")
	if strings.Contains(out.String(), "told otherwise") || strings.Count(out.String(), "is a new set") != 1 {
		t.Errorf("got %s", out)
	}
	used := strings.Replace(importFiles, "use_repo(go_deps", "overlays = use_extension(\"@go_overlay//go_overlay:extensions.bzl\", \"overlays\")\noverlays.use(set = \"//overlays:prod\")\nuse_repo(go_deps", 1)
	d, out, said = importDesk(t, used, true)
	mustImport(t, d, said, ImportOptions{Set: "//canary:canary"}, "MODULE.bazel")
	wantText(t, out.String(), "//canary:canary is a new set", "builds use //overlays:prod unless they are told otherwise, and compile without what has been imported; with it: bazel build --@go_overlay//go_overlay:active=//canary:canary //...\n")
}

// TestImportUnchangeable checks that nothing becomes an overlay which builds would refuse, or that would be lost in silence.
func TestImportUnchangeable(t *testing.T) {
	in := "@@gazelle~~go_deps~com_github_acme_retry//"
	for name, test := range map[string]struct {
		rules []rule
		want  string
	}{
		"generated": {[]rule{
			{"genrule", in + ":make", map[string]any{"outs": []string{in + ":retry.go"}}},
			{"go_library", retryLibrary, map[string]any{"importpath": "github.com/acme/retry", "srcs": []string{in + ":retry.go"}}},
		}, "retry.go of package github.com/acme/retry is generated by " + in + ":make"},
		"two targets": {[]rule{
			{"go_library", retryLibrary, map[string]any{"importpath": "github.com/acme/retry", "srcs": []string{in + ":retry.go"}}},
			{"go_library", "//mine:retry", map[string]any{"importpath": "github.com/acme/retry", "srcs": []string{"//mine:retry.go"}}},
		}, "several targets have the import path github.com/acme/retry, and different files retry.go"},
	} {
		t.Run(name, func(t *testing.T) {
			d, _, _ := importDesk(t, importFiles+"-- mine/retry.go --\npackage retry\n", false)
			if name == "generated" {
				os.Remove(filepath.Join(filepath.Dir(d.Workspace.Root), "external", "gazelle~~go_deps~com_github_acme_retry", "retry.go"))
			}
			setRules(t, d, test.rules...)
			check := unchanged(t, d)
			if _, err := d.Import(context.Background(), []string{"patches/retry.patch"}, ImportOptions{Module: "github.com/acme/retry", Strip: 1}); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
			check()
		})
	}
}

// TestImportExported checks that what overlays export becomes the same overlays again.
func TestImportExported(t *testing.T) {
	for _, format := range []string{"diff", "mail"} {
		t.Run(format, func(t *testing.T) {
			d, _, said := exportDesk(t)
			t.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(t.TempDir(), "gitconfig"))
			if err := os.WriteFile(os.Getenv("GIT_CONFIG_GLOBAL"), []byte("[user]\nname = A\nemail = a@example.com\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "exported.patch")
			if err := d.Export(context.Background(), []string{"//overlays:files", "//overlays:lower"}, ExportOptions{Format: format, Output: file}); err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
			exported, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			// The same workspace without the overlays.
			if err := os.RemoveAll(filepath.Join(d.Workspace.Root, "overlays")); err != nil {
				t.Fatal(err)
			}
			module := rule{"go_library", "//mod/hash:hash", map[string]any{"importpath": "github.com/acme/mono/go/uuid/v2/hash", "srcs": []string{
				"//mod/hash:a b.go", "//mod/hash:crlf.go", "//mod/hash:empty.go", "//mod/hash:gone.go", "//mod/hash:hash.go", "//mod/hash:noend.go"}}}
			if err := os.WriteFile(filepath.Join(d.Workspace.Root, "MODULE.bazel"), []byte(strings.SplitN(moduleFiles, "-- MODULE.bazel --\n", 2)[1]), 0o644); err != nil {
				t.Fatal(err)
			}
			setRules(t, d, module)
			mustImport(t, d, said, ImportOptions{Module: "github.com/acme/mono/go/uuid/v2", Strip: 1}, file)
			setRules(t, d, append(declaredRules(t, d, "overlays"), module)...)
			again := filepath.Join(t.TempDir(), "again.patch")
			if err := d.Export(context.Background(), nil, ExportOptions{Format: "diff", Output: again}); err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
			got, err := os.ReadFile(again)
			if err != nil {
				t.Fatal(err)
			}
			if format == "diff" && !bytes.Equal(got, exported) {
				t.Errorf("got %s, expected %s", got, exported)
			}
			if format == "mail" {
				if want := "hash: faster Größe = \"Größe\""; !strings.Contains(read(t, d, "overlays/BUILD.bazel"), strconv.Quote(want)) {
					t.Errorf("the subject is not the reason: %s", read(t, d, "overlays/BUILD.bazel"))
				}
				parts, err := unified.Parse(string(got))
				if err != nil || len(parts) != 8 {
					t.Errorf("got %d parts, %v", len(parts), err)
				}
			}
		})
	}
}

// TestImportFork checks what go.mod replaces a module by.
func TestImportFork(t *testing.T) {
	files := strings.Replace(importFiles, "module example.com/m\n", "module example.com/m\n\ngo 1.25\n\nrequire github.com/acme/retry v1.2.0 // keep\n\nreplace github.com/acme/retry => ./fork\n", 1)
	archive := txtar.Parse([]byte(retry))
	for _, file := range archive.Files {
		text := string(file.Data)
		if new, ok := patchedRetry[file.Name]; ok {
			text = new
		}
		if text != "" {
			files += "-- fork/" + file.Name + " --\n" + text
		}
	}
	files += "-- fork/log/more.go --\n" + patchedRetry["log/more.go"] + "-- fork/go.mod --\nmodule github.com/acme/retry\n"
	d, out, said := importDesk(t, files, true)
	if labels := mustImport(t, d, said, ImportOptions{Strip: 1}, "go.mod"); labels != nil {
		t.Errorf("Bazel would be asked for %s before go.sum has the module", labels)
	}
	wantText(t, out.String(), "next: go mod tidy && overlay deps //overlays:retry //overlays:log", "without them: all 4\n")
	if got, want := read(t, d, "go.mod"), "module example.com/m\n\ngo 1.25\n\nrequire github.com/acme/retry v1.2.0 // keep\n"; got != want {
		t.Errorf("got %s", got)
	}
	// One that was killed before it had changed go.mod does the rest.
	check := unchanged(t, d)
	_, before, _ := strings.Cut(files, "-- go.mod --\n")
	before, _, _ = strings.Cut(before, "-- ")
	if err := os.WriteFile(filepath.Join(d.Workspace.Root, "go.mod"), []byte(before), 0o644); err != nil {
		t.Fatal(err)
	}
	setRules(t, d, append(declaredRules(t, d, "overlays"), libraryRules(true)...)...)
	mustImport(t, d, said, ImportOptions{Strip: 1}, "go.mod")
	check()
	const source = "_src/github.com/acme/retry/"
	wantOverlays(t, d, `srcs = ["`+source+`retry.go"]`, `new_srcs = ["`+source+`log/more.go"]`, `delete = ["gone.go"]`, `base_version = "v1.2.0"`)
	if got := read(t, d, "overlays/"+source+"log/log.go"); got != patchedRetry["log/log.go"] {
		t.Errorf("got %s", got)
	}
}

// TestImportForkLeftOut checks that it is said, in a line, in which files a fork differs that overlays do not have.
func TestImportForkLeftOut(t *testing.T) {
	files := strings.Replace(importFiles, "module example.com/m\n", "module example.com/m\n\nrequire github.com/acme/retry v1.2.0\n\nreplace github.com/acme/retry => ./fork\n", 1)
	for _, file := range txtar.Parse([]byte(retry)).Files {
		text := string(file.Data)
		if new, ok := patchedRetry[file.Name]; ok {
			text = new
		}
		if text != "" {
			files += "-- fork/" + file.Name + " --\n" + text
		}
	}
	files += "-- fork/log/more.go --\n" + patchedRetry["log/more.go"] + "-- fork/README.md --\nMine.\n-- fork/make.sh --\n-- fork/b_test.go --\npackage retry\n" +
		"-- fork/vendor/x/x.go --\npackage x\n-- fork/nested/go.mod --\nmodule x\n-- fork/nested/x.go --\npackage x\n"
	for i := range 12 {
		files += fmt.Sprintf("-- fork/log/z%02d_test.go --\npackage log\n", i)
	}
	d, _, said := importDesk(t, files, true)
	if _, err := d.Import(context.Background(), []string{"go.mod"}, ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	const want = "fork: left out: compiled by no build (tool/main.go), documentation (README.md), a build file of Bazel (REPO.bazel), 14 tests (b_test.go, log/z00_test.go, " +
		"log/z01_test.go, log/z02_test.go, log/z03_test.go, log/z04_test.go, log/z05_test.go, …), a script\n"
	if got := filepath.ToSlash(said.String()); strings.Count(got, "left out") != 1 || !strings.HasSuffix(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestImportForkOfAnother checks that a fork which is not what builds compile is refused.
func TestImportForkOfAnother(t *testing.T) {
	files := strings.Replace(importFiles, "module example.com/m\n", "module example.com/m\n\nrequire github.com/acme/retry v1.2.0\n\nreplace github.com/acme/retry => ./fork\n", 1) +
		"-- fork/go.mod --\nmodule github.com/acme/retry\n-- fork/retry.go --\npackage retry\n-- fork/log/log.go --\npackage log\n"
	d, _, _ := importDesk(t, files, true)
	check := unchanged(t, d)
	if _, err := d.Import(context.Background(), []string{"go.mod"}, ImportOptions{}); err == nil || !strings.Contains(err.Error(), "builds compile another retry.go of package github.com/acme/retry than fork has") {
		t.Errorf("got %v", err)
	}
	check()
}

// TestImportForkHasMore checks that a fork stays which has what no overlay can have.
func TestImportForkHasMore(t *testing.T) {
	files := strings.Replace(importFiles, "module example.com/m\n", "module example.com/m\n\nrequire github.com/acme/retry v1.2.0\n\nreplace github.com/acme/retry => ./fork\n", 1) +
		"-- fork/go.mod --\nmodule github.com/acme/retry\n-- fork/retry.go --\npackage retry\n-- fork/log/log.go --\npackage log\n\nconst On = true\n-- fork/sub/sub.go --\npackage sub\n-- fork/log/log.proto --\n// Mine.\n"
	sub := strings.Replace(logLibrary, "//log:log", "//sub:sub", 1)
	for want, more := range map[string]rule{
		"whether builds compile github.com/acme/retry is not known":                          {},
		"fork has a package github.com/acme/retry/sub more":                                  {"go_library", sub, map[string]any{"importpath": "github.com/acme/retry/sub", "srcs": []string{}}},
		"fork changes .proto files that package github.com/acme/retry/log is generated from": {"go_proto_library", logLibrary, map[string]any{"importpath": "github.com/acme/retry/log", "srcs": []string{logLibrary + ".go"}}},
	} {
		d, _, _ := importDesk(t, files, true)
		setRules(t, d, more)
		if more.kind == "" { // A BUILD file can't be read, and may be that of the package.
			setRules(t, d)
			if err := os.WriteFile(filepath.Join(filepath.Dir(d.Workspace.Root), "broken"), []byte("ERROR: broken/BUILD: syntax error\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		check := unchanged(t, d)
		if _, err := d.Import(context.Background(), []string{"go.mod"}, ImportOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
		check()
	}
}

// TestImportForkEmbeds checks files that a fork embeds, more or less of them than the module; another fork, which comes later, is no matter.
func TestImportForkEmbeds(t *testing.T) {
	const embeds = "package retry\n\nimport \"embed\"\n\n//go:embed text\nvar Text embed.FS\n"
	files := strings.Replace(importFiles, "module example.com/m\n", "module example.com/m\n\nrequire (\n\tgithub.com/acme/other v1.0.0\n\tgithub.com/acme/retry v1.2.0\n)\n\nreplace (\n\tgithub.com/acme/retry => ./fork\n\tgithub.com/acme/other => ./other\n)\n", 1) +
		"-- other/go.mod --\nmodule github.com/acme/other\n-- other/other.go --\npackage other\n" +
		"-- fork/go.mod --\nmodule github.com/acme/retry\n-- fork/retry.go --\n" + embeds + "-- fork/text/b.txt --\nB\n-- fork/text/c.txt --\nc\n"
	d, _, said := importDesk(t, files, true)
	const repository = "gazelle~~go_deps~com_github_acme_retry"
	cache := filepath.Join(os.Getenv("GOMODCACHE"), "github.com/acme/retry@v1.2.0")
	external := filepath.Join(filepath.Dir(d.Workspace.Root), "external", repository)
	for file, text := range map[string]string{
		filepath.Join(os.Getenv("GOMODCACHE"), "github.com/acme/other@v1.0.0/other.go"): "package other // upstream\n",
		filepath.Join(cache, "retry.go"):                                                embeds, filepath.Join(cache, "text/a.txt"): "a\n", filepath.Join(cache, "text/b.txt"): "b\n",
		filepath.Join(external, "retry.go"): embeds, filepath.Join(external, "text/b.txt"): "B\n", filepath.Join(external, "text/c.txt"): "c\n",
	} {
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	in := "@@" + repository + "//:"
	setRules(t, d, rule{"go_library", retryLibrary, map[string]any{"importpath": "github.com/acme/retry", "srcs": []string{in + "retry.go"}, "embedsrcs": []string{in + "text/b.txt", in + "text/c.txt"}}},
		rule{"go_library", "//other:other", map[string]any{"importpath": "github.com/acme/other", "srcs": []string{"//other:other.go"}}})
	mustImport(t, d, said, ImportOptions{}, "go.mod")
	wantText(t, said.String(), "2 build files of Bazel (REPO.bazel, _gazelle_generated/BUILD.bazel)")
	wantOverlays(t, d, `delete = ["text/a.txt"]`, `    embedsrcs = [
        "_src/github.com/acme/retry/text/b.txt",
        "_src/github.com/acme/retry/text/c.txt",
    ],`, `strip_prefix = "_src/github.com/acme/retry"`)
}

// TestImportFolder checks a changed copy of a module, beside what builds compile and beside another folder.
func TestImportFolder(t *testing.T) {
	files := importFiles + "-- copy/go.mod --\nmodule github.com/acme/retry\n-- copy/retry.go --\npackage retry\n\nconst Wait = 0\n" +
		"-- copy/more.go --\npackage retry\n-- copy/ignored.go --\n//go:build ignore\n\npackage main\n-- copy/log/log.go --\npackage log\n\nconst On = false\n" +
		"-- old/go.mod --\nmodule github.com/acme/retry\n-- old/retry.go --\npackage retry\n\nconst Wait = 9\n-- old/log/log.go --\npackage log\n"
	d, _, said := importDesk(t, files, false)
	mustImport(t, d, said, ImportOptions{}, "copy")
	const source = "_src/github.com/acme/retry/"
	wantOverlays(t, d, `srcs = ["`+source+`retry.go"]`, `new_srcs = ["`+source+`more.go"]`, `delete = ["gone.go"]`)
	if got := read(t, d, "overlays/BUILD.bazel"); strings.Contains(got, "ignored.go") || strings.Contains(got, "log.go") {
		t.Errorf("got %s", got)
	}

	d, out, said := importDesk(t, files, false)
	mustImport(t, d, said, ImportOptions{Old: "old"}, "copy")
	wantText(t, out.String(), "next: overlay rebase //overlays:retry")
}

// TestImportJSON checks what the go command takes by -overlay.
func TestImportJSON(t *testing.T) {
	d, _, said := importDesk(t, importFiles+"-- mine/retry.go --\npackage retry\n-- vendor/github.com/acme/retry/log/log.go --\n", false)
	module := filepath.Join(os.Getenv("GOMODCACHE"), "github.com/acme/retry@v1.2.0")
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(module, "retry.go"):         "mine/retry.go",
		filepath.Join(module, "new.go"):           filepath.Join(d.Workspace.Root, "mine/retry.go"),
		filepath.Join(module, "log", "gone.go"):   "",
		"vendor/github.com/acme/retry/log/log.go": "mine/retry.go",
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.Workspace.Root, "overlay.json"), overlay, 0o644); err != nil {
		t.Fatal(err)
	}
	same := filepath.Join(d.Workspace.Root, "same.json")
	if err := os.WriteFile(same, []byte(strings.Replace(`{"Replace": {"M/retry.go": "M/retry.go"}}`, "M", filepath.ToSlash(module), 2)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Import(context.Background(), []string{"same.json"}, ImportOptions{}); err == nil || err.Error() != "there is nothing to import" {
		t.Errorf("got %v", err)
	}
	wantText(t, said.String(), "same.json: retry.go of github.com/acme/retry v1.2.0 is left out: it is the same\n")
	mustImport(t, d, said, ImportOptions{}, "overlay.json")
	const source = "_src/github.com/acme/retry/"
	wantOverlays(t, d, `srcs = ["`+source+`retry.go"]`, `new_srcs = ["`+source+`new.go"]`, `delete = ["gone.go"]`, `srcs = ["`+source+`log/log.go"]`)
}
