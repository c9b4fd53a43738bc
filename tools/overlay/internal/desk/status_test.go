package desk

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
)

var today = time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)

func TestStatus(t *testing.T) {
	pin := func(content string) map[string]string {
		return map[string]string{"a.go": fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(content)))}
	}
	const text = "package uuid\n" // that all packages have
	overlay := func(name string, attrs map[string]any) rule {
		all := map[string]any{"importpath": "example.com/m/uuid", "srcs": []string{"//overlays:" + name + "/a.go"}, "base": pin(text)}
		for key, value := range attrs {
			all[key] = value
			if value == nil {
				delete(all, key)
			}
		}
		return rule{"go_overlay", "//overlays:" + name, all}
	}
	archive := "-- MODULE.bazel --\noverlays = use_extension(\"@go_overlay//go_overlay:extensions.bzl\", \"overlays\")\n" +
		"overlays.use(set = \"@//overlays:prod\")\n-- uuid/a.go --\n" + text + "-- uuid/b.go --\n" + text + "-- overlays/BUILD.bazel --\n"
	cases := []struct {
		rule    rule
		kinds   string // of the problems
		command string // of the first of them
	}{
		{overlay("fine", nil), "", ""},
		{overlay("moved", map[string]any{"base": pin("package old\n"), "base_version": "v1.0.0"}), "base_moved", "overlay rebase //overlays:moved"},
		{overlay("unpinned", map[string]any{"base": nil}), "not_pinned", "overlay accept //overlays:unpinned"},
		{overlay("asks", map[string]any{"base": map[string]string{"a.go": ""}}), "not_pinned", "overlay accept //overlays:asks"},
		{overlay("same", nil), "identical", "overlay drop //overlays:same"},
		{overlay("gone", map[string]any{"srcs": []string{}, "base": nil, "delete": []string{"x.go"}}), "file_gone", "overlay drop //overlays:gone"},
		{overlay("adds", map[string]any{"srcs": []string{}, "base": nil, "new_srcs": []string{"//overlays:adds/b.go"}}), "file_exists", ""},
		{overlay("conflict", map[string]any{"base": pin("package old\n")}), "conflict", "overlay accept //overlays:conflict"},
		{overlay("soon", map[string]any{"expires": "2026-03-15"}), "expires_soon", ""},
		{overlay("later", map[string]any{"expires": "2026-03-16"}), "", ""},
		{overlay("today", map[string]any{"expires": "2026-03-01"}), "expires_soon", ""},
		{overlay("expired", map[string]any{"expires": "2026-02-28"}), "expired", "overlay drop //overlays:expired"},
		{overlay("lost", map[string]any{"importpath": "example.com/m/lost"}), "no_package", "overlay drop //overlays:lost"},
		{overlay("unused", nil), "no_set", "buildozer 'add overlays //overlays:unused' //overlays:prod"},
		{overlay("top", map[string]any{"importpath": "example.com/m/two", "base": pin("package lower\n")}), "", ""},
		{overlay("low", map[string]any{"importpath": "example.com/m/two"}), "", ""},
		{overlay("one", map[string]any{"importpath": "example.com/m/three"}), "same_file", ""},
		{overlay("other", map[string]any{"importpath": "example.com/m/three"}), "same_file", ""},
	}
	rules := []rule{
		{"go_library", "//uuid:uuid", map[string]any{"importpath": "example.com/m/uuid", "srcs": []string{"//uuid:a.go", "//uuid:b.go"}}},
		{"go_library", "//uuid:two", map[string]any{"importpath": "example.com/m/two", "srcs": []string{"//uuid:a.go"}}},
		{"go_library", "//uuid:three", map[string]any{"importpath": "example.com/m/three", "srcs": []string{"//uuid:a.go"}}},
		{"go_overlay_set", "//overlays:pair", map[string]any{"overlays": []string{"//overlays:one", "//overlays:other"}}},
	}
	var used []string
	for _, c := range cases {
		rules = append(rules, c.rule)
		name := strings.TrimPrefix(c.rule.label, "//overlays:")
		content := "package uuid // of the overlay\n"
		switch name {
		case "same":
			content = text
		case "conflict":
			content = "<<<<<<< a\n||||||| b\n=======\n>>>>>>> c\n"
		}
		archive += "-- overlays/" + name + "/a.go --\n" + content
		if name == "adds" {
			archive += "-- overlays/adds/b.go --\npackage uuid // another\n"
		}
		switch name {
		case "top", "low", "one", "other", "unused":
		case "fine":
			used = append(used, c.rule.label)
		default: // Each in a set of its own, for all change one file.
			rules = append(rules, rule{"go_overlay_set", "//overlays:set_" + name, map[string]any{"overlays": []string{c.rule.label}}})
		}
	}
	rules = append(rules, rule{"go_overlay_set", "//overlays:prod", map[string]any{
		"overlays": append(used, "//overlays:low"), "layers": []string{"//overlays:top"},
	}})

	d, out, said := fakeDesk(t, archive, rules...)
	err := d.Status(context.Background(), nil, StatusOptions{JSON: true, Today: today})
	if !errors.Is(err, command.ExitCode(1)) || said.Len() > 0 {
		t.Errorf("got %v, %s", err, said)
	}
	var status Status
	if err := json.Unmarshal(out.Bytes(), &status); err != nil {
		t.Fatal(err)
	}
	if status.DefaultSet != "//overlays:prod" || len(status.Overlays) != len(cases) {
		t.Errorf("got %+v", status)
	}
	for _, c := range cases {
		i := slices.IndexFunc(status.Overlays, func(o OverlayStatus) bool { return o.Label == c.rule.label })
		found := status.Overlays[i]
		var kinds []string
		for _, p := range found.Problems {
			kinds = append(kinds, p.Kind)
		}
		if got := strings.Join(kinds, " "); got != c.kinds {
			t.Errorf("%s: got %+v, want %s", c.rule.label, found.Problems, c.kinds)
		} else if got != "" && found.Problems[0].Command != c.command {
			t.Errorf("%s: got %+v, want %s", c.rule.label, found.Problems, c.command)
		}
		isUsed := slices.Contains([]string{"//overlays:fine", "//overlays:top", "//overlays:low"}, c.rule.label)
		if found.Default != isUsed {
			t.Errorf("%s: default %v", c.rule.label, found.Default)
		}
	}
	// One query for overlays, and one for packages, and another one as the last package is not found.
	if got := asked(t, d, "query"); got > 3 {
		t.Errorf("asked Bazel %d times", got)
	}

	// What is only soon is not wrong.
	out.Reset()
	if err := d.Status(context.Background(), []string{"soon", "fine"}, StatusOptions{Today: today}); err != nil {
		t.Error(err)
	}
	want := `OVERLAY          PACKAGE             VERSION  SETS                       STATE
//overlays:soon  example.com/m/uuid  -        //overlays:set_soon        expires soon
//overlays:fine  example.com/m/uuid  -        //overlays:prod (default)  ok

//overlays:soon
  expires soon: 2026-03-15 is its last day
`
	if out.String() != want {
		t.Errorf("got\n%s", out)
	}
}

func TestStatusUntracked(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip(err)
	}
	d, out, _ := fakeDesk(t, "-- MODULE.bazel --\n-- uuid/a.go --\n-- overlays/BUILD.bazel --\n-- overlays/new file.go --\n",
		rule{"go_library", "//uuid:uuid", map[string]any{"importpath": "example.com/m/uuid", "srcs": []string{"//uuid:a.go"}}},
		rule{"go_overlay", "//overlays:uuid", map[string]any{"importpath": "example.com/m/uuid", "new_srcs": []string{"//overlays:new file.go"}}},
		rule{"go_overlay_set", "//overlays:prod", map[string]any{"overlays": []string{"//overlays:uuid"}}})
	for _, args := range [][]string{{"init", "-q"}, {"add", "overlays/BUILD.bazel"}} {
		cmd := exec.Command(git, args...)
		cmd.Dir = d.Workspace.Root
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
	}
	err = d.Status(context.Background(), nil, StatusOptions{Today: today})
	if want := "  git doesn't know overlays/new file.go\n    git add 'overlays/new file.go'\n"; !errors.Is(err, command.ExitCode(1)) || !strings.HasSuffix(out.String(), want) {
		t.Errorf("got %v, %s", err, out)
	}
}
