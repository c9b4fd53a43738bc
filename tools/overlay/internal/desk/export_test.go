package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/internal/txtar"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// The module github.com/acme/mono/go/uuid/v2 is in a folder of the workspace, as Bazel has it in another one.
const exportedModule = `
-- MODULE.bazel --
-- BUILD.bazel --
-- mod/REPO.bazel --
-- mod/_gazelle_generated/BUILD.bazel --
    purl = "pkg:golang/github.com/acme/mono/go/uuid/v2@v2.1.0?checksum=x",
-- mod/hash/a b.go --
package hash

const a = 1
-- mod/hash/crlf.go --
-- mod/hash/empty.go --
-- mod/hash/gone.go --
package hash
-- mod/hash/hash.go --
package hash

const h = 1

const i = 1
-- mod/hash/noend.go --
-- mod/uuid.go --
package uuid
-- overlays/BUILD.bazel --
-- overlays/hash/a b.go --
package hash

const a = 2
-- overlays/hash/crlf.go --
-- overlays/hash/empty.go --
package hash
-- overlays/hash/new_empty.go --
-- overlays/hash/new.go --
package hash
-- overlays/hash/noend.go --
-- overlays/hash.patch --
The names are those in the repository of somebody.

--- x/y/hash/hash.go.orig
+++ x/y/hash/hash.go
@@ -3 +3 @@
-const h = 1
+const h = 2
-- overlays/upper.patch --
--- a/hash.go
+++ b/hash.go
@@ -3,3 +3,3 @@
 const h = 2
 
-const i = 1
+const i = 2
-- sdk/VERSION --
go1.26.8
`

