package desk

import (
	"context"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
)

// TestIsOnTop checks that an overlay is not taken for one on top of another because of a set that no build uses.
func TestIsOnTop(t *testing.T) {
	const files = `
-- go.mod --
module example.com/m
-- a/a.go --
package a // new
-- overlays/BUILD.bazel --
-- overlays/low/a.go --
package a // low
-- overlays/top/a.go --
package a // top
`
	const module = "-- MODULE.bazel --\noverlays = use_extension(\"@go_overlay//go_overlay:extensions.bzl\", \"overlays\")\n"
	overlay := func(name string) rule {
		return rule{"go_overlay", "//overlays:" + name, map[string]any{
			"importpath": "example.com/m", "srcs": []string{"//overlays:" + name + "/a.go"}, "generator_function": "go_overlay",
			"base": map[string]string{"a.go": digest.Of([]byte("package a // old\n"))},
		}}
	}
	for _, test := range []struct {
		name, files string
		rules       []rule
		isOnTop     bool
	}{
		{"by default it is not", module + "overlays.use(set = \"//overlays:prod\")\n", nil, false},
		{"by default it is alone", module + "overlays.use(set = \"//overlays:top\")\n", nil, false},
		{"by default it is", module + "overlays.use(set = \"//overlays:lab\")\n", nil, true},
		{"no set is used", module, nil, true},
		{"for a target it is", module + "overlays.use(set = \"//overlays:prod\")\n",
			[]rule{{"go_overlay_binary", "//a:lab", map[string]any{"overlays": "//overlays:all"}}}, true},
		{"in .bazelrc it is", module + "overlays.use(set = \"//overlays:prod\")\n" +
			"-- .bazelrc --\nbuild --config=x\nbuild:lab --@go_overlay//go_overlay:active=//overlays:all\n", nil, true},
		{"in .bazelrc it is, by a label with @", module + "overlays.use(set = \"//overlays:prod\")\n" +
			"-- .bazelrc --\nbuild:lab --@go_overlay//go_overlay:active='@//overlays:all'\n", nil, true},
		{"in a comment of .bazelrc it is", module + "overlays.use(set = \"//overlays:prod\")\n" +
			"-- .bazelrc --\n# build:lab --@go_overlay//go_overlay:active=//overlays:all\n", nil, false},
	} {
		d, out, _ := fakeDesk(t, files+test.files, append(test.rules, overlay("low"), overlay("top"),
			rule{"go_library", "//a:a", map[string]any{"importpath": "example.com/m", "srcs": []string{"//a:a.go"}}},
			rule{"go_overlay_set", "//overlays:prod", map[string]any{"overlays": []string{"//overlays:top"}}},
			rule{"go_overlay_set", "//overlays:lab", map[string]any{"overlays": []string{"//overlays:low"}, "layers": []string{"//overlays:top"}}},
			rule{"go_overlay_set", "//overlays:all", map[string]any{"overlays": []string{"//overlays:lab"}}},
		)...)
		if err := d.Status(context.Background(), []string{"top"}, StatusOptions{}); err == nil && !test.isOnTop {
			t.Errorf("%s: nothing is wrong", test.name)
		}
		if isOnTop := !strings.Contains(out.String(), "the base has moved"); isOnTop != test.isOnTop {
			t.Errorf("%s: got %s", test.name, out)
		}
	}
}
