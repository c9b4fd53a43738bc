package overlaysjson

import (
	"reflect"
	"strings"
	"testing"
)

const digestOfNothing = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// TestTargets checks that what is declared is what Bazel lists of a BUILD file that says the same.
func TestTargets(t *testing.T) {
	f, err := Parse("overlays.json", []byte(`{
  "use": "all",
  "sets": [{"name": "all", "layers": [":b"], "overlays": ["a"]}],
  "overlays": [
    {"name": "a", "importpath": "example.com/a", "srcs": ["x/a.go"], "base": {"a.go": "`+digestOfNothing+`"}, "base_version": "v1.0.0"},
    {"name": "b", "importpath": "net/http", "std": true, "patches": {"z.patch": ["b.go", "c.go"], "y.patch": ["b.go"]}, "patch_strip": 0, "replace": {"d.go": "e.go"}, "delete": ["f.go"]}
  ]
}`))
	if err != nil {
		t.Fatal(err)
	}
	targets := f.Targets()
	if f.Use != "//:all" || len(targets) != 3 {
		t.Fatalf("got %s, %v", f.Use, targets)
	}
	a, b, all := targets[0], targets[1], targets[2]
	if a.Label != "//:a" || a.Line != 5 || a.Kind != "go_overlay" || !reflect.DeepEqual(a.Attrs["srcs"].List, []string{"//:x/a.go"}) || a.Attrs["base"].Dict["a.go"] != digestOfNothing {
		t.Errorf("got %v", a)
	}
	if !reflect.DeepEqual(b.Attrs["patches"].Keys, []string{"//:z.patch", "//:y.patch"}) || b.Attrs["patches"].Dict["//:z.patch"] != "b.go\nc.go" ||
		b.Attrs["patch_strip"].String != "0" || b.Attrs["replace"].Dict["d.go"] != "//:e.go" || !reflect.DeepEqual(b.Attrs["delete"].List, []string{"f.go"}) {
		t.Errorf("got %v", b)
	}
	if all.Kind != "go_overlay_set" || !reflect.DeepEqual(all.Attrs["overlays"].List, []string{"//:a"}) || !reflect.DeepEqual(all.Attrs["layers"].List, []string{"//:b"}) {
		t.Errorf("got %v", all)
	}
}

// TestDamaged checks what is said of files with something wrong, and where.
func TestDamaged(t *testing.T) {
	overlay := func(fields string) string {
		return `{"overlays": [` + "\n" + `  {"name": "a", "importpath": "example.com/a", ` + fields + `}` + "\n]}"
	}
	srcs := `"srcs": ["a.go"]`
	for text, want := range map[string]string{
		"":                                                     "1:1: the file is empty",
		"[]":                                                   "1:1: this is a list, expected an object",
		`{"overlays": [}`:                                      "1:15: this is no JSON: invalid character",
		`{"overlays": []`:                                      "1:16: this is no JSON: unexpected end",
		`{"overlays": []} x`:                                   "1:18: this is no JSON: invalid character 'x'",
		"{\n  // No.\n}":                                       "2:3: this is no JSON: invalid character '/'",
		"{\"overlays\": [], \"x\": \"\xff\"}":                  "this is no UTF-8",
		`{"overlay": []}`:                                      `1:2: overlays.json has no field "overlay"; is it overlays?`,
		`{"x": []}`:                                            `1:2: overlays.json has no field "x"; it has: overlays, sets, use`,
		`{"overlays": {}}`:                                     "1:14: overlays is an object, expected a list of objects",
		`{"overlays": [1]}`:                                    "1:15: this is a number, expected an object",
		`{"overlays": [{}]}`:                                   "1:15: an overlay needs a name",
		`{"overlays": [{"name": "a"}]}`:                        `1:15: the overlay "a" needs an importpath`,
		`{"overlays": [], "overlays": []}`:                     `1:18: "overlays" is there already, at line 1`,
		`{"overlays": [{"name": "a b"}]}`:                      `1:24: name: "a b" is none`,
		overlay(`"src": ["a.go"]`):                             `2:48: an overlay has no field "src"; is it srcs?`,
		overlay(`"srcs": "a.go"`):                              "2:56: srcs: this is a string, expected a list of strings",
		overlay(`"srcs": [1]`):                                 "2:57: srcs: this is a number, expected a string",
		overlay(`"srcs": ["a.go", "a.go"]`):                    `srcs: "a.go" is in the list twice`,
		overlay(`"srcs": ["x/a.go", "a.go"]`):                  `srcs changes a.go of the package, which srcs of the overlay does, too`,
		overlay(`"srcs": ["../a.go"]`):                         `srcs: "../a.go" is not in the folder of overlays.json`,
		overlay(`"srcs": ["/a.go"]`):                           `srcs: "/a.go" is not in the folder of overlays.json`,
		overlay(`"srcs": ["x\\a.go"]`):                         `paths are written with slashes`,
		overlay(`"srcs": ["./a.go"]`):                          `srcs: "./a.go", expected "a.go"`,
		overlay(`"srcs": ["//x:a.go"]`):                        `is a label of Bazel`,
		overlay(`"srcs": []`):                                  `the overlay "a" changes nothing`,
		overlay(`"patches": {"a.patch": "a.go"}`):              "patches: this is a string, expected a list of strings",
		overlay(`"patches": {"a.patch": []}`):                  "this says of no file that the diff changes it",
		overlay(srcs + `, "patch_strip": "1"`):                 "patch_strip: this is a string, expected a number",
		overlay(srcs + `, "patch_fuzz": -1`):                   "patch_fuzz: -1 is no number of this kind",
		overlay(srcs + `, "base": {"a.go": "x"}`):              `base: "x" is no digest`,
		overlay(srcs + `, "base_version": "1.0"`):              `base_version: "1.0" is no version of a module`,
		overlay(srcs + `, "expires": "2026-02-30"`):            `expires: "2026-02-30", expected a date`,
		overlay(srcs + `, "std": 1`):                           "std: this is a number, expected true or false",
		overlay(srcs + `, "std": true`):                        "std is true, but example.com/a has a dot",
		overlay(srcs + `, "deps": ["//x"]`):                    "2:66: deps is of builds of Bazel: the go command finds what is imported by go.mod",
		overlay(srcs + `, "gc_goopts": []`):                    "gc_goopts is of builds of Bazel: the go command takes options of the compiler by its flag -gcflags",
		overlay(srcs + `, "reason": null`):                     "reason: this is null, expected a string",
		overlay(`"embedsrcs": ["a.txt"], "strip_prefix": "x"`): `strip_prefix is "x", but a.txt in embedsrcs is not in that folder`,
		`{"overlays": [{"name": "a", "importpath": "a b", "srcs": ["a.go"]}]}`: `importpath: "a b" is no import path`,
		`{"overlays": [], "sets": [{"name": "s", "overlays": ["a"]}]}`:         `1:54: the file declares no overlay or set "a"`,
		`{"overlays": [], "sets": [{"name": "s", "deps": []}]}`:                `a set has no field "deps"`,
		`{"overlays": [], "sets": [{"name": "s", "layers": [":s"]}]}`:          `the set "s" has itself`,
		`{"overlays": [], "sets": [{"name": "s"}, {"name": "s"}]}`:             `1:42: "s" is the name of what line 1 declares, too`,
		`{"overlays": [], "sets": [{"name": "prod"}], "use": "prot"}`:          `is it prod?`,
		`{"overlays": [], "use": 1}`:                                           "use is a number, expected a string",
	} {
		_, err := Parse("overlays.json", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\ngot  %v\nwant %s", text, err, want)
		}
	}
}