// exportDesk returns a desk with overlays of a module.
func exportDesk(t *testing.T) (d *Desk, out, said *bytes.Buffer) {
	t.Helper()
	const hash, uuid = "github.com/acme/mono/go/uuid/v2/hash", "github.com/acme/mono/go/uuid/v2"
	d, out, said = fakeDesk(t, exportedModule,
		rule{"go_library", "//mod/hash:hash", map[string]any{"importpath": hash, "srcs": []string{
			"//mod/hash:a b.go", "//mod/hash:crlf.go", "//mod/hash:empty.go", "//mod/hash:gone.go", "//mod/hash:hash.go", "//mod/hash:noend.go",
		}}},
		rule{"go_library", "//mod:uuid", map[string]any{"importpath": uuid, "srcs": []string{"//mod:uuid.go"}}},
		rule{"go_overlay", "//overlays:files", map[string]any{
			"importpath": hash,
			"srcs":       []string{"//overlays:hash/a b.go", "//overlays:hash/crlf.go", "//overlays:hash/empty.go", "//overlays:hash/noend.go"},
			"new_srcs":   []string{"//overlays:hash/new.go", "//overlays:hash/new_empty.go", "//overlays:made.go"},
			"delete":     []string{"gone.go"},
			"x_defs":     map[string]string{"v": "1"},
			"reason":     "hash: faster Größe = \"Größe\"\n\ndiff -u of the two\nFrom here on",
			"upstream":   "https://github.com/acme/mono/pull/1",
		}},
		rule{"go_overlay", "//overlays:lower", map[string]any{
			"importpath": hash, "patches": map[string]string{"//overlays:hash.patch": "hash.go"}, "patch_strip": "3",
		}},
		rule{"go_overlay", "//overlays:upper", map[string]any{
			"importpath": hash, "patches": map[string]string{"//overlays:upper.patch": "hash.go"}, "reason": "On top",
		}},
		rule{"go_overlay_set", "//overlays:set", map[string]any{
			"overlays": []string{"//overlays:files"}, "layers": []string{"//overlays:lower", "//overlays:upper"},
		}},
	)
	for name, text := range map[string]string{
		"mod/hash/crlf.go":       "package hash\r\n\r\nconst c = 1\r\n",
		"overlays/hash/crlf.go":  "package hash\r\n\r\nconst c = 2\r\n\nconst mixed = 2\n",
		"mod/hash/noend.go":      "package hash\n\nconst n = 1",
		"overlays/hash/noend.go": "package hash\n\nconst n = 2 // no end",
	} {
		if err := os.WriteFile(filepath.Join(d.Workspace.Root, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	return d, out, said
}

// exportedTree is what the overlays of exportDesk make of the module.
var exportedTree = map[string]string{
	"uuid.go":           "package uuid\n",
	"hash/a b.go":       "package hash\n\nconst a = 2\n",
	"hash/crlf.go":      "package hash\r\n\r\nconst c = 2\r\n\nconst mixed = 2\n",
	"hash/empty.go":     "package hash\n",
	"hash/hash.go":      "package hash\n\nconst h = 2\n\nconst i = 2\n",
	"hash/new.go":       "package hash\n",
	"hash/new_empty.go": "",
	"hash/noend.go":     "package hash\n\nconst n = 2 // no end",
}

// copyModule copies the module of exportDesk into a folder.
func copyModule(t *testing.T, d *Desk, folder string) {
	t.Helper()
	for _, name := range []string{"uuid.go", "hash/a b.go", "hash/crlf.go", "hash/empty.go", "hash/gone.go", "hash/hash.go", "hash/noend.go"} {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		mode := os.FileMode(0o644)
		if name == "hash/hash.go" {
			mode = 0o755 // It stays.
		}
		if err := os.WriteFile(file, []byte(read(t, d, "mod/"+name)), mode); err != nil {
			t.Fatal(err)
		}
	}
}

// repository returns a copy of the module in a folder of a repository of git.
func repository(t *testing.T, d *Desk, folder string) (root string) {
	t.Helper()
	root = t.TempDir()
	copyModule(t, d, filepath.Join(root, folder))
	initRepository(t, root)
	return root
}

// initRepository makes a folder with files a repository of git, and commits them.
func initRepository(t *testing.T, root string) {
	t.Helper()
	for _, args := range [][]string{
		{"init", "-q"}, {"config", "core.autocrlf", "false"}, {"config", "user.name", "upstream"}, {"config", "user.email", "upstream@example.com"},
		{"add", "--all"}, {"commit", "-q", "--allow-empty", "-m", "Before"},
	} {
		run(t, root, "", "git", args...)
	}
}

// run runs a program in a folder, and returns what it writes.
func run(t *testing.T, dir, stdin string, program string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%v", err)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s\n%s", program, strings.Join(args, " "), err, out, stdin)
	}
	return string(out)
}

// compareTree checks that a folder has just these files, and that hash.go is executable, as it was.
func compareTree(t *testing.T, folder string, want map[string]string) {
	t.Helper()
	compareFiles(t, folder, want)
	if info, err := os.Stat(filepath.Join(folder, "hash", "hash.go")); err != nil || info.Mode()&0o100 == 0 {
		t.Errorf("hash.go is executable no more: %v", err)
	}
}

// compareFiles checks that a folder has just these files.
func compareFiles(t *testing.T, folder string, want map[string]string) {
	t.Helper()
	found := 0
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if entry != nil && entry.Name() == ".git" {
				return filepath.SkipDir
			}
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(folder, path)
		found++
		if text, ok := want[filepath.ToSlash(name)]; !ok || text != string(content) {
			t.Errorf("%s is %q, want %q", name, content, text)
		}
		return nil
	})
	if err != nil || found != len(want) {
		t.Errorf("%d files, want %d; %v", found, len(want), err)
	}
}

