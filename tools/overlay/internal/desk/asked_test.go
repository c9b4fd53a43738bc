package desk

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
)

// TestAsked checks what Bazel is asked, as often for a hundred overlays as for one: each time may take a second.
func TestAsked(t *testing.T) {
	const text = "package p\n\nfunc A() int { return 1 }\n"
	ctx := context.Background()
	const overlays, repositories, packages, outputBase = "query kind(", "mod ", "query let found", "info "
	edit := func(whats ...string) func(d *Desk) error {
		return func(d *Desk) error { _, err := d.EditAll(ctx, whats, EditOptions{}); return err }
	}
	for name, test := range map[string]struct {
		do   func(d *Desk) error
		want []string // what is asked
	}{
		"accept": {func(d *Desk) error { _, err := d.Accept(ctx, []string{"p7", "p8"}, RebaseOptions{}); return err }, []string{overlays, repositories, packages}},
		"convert": {func(d *Desk) error { return d.Convert(ctx, []string{"p7", "p8"}, Diff) },
			[]string{overlays, repositories, packages, "query rdeps("}},
		"deps": {func(d *Desk) error { _, err := d.Deps(ctx, nil, DepsOptions{}); return err },
			[]string{overlays, repositories, packages, "query let targets"}},
		"diff":                 {func(d *Desk) error { return d.Diff(ctx, nil) }, []string{overlays, repositories, packages}},
		"drop":                 {func(d *Desk) error { return d.Drop(ctx, []string{"p7", "p8"}, DropOptions{Force: true}) }, []string{overlays, "query rdeps("}},
		"edit":                 {edit("example.com/m/p7/a.go"), []string{overlays, repositories, packages}},
		"edit a symbol":        {edit("example.com/m/p7.A"), []string{overlays, repositories, packages}},
		"edit by label":        {edit("//overlays:p7/a.go"), []string{overlays, repositories, outputBase}},
		"edit by overlay file": {edit("overlays/p7/a.go", "overlays/p8/a.go"), []string{overlays, repositories}},
		"edit several":         {edit("example.com/m/p7/a.go", "example.com/m/p8/a.go"), []string{overlays, repositories, packages, packages}},
		"edit by absolute paths": {func(d *Desk) error {
			return edit(filepath.Join(d.Workspace.Root, "p7/a.go"), filepath.Join(d.Workspace.Root, "p8/a.go"))(d)
		}, []string{overlays, repositories, outputBase, "query attr(importpath", packages, "query attr(importpath", packages}},
		"export": {func(d *Desk) error { return d.Export(ctx, nil, ExportOptions{Format: "diff"}) }, []string{overlays, repositories, packages}},
		"rebase": {func(d *Desk) error { _, err := d.Rebase(ctx, nil, RebaseOptions{DryRun: true}); return err }, []string{overlays, repositories, packages}},
		"show":   {func(d *Desk) error { return d.Show(ctx, "example.com/m/p7/a.go", ShowOptions{}) }, []string{overlays, repositories, packages}},
		"status": {func(d *Desk) error { return d.Status(ctx, nil, StatusOptions{}) }, []string{overlays, repositories, packages}},
	} {
		t.Run(name, func(t *testing.T) {
			var files, build strings.Builder
			var rules []rule
			var labels []string
			files.WriteString(moduleFiles + useProd)
			for i := 0; i < 100; i++ {
				p := fmt.Sprintf("p%d", i)
				fmt.Fprintf(&files, "-- %s/a.go --\n%s-- overlays/%[1]s/a.go --\n%[2]s// Ours.\n", p, text)
				build.WriteString(killedOverlay(p, fmt.Sprintf("\"a.go\": %q", digest.Of([]byte(text))), p+"/a.go"))
				rules = append(rules,
					rule{"go_library", "//" + p + ":" + p, map[string]any{"importpath": "example.com/m/" + p, "srcs": []string{"//" + p + ":a.go"}}},
					rule{"go_overlay", "//overlays:" + p, map[string]any{"importpath": "example.com/m/" + p, "srcs": []string{"//overlays:" + p + "/a.go"},
						"base": map[string]string{"a.go": digest.Of([]byte(text))}, "generator_function": "go_overlay"}})
				labels = append(labels, "//overlays:"+p)
			}
			rules = append(rules, rule{"go_overlay_set", "//overlays:prod", map[string]any{"overlays": labels}})
			d, out, said := fakeDesk(t, files.String()+"-- overlays/BUILD.bazel --\n"+loadLine+build.String()+"\ngo_overlay_set(\n    name = \"prod\",\n)\n", rules...)
			if name == "status" {
				commitAll(t, d)
			}
			if err := test.do(d); err != nil {
				t.Fatal(err, out, said)
			}
			log, err := os.ReadFile(filepath.Join(filepath.Dir(d.Workspace.Root), "log"))
			if err != nil {
				t.Fatal(err)
			}
			asked := strings.Split(strings.TrimSpace(string(log)), "\n")
			for i, line := range asked {
				if i >= len(test.want) || !strings.HasPrefix(line+" ", test.want[i]) {
					t.Errorf("Bazel is asked for %.200s", line)
				}
			}
			if len(asked) < len(test.want) {
				t.Errorf("Bazel is asked %d times, and the test expects %d", len(asked), len(test.want))
			}
		})
	}
}
