package desk

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLabels(t *testing.T) {
	const load = "load(\"@go_overlay//go_overlay:defs.bzl\", \"go_overlay\")\n"
	d, _, _ := fakeDesk(t, "-- MODULE.bazel --\n-- BUILD --\n"+load+"go_overlay(name = \"top\")\n"+
		"-- a/BUILD.bazel --\n"+load+"go_overlay(name = \"uuid\")\ngo_overlay(name = \"unique\")\n"+
		"-- b/BUILD.bazel --\n"+load+"go_overlay(name = \"uuid\")\n[go_overlay(name = n) for n in [\"x\"]]\n"+
		"-- broken/BUILD.bazel --\n"+load+"go_overlay(\n"+
		"-- other/BUILD.bazel --\nload(\"//:go_overlay.bzl\", \"go_overlay\")\nother(name = \"go_overlay\")\n")
	if got := d.Labels(context.Background(), ""); len(got) > 0 {
		t.Errorf("without a repository: got %q", got)
	}
	runGit(t, d.Workspace.Root, "init", "-q")
	runGit(t, d.Workspace.Root, "add", "a") // The others are new.
	for word, want := range map[string]string{
		"":      "//:top //a:unique //a:uuid //b:uuid",
		"//a":   "//a:unique //a:uuid",
		"//b:u": "//b:uuid",
		"un":    "unique",
		"uu":    "",
		"t":     "top",
	} {
		if got := strings.Join(d.Labels(context.Background(), word), " "); got != want {
			t.Errorf("%q: got %s, want %s", word, got, want)
		}
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(d.Workspace.Root), "log")); err == nil {
		t.Error("Bazel was asked")
	}
}