// compareBeginnings checks how files of the workspace begin.
func compareBeginnings(t *testing.T, d *Desk, wants map[string]string) {
	t.Helper()
	for name, want := range wants {
		if got := read(t, d, name); !strings.HasPrefix(got, want) {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// TestExportDiff checks that git and patch make, of upstream's repository, what builds compile.
func TestExportDiff(t *testing.T) {
	d, out, said := exportDesk(t)
	if err := d.Export(context.Background(), nil, ExportOptions{Format: "diff"}); err != nil {
		t.Fatal(err, said)
	}
	for _, want := range []string{
		"//overlays:files: made.go is left out, as //overlays:made.go generates it: only a build has it\n",
		"//overlays:files: it also sets x_defs, which is no change of a file",
		"github.com/acme/mono/go/uuid/v2 v2.1.0: names are those of a repository that has v2 on a branch; for one with a folder of that name: git apply -p3 --directory=go/uuid/v2\n",
	} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("said %q, want %q", said, want)
		}
	}
	diff := out.String()
	t.Run("git", func(t *testing.T) {
		root := repository(t, d, "go/uuid")
		run(t, root, diff, "git", "apply", "--index", "-")
		compareTree(t, filepath.Join(root, "go", "uuid"), exportedTree)
	})
	t.Run("folder", func(t *testing.T) {
		root := repository(t, d, "go/uuid/v2")
		run(t, root, diff, "git", "apply", "-p3", "--directory=go/uuid/v2", "-")
		compareTree(t, filepath.Join(root, "go", "uuid", "v2"), exportedTree)
	})
	t.Run("patch", func(t *testing.T) {
		root := repository(t, d, "go/uuid")
		run(t, root, diff, "patch", "-p1", "--binary", "--no-backup-if-mismatch")
		compareTree(t, filepath.Join(root, "go", "uuid"), exportedTree)
	})
}

// TestExportMail checks that git am takes mails as they are meant, and that they are the same each time.
func TestExportMail(t *testing.T) {
	d, out, said := exportDesk(t)
	options := ExportOptions{Format: "mail", Date: time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)}
	run(t, d.Workspace.Root, "", "git", "init", "-q")
	run(t, d.Workspace.Root, "", "git", "config", "user.name", "")
	err := d.Export(context.Background(), nil, options)
	if err == nil || !strings.Contains(err.Error(), "next: git config user.name …") {
		t.Errorf("got %v", err)
	}
	run(t, d.Workspace.Root, "", "git", "config", "user.name", "Jürgen, who patches")
	run(t, d.Workspace.Root, "", "git", "config", "user.email", "me@example.com")
	if err := d.Export(context.Background(), nil, options); err != nil {
		t.Fatal(err, said)
	}
	mails := out.String()
	root := repository(t, d, "go/uuid")
	run(t, root, mails, "git", "am")
	compareTree(t, filepath.Join(root, "go", "uuid"), exportedTree)
	log := run(t, root, "", "git", "log", "-3", "--reverse", "--format=%an <%ae> %aI%n%B")
	want := `Jürgen, who patches <me@example.com> 2026-11-28T10:00:00+00:00
hash: faster Größe = "Größe"

Changes github.com/acme/mono/go/uuid/v2/hash v2.1.0.

 diff -u of the two
From here on

See https://github.com/acme/mono/pull/1

Jürgen, who patches <me@example.com> 2026-11-28T10:00:00+00:00
lower

Changes github.com/acme/mono/go/uuid/v2/hash v2.1.0.

Jürgen, who patches <me@example.com> 2026-11-28T10:00:00+00:00
On top

Changes github.com/acme/mono/go/uuid/v2/hash v2.1.0.

`
	if log != strings.ReplaceAll(want, "+00:00", "Z") && log != want {
		t.Errorf("got %s, want %s", log, want)
	}
	out.Reset()
	if err := d.Export(context.Background(), nil, options); err != nil || out.String() != mails {
		t.Errorf("%v, and mails are others the second time", err)
	}
}

// TestExportLayer checks that what is on top of an overlay which is not exported is exported for what that makes.
func TestExportLayer(t *testing.T) {
	d, out, said := exportDesk(t)
	if err := d.Export(context.Background(), []string{"upper"}, ExportOptions{Format: "diff"}); err != nil {
		t.Fatal(err, said)
	}
	if want := "//overlays:upper: it is on top of //overlays:lower, which is to be applied first\n"; !strings.Contains(said.String(), want) {
		t.Errorf("said %q, want %q", said, want)
	}
	if got := out.String(); strings.Contains(got, "+const h = 2") || !strings.Contains(got, "+const i = 2") {
		t.Errorf("got %s", got)
	}
}

func TestExportModuleOverride(t *testing.T) {
	d, out, said := exportDesk(t)
	options := ExportOptions{Format: "module_override"}
	if err := d.Export(context.Background(), nil, options); err == nil || !strings.Contains(err.Error(), "say by -o where") {
		t.Errorf("got %v", err)
	}
	options.Output = "overlays/out/"
	if err := d.Export(context.Background(), nil, options); err != nil {
		t.Fatal(err, said)
	}
	const name = "github.com_acme_mono_go_uuid_v2.patch"
	want := "go_deps.module_override(\n    patch_strip = 1,\n    patches = [\"//overlays:out/" + name + "\"],\n    path = \"github.com/acme/mono/go/uuid/v2\",\n)\n"
	if out.String() != want {
		t.Errorf("got %s, want %s", out, want)
	}
	if !strings.Contains(said.String(), "the patch adds hash/new.go, but go_deps applies patches after gazelle") {
		t.Errorf("said %s", said)
	}
	root := repository(t, d, "")
	run(t, root, read(t, d, "overlays/out/"+name), "git", "apply", "-")
	compareTree(t, root, exportedTree)

	for path, want := range map[string]bool{"github.com/acme/mono/go/uuid/v2": true, "github.com/acme/mono/go/uuid": false} {
		module := "deps = use_extension(\"@gazelle//:extensions.bzl\", \"go_deps\")\ndeps.module_override(patches = [\"//:x.patch\"], path = \"" + path + "\")\n"
		if err := os.WriteFile(filepath.Join(d.Workspace.Root, "MODULE.bazel"), []byte(module), 0o644); err != nil {
			t.Fatal(err)
		}
		said.Reset()
		if err := d.Export(context.Background(), nil, options); err != nil || strings.Contains(said.String(), "MODULE.bazel has a module_override of it") != want {
			t.Errorf("%s: got %v, said %s", path, err, said)
		}
	}
}

