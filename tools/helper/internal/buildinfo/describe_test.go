package buildinfo

import (
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/record"
)

// one returns a package that an overlay has changed.
func one(importPath string) overlaid {
	const label = "@@//:overlay"
	return overlaid{Path: importPath, Record: record.Record{
		ImportPath: importPath,
		Overlays:   []record.Overlay{{Label: label}},
		Files:      []record.File{{Name: "a.go", Change: record.Replaced, Overlays: []string{label}}},
	}}
}

func TestDescribe(t *testing.T) {
	for _, tt := range []struct {
		name, importPath, modules, want string
	}{
		{"the module's own package", "example.com/m", "dep\texample.com/m\tv1.2.3\th1:x=\n", "dep\texample.com/m\tv1.2.3+overlay.HEX\t\n"},
		{"below", "example.com/m/a/b", "dep\texample.com/m\tv1.2.3\th1:x=\n", "dep\texample.com/m\tv1.2.3+overlay.HEX\t\n"},
		{"another name", "example.com/mm", "dep\texample.com/m\tv1.2.3\th1:x=\n", "dep\texample.com/m\tv1.2.3\th1:x=\n"},
		{
			"a module in a module",
			"example.com/m/sub/a",
			"dep\texample.com/m\tv1.2.3\th1:x=\ndep\texample.com/m/sub\tv0.1.0\th1:y=\n",
			"dep\texample.com/m\tv1.2.3\th1:x=\ndep\texample.com/m/sub\tv0.1.0+overlay.HEX\t\n",
		},
		{
			"a program's module in a module",
			"example.com/m/sub/a",
			"mod\texample.com/m/sub\tv0.1.0\t\ndep\texample.com/m\tv1.2.3\th1:x=\n",
			"mod\texample.com/m/sub\tv0.1.0+overlay.HEX\t\ndep\texample.com/m\tv1.2.3\th1:x=\n",
		},
		{
			"two versions, as nothing says which one has the package",
			"example.com/m",
			"dep\texample.com/m\tv1.2.3\th1:x=\ndep\texample.com/m\tv1.2.4\th1:y=\n",
			"dep\texample.com/m\tv1.2.3+overlay.HEX\t\ndep\texample.com/m\tv1.2.4+overlay.HEX\t\n",
		},
		{"incompatible", "example.com/m", "dep\texample.com/m\tv2.0.0+incompatible\th1:x=\n", "dep\texample.com/m\tv2.0.0+incompatible.overlay.HEX\t\n"},
		{"devel", "example.com/m", "dep\texample.com/m\t(devel)\th1:x=\n", "dep\texample.com/m\t(devel)\t\n"},
		{
			"replaced", "example.com/m", "dep\texample.com/m\tv1.0.0\n=>\texample.com/fork\tv1.2.3\th1:x=\n",
			"dep\texample.com/m\tv1.0.0\n=>\texample.com/fork\tv1.2.3+overlay.HEX\t\n\n",
		},
		{"the program's module", "example.com/m/cmd", "mod\texample.com/m\tv1.2.3\t\n", "mod\texample.com/m\tv1.2.3+overlay.HEX\t\n"},
		{"no module", "example.com/m", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := overlays{one(tt.importPath)}
			text, err := o.describe(frameStart + "path\texample.com/cmd\n" + tt.modules + "build\tCGO_ENABLED=0\n" + frameEnd)
			if err != nil {
				t.Fatal(err)
			}
			digest := o.digest()
			want := frameStart + "path\texample.com/cmd\n" + strings.ReplaceAll(tt.want, "HEX", hexOf(digest)[:12]) +
				"build\tCGO_ENABLED=0\nbuild\tgo_overlay=\"" + digest + " //:overlay\"\n" + frameEnd
			if text != want {
				t.Errorf("found\n%s\nwant\n%s", text, want)
			}
		})
	}
}

func TestDescribeErrors(t *testing.T) {
	for _, text := range []string{"", "path\tx\n", frameStart, frameStart + "build\t=\n" + frameEnd} {
		if got, err := (overlays{one("a")}).describe(text); err == nil {
			t.Errorf("describe(%q) = %q, want an error", text, got)
		}
	}
}
