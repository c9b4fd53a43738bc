package bazel

import (
	"encoding/json"
	"slices"
	"testing"
)

// TestTarget checks that numbers and the order of dicts are those of the BUILD file, in the form in which bazel query writes a rule.
func TestTarget(t *testing.T) {
	var rule streamed
	if err := json.Unmarshal([]byte(`{"type": "RULE", "rule": {
  "name": "//overlays:uuid", "ruleClass": "go_overlay", "location": "/w/overlays/BUILD.bazel:3:11",
  "attribute": [
    {"name": "patch_strip", "type": "INTEGER", "intValue": 3, "explicitlySpecified": true},
    {"name": "patch_fuzz", "type": "INTEGER", "intValue": 0},
    {"name": "cgo", "type": "BOOLEAN", "intValue": 1, "stringValue": "true", "booleanValue": true},
    {"name": "patches", "type": "LABEL_KEYED_STRING_DICT", "labelKeyedStringDictValue": [{"key": "//:z.diff", "value": "a.go"}, {"key": "//:a.diff", "value": "a.go"}]}
  ]
}}`), &rule); err != nil {
		t.Fatal(err)
	}
	attrs := rule.target().Attrs
	for name, want := range map[string]string{"patch_strip": "3", "patch_fuzz": "0", "cgo": "true"} {
		if got := attrs[name].String; got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := attrs["patches"].Keys; !slices.Equal(got, []string{"//:z.diff", "//:a.diff"}) {
		t.Errorf("got %q", got)
	}
}

// TestErrorOfRule checks that what a rule says is told, and where it is called from is not.
func TestErrorOfRule(t *testing.T) {
	err := &Error{Command: "cquery", Code: 1, Stderr: `Loading: 0 packages loaded
ERROR: /ws/BUILD.bazel:3:1: in go_overlay_set rule //:set:
Traceback (most recent call last):
	File "/x/rule.bzl", line 5, column 3, in _impl
		fail("…")
Error in fail:
//:a and //:b both replace a.go.
Remove one, or list both in layers.
ERROR: /ws/BUILD.bazel:3:1: Analysis of target '//:set' failed
INFO: Elapsed time: 1s
INFO: 0 processes.
`}
	want := `bazel cquery failed (exit code 1):
ERROR: /ws/BUILD.bazel:3:1: in go_overlay_set rule //:set:
//:a and //:b both replace a.go.
Remove one, or list both in layers.
ERROR: /ws/BUILD.bazel:3:1: Analysis of target '//:set' failed`
	if got := err.Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