// TestExportModules checks that overlays of several modules get a file each, of the workspace and of the standard library too.
func TestExportModules(t *testing.T) {
	d, out, said := fakeDesk(t, `
-- MODULE.bazel --
-- lib/lib.go --
package lib
-- overlays/lib.go --
package lib

const L = 1
-- overlays/print.go --
package fmt

const P = 2
`,
		rule{"go_library", "//lib:lib", map[string]any{"importpath": "example.com/m/lib", "srcs": []string{"//lib:lib.go"}}},
		rule{"go_overlay", "//overlays:fmt", map[string]any{"importpath": "fmt", "srcs": []string{"//overlays:print.go"}}},
		rule{"go_overlay", "//overlays:lib", map[string]any{"importpath": "example.com/m/lib", "srcs": []string{"//overlays:lib.go"}}},
	)
	if err := txtar.Write(txtar.Parse([]byte("-- sdk/VERSION --\ngo1.26.8\n-- sdk/src/fmt/print.go --\npackage fmt\n")), filepath.Dir(d.Workspace.Root)); err != nil {
		t.Fatal(err)
	}
	err := d.Export(context.Background(), nil, ExportOptions{Format: "diff"})
	if err == nil || !strings.Contains(err.Error(), "the overlays are for 2 modules, and each gets a file: std go1.26.8, the workspace.\nSay by -o") {
		t.Errorf("got %v", err)
	}
	if err := d.Export(context.Background(), nil, ExportOptions{Format: "diff", Output: "out"}); err != nil {
		t.Fatal(err, said)
	}
	compareBeginnings(t, d, map[string]string{
		"out/std.patch":           "diff --git a/src/fmt/print.go b/src/fmt/print.go\n",
		"out/example.com_m.patch": "diff --git a/lib/lib.go b/lib/lib.go\n",
	})
	if err := os.WriteFile(filepath.Join(filepath.Dir(d.Workspace.Root), "sdk", "VERSION"), []byte("go1.0.1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	err = d.Export(context.Background(), []string{"fmt"}, ExportOptions{Format: "json"})
	if err == nil || !strings.Contains(err.Error(), "//overlays:fmt: the go command has ") || !strings.Contains(err.Error(), ", and Bazel compiles go1.0.1") {
		t.Errorf("got %v", err)
	}
	err = d.Export(context.Background(), []string{"fmt"}, ExportOptions{Format: "module_override", Output: "out/"})
	if err == nil || !strings.Contains(err.Error(), "//overlays:fmt is of the SDK, which module_override doesn't change") {
		t.Errorf("got %v", err)
	}
	// The workspace may be a folder of its repository.
	run(t, filepath.Dir(d.Workspace.Root), "", "git", "init", "-q")
	out.Reset()
	if err := d.Export(context.Background(), []string{"lib"}, ExportOptions{Format: "diff"}); err != nil {
		t.Fatal(err, said)
	}
	if want := "diff --git a/workspace/lib/lib.go b/workspace/lib/lib.go\n"; !strings.HasPrefix(out.String(), want) {
		t.Errorf("got %s, want %s", out, want)
	}
}

// TestExportVendored checks that names are those of the module's repository where Bazel compiles what a vendor folder has.
func TestExportVendored(t *testing.T) {
	const uuid, mono = "github.com/google/uuid", "github.com/acme/mono/go/uuid/v2/hash"
	d, out, said := fakeDesk(t, `
-- MODULE.bazel --
-- go.mod --
module example.com/m
-- vendor/modules.txt --
# github.com/acme/mono v1.0.0 => ../mono
## explicit; go 1.22
github.com/acme/mono
# github.com/acme/mono/go/uuid/v2 v2.1.0
github.com/acme/mono/go/uuid/v2/hash
-- vendor/github.com/acme/mono/go/uuid/v2/hash/hash.go --
package hash
-- backend/vendor/github.com/google/uuid/uuid.go --
package uuid
-- overlays/hash.go --
package hash

const H = 1
-- overlays/uuid.go --
package uuid

const U = 1
`,
		rule{"go_library", "//vendor/" + mono + ":hash", map[string]any{"importpath": mono, "srcs": []string{"//vendor/" + mono + ":hash.go"}}},
		rule{"go_library", "//backend/vendor/" + uuid + ":uuid", map[string]any{"importpath": uuid, "srcs": []string{"//backend/vendor/" + uuid + ":uuid.go"}}},
		rule{"go_overlay", "//overlays:hash", map[string]any{"importpath": mono, "srcs": []string{"//overlays:hash.go"}}},
		rule{"go_overlay", "//overlays:uuid", map[string]any{"importpath": uuid, "srcs": []string{"//overlays:uuid.go"}}},
	)
	t.Setenv("GOMODCACHE", t.TempDir())
	if err := d.Export(context.Background(), nil, ExportOptions{Format: "diff", Output: "out/"}); err != nil {
		t.Fatal(err, said)
	}
	compareBeginnings(t, d, map[string]string{
		"out/github.com_acme_mono_go_uuid_v2.patch": "diff --git a/go/uuid/hash/hash.go b/go/uuid/hash/hash.go\n",
		"out/github.com_google_uuid.patch":          "diff --git a/uuid.go b/uuid.go\n",
	})
	if want := "github.com/acme/mono/go/uuid/v2 v2.1.0: names are those"; !strings.Contains(said.String(), want) {
		t.Errorf("said %s, want %s", said, want)
	}
	err := d.Export(context.Background(), []string{"hash"}, ExportOptions{Format: "module_override", Output: "out/"})
	if err == nil || !strings.Contains(err.Error(), "which go_deps doesn't fetch") {
		t.Errorf("got %v", err)
	}
	if err := d.Export(context.Background(), []string{"uuid"}, ExportOptions{Format: "json"}); err != nil || !strings.Contains(out.String(), "backend/vendor/github.com/google/uuid/uuid.go\":") {
		t.Errorf("got %v, %s", err, out)
	}
}

// TestExportOwnExternal checks that a folder called external is one of the workspace, unless it is Bazel's.
func TestExportOwnExternal(t *testing.T) {
	const own, made = "example.com/m/third_party/external/lib", "example.com/module/oo"
	d, out, said := fakeDesk(t, `
-- MODULE.bazel --
-- third_party/external/lib/lib.go --
package lib
-- out/execroot/x --
-- out/external/module/o/o.go --
package oo
-- overlays/lib.go --
package lib

const L = 1
-- overlays/o.go --
package oo

const O = 1
`,
		rule{"go_library", "//third_party/external/lib:lib", map[string]any{"importpath": own, "srcs": []string{"//third_party/external/lib:lib.go"}}},
		rule{"go_library", "//out/external/module/o:o", map[string]any{"importpath": made, "srcs": []string{"//out/external/module/o:o.go"}}},
		rule{"go_overlay", "//overlays:lib", map[string]any{"importpath": own, "srcs": []string{"//overlays:lib.go"}}},
		rule{"go_overlay", "//overlays:o", map[string]any{"importpath": made, "srcs": []string{"//overlays:o.go"}}},
	)
	t.Setenv("GOMODCACHE", t.TempDir())
	for overlay, want := range map[string]string{
		"lib": "diff --git a/third_party/external/lib/lib.go b/third_party/external/lib/lib.go\n",
		"o":   "diff --git a/o/o.go b/o/o.go\n",
	} {
		out.Reset()
		if err := d.Export(context.Background(), []string{overlay}, ExportOptions{Format: "diff"}); err != nil || !strings.HasPrefix(out.String(), want) {
			t.Errorf("got %v, %s, said %s", err, out, said)
		}
	}
	if strings.Contains(said.String(), "example.com/module/o:") || !strings.Contains(said.String(), "example.com/module/oo:") {
		t.Errorf("said %s", said)
	}
}

// TestExportBinary checks that a file which is no text is left out of a diff, and that this is said; of JSON, it is not.
func TestExportBinary(t *testing.T) {
	d, out, said := fakeDesk(t, "-- MODULE.bazel --\n-- x/a.go --\npackage x\n-- x/logo.png --\nold\x00\n-- overlays/a.go --\npackage x // a\n-- overlays/logo.png --\nnew\x00\n",
		rule{"go_library", "//x:x", map[string]any{"importpath": "example.com/x", "srcs": []string{"//x:a.go"}, "embedsrcs": []string{"//x:logo.png"}}},
		rule{"go_overlay", "//overlays:x", map[string]any{"importpath": "example.com/x", "srcs": []string{"//overlays:a.go"}, "embedsrcs": []string{"//overlays:logo.png"}}},
	)
	const note = "//overlays:x: logo.png is left out, as it is no text\n"
	if err := d.Export(context.Background(), nil, ExportOptions{Format: "diff"}); err != nil || strings.Contains(out.String(), "logo") || !strings.HasSuffix(said.String(), note) {
		t.Errorf("got %v, %s, said %s", err, out, said)
	}
	out.Reset()
	said.Reset()
	if err := d.Export(context.Background(), nil, ExportOptions{Format: "json"}); err != nil || !strings.Contains(out.String(), "overlays/logo.png\"") || said.Len() > 0 {
		t.Errorf("got %v, %s, said %s", err, out, said)
	}
}

// TestExportTwoHomes checks that no name leads out of the repository that a diff is for.
func TestExportTwoHomes(t *testing.T) {
	d, _, said := fakeDesk(t, "-- MODULE.bazel --\n-- mod/REPO.bazel --\n-- mod/a.go --\npackage x\n-- x/b.go --\npackage x\n-- overlays/b.go --\npackage x // b\n",
		rule{"go_library", "//mod:x", map[string]any{"importpath": "example.com/x", "srcs": []string{"//mod:a.go"}}},
		rule{"go_library", "//x:x", map[string]any{"importpath": "example.com/x", "srcs": []string{"//x:b.go"}}},
		rule{"go_overlay", "//overlays:x", map[string]any{"importpath": "example.com/x", "srcs": []string{"//overlays:b.go"}}},
	)
	err := d.Export(context.Background(), nil, ExportOptions{Format: "diff"})
	if !errors.Is(err, command.ExitCode(1)) || !strings.Contains(said.String(), "targets of several repositories have its import path") {
		t.Errorf("got %v, %s", err, said)
	}
}

// TestExportUnfit checks that what no build takes is not exported, and that nothing is written.
func TestExportUnfit(t *testing.T) {
	d, _, said := fakeDesk(t, `
-- MODULE.bazel --
-- lib/lib.go --
package lib
-- overlays/lib.go --
package lib

const L = 1
-- overlays/other/lib.go --
package lib

const L = 2
`,
		rule{"go_library", "//lib:lib", map[string]any{"importpath": "example.com/m/lib", "srcs": []string{"//lib:lib.go"}}},
		rule{"go_overlay", "//overlays:lib", map[string]any{
			"importpath": "example.com/m/lib", "srcs": []string{"//overlays:lib.go"},
			"base": map[string]string{"lib.go": digest.Of([]byte("package old\n"))},
		}},
		rule{"go_overlay", "//overlays:other", map[string]any{"importpath": "example.com/m/lib", "srcs": []string{"//overlays:other/lib.go"}}},
	)
	err := d.Export(context.Background(), []string{"lib"}, ExportOptions{Format: "diff", Output: "out.patch"})
	if !errors.Is(err, command.ExitCode(1)) || !strings.Contains(said.String(), "//overlays:lib replaces lib.go") || !strings.Contains(said.String(), "another version") {
		t.Errorf("got %v, %s", err, said)
	}
	if _, err := os.Stat(filepath.Join(d.Workspace.Root, "out.patch")); err == nil {
		t.Error("a file is written")
	}
	err = d.Export(context.Background(), nil, ExportOptions{Format: "diff"})
	if err == nil || !strings.Contains(err.Error(), "//overlays:lib and //overlays:other both change lib.go of package example.com/m/lib, and no set has one on top") {
		t.Errorf("got %v", err)
	}
}

// TestExportJSON checks that the JSON names the go command's files: of the module cache, or a vendor folder.
func TestExportJSON(t *testing.T) {
	d, out, said := exportDesk(t)
	err := d.Export(context.Background(), []string{"files"}, ExportOptions{Format: "json"})
	if err == nil || !strings.Contains(err.Error(), "next: go mod download github.com/acme/mono/go/uuid/v2@v2.1.0") {
		t.Errorf("got %v", err)
	}
	copyModule(t, d, filepath.Join(os.Getenv("GOMODCACHE"), "github.com", "acme", "mono", "go", "uuid", "v2@v2.1.0"))
	if err := d.Export(context.Background(), []string{"files"}, ExportOptions{Format: "json"}); err != nil {
		t.Fatal(err, said)
	}
	if !strings.Contains(said.String(), "from 1.25 on, the go command refuses to replace files of the module cache, where it has the module: run go mod vendor") {
		t.Errorf("said %s", said)
	}
	out.Reset()
	vendored := filepath.Join(d.Workspace.Root, "vendor", "github.com", "acme", "mono", "go", "uuid", "v2")
	copyModule(t, d, vendored)
	if err := d.Export(context.Background(), []string{"files"}, ExportOptions{Format: "json"}); err != nil {
		t.Fatal(err, said)
	}
	decode := func(text string) map[string]string {
		var overlay struct{ Replace map[string]string }
		if err := json.Unmarshal([]byte(text), &overlay); err != nil {
			t.Fatal(err, text)
		}
		return overlay.Replace
	}
	replace := decode(out.String())
	for name, want := range map[string]string{
		"a b.go":  filepath.Join(d.Workspace.Root, "overlays", "hash", "a b.go"),
		"new.go":  filepath.Join(d.Workspace.Root, "overlays", "hash", "new.go"),
		"gone.go": "",
	} {
		if got, ok := replace[filepath.Join(vendored, "hash", name)]; !ok || got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	// What diffs make is written beside it.
	options := ExportOptions{Format: "json"}
	if err := d.Export(context.Background(), []string{"lower", "upper"}, options); err == nil || !strings.Contains(err.Error(), "comes of a diff") {
		t.Errorf("got %v", err)
	}
	options.Output = "overlay.json"
	if err := d.Export(context.Background(), []string{"lower", "upper"}, options); err != nil {
		t.Fatal(err, said)
	}
	made := decode(read(t, d, "overlay.json"))[filepath.Join(vendored, "hash", "hash.go")]
	if content, err := os.ReadFile(made); err != nil || string(content) != exportedTree["hash/hash.go"] {
		t.Errorf("got %q, %v", content, err)
	}
	// The go command's file has to be the one that Bazel has.
	if err := os.WriteFile(filepath.Join(vendored, "hash", "a b.go"), []byte("package other\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := d.Export(context.Background(), []string{"files"}, options); err == nil || !strings.Contains(err.Error(), "is not what Bazel compiles") {
		t.Errorf("got %v", err)
	}
}

// TestExportJSONReplaced checks that the go command's file of a module that go.mod replaces is that of the fork.
func TestExportJSONReplaced(t *testing.T) {
	d, _, said := exportDesk(t)
	goMod := filepath.Join(d.Workspace.Root, "go.mod")
	for to, folder := range map[string]string{
		"./forks/uuid":                   filepath.Join(d.Workspace.Root, "forks", "uuid"),
		"github.com/fork/uuid/v2 v2.1.0": filepath.Join(os.Getenv("GOMODCACHE"), "github.com", "fork", "uuid", "v2@v2.1.0"),
	} {
		if err := os.WriteFile(goMod, []byte("module example.com/m\n\nreplace github.com/acme/mono/go/uuid/v2 => "+to+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		copyModule(t, d, folder)
		if err := d.Export(context.Background(), []string{"files"}, ExportOptions{Format: "json", Output: "out/"}); err != nil {
			t.Fatal(to, err, said)
		}
		if got := read(t, d, "out/overlay.json"); !strings.Contains(got, strconv.Quote(filepath.Join(folder, "hash", "new.go"))+":") {
			t.Errorf("%s: got %s", to, got)
		}
	}
}

// TestExportJSONBuilds checks that the go command takes the JSON.
func TestExportJSONBuilds(t *testing.T) {
	d, _, said := fakeDesk(t, `
-- MODULE.bazel --
-- go.mod --
module example.com/m

go 1.22
-- lib/lib.go --
package lib

const L = "upstream"
-- main.go --
package main

import "example.com/m/lib"

func main() { println(lib.L, lib.New) }
-- overlays/lib.patch --
--- a/lib.go
+++ b/lib.go
@@ -1,3 +1,3 @@
 package lib
 
-const L = "upstream"
+const L = "patched"
-- overlays/_src/new.go --
package lib

const New = "new"
`,
		rule{"go_library", "//lib:lib", map[string]any{"importpath": "example.com/m/lib", "srcs": []string{"//lib:lib.go"}}},
		rule{"go_overlay", "//overlays:lib", map[string]any{
			"importpath": "example.com/m/lib", "patches": map[string]string{"//overlays:lib.patch": "lib.go"}, "new_srcs": []string{"//overlays:_src/new.go"},
		}},
	)
	if err := d.Export(context.Background(), nil, ExportOptions{Format: "json", Output: "overlay.json"}); err != nil {
		t.Fatal(err, said)
	}
	if got := run(t, d.Workspace.Root, "", "go", "run", "-overlay", "overlay.json", "."); !strings.HasSuffix(got, "patched new\n") {
		t.Errorf("got %s", got)
	}
}

func TestOrdered(t *testing.T) {
	changes := []workspace.Change{{Name: "a.go", Kind: workspace.Replace}}
	all := []workspace.Overlay{{Label: "//:a", Changes: changes}, {Label: "//:b", Changes: changes}, {Label: "//:c", Changes: changes}}
	l := layering{all: all, sets: []workspace.Set{{Label: "//:set", Layers: []string{"//:c", "//:a", "//:b"}}}}
	ordered, err := l.ordered(all)
	if err != nil || len(ordered) != 3 || ordered[0].Label != "//:c" || ordered[1].Label != "//:a" {
		t.Errorf("got %v, %v", ordered, err)
	}
	if beneath := l.beneath(all[1:2]); len(beneath) != 2 {
		t.Errorf("got %v", beneath)
	}
}

// TestDiffDifferential checks that git and patch make of random files, with odd names, what the diff was made of.
func TestDiffDifferential(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	lines := []string{"a\n", "b\n", "\n", "a\r\n", "\r\n", "\ta \n", "-- a\n", "++ b\n", "@@ -1 +1 @@\n", "diff --git a/x b/x\n", "From me\n", "\\ No newline\n", "über\n", "\xff\n", "\f\n"}
	text := func() []byte {
		var b []byte
		for range random.Intn(12) {
			b = append(b, lines[random.Intn(len(lines))]...)
		}
		if random.Intn(4) == 0 {
			b = append(b, "no end"...)
		}
		return append([]byte{}, b...)
	}
	names := []string{"plain.go", "a b/c d.go", "über.go", "tab\there.go", `quote"d.go`, `back\slash.go`, "new\nline.go", "-dash.go", " blank.go", "end .go", "a/b/b/x.go"}
	for round := range 6 {
		before, after := map[string]string{}, map[string]string{}
		var files []exportedFile
		for _, name := range names {
			file := exportedFile{name: name, old: text(), new: text()}
			switch random.Intn(6) {
			case 0:
				file.old = nil
			case 1:
				file.new = nil
				if len(file.old) == 0 {
					file.old = []byte("a\n") // patch(1) asks whether an empty file has been emptied before.
				}
			case 2: // A few lines of many change.
				file.old = bytes.Repeat(file.old, 5)
				file.new = append(append([]byte{}, file.old...), file.new...)
			}
			if file.old != nil {
				before["sub/"+name] = string(file.old)
			}
			if file.new != nil {
				after["sub/"+name] = string(file.new)
			}
			files = append(files, file)
		}
		diff := diffOf(files, "sub")
		var box bytes.Buffer
		writeMail(&box, mail.Address{Name: "x", Address: "x@example.com"}, time.Unix(0, 0), "[PATCH] s", "b\n", diff)
		for _, command := range []struct {
			stdin string
			words []string
		}{
			{string(diff), []string{"git", "apply", "-"}},
			{box.String(), []string{"git", "-c", "user.name=x", "-c", "user.email=x@example.com", "am", "-q"}},
			{string(diff), []string{"patch", "-s", "-p1", "--binary", "--no-backup-if-mismatch"}},
		} {
			root := t.TempDir()
			for name, text := range before {
				file := filepath.Join(root, name)
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if command.words[0] == "git" {
				initRepository(t, root)
			}
			run(t, root, command.stdin, command.words[0], command.words[1:]...)
			compareFiles(t, root, after)
			if t.Failed() {
				t.Fatalf("round %d: %v\n%s", round, command.words, diff)
			}
		}
	}
}

// TestQuotedPrintable checks that no line of what is written begins a mail.
func TestQuotedPrintable(t *testing.T) {
	for _, text := range []string{"From me\n", "\r\n" + strings.Repeat("x", 75) + "From nobody Mon Sep 17 00:00:00 2001\n", "From the end "} {
		encoded := quotedPrintable(text)
		for _, line := range strings.Split(encoded, "\n") {
			if strings.HasPrefix(line, "From ") || len(line) > 76 {
				t.Errorf("%q is written as %q", text, encoded)
			}
		}
		decoded, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(encoded)))
		if err != nil || string(decoded) != text {
			t.Errorf("%q becomes %q, %v", text, decoded, err)
		}
	}
}
