package desk

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
)

// convertDesk has an overlay with a replaced file, which has a comment in its BUILD file, and attributes of its own.
func convertDesk(t *testing.T, overlay, now string) (*Desk, func() string) {
	t.Helper()
	return movedDesk(t, "-- overlays/_src/m/a.go --\n"+overlay, now,
		"# Mine.\nsrcs = [\"_src/m/a.go\"],\nbase_version = \"v1.0.0\",\nreason = \"why\",",
		map[string]any{"srcs": []string{"//overlays:_src/m/a.go"}})
}

// TestSave checks that a replaced file becomes a diff which makes it again, and that all else of the overlay stays.
func TestSave(t *testing.T) {
	for name, overlay := range map[string]string{
		"edited":           strings.Replace(oldBase, "return 3 ", "return 30 ", 1),
		"no final newline": strings.TrimSuffix(oldBase, "\n") + " // end",
		"carriage return":  strings.Replace(oldBase, "return 3 }\n", "return 30 }\r\n", 1),
	} {
		t.Run(name, func(t *testing.T) {
			d, said := convertDesk(t, "", oldBase)
			file := filepath.Join(d.Workspace.Root, "overlays/_src/m/a.go")
			if err := os.WriteFile(file, []byte(overlay), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := d.Convert(context.Background(), []string{"m"}, Diff); err != nil {
				t.Fatal(err)
			}
			if got, want := said(), "//overlays:m keeps its changes of a.go as a diff now\noverlays/_src/example.com/w/m/m.patch\n"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if got := gitApply(t, oldBase, read(t, d, "overlays/_src/example.com/w/m/m.patch")); got != overlay {
				t.Errorf("the diff makes %q", got)
			}
			if _, err := os.Stat(file); err == nil {
				t.Error("the file is still there")
			}
			build := read(t, d, "overlays/BUILD.bazel")
			for _, want := range []string{`patches = {"_src/example.com/w/m/m.patch": ["a.go"]}`, `"a.go": "` + digest.Of([]byte(oldBase)) + `"`, `base_version = "v1.0.0"`, `reason = "why"`} {
				if !strings.Contains(build, want) {
					t.Errorf("got %s, want %s", build, want)
				}
			}
			if strings.Contains(build, "srcs") || !strings.Contains(build, "# gazelle:exclude _src\n") {
				t.Errorf("got %s", build)
			}
		})
	}
}

// TestSaveRefuses checks that nothing changes where no diff can be made.
func TestSaveRefuses(t *testing.T) {
	edited := strings.Replace(oldBase, "return 3 ", "return 30 ", 1)
	for name, test := range map[string]struct{ overlay, now, want string }{
		"drifted":   {edited, newBase, "a.go is another in example.com/w/m than it was written against; first: overlay rebase //overlays:m"},
		"identical": {oldBase, oldBase, "overlays/_src/m/a.go does not change a.go yet"},
		"binary":    {oldBase + "// \x00\n", oldBase, "a.go: no diff can say what it makes of the file"},
		"conflicts": {"<<<<<<< a\n||||||| b\n=======\n>>>>>>> c\n", oldBase, "overlays/_src/m/a.go:1: has conflicts; resolve them first"},
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := convertDesk(t, test.overlay, test.now)
			build := read(t, d, "overlays/BUILD.bazel")
			err := d.Convert(context.Background(), []string{"m"}, Diff)
			if err == nil || !strings.Contains(filepath.ToSlash(err.Error()), test.want) || !strings.HasSuffix(err.Error(), "no file has been changed") {
				t.Errorf("got %v", err)
			}
			if read(t, d, "overlays/_src/m/a.go") != test.overlay || read(t, d, "overlays/BUILD.bazel") != build {
				t.Error("something has changed")
			}
		})
	}
}

