package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/txtar"
)

// TestComplete checks that shells complete the operands of each verb that takes overlays, or packages that have some.
func TestComplete(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip(err)
	}
	root := t.TempDir()
	if err := txtar.Write(txtar.Parse([]byte(`
-- MODULE.bazel --
-- overlays/BUILD.bazel --
load("@go_overlay//go_overlay:defs.bzl", "go_overlay")

go_overlay(name = "uuid", importpath = "example.com/uuid")
go_overlay(name = "uuid2", importpath = "example.com/uuid")
`)), root); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(git, "init", "-q", root)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Setenv("BUILD_WORKING_DIRECTORY", filepath.Join(root, "overlays"))
	t.Setenv("BAZEL", "false")
	complete := func(words ...string) []string {
		var stdout, stderr bytes.Buffer
		if code := overlay.Main(append([]string{"__complete"}, words...), &stdout, &stderr); code != 0 || stderr.Len() > 0 {
			t.Fatalf("%q: exit %d, %s", words, code, &stderr)
		}
		return strings.Fields(stdout.String())
	}
	for _, group := range overlay.Groups {
		for _, verb := range group.Verbs {
			var want []string
			switch {
			case strings.Contains(verb.Operands, "OVERLAY"):
				want = []string{"//overlays:uuid", "//overlays:uuid2"}
			case strings.Contains(verb.Operands, "PACKAGE"):
				want = []string{"example.com/uuid"}
			default:
				continue
			}
			if got := complete(verb.Name, ""); !slices.Equal(got, want) {
				t.Errorf("%s: got %q, want %q", verb.Name, got, want)
			}
		}
	}
	for flag, want := range map[string]string{"export -format": "diff mail module_override json", "convert -to": "diff files", "rebase -patch": ""} {
		if got := strings.Join(complete(append(strings.Fields(flag), "")...), " "); got != want {
			t.Errorf("%s: got %s, want %s", flag, got, want)
		}
	}
}
