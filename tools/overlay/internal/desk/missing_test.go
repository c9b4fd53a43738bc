package desk

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
)

// TestMissing checks that an overlay file that is not there is told, and is not taken for one that a rule makes.
func TestMissing(t *testing.T) {
	ctx := context.Background()
	files := "-- MODULE.bazel --\n-- go.mod --\nmodule example.com/m\n-- p/a.go --\npackage p\n-- overlays/a.go --\npackage p // ours\n-- overlays/BUILD.bazel --\n"
	rules := func(file string) []rule {
		return []rule{
			{"go_library", "//p:p", map[string]any{"importpath": "example.com/m/p", "srcs": []string{"//p:a.go"}}},
			{"genrule", "//overlays:gen", map[string]any{"outs": []string{"//overlays:made.go"}}},
			{"go_overlay", "//overlays:p", map[string]any{"importpath": "example.com/m/p", "srcs": []string{"//overlays:" + file}}},
		}
	}
	checks := map[string]func(d *Desk) bool{
		"status": func(d *Desk) bool {
			return errors.Is(d.Status(ctx, nil, StatusOptions{Today: today}), command.ExitCode(1))
		},
		"diff": func(d *Desk) bool { return errors.Is(d.Diff(ctx, nil), command.ExitCode(1)) },
		"export": func(d *Desk) bool {
			return errors.Is(d.Export(ctx, nil, ExportOptions{Format: "diff"}), command.ExitCode(1))
		},
		"rebase": func(d *Desk) bool {
			done, err := d.Rebase(ctx, nil, RebaseOptions{DryRun: true})
			return err == nil && done.Problems == 1
		},
		"accept": func(d *Desk) bool {
			done, err := d.Accept(ctx, []string{"p"}, RebaseOptions{})
			return err == nil && done.Problems == 1
		},
		"deps": func(d *Desk) bool {
			done, err := d.Deps(ctx, nil, DepsOptions{Check: true})
			return err == nil && done.Problems == 1
		},
	}
	for name, check := range checks {
		for _, inGit := range []bool{true, false} {
			d, out, said := fakeDesk(t, files, rules("a.go")...)
			want := "a.go is missing, and git does not have it: write it, or drop the overlay\n"
			next := "  overlay drop //overlays:p\n"
			if inGit {
				commitAll(t, d)
				want, next = "a.go is missing: get it back from git, or drop the overlay\n", "  git checkout -- overlays/a.go\n"
			}
			if err := os.Remove(filepath.Join(d.Workspace.Root, "overlays", "a.go")); err != nil {
				t.Fatal(err)
			}
			failed := check(d)
			got := filepath.ToSlash(out.String() + said.String())
			if !failed || !strings.Contains(got, want) || !strings.Contains(got, next) || strings.Contains(got, "generate") {
				t.Errorf("%s: got %v, %s", name, failed, got)
			}
		}
		d, out, said := fakeDesk(t, files, rules("made.go")...)
		if check(d); strings.Contains(out.String()+said.String(), "missing") {
			t.Errorf("%s of a generated file: got %s%s", name, out, said)
		}
	}
}
