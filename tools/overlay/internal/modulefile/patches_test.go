package modulefile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const patchedModule = `bazel_dep(name = "rules_go", version = "0.65.0")
bazel_dep(name = "gazelle", version = "0.50.0", repo_name = "bazel_gazelle")

# The SDK.
go_sdk = use_extension("@rules_go//go:extensions.bzl", "go_sdk")
go_sdk.download(
    name = "go_sdk",
    patch_strip = 1,
    patches = ["//patches:http.patch"],  # for now
    version = "1.26.8",
)
go_sdk.download(version = "1.25.1")

go_deps = use_extension("@bazel_gazelle//:extensions.bzl", "go_deps")
go_deps.from_file(go_mod = "//:go.mod")

# Retries of NewRandom,
# https://example.com/1
go_deps.module_override(
    patch_strip = 1,
    patches = [
        "//patches:uuid.patch",
        "//patches:more.patch",
    ],
    path = "github.com/google/uuid",
)

# Not ours.
go_deps.module_override(
    patch_cmds = ["rm x"],
    patches = ["//patches:zap.patch"],
    path = "go.uber.org/zap",
)
go_deps.gazelle_override(path = "go.uber.org/zap", patches = ["//:no"])
[go_deps.module_override(path = p, patches = ["//:" + p]) for p in []]
use_repo(go_deps, "com_github_google_uuid")
`

// TestPatchesLabels checks that labels of the workspace itself are known as such, however they are written.
func TestPatchesLabels(t *testing.T) {
	found, err := Patches([]byte(`module(name = "m", repo_name = "mine")
bazel_dep(name = "gazelle", version = "0.50.0")
go_deps = use_extension("@gazelle//:extensions.bzl", "go_deps")
go_deps.module_override(path = "x.com/y", patches = ["a.patch", ":b.patch", "@//p:c.patch", "@mine//p:d.patch", "@mine_too//p:e.patch"])
`), Options{})
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	if want := []string{":a.patch", ":b.patch", "@//p:c.patch", "//p:d.patch", "@mine_too//p:e.patch"}; !slices.Equal(found[0].Patches, want) {
		t.Errorf("got %q", found[0].Patches)
	}
}

func TestPatches(t *testing.T) {
	found, err := Patches([]byte(patchedModule), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range found {
		got = append(got, fmt.Sprint(p.Tag, " ", p.Place, " ", p.Module, p.Version, " ", p.Patches, " ", p.Strip, " ", p.Commands, " ", p.Manual != "", " ", p.Comment))
	}
	want := []string{
		"go_sdk.download MODULE.bazel:6 1.26.8 [//patches:http.patch] 1 false false ",
		"go_deps.module_override MODULE.bazel:19 github.com/google/uuid [//patches:uuid.patch //patches:more.patch] 1 false false Retries of NewRandom,\nhttps://example.com/1",
		"go_deps.module_override MODULE.bazel:29 go.uber.org/zap [//patches:zap.patch] 0 true false Not ours.",
		"go_deps.module_override MODULE.bazel:35  [] 0 false true ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}

	for _, test := range []struct {
		tag     int
		patches []string
		without string
		new     string
	}{
		{0, nil, "    patch_strip = 1,\n    patches = [\"//patches:http.patch\"],  # for now\n", ""},
		{1, nil, patchedModule[strings.Index(patchedModule, "# Retries"):strings.Index(patchedModule, "# Not ours")], ""},
		{1, []string{"//patches:uuid.build.patch"}, "[\n        \"//patches:uuid.patch\",\n        \"//patches:more.patch\",\n    ]", `["//patches:uuid.build.patch"]`},
	} {
		got, err := WithPatches([]byte(patchedModule), Options{}, found[test.tag], test.patches)
		if want := strings.Replace(patchedModule, test.without, test.new, 1); err != nil || string(got) != want {
			t.Errorf("%v: got %v, %s", test, err, got)
		}
	}
	// One by one, from the last, as a place among tags is one in the file as it was.
	content := []byte(patchedModule)
	for _, i := range []int{1, 0} {
		var failed error
		content, failed = WithPatches(content, Options{}, found[i], nil)
		err = errors.Join(err, failed)
	}
	left, failed := Patches(content, Options{})
	if err = errors.Join(err, failed); err != nil || len(left) != 2 || left[0].Module != "go.uber.org/zap" {
		t.Errorf("got %v, %v", left, err)
	}
}
