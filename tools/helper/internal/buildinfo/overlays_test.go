package buildinfo

import (
	"runtime/debug"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/record"
)

func TestDigest(t *testing.T) {
	changed := func(change func(r *record.Record)) string {
		o := one("example.com/m")
		change(&o.Record)
		return overlays{o}.digest()
	}
	base := changed(func(*record.Record) {})
	for name, change := range map[string]func(*record.Record){
		"reason":           func(r *record.Record) { r.Overlays[0].Reason = "another" },
		"upstream":         func(r *record.Record) { r.Overlays[0].Upstream = "https://example.com" },
		"expires":          func(r *record.Record) { r.Overlays[0].Expires = "2030-01-01" },
		"base_version":     func(r *record.Record) { r.Overlays[0].BaseVersion = "v1.2.3" },
		"label":            func(r *record.Record) { r.Overlays[0].Label, r.Files[0].Overlays = "@@//:b", []string{"@@//:b"} },
		"target":           func(r *record.Record) { r.Target = "@@//:b" },
		"notes":            func(r *record.Record) { r.Files[0].Notes = []string{"fits at another line"} },
		"a file left out":  func(r *record.Record) { r.Files = append(r.Files, record.File{Name: "b.go", LeftOut: "GOOS"}) },
		"a part of a diff": func(r *record.Record) { r.LeftOut = []record.LeftOut{{File: "README"}} },
	} {
		if changed(change) != base {
			t.Errorf("%s changes the digest, and not the program", name)
		}
	}
	for name, change := range map[string]func(*record.Record){
		"importpath": func(r *record.Record) { r.ImportPath = "example.com/n" },
		"name":       func(r *record.Record) { r.Files[0].Name = "b.go" },
		"change":     func(r *record.Record) { r.Files[0].Change = record.Patched },
		"base":       func(r *record.Record) { r.Files[0].Base = "sha256:2" },
		"result":     func(r *record.Record) { r.Files[0].Result = "sha256:2" },
		"x_defs":     func(r *record.Record) { r.Overlays[0].XDefs = map[string]string{"A": "b"} },
		"gc_goopts":  func(r *record.Record) { r.Overlays[0].GcGoopts = []string{"-l"} },
	} {
		if changed(change) == base {
			t.Errorf("%s changes the program, and not the digest", name)
		}
	}
}

func TestLabels(t *testing.T) {
	r := record.Record{
		ImportPath: "example.com/m",
		Overlays:   []record.Overlay{{Label: "taken"}, {Label: "left_out"}, {Label: "options", XDefs: map[string]string{"A": "b"}}, {Label: "deps", Deps: []string{"//x"}}},
		Files: []record.File{
			{Name: "a.go", Overlays: []string{"taken"}},
			{Name: "a_plan9.go", Overlays: []string{"left_out", "taken"}, LeftOut: "GOOS"},
		},
	}
	if got := strings.Join(labels(r), " "); got != "taken options" {
		t.Errorf("labels are %q, want those that change what is compiled: taken options", got)
	}
	r.Overlays = r.Overlays[1:2]
	if got := newOverlays([]overlaid{{Path: "m", Record: r}}, map[string]bool{"m": true}); len(got) != 0 {
		t.Errorf("overlays are %v, want none: Go leaves out the file", got)
	}
}

// TestHostileLabels has labels that would break a line of build information.
func TestHostileLabels(t *testing.T) {
	for _, name := range []string{"a b", "a\nbuild\tx=y", "a\"b", "a`b", "a=b", "a%20b", "\x7f", "ü", "a\tb", "//a"} {
		label := "@@//:" + name
		o := overlays{{Path: "m", Record: record.Record{
			Overlays: []record.Overlay{{Label: label}},
			Files:    []record.File{{Name: "a.go", Overlays: []string{label}}},
		}}}
		text, err := o.describe(frameStart + frameEnd)
		if err != nil {
			t.Fatal(err)
		}
		info, err := debug.ParseBuildInfo(strings.TrimSuffix(strings.TrimPrefix(text, frameStart), frameEnd))
		if err != nil {
			t.Errorf("%q: %v", label, err)
			continue
		}
		value := settingOf(t, info)
		if len(info.Settings) != 1 || len(strings.Fields(value)) != 2 || strings.ContainsAny(value, "\t\n\x7f") {
			t.Errorf("%q: settings are %q, want one with a digest and a label", label, info.Settings)
		}
	}
}
