package delve

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestSubstitute checks that rules mean here what they do in Delve, by the cases of its documentation and tests.
func TestSubstitute(t *testing.T) {
	for _, test := range []struct {
		name  string
		rules []Rule
		want  string
	}{
		{"external/a/a.go", []Rule{{"external", "/base/external"}}, "/base/external/a/a.go"},
		{"external/a/a.go", []Rule{{"external/a", "/base/a/"}}, "/base/a/a.go"},
		{"externals/a.go", []Rule{{"external", "/base/external"}}, "externals/a.go"},
		{"lib/lib.go", []Rule{{"lib/lib.go", "/there.go"}}, "/there.go"},
		{"lib/lib.go", []Rule{{"external", "/base"}, {"", "/workspace"}}, "/workspace/lib/lib.go"},
		{"/usr/include/stdio.h", []Rule{{"", "/workspace"}}, "/usr/include/stdio.h"},
		{"/proc/self/cwd/a.c", []Rule{{"", "/elsewhere"}, {"/proc/self/cwd", "/workspace"}}, "/workspace/a.c"},
		{"a/b.go", []Rule{{"a", "/first"}, {"a", "/second"}}, "/first/b.go"},
	} {
		if got := Substitute(test.name, test.rules); got != test.want {
			t.Errorf("%s by %v: got %s, want %s", test.name, test.rules, got, test.want)
		}
	}
}

func TestRulesFor(t *testing.T) {
	for _, test := range []struct {
		name           string
		files          []string // in the folder that $ stands for
		names, missing []string
		known          map[string]string
		places         []Rule
		want           []Rule
	}{
		{
			name:   "the longest first",
			files:  []string{"w/lib.go", "out/k8/bin/made.go", "x/a/a.go"},
			names:  []string{"lib.go", "bazel-out/k8/bin/made.go", "external/a/a.go"},
			places: []Rule{{"bazel-out", "$/out"}, {"external", "$/x"}, {"", "$/w"}, {"never", "$/never"}},
			want:   []Rule{{"bazel-out", "$/out"}, {"external", "$/x"}, {"", "$/w"}},
		},
		{
			name:    "missing",
			files:   []string{"w/lib.go"},
			names:   []string{"lib.go", "gone.go", "external/a/a.go", "/usr/include/stdio.h"},
			places:  []Rule{{"external", "$/x"}, {"", "$/w"}},
			want:    []Rule{{"", "$/w"}},
			missing: []string{"gone.go", "external/a/a.go"},
		},
		{
			name:   "known",
			files:  []string{"go/src/fmt/print.go", "go/src/fmt/scan.go", "w/print.go"},
			names:  []string{"GOROOT/src/fmt/print.go", "GOROOT/src/fmt/scan.go"},
			known:  map[string]string{"GOROOT/src/fmt/print.go": "$/w/print.go"},
			places: []Rule{{"GOROOT/src", "$/go/src"}},
			want:   []Rule{{"GOROOT/src/fmt/print.go", "$/w/print.go"}, {"GOROOT/src", "$/go/src"}},
		},
		{
			name:   "two folders for one beginning",
			files:  []string{"own/bin/a.go", "own/bin/b.go", "other/bin/c.go"},
			names:  []string{"bazel-out/cfg/bin/a.go", "bazel-out/cfg/bin/b.go", "bazel-out/cfg/bin/c.go"},
			places: []Rule{{"bazel-out/cfg", "$/own"}, {"bazel-out/cfg", "$/other"}},
			want:   []Rule{{"bazel-out/cfg/bin/c.go", "$/other/bin/c.go"}, {"bazel-out/cfg", "$/own"}},
		},
		{
			name:   "a folder src of the workspace, beside Go's",
			files:  []string{"w/src/a.go", "w/src/b.go", "go/src/runtime/asm.s"},
			names:  []string{"src/a.go", "src/b.go", "src/runtime/asm.s"},
			places: []Rule{{"", "$/w"}, {"src", "$/go/src"}},
			want:   []Rule{{"src/runtime/asm.s", "$/go/src/runtime/asm.s"}, {"", "$/w"}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.ToSlash(t.TempDir())
			at := func(path string) string { return strings.Replace(path, "$", dir, 1) }
			for _, file := range test.files {
				path := filepath.Join(dir, file)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			known := map[string]string{}
			for name, file := range test.known {
				known[name] = at(file)
			}
			var places []Place
			for _, rule := range test.places {
				places = append(places, Place{Rule: Rule{rule.From, at(rule.To)}})
			}
			want := []Rule{}
			for _, rule := range test.want {
				want = append(want, Rule{rule.From, at(rule.To)})
			}
			got, missing := RulesFor(test.names, known, places)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			if !reflect.DeepEqual(missing, test.missing) {
				t.Errorf("missing: got %q, want %q", missing, test.missing)
			}
		})
	}
}

// TestLinks checks that what Bazel links into its outputs is shown where it is edited.
func TestLinks(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	edited, link := filepath.Join(dir, "edited.go"), filepath.Join(dir, "x.go")
	if err := os.WriteFile(edited, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(edited, link); err != nil {
		t.Skip(err)
	}
	place := Rule{"bazel-out", filepath.ToSlash(dir)}
	for follows, want := range map[bool][]Rule{
		false: {place},
		true:  {{"bazel-out/x.go", filepath.ToSlash(edited)}},
	} {
		if got, _ := RulesFor([]string{"bazel-out/x.go"}, nil, []Place{{place, follows}}); !reflect.DeepEqual(got, want) {
			t.Errorf("%v: got %v, want %v", follows, got, want)
		}
	}
}
