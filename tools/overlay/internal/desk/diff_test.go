package desk

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/userfiles"
)

// TestDiff checks that git makes of the package what the overlays make of it.
func TestDiff(t *testing.T) {
	d, out, said := fakeDesk(t, `
-- MODULE.bazel --
-- uuid/a b.go --
package uuid

const a = 1
-- uuid/gone.go --
package uuid
-- uuid/hash.go --
package uuid

const h = 1
-- overlays/uuid/a b.go --
package uuid

const a = 2
-- overlays/uuid/empty.txt --
-- overlays/uuid/new.go --
package uuid
-- overlays/fix.patch --
A diff.

--- hash.go.orig
+++ hash.go
@@ -3 +3 @@
-const h = 1
+const h = 2
`,
		rule{"go_library", "//uuid:uuid", map[string]any{
			"importpath": "example.com/m/uuid", "srcs": []string{"//uuid:a b.go", "//uuid:gone.go", "//uuid:hash.go"},
		}},
		rule{"go_overlay", "//overlays:files", map[string]any{
			"importpath": "example.com/m/uuid",
			"srcs":       []string{"//overlays:uuid/a b.go"},
			"new_srcs":   []string{"//overlays:uuid/new.go", "//overlays:generated.go"},
			"delete":     []string{"gone.go"},
			"base":       map[string]string{"a b.go": "sha256:00"},
		}},
		rule{"go_overlay", "//overlays:patch", map[string]any{
			"importpath":  "example.com/m/uuid",
			"patches":     map[string]string{"//overlays:fix.patch": "hash.go"},
			"patch_strip": "0",
		}},
		rule{"go_overlay", "//overlays:lost", map[string]any{"importpath": "example.com/m/lost", "delete": []string{"x.go"}}},
	)
	// Ends of lines count, and so does a last line without one.
	file := filepath.Join(d.Workspace.Root, "overlays", "uuid", "a b.go")
	changed := "package uuid\r\n\r\nconst a = 2"
	if err := os.WriteFile(file, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}

	if err := d.Diff(context.Background(), []string{"files"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"//overlays:files: the base has moved: a b.go is another in example.com/m/uuid; next: overlay rebase //overlays:files\n",
		"//overlays:files adds generated.go by //overlays:generated.go, which is generated: there is no diff before a build\n",
	} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("said %q, want %q", said, want)
		}
	}
	if git, err := exec.LookPath("git"); err == nil {
		dir := filepath.Join(d.Workspace.Root, "uuid")
		cmd := exec.Command(git, "-c", "core.autocrlf=false", "apply", "-p1", "-")
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(out.String())
		cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+d.Workspace.Root)
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s\n%s", err, said, out)
		}
		if got := read(t, d, "uuid/a b.go"); got != changed {
			t.Errorf("got %q, want %q", got, changed)
		}
		if got := read(t, d, "uuid/new.go"); got != "package uuid\n" {
			t.Errorf("got %q", got)
		}
		if _, err := os.Stat(filepath.Join(dir, "gone.go")); err == nil {
			t.Error("gone.go is still there")
		}
	}

	// Of several, each has a line that says whose it is. What is wrong with one does not keep the others back.
	out.Reset()
	said.Reset()
	err := d.Diff(context.Background(), []string{"//overlays:patch", "//overlays:lost"})
	if !errors.Is(err, command.ExitCode(1)) || !strings.Contains(said.String(), "//overlays:lost: no target of the workspace") {
		t.Errorf("got %v, %s", err, said)
	}
	if want := "# //overlays:patch changes example.com/m/uuid\n" + read(t, d, "overlays/fix.patch"); out.String() != want {
		t.Errorf("got %s", out)
	}
}

func TestQuoteName(t *testing.T) {
	for name, want := range map[string]string{
		"a/über uns.go": "a/über uns.go",
		"a/\"x\"\\\n":   `"a/\"x\"\\\012"`,
	} {
		if got := quoteName(name); got != want {
			t.Errorf("%q: got %s, want %s", name, got, want)
		}
	}
}

// TestPatchEmpties checks that a file which becomes empty is not deleted by the patch.
func TestPatchEmpties(t *testing.T) {
	d, _, _ := fakeDesk(t, "-- MODULE.bazel --\n-- a.go --\npackage a\n-- b.go --\npackage b\n")
	path := func(name string) string { return filepath.Join(d.Workspace.Root, name) }
	patch, err := d.Patch(context.Background(), []userfiles.Change{
		{Path: path("a.go"), Original: []byte("package a\n")}, {Path: path("b.go"), Original: []byte("package b\n"), Delete: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	run(t, d.Workspace.Root, string(patch), "git", "apply", "-")
	if got := read(t, d, "a.go"); got != "" {
		t.Errorf("a.go is %q", got)
	}
	if _, err := os.Stat(path("b.go")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("b.go: %v", err)
	}
}
