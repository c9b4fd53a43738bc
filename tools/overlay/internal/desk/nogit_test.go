package desk

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestNoGit checks what each verb does without git: those that need it say so and change nothing, and the others work.
func TestNoGit(t *testing.T) {
	ctx := context.Background()
	changed := "-- overlays/a.go --\n" + oldBase + "// changed\n"
	moved := strings.Replace(oldBase, "package m\n", "package m // now\n", 1)
	for name, test := range map[string]struct {
		now  string // file of the package
		do   func(d *Desk) error
		want string
	}{
		"accept":         {moved, func(d *Desk) error { _, err := d.Accept(ctx, []string{"m"}, RebaseOptions{}); return err }, "carried to the file as it is now\n"},
		"convert":        {oldBase, func(d *Desk) error { return d.Convert(ctx, []string{"m"}, Diff) }, "overlays/_src/example.com/w/m/m.patch"},
		"deps":           {oldBase, func(d *Desk) error { _, err := d.Deps(ctx, nil, DepsOptions{}); return err }, "<nil>"},
		"diff":           {oldBase, func(d *Desk) error { return d.Diff(ctx, nil) }, "+// changed\n<nil>"},
		"drop":           {oldBase, func(d *Desk) error { return d.Drop(ctx, []string{"m"}, DropOptions{}) }, "overlays/a.go is not known to be committed, without git, and would be gone"},
		"drop -force":    {oldBase, func(d *Desk) error { return d.Drop(ctx, []string{"m"}, DropOptions{Force: true}) }, "deleted overlays/a.go"},
		"edit":           {oldBase, func(d *Desk) error { _, err := d.Edit(ctx, "overlays/a.go", EditOptions{}); return err }, "overlays/a.go is for a.go of package example.com/w/m"},
		"export":         {oldBase, func(d *Desk) error { return d.Export(ctx, nil, ExportOptions{Format: "diff"}) }, "without git, nothing tells where the workspace is in its repository"},
		"export as mail": {oldBase, func(d *Desk) error { return d.Export(ctx, nil, ExportOptions{Format: "mail"}) }, "git is needed"},
		"rebase":         {moved, func(d *Desk) error { _, err := d.Rebase(ctx, nil, RebaseOptions{}); return err }, "git is needed, for it merges files and knows their history: install git, or put it on PATH"},
		"rebase -patch":  {oldBase, func(d *Desk) error { return d.WritePatch(ctx, "-", nil) }, "git is needed"},
		"show":           {oldBase, func(d *Desk) error { return d.Show(ctx, "example.com/w/m", ShowOptions{Set: "m"}) }, "a.go  //overlays:m replaces it"},
		"status":         {oldBase, func(d *Desk) error { return d.Status(ctx, nil, StatusOptions{Today: time.Now()}) }, "it is in no set"},
	} {
		t.Run(name, func(t *testing.T) {
			d, out := movedDesk(t, changed, test.now, "srcs = [\"a.go\"],", map[string]any{"srcs": []string{"//overlays:a.go"}})
			var said bytes.Buffer
			d.Err = &said
			before := read(t, d, "overlays/BUILD.bazel") + read(t, d, "overlays/a.go")
			t.Setenv("PATH", "")
			err := test.do(d)
			got := filepath.ToSlash(fmt.Sprint(said.String(), out(), err))
			if !strings.Contains(got, test.want) {
				t.Errorf("got %s", got)
			}
			if strings.Contains(test.want, "git") && read(t, d, "overlays/BUILD.bazel")+read(t, d, "overlays/a.go") != before {
				t.Errorf("something has changed, and it said %s", got)
			}
		})
	}
}
