package desk

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// TestStatusUnnamed checks that files of overlays that nothing names are said, and not taken for wrong.
func TestStatusUnnamed(t *testing.T) {
	const files = "-- MODULE.bazel --\npatches = [\"//overlays:_src/p/module.patch\"]\n-- overlays/BUILD.bazel --\n-- overlays/_src/p/left.go --\n-- overlays/_src/p/.gitkeep --\n" +
		"-- overlays/_src/p/module.patch --\n-- overlays/_src/p/texts.go --\n-- overlays/_src/own/BUILD.bazel --\n-- overlays/_src/own/A.go --\n-- overlays/readme.md --\n" +
		"-- sets/_src/left.go --\n-- other/_src/x.go --\n"
	texts := rule{"filegroup", "//overlays:texts", map[string]any{"srcs": []string{"//overlays:_src/p/texts.go"}}}
	set := rule{"go_overlay_set", "//sets:prod", map[string]any{"overlays": []string{}}}
	overlay := rule{"go_overlay", "//overlays:p", map[string]any{"importpath": "example.com/p", "srcs": []string{"//overlays:_src/p/a.go"}}}
	library := rule{"go_library", "//p:p", map[string]any{"importpath": "example.com/p", "srcs": []string{"//p:a.go"}}}
	for name, test := range map[string]struct {
		rules  []rule
		labels []string
		want   string
	}{
		"no overlay":  {[]rule{texts, set}, nil, "overlays/_src/p/a.go overlays/_src/p/left.go sets/_src/left.go"},
		"an overlay":  {[]rule{texts, set, overlay, library}, nil, "overlays/_src/p/left.go sets/_src/left.go"},
		"by its name": {[]rule{texts, set, overlay, library}, []string{"p"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d, out, _ := fakeDesk(t, files+"-- p/a.go --\npackage p\n-- overlays/_src/p/a.go --\npackage p // ours\n", test.rules...)
			d.Status(context.Background(), test.labels, StatusOptions{JSON: true, Today: today})
			var status Status
			if err := json.Unmarshal(out.Bytes(), &status); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range status.Problems {
				if p.Kind != "unnamed_file" || p.Wrong {
					t.Errorf("got %+v", p)
				}
				got = append(got, p.File)
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("got %q, want %s", got, test.want)
			}
		})
	}

	d, out, _ := fakeDesk(t, files, texts)
	want := "the workspace declares no overlays\n  overlays/_src/p/left.go: no overlay has it, nor does anything else name it: an overlay drop that was killed leaves such a file; delete it if you don't need it\n"
	if err := d.Status(context.Background(), nil, StatusOptions{Today: today}); err != nil || filepath.ToSlash(out.String()) != want {
		t.Errorf("got %v, %s", err, out)
	}
	d, _, _ = fakeDesk(t, "-- MODULE.bazel --\n-- overlays/BUILD.bazel --\n")
	if err := d.Status(context.Background(), nil, StatusOptions{Today: today}); err != nil || asked(t, d, "query") != 1 {
		t.Errorf("got %v, asked %d times", err, asked(t, d, "query"))
	}
}
