package desk

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
)

// TestUnread checks that what asks for all overlays fails where BUILD files can't be read, which may declare some, and what asks
// for one by its label does not.
func TestUnread(t *testing.T) {
	ctx := context.Background()
	isOne := func(err error) bool { return errors.Is(err, command.ExitCode(1)) }
	checks := map[string]func(d *Desk, labels ...string) (failed bool, err error){
		"status": func(d *Desk, labels ...string) (bool, error) {
			err := d.Status(ctx, labels, StatusOptions{Today: today})
			return isOne(err), err
		},
		"diff": func(d *Desk, labels ...string) (bool, error) {
			err := d.Diff(ctx, labels)
			return isOne(err), err
		},
		"export": func(d *Desk, labels ...string) (bool, error) {
			err := d.Export(ctx, labels, ExportOptions{})
			return isOne(err), err
		},
		"rebase": func(d *Desk, labels ...string) (bool, error) {
			done, err := d.Rebase(ctx, labels, RebaseOptions{DryRun: true})
			return err == nil && done.Problems > 0, err
		},
		"deps": func(d *Desk, labels ...string) (bool, error) {
			done, err := d.Deps(ctx, labels, DepsOptions{Check: true})
			return err == nil && done.Problems > 0, err
		},
	}
	breakFiles := func(d *Desk) {
		if err := os.WriteFile(filepath.Join(filepath.Dir(d.Workspace.Root), "broken"), []byte("ERROR: overlays/BUILD.bazel:9:1: syntax error\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, check := range checks {
		d, out, _ := fakeDesk(t, "-- MODULE.bazel --\n-- overlays/BUILD.bazel --\n")
		breakFiles(d)
		if failed, err := check(d); !failed || out.Len() > 0 {
			t.Errorf("%s: got %v, %v, %s", name, failed, err, out)
		}
		if _, err := check(d, "p"); err == nil || strings.Contains(err.Error(), "declares none") || !strings.Contains(err.Error(), "not all BUILD files can be read") {
			t.Errorf("%s: got %v", name, err)
		}
	}

	d, out, _ := fakeDesk(t, "-- MODULE.bazel --\n-- p/a.go --\npackage p\n-- overlays/BUILD.bazel --\n-- overlays/b.go --\npackage p\n",
		rule{"go_library", "//p:p", map[string]any{"importpath": "example.com/p", "srcs": []string{"//p:a.go"}}},
		rule{"go_overlay", "//overlays:p", map[string]any{"importpath": "example.com/p", "new_srcs": []string{"//overlays:b.go"}}},
		rule{"go_overlay_set", "//overlays:set", map[string]any{"overlays": []string{"//overlays:p"}}})
	breakFiles(d)
	delete(checks, "export") // It needs a module.
	for name, check := range checks {
		if failed, err := check(d); !failed {
			t.Errorf("%s of all: got %v", name, err)
		}
		if failed, err := check(d, "//overlays:p"); failed || err != nil {
			t.Errorf("%s of one: got %v, %v", name, failed, err)
		}
	}
	out.Reset()
	var status Status
	if err := d.Status(ctx, nil, StatusOptions{JSON: true, Today: today}); !isOne(err) || json.Unmarshal(out.Bytes(), &status) != nil || status.Unread == "" {
		t.Errorf("got %v, %s", err, out)
	}
}