// TestConvertToFiles checks that diffs become the files that they make, and what is left of a diff.
func TestConvertToFiles(t *testing.T) {
	for name, test := range map[string]struct {
		before, after string // of the diff that is the overlay's, in its file
		now           string
		left          bool // whether the file with the diff is
	}{
		"alone":   {"", "", oldBase, false},
		"shared":  {strings.ReplaceAll(fixA, "a.go", "n.go"), strings.ReplaceAll(fixC, "a.go", "n.go"), oldBase, true},
		"mail":    {mailHead, "-- \n2.40\n", oldBase, false},
		"drifted": {"", "", newBase, false},
	} {
		t.Run(name, func(t *testing.T) {
			d, said := diffDesk(t, "-- overlays/c.patch --\n"+test.before+fixC+test.after, test.now, map[string]string{"//overlays:c.patch": "a.go"}, nil)
			build := filepath.Join(d.Workspace.Root, "overlays/BUILD.bazel")
			if err := os.WriteFile(build, []byte(strings.Replace(read(t, d, "overlays/BUILD.bazel"), "patches = {}", `patches = {"c.patch": ["a.go"]}`, 1)), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := d.Convert(context.Background(), []string{"m"}, ""); err != nil {
				t.Fatal(err)
			}
			if got := said(); !strings.Contains(got, "//overlays:m replaces a.go by files now\noverlays/_src/example.com/w/m/a.go\n") {
				t.Errorf("got %s", got)
			}
			if got, want := read(t, d, "overlays/_src/example.com/w/m/a.go"), strings.Replace(oldBase, "return 3 ", "return 30 ", 1); got != want {
				t.Errorf("got %s", got)
			}
			left, err := os.ReadFile(filepath.Join(d.Workspace.Root, "overlays/c.patch"))
			if (err == nil) != test.left || test.left && string(left) != test.before+test.after {
				t.Errorf("left: %s, %v", left, err)
			}
			got := read(t, d, "overlays/BUILD.bazel")
			if strings.Contains(got, "patches") || !strings.Contains(got, "# gazelle:exclude _src\n") || !strings.Contains(got, `srcs = ["_src/example.com/w/m/a.go"]`) || !strings.Contains(got, digest.Of([]byte(oldBase))) {
				t.Errorf("got %s", got)
			}
		})
	}
}

// TestConvertEmptyFile checks that what is behind a part without hunks stays.
func TestConvertEmptyFile(t *testing.T) {
	other := "diff --git a/n.go b/n.go\n" + strings.ReplaceAll(fixA, "a.go", "n.go")
	d, said := diffDesk(t, "-- overlays/c.patch --\ndiff --git a/e.go b/e.go\nnew file mode 100644\nindex 0000000..e69de29\n"+other, oldBase,
		map[string]string{"//overlays:c.patch": "e.go"}, nil)
	build := filepath.Join(d.Workspace.Root, "overlays/BUILD.bazel")
	if err := os.WriteFile(build, []byte(strings.Replace(read(t, d, "overlays/BUILD.bazel"), "patches = {}", `patches = {"c.patch": ["e.go"]}`, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := d.Convert(context.Background(), []string{"m"}, Files); err != nil {
		t.Fatal(err)
	}
	if got := read(t, d, "overlays/c.patch"); got != other {
		t.Errorf("left: %s\n%s", got, said())
	}
	if got := read(t, d, "overlays/_src/example.com/w/m/e.go"); got != "" {
		t.Errorf("got %s", got)
	}
	if got := read(t, d, "overlays/BUILD.bazel"); !strings.Contains(got, "new_srcs = [\"_src/example.com/w/m/e.go\"]") {
		t.Errorf("got %s", got)
	}
}

// TestConvertSharedDiff checks which parts of a diff of two overlays, of two packages, are taken out.
func TestConvertSharedDiff(t *testing.T) {
	fixN := strings.ReplaceAll(fixA, "a.go", "n.go")
	for name, test := range map[string]struct {
		file   string // that the second overlay changes
		labels []string
		left   string
		why    string
	}{
		"a name of both": {"a.go", []string{"m"}, fixC + fixN, ", which //overlays:n uses, too\n"},
		"the same, both": {"a.go", []string{"m", "n"}, fixN, ", which changes other files, too\n"},
		"one of two":     {"n.go", []string{"m"}, fixN, ", which //overlays:n uses, too\n"},
		"both":           {"n.go", []string{"m", "n"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			archive := "-- MODULE.bazel --\n-- go.mod --\nmodule example.com/w\n-- overlays/c.patch --\n" + fixC + fixN
			build := "-- overlays/BUILD.bazel --\nload(\"@go_overlay//go_overlay:defs.bzl\", \"go_overlay\")\n"
			var rules []rule
			for pkg, file := range map[string]string{"m": "a.go", "n": test.file} {
				archive += "-- " + pkg + "/" + file + " --\n" + oldBase
				build += "\ngo_overlay(\n    name = \"" + pkg + "\",\n    importpath = \"example.com/w/" + pkg + "\",\n    patches = {\"c.patch\": [\"" + file + "\"]},\n)\n"
				rules = append(rules,
					rule{"go_library", "//" + pkg + ":" + pkg, map[string]any{"importpath": "example.com/w/" + pkg, "srcs": []string{"//" + pkg + ":" + file}}},
					rule{"go_overlay", "//overlays:" + pkg, map[string]any{"importpath": "example.com/w/" + pkg,
						"patches": map[string]string{"//overlays:c.patch": file}, "generator_function": "go_overlay"}})
			}
			d, out, _ := fakeDesk(t, archive+build, rules...)
			commitAll(t, d)
			if err := d.Convert(context.Background(), test.labels, Files); err != nil {
				t.Fatal(err)
			}
			if _, why, _ := strings.Cut(filepath.ToSlash(out.String()), "kept overlays/c.patch"); why != test.why {
				t.Errorf("got %s", out)
			}
			left, err := os.ReadFile(filepath.Join(d.Workspace.Root, "overlays/c.patch"))
			if (err == nil) != (test.left != "") || string(left) != test.left {
				t.Errorf("left: %s, %v", left, err)
			}
		})
	}
}

// TestConvertRefuses checks that nothing changes where an overlay can't be converted, or need not.
func TestConvertRefuses(t *testing.T) {
	edited := strings.Replace(oldBase, "return 3 ", "return 30 ", 1)
	const file, diff = "-- overlays/a.go --\n", "-- overlays/c.patch --\n"
	const srcs, patches = "srcs = [\"a.go\"],", "patches = {\"c.patch\": [\"a.go\"]},"
	srcsOf := func(label string) map[string]any { return map[string]any{"srcs": []string{label}} }
	patchesOf := func(names string) map[string]any {
		return map[string]any{"patches": map[string]string{"//overlays:c.patch": names}}
	}
	with := func(attrs map[string]any, name string, value any) map[string]any {
		attrs[name] = value
		return attrs
	}
	lower := []rule{
		{"go_overlay", "//overlays:low", map[string]any{"importpath": "example.com/w/m", "srcs": []string{"//overlays:low/a.go"}}},
		{"go_overlay_set", "//overlays:set", map[string]any{"overlays": []string{"//overlays:low"}, "layers": []string{"//overlays:m"}}},
	}
	for name, test := range map[string]struct {
		to         Form
		files, now string
		lines      string
		attrs      map[string]any
		more       []rule
		want       string
	}{
		"macro":         {"", file + edited, oldBase, srcs, with(srcsOf("//overlays:a.go"), "generator_function", "ours"), nil, "it is declared by the macro ours"},
		"both":          {"", file + edited + diff + fixC, oldBase, srcs, with(srcsOf("//overlays:a.go"), "patches", map[string]string{"//overlays:c.patch": "n.go"}), nil, "it has both files and diffs; say -to diff, or -to files"},
		"nothing":       {"", file + edited, oldBase, "", map[string]any{"new_srcs": []string{"//overlays:a.go"}}, nil, "it replaces no file"},
		"no file":       {Diff, diff + fixC, oldBase, patches, patchesOf("a.go"), nil, "it replaces no file"},
		"embedded":      {Diff, file + edited, oldBase, "", map[string]any{"embedsrcs": []string{"//overlays:a.go"}}, nil, "it replaces no file"},
		"no diff":       {Files, file + edited, oldBase, srcs, srcsOf("//overlays:a.go"), nil, "it has no diff"},
		"on top":        {"", file + edited, oldBase, srcs, srcsOf("//overlays:a.go"), lower, "it changes a.go on top of another overlay"},
		"strip":         {"", file + edited, oldBase, srcs, with(srcsOf("//overlays:a.go"), "patch_strip", 0), nil, "it says patch_strip = 0"},
		"generated":     {"", "", oldBase, srcs, srcsOf("//overlays:a.go"), nil, "//overlays:a.go, which it replaces a.go by, is no file of the workspace's sources"},
		"a copy":        {"", file + edited, oldBase, srcs, with(with(srcsOf("//overlays:a.go"), "base", map[string]string{}), "base_srcs", []string{"//overlays:old/a.go"}), nil, "it keeps a copy of a.go in base_srcs"},
		"no such file":  {"", "-- overlays/n.go --\n" + edited, oldBase, "srcs = [\"n.go\"],", srcsOf("//overlays:n.go"), nil, "package example.com/w/m has no source file n.go"},
		"no such patch": {"", diff + strings.ReplaceAll(fixC, "a.go", "n.go"), oldBase, "patches = {\"c.patch\": [\"n.go\"]},", patchesOf("n.go"), nil, "package example.com/w/m has no source file n.go"},
		"deletes":       {"", diff + "--- a/a.go\n+++ /dev/null\n@@ -1,7 +0,0 @@\n-" + strings.ReplaceAll(strings.TrimSuffix(oldBase, "\n"), "\n", "\n-") + "\n", oldBase, patches, patchesOf("a.go"), nil, "overlays/c.patch makes, deletes or renames a.go"},
		"lost base":     {"", diff + fixC, movedB, patches, with(patchesOf("a.go"), "base", map[string]string{"a.go": digest.Of([]byte("of nowhere"))}), nil, "and that is not to be found"},
		"does not fit":  {"", diff + strings.Replace(fixC, "return 2 ", "return 5 ", 1), oldBase, patches, patchesOf("a.go"), nil, "overlays/c.patch does not fit"},
		"there already": {"", diff + fixC + "-- overlays/_src/example.com/w/m/a.go --\n", oldBase, patches, patchesOf("a.go"), nil, "overlays/_src/example.com/w/m/a.go is there already; move it away"},
		"text":          {"", diff + mailHead + fixC, oldBase, patches, patchesOf("a.go"), nil, "overlays/c.patch has text beside its diffs, and is not committed as it is; commit it first"},
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := movedDesk(t, test.files, test.now, test.lines, test.attrs, test.more...)
			if name == "text" {
				if err := os.WriteFile(filepath.Join(d.Workspace.Root, "overlays/c.patch"), []byte("Dear list,\n\n"+mailHead+fixC), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			changed := func() string {
				cmd := exec.Command("git", "status", "--porcelain", "--untracked-files=all")
				cmd.Dir = d.Workspace.Root
				out, err := cmd.Output()
				if err != nil {
					t.Fatal(err)
				}
				return string(out)
			}
			before := changed()
			err := d.Convert(context.Background(), []string{"m"}, test.to)
			if err == nil || !strings.Contains(filepath.ToSlash(err.Error()), test.want) || !strings.HasSuffix(err.Error(), "no file has been changed") {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if after := changed(); after != before {
				t.Errorf("before %q, after %q", before, after)
			}
		})
	}
}

// TestSaveStrip checks that the names of a diff are as deep as patch_strip says.
func TestSaveStrip(t *testing.T) {
	d, _ := movedDesk(t, "-- overlays/a.go --\n"+strings.Replace(oldBase, "return 3 ", "return 30 ", 1), oldBase, "srcs = [\"a.go\"],\npatch_strip = 2,",
		map[string]any{"srcs": []string{"//overlays:a.go"}, "patch_strip": 2})
	if err := d.Convert(context.Background(), []string{"m"}, Diff); err != nil {
		t.Fatal(err)
	}
	if got := read(t, d, "overlays/_src/example.com/w/m/m.patch"); !strings.Contains(got, "--- a/x/a.go\n+++ b/x/a.go\n") {
		t.Errorf("got %s", got)
	}
}

// TestConvertUsedDiff checks that nothing is taken out of a diff that something else uses, too.
func TestConvertUsedDiff(t *testing.T) {
	diff := fixC + strings.ReplaceAll(fixA, "a.go", "n.go")
	for name, test := range map[string]struct{ file, user string }{
		"rule":            {"", "//overlays:diffs"},
		"module_override": {"-- fork/MODULE.bazel --\ngo_deps.module_override(patches = [\"//overlays:c.patch\"])\n", "fork/MODULE.bazel:1"},
	} {
		t.Run(name, func(t *testing.T) {
			rules := []rule{{"filegroup", "//overlays:diffs", map[string]any{"srcs": []string{"//overlays:c.patch"}}}}
			if test.file != "" {
				rules = nil
			}
			d, _ := movedDesk(t, "-- overlays/c.patch --\n"+diff+test.file, oldBase, "patches = {\"c.patch\": [\"a.go\"]},",
				map[string]any{"patches": map[string]string{"//overlays:c.patch": "a.go"}}, rules...)
			build := read(t, d, "overlays/BUILD.bazel")
			err := d.Convert(context.Background(), []string{"m"}, Files)
			want := "//overlays:m: " + test.user + " uses overlays/c.patch, too, and would lose what that changes of a.go; give it a copy of the diff first\nno file has been changed"
			if err == nil || filepath.ToSlash(err.Error()) != want {
				t.Errorf("got %v", err)
			}
			if read(t, d, "overlays/c.patch") != diff || read(t, d, "overlays/BUILD.bazel") != build {
				t.Error("something has changed")
			}
		})
	}
}

// TestConvertOnePackage checks that overlays of one package that change one file, in different sets, get a file each: converted together,
// and one after the other.
func TestConvertOnePackage(t *testing.T) {
	for name, commands := range map[string][][]string{"together": {{"m", "n"}}, "one after the other": {{"m"}, {"n"}}} {
		t.Run(name, func(t *testing.T) {
			build := "load(\"@go_overlay//go_overlay:defs.bzl\", \"go_overlay\")\n"
			library := rule{"go_library", "//m:m", map[string]any{"importpath": "example.com/w/m", "srcs": []string{"//m:a.go"}}}
			rules := []rule{library}
			for _, name := range []string{"m", "n"} {
				build += "\ngo_overlay(\n    name = \"" + name + "\",\n    importpath = \"example.com/w/m\",\n    patches = {\"" + name + ".patch\": [\"a.go\"]},\n)\n"
				rules = append(rules, rule{"go_overlay", "//overlays:" + name, map[string]any{
					"importpath": "example.com/w/m", "patches": map[string]string{"//overlays:" + name + ".patch": "a.go"}, "generator_function": "go_overlay"}})
			}
			d, _, _ := fakeDesk(t, "-- MODULE.bazel --\n-- go.mod --\nmodule example.com/w\n-- m/a.go --\n"+oldBase+
				"-- overlays/m.patch --\n"+fixC+"-- overlays/n.patch --\n"+fixA+"-- overlays/BUILD.bazel --\n"+build, rules...)
			commitAll(t, d)
			for _, labels := range commands {
				if err := d.Convert(context.Background(), labels, Files); err != nil {
					t.Fatal(err)
				}
				setRules(t, d, append(declaredRules(t, d, "overlays"), library)...)
			}
			for file, want := range map[string]string{
				"overlays/_src/example.com/w/m/a.go":   strings.Replace(oldBase, "return 3 ", "return 30 ", 1),
				"overlays/_src/n/example.com/w/m/a.go": strings.Replace(oldBase, "return 1 ", "return 10 ", 1),
			} {
				if got := read(t, d, file); got != want {
					t.Errorf("%s: got %s", file, got)
				}
				if got := read(t, d, "overlays/BUILD.bazel"); !strings.Contains(got, `srcs = ["`+strings.TrimPrefix(file, "overlays/")+`"]`) {
					t.Errorf("got %s", got)
				}
			}
		})
	}
}

// TestSaveGlob checks that srcs goes which has found the files: a glob() that finds nothing is an error, and a file that stays for
// others is not the overlay's any more.
func TestSaveGlob(t *testing.T) {
	edited := strings.Replace(oldBase, "return 3 ", "return 30 ", 1)
	for name, test := range map[string]struct {
		srcs, said string
		others     []rule
	}{
		"glob":          {`glob(["_src/**/*.go"])`, "as a diff now", nil},
		"kept":          {`glob(["_src/**/*.go"])`, "kept overlays/_src/m/a.go, which //overlays:g uses, too", []rule{{"filegroup", "//overlays:g", map[string]any{"srcs": []string{"//overlays:_src/m/a.go"}}}}},
		"emptied":       {`["_src/m/a.go"]` + ",\n    data = glob([\"_src/**/*.go\"])", "overlays/BUILD.bazel: glob([\"_src/**/*.go\"]) would find nothing any more, which Bazel takes for an error; take it out first", nil},
		"variable":      {"SRCS", "srcs of //overlays:m is the variable SRCS, expected a list, or a glob() that has _src/m/a.go", nil},
		"not literally": {`glob(["_src/**/*.go"], exclude = OTHERS)`, "srcs of //overlays:m is a glob(), expected a list, or a glob() that has _src/m/a.go", nil},
	} {
		t.Run(name, func(t *testing.T) {
			build := "load(\"@go_overlay//go_overlay:defs.bzl\", \"go_overlay\")\n\ngo_overlay(\n    name = \"m\",\n    srcs = " + test.srcs + ",\n    importpath = \"example.com/w/m\",\n)\n"
			d, out, _ := fakeDesk(t, "-- MODULE.bazel --\n-- m/a.go --\n"+oldBase+"-- overlays/_src/m/a.go --\n"+edited+"-- overlays/BUILD.bazel --\n"+build,
				append(test.others, rule{"go_library", "//m:m", map[string]any{"importpath": "example.com/w/m", "srcs": []string{"//m:a.go"}}},
					rule{"go_overlay", "//overlays:m", map[string]any{"importpath": "example.com/w/m", "srcs": []string{"//overlays:_src/m/a.go"}, "generator_function": "go_overlay"}})...)
			commitAll(t, d)
			err := d.Convert(context.Background(), []string{"m"}, Diff)
			got := read(t, d, "overlays/BUILD.bazel")
			if !strings.Contains(test.said, "expected") && name != "emptied" {
				if err != nil || !strings.Contains(filepath.ToSlash(out.String()), test.said) || strings.Contains(got, "srcs") || !strings.Contains(got, "patches = ") {
					t.Errorf("got %v, %s, %s", err, out, got)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.said) {
				t.Errorf("got %v", err)
			}
			if got != build || read(t, d, "overlays/_src/m/a.go") != edited {
				t.Error("something has changed")
			}
		})
	}
}

// TestSaveEmbedded checks that an overlay keeps what it replaces for //go:embed, beside the diff.
func TestSaveEmbedded(t *testing.T) {
	d, _, _ := fakeDesk(t, "-- MODULE.bazel --\n-- m/a.go --\n"+oldBase+"-- m/t.html --\nold\n-- overlays/a.go --\n"+strings.Replace(oldBase, "return 3 ", "return 30 ", 1)+"-- overlays/t.html --\nnew\n"+
		"-- overlays/BUILD.bazel --\n"+loadLine+"\ngo_overlay(\n    name = \"m\",\n    srcs = [\"a.go\"],\n    embedsrcs = [\"t.html\"],\n    importpath = \"example.com/w/m\",\n)\n",
		rule{"go_library", "//m:m", map[string]any{"importpath": "example.com/w/m", "srcs": []string{"//m:a.go"}, "embedsrcs": []string{"//m:t.html"}}},
		rule{"go_overlay", "//overlays:m", map[string]any{"importpath": "example.com/w/m", "srcs": []string{"//overlays:a.go"}, "embedsrcs": []string{"//overlays:t.html"}, "generator_function": "go_overlay"}})
	if err := d.Convert(context.Background(), []string{"m"}, Diff); err != nil {
		t.Fatal(err)
	}
	got := read(t, d, "overlays/BUILD.bazel")
	if !strings.Contains(got, `embedsrcs = ["t.html"]`) || !strings.Contains(got, `m.patch": ["a.go"]`) || read(t, d, "overlays/t.html") != "new\n" {
		t.Errorf("got %s", got)
	}
}

// TestConvertTwoDiffs checks that several diffs of a file, one on top of the other, become one file.
func TestConvertTwoDiffs(t *testing.T) {
	again := strings.NewReplacer("return 3 ", "return 30 ", "return 30 ", "return 300 ").Replace(fixC)
	for name, test := range map[string]struct{ one, two string }{"two files": {fixC, again}, "one": {fixC + fixA + again, ""}} {
		t.Run(name, func(t *testing.T) {
			patches, lines := map[string]string{"//overlays:1.patch": "a.go"}, `patches = {"1.patch": ["a.go"]},`
			files := "-- overlays/1.patch --\n" + test.one
			if test.two != "" {
				patches["//overlays:2.patch"], lines = "a.go", `patches = {"1.patch": ["a.go"], "2.patch": ["a.go"]},`
				files += "-- overlays/2.patch --\n" + test.two
			}
			d, _ := movedDesk(t, files, oldBase, lines, map[string]any{"patches": patches})
			if err := d.Convert(context.Background(), []string{"m"}, Files); err != nil {
				t.Fatal(err)
			}
			want := strings.Replace(oldBase, "return 3 ", "return 300 ", 1)
			if test.two == "" {
				want = strings.Replace(want, "return 1 ", "return 10 ", 1)
			}
			if got := read(t, d, "overlays/_src/example.com/w/m/a.go"); got != want {
				t.Errorf("got %s", got)
			}
			got := read(t, d, "overlays/BUILD.bazel")
			if strings.Count(got, "a.go") != 2 || strings.Contains(got, "patches") { // In srcs, and in base.
				t.Errorf("got %s", got)
			}
			for patch := range patches {
				if _, err := os.Stat(filepath.Join(d.Workspace.Root, "overlays", strings.TrimPrefix(patch, "//overlays:"))); err == nil {
					t.Errorf("%s is still there", patch)
				}
			}
		})
	}
}

// TestConvertAfterKill checks that the file which a command that was killed has left is no hindrance, and that another one is.
func TestConvertAfterKill(t *testing.T) {
	const patch = "overlays/_src/example.com/w/m/m.patch"
	const files = "-- overlays/a.go --\n" + oldBase + "// changed\n"
	attrs := map[string]any{"srcs": []string{"//overlays:a.go"}}
	d, _ := movedDesk(t, files, oldBase, "srcs = [\"a.go\"],", attrs)
	if err := d.Convert(context.Background(), []string{"m"}, Diff); err != nil {
		t.Fatal(err)
	}
	made, build := read(t, d, patch), read(t, d, "overlays/BUILD.bazel")
	for content, want := range map[string]string{made: "", made + "more\n": patch + " is there already; move it away"} {
		d, _ := movedDesk(t, files+"-- "+patch+" --\n"+content, oldBase, "srcs = [\"a.go\"],", attrs)
		err := d.Convert(context.Background(), []string{"m"}, Diff)
		if want == "" && (err != nil || read(t, d, "overlays/BUILD.bazel") != build) || want != "" && (err == nil || !strings.Contains(filepath.ToSlash(err.Error()), want)) {
			t.Errorf("got %v, %s", err, read(t, d, "overlays/BUILD.bazel"))
		}
		if got := read(t, d, patch); got != content {
			t.Errorf("got %s", got)
		}
	}
}
