package desk

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const dropFiles = `
-- MODULE.bazel --
overlays = use_extension("@go_overlay//go_overlay:extensions.bzl", "overlays")
# Not //overlays:uuid alone.
overlays.use(set = "//overlays:prod")
go_deps.module_override(path = "example.com/x", patches = ["//overlays:x.patch"])
-- overlays/BUILD.bazel --
load("@go_overlay//go_overlay:defs.bzl", "go_overlay", "go_overlay_set")

go_overlay(
    name = "uuid",
    srcs = [
        "_src/uuid/hash.go",
        "_src/uuid/shared.go",
    ],
    patches = {"x.patch": ["x.go"]},
    importpath = "example.com/m/uuid",
)

go_overlay(
    name = "other",
    delete = ["x.go"],
    importpath = "example.com/m/other",
)

go_overlay_set(
    name = "prod",
    overlays = [
        ":other",
        ":uuid",
    ],
)
-- overlays/_src/uuid/hash.go --
package uuid
-- overlays/x.patch --
-- overlays/_src/uuid/shared.go --
package uuid
-- sets/BUILD.bazel --
load("@go_overlay//go_overlay:defs.bzl", "go_overlay_set")

go_overlay_set(
    name = "uuid_only",
    overlays = ["//overlays:uuid"],
)
`

func dropRules(more ...rule) []rule {
	return append([]rule{
		{"go_overlay", "//overlays:uuid", map[string]any{
			"importpath": "example.com/m/uuid", "srcs": []string{"//overlays:_src/uuid/hash.go", "//overlays:_src/uuid/shared.go"},
			"patches": map[string]string{"//overlays:x.patch": "x.go"},
		}},
		{"go_overlay", "//overlays:other", map[string]any{"importpath": "example.com/m/other", "delete": []string{"x.go"}}},
		{"go_overlay_set", "//overlays:prod", map[string]any{"overlays": []string{"//overlays:other", "//overlays:uuid"}}},
		{"go_overlay_set", "//sets:uuid_only", map[string]any{"overlays": []string{"//overlays:uuid"}}},
	}, more...)
}

func TestDrop(t *testing.T) {
	d, out, said := fakeDesk(t, dropFiles, dropRules(
		rule{"filegroup", "//overlays:texts", map[string]any{"srcs": []string{"//overlays:_src/uuid/shared.go"}}})...)
	err := d.Drop(context.Background(), []string{"//overlays:uuid"}, DropOptions{})
	if err == nil || !strings.Contains(filepath.ToSlash(err.Error()), "overlays/_src/uuid/hash.go is in no repository of git, and would be gone.") {
		t.Fatalf("got %v", err)
	}
	read(t, d, "overlays/_src/uuid/hash.go")
	commitAll(t, d)
	if err := d.Drop(context.Background(), []string{"//overlays:uuid"}, DropOptions{}); err != nil {
		t.Fatal(err)
	}
	want := `//overlays:uuid is taken out of overlays/BUILD.bazel
//overlays:uuid is taken out of the set //overlays:prod
//overlays:uuid is taken out of the set //sets:uuid_only, which has none now, and stays
deleted overlays/_src/uuid/hash.go
kept overlays/_src/uuid/shared.go, which //overlays:texts uses, too
kept overlays/x.patch, which MODULE.bazel:4 uses, too
`
	if got := filepath.ToSlash(out.String()); got != want || said.Len() > 0 {
		t.Errorf("got %s%s", got, said)
	}
	if got := read(t, d, "overlays/BUILD.bazel"); strings.Contains(got, "uuid") || !strings.Contains(got, `name = "other"`) {
		t.Errorf("got %s", got)
	}
	if got := read(t, d, "sets/BUILD.bazel"); strings.Contains(got, "//overlays") || !strings.Contains(got, "uuid_only") {
		t.Errorf("got %s", got)
	}
	if _, err := os.Stat(filepath.Join(d.Workspace.Root, "overlays/_src/uuid/hash.go")); err == nil {
		t.Error("hash.go is still there")
	}
	read(t, d, "overlays/_src/uuid/shared.go")
}

// commitAll makes the workspace a repository of git that has all of its files.
func commitAll(t *testing.T, d *Desk) { commit(t, d.Workspace.Root) }

// commit makes a folder a repository of git, and commits all that is in it.
func commit(t *testing.T, folder string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(folder, ".git")); err != nil {
		runGit(t, folder, "init", "-q")
	}
	runGit(t, folder, "add", "--all")
	runGit(t, folder, "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-q", "-m", "all")
}

func runGit(t *testing.T, folder string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
}

func TestDropRefuses(t *testing.T) {
	binary := rule{"go_overlay_binary", "//app:canary", map[string]any{"overlays": "//overlays:uuid"}}
	files := dropFiles + "-- app/defs.bzl --\nSET = \"//overlays:uuid\"\nOTHER = \"//overlays:uuid_v2\"\n"
	d, out, said := fakeDesk(t, files, dropRules(binary)...)
	before := read(t, d, "overlays/BUILD.bazel")
	err := d.Drop(context.Background(), []string{"uuid"}, DropOptions{})
	want := `what is to be dropped is still named:
  app/BUILD.bazel:7: go_overlay_binary //app:canary names //overlays:uuid
  app/defs.bzl:1: names //overlays:uuid
Take it out there first, or drop it anyway: overlay drop -force //overlays:uuid
no file has been changed`
	if err == nil || filepath.ToSlash(err.Error()) != want {
		t.Errorf("got %v", err)
	}
	if got := read(t, d, "overlays/BUILD.bazel"); got != before || out.Len() > 0 {
		t.Errorf("got %s, said %s", got, out)
	}
	if err := d.Drop(context.Background(), []string{"uuid"}, DropOptions{Force: true}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said.String(), "still named:\n") || strings.Contains(read(t, d, "overlays/BUILD.bazel"), "uuid") {
		t.Errorf("said %s", said)
	}
	if _, err := os.Stat(filepath.Join(d.Workspace.Root, "overlays/_src")); err == nil {
		t.Error("the empty folder is still there")
	}

	// A glob() that finds nothing is an error of Bazel's; one that may, or finds something else, is not.
	d, _, _ = fakeDesk(t, strings.Replace(dropFiles, "go_overlay(\n", "SOURCES = glob([\"_src/uuid/*.go\"])\n\nANY = glob([\"_src/uuid/*.go\"], allow_empty = True)\n\nALL = glob([\"**/*\"])\n\ngo_overlay(\n", 1)+
		"-- overlays/readme.md --\n", dropRules()...)
	commitAll(t, d)
	before = read(t, d, "overlays/BUILD.bazel")
	err = d.Drop(context.Background(), []string{"uuid"}, DropOptions{})
	want = "what is to be dropped is still named:\n  overlays/BUILD.bazel: glob([\"_src/uuid/*.go\"]) would find nothing any more, which Bazel takes for an error\nTake it out there first"
	if err == nil || !strings.HasPrefix(filepath.ToSlash(err.Error()), want) || read(t, d, "overlays/BUILD.bazel") != before {
		t.Errorf("got %v", err)
	}

	macro := rule{"go_overlay", "//overlays:made", map[string]any{"importpath": "example.com/m/x", "generator_function": "make"}}
	d, _, _ = fakeDesk(t, dropFiles, macro)
	err = d.Drop(context.Background(), []string{"made"}, DropOptions{Force: true})
	if err == nil || !strings.HasPrefix(filepath.ToSlash(err.Error()), "overlays/BUILD.bazel:7: //overlays:made is declared by the macro make") {
		t.Errorf("got %v", err)
	}
}
