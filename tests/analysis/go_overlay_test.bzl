"""Analysis tests of the go_overlay rule."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//go_overlay:defs.bzl", "GoOverlayInfo", "go_overlay")
load(":failure_test.bzl", "failure_test")

visibility("private")

def _provider_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    packages = target[GoOverlayInfo].packages
    asserts.equals(env, ["example.com/pkg"], packages.keys())

    package = packages["example.com/pkg"]
    asserts.equals(env, 1, len(package.overlays))
    overlay = package.overlays[0]
    asserts.equals(env, target.label, overlay.label)
    for changed in [package.files, package.options, package.x_defs]:
        for name, labels in changed.items():
            asserts.equals(env, (target.label,), labels, name)
    asserts.equals(
        env,
        {
            "a.go": ("replace", "tests/analysis/testdata/pkg/a.go"),
            "added.go": ("add", "tests/analysis/testdata/pkg/added.go"),
            "b.go": ("replace", "tests/analysis/testdata/pkg/patched_b.go"),
            # The name of the overlay file would leave it out on every other system.
            "c.go": ("replace", "tests/analysis/go_overlay_provider_/c.go"),
            # What a name means to other languages is not for us to say.
            "d.s": ("replace", "tests/analysis/go_overlay_provider_/d.s"),
            "gone.go": ("delete", None),
            # Relative to strip_prefix; an embedded file may be called as the overlay likes.
            "pkg/embedded.txt": ("embed", "tests/analysis/testdata/pkg/embedded.txt"),
            "patched.go": ("patch", None),
            "patched_too.go": ("patch", None),
            "other.txt": ("replace", "tests/analysis/testdata/pkg/embedded.txt"),
        },
        {
            name: (step.kind, step.file.short_path if step.file else None)
            for name, step in overlay.steps.items()
        },
    )
    asserts.equals(
        env,
        ["tests/analysis/testdata/first.patch", "tests/analysis/testdata/second.patch"],
        [patch.file.short_path for patch in overlay.steps["patched.go"].patches],
    )
    asserts.equals(env, {"a.go": ("sha256:" + 64 * "0", "sha256:" + 64 * "a"), "gone.go": ("",)}, overlay.base)
    asserts.equals(env, "v1.6.0", overlay.base_version)
    asserts.equals(env, ("@@//tests/analysis:part",), overlay.parts)
    asserts.equals(env, {"Commit": "abc", "Version": "1"}, overlay.x_defs)
    return analysistest.end(env)

_provider_test = analysistest.make(_provider_test_impl)

# Test name to the attributes of a wrong overlay and what its message says.
_WRONG = {
    "bad_importpath": (
        dict(importpath = "example.com/pkg/", srcs = ["testdata/pkg/a.go"]),
        ["importpath is \"example.com/pkg/\"", "expected a Go import path"],
    ),
    "importpath_escaped": (
        dict(importpath = "example.com/!fork/lib", srcs = ["testdata/pkg/a.go"]),
        ["importpath is \"example.com/!fork/lib\", which is escaped", "; write importpath = \"example.com/Fork/lib\""],
    ),
    "changes_nothing": (
        dict(importpath = "example.com/pkg"),
        ["changes nothing", "list files that replace those of example.com/pkg in srcs"],
    ),
    "changed_twice": (
        dict(importpath = "example.com/pkg", srcs = ["testdata/pkg/a.go"], delete = ["a.go"]),
        ["a.go is changed twice, by srcs or replace and by delete; an overlay says once what becomes of a file. Take it out of one of them."],
    ),
    "negative_strip": (
        dict(importpath = "example.com/pkg", patches = {"testdata/first.patch": ["a.go"]}, patch_strip = -1),
        [":go_overlay_negative_strip: patch_strip is -1, expected a number from 0 to 100, such as 1 for a/hash.go"],
    ),
    "huge_strip": (
        dict(importpath = "example.com/pkg", patches = {"testdata/first.patch": ["a.go"]}, patch_strip = 101),
        ["patch_strip is 101, expected a number from 0 to 100"],
    ),
    "negative_fuzz": (
        dict(importpath = "example.com/pkg", patches = {"testdata/first.patch": ["a.go"]}, patch_fuzz = -1),
        ["patch_fuzz is -1, expected a number from 0 to 100, such as 2, or 0 for none"],
    ),
    "strip_prefix_with_slash": (
        dict(importpath = "example.com/pkg", embedsrcs = ["testdata/pkg/embedded.txt"], strip_prefix = "testdata/"),
        ["strip_prefix is \"testdata/\", expected a folder relative to that of the BUILD file, without / at its start and end"],
    ),
    "strip_prefix_outside": (
        dict(importpath = "example.com/pkg", embedsrcs = ["testdata/pkg/embedded.txt"], strip_prefix = "../testdata"),
        ["strip_prefix is \"../testdata\", expected a folder relative to that of the BUILD file"],
    ),
    "base_of_unchanged": (
        dict(importpath = "example.com/pkg", srcs = ["testdata/pkg/a.go"], base = {"b.go": ""}),
        ["base has b.go, which the overlay neither replaces nor deletes nor patches"],
    ),
    "base_of_added": (
        dict(importpath = "example.com/pkg", new_srcs = ["testdata/pkg/a.go"], base = {"a.go": ""}),
        ["base has a.go, which the overlay neither replaces nor deletes nor patches"],
    ),
    "base_src_of_unchanged": (
        dict(importpath = "example.com/pkg", srcs = ["testdata/pkg/a.go"], base_srcs = ["testdata/pkg/b.go"]),
        ["base_srcs has tests/analysis/testdata/pkg/b.go, but the overlay changes no files of that name"],
    ),
    "digest": (
        dict(importpath = "example.com/pkg", srcs = ["testdata/pkg/a.go"], base = {"a.go": "sha256:123"}),
        ["base of a.go is \"sha256:123\", expected \"sha256:\" and 64 hexadecimal digits"],
    ),
    "base_version": (
        dict(importpath = "example.com/pkg", srcs = ["testdata/pkg/a.go"], base_version = "1.6.0"),
        [
            "base_version is \"1.6.0\", expected the version of the Go module that the package is from, such as \"v1.6.0\", or of the Go SDK, such as \"go1.26.8\"",
            "leave it out if there is none",
        ],
    ),
    "embedded_as_source": (
        dict(importpath = "example.com/pkg", new_srcs = ["testdata/pkg/embedded.txt"]),
        ["new_srcs has tests/analysis/testdata/pkg/embedded.txt, which Go does not compile", "embedsrcs"],
    ),
    "expires": (
        dict(importpath = "example.com/pkg", srcs = ["testdata/pkg/a.go"], expires = "2026-13-01"),
        ["expires is \"2026-13-01\", expected a date YYYY-MM-DD"],
    ),
    "patch_of_test": (
        dict(importpath = "example.com/pkg", patches = {"testdata/first.patch": ["a.go", "a_test.go"]}),
        ["a_test.go is a test file", "Take it out of the names in patches: what a diff changes of tests is left out by itself."],
    ),
    "path_out_of_package": (
        dict(importpath = "example.com/pkg", delete = ["../a.go"]),
        ["delete names the file \"../a.go\", expected a path relative to the package's folder"],
    ),
    "replaced_twice": (
        dict(importpath = "example.com/pkg", srcs = ["testdata/pkg/a.go"], replace = {"a.go": "testdata/pkg/patched_b.go"}),
        ["a.go is changed twice, by", "testdata/pkg/a.go and by", "testdata/pkg/patched_b.go", "in layers"],
    ),
    "several_files": (
        dict(importpath = "example.com/pkg", replace = {"a.go": ":go_overlay_several"}),
        ["replace has", "go_overlay_several, which gives 2 files, expected exactly one"],
    ),
    "strip_prefix": (
        dict(importpath = "example.com/pkg", embedsrcs = ["testdata/pkg/embedded.txt"], strip_prefix = "test"),
        ["strip_prefix is \"test\", but tests/analysis/testdata/pkg/embedded.txt in embedsrcs is not in that folder"],
    ),
    "test_file": (
        dict(importpath = "example.com/pkg", replace = {"a_test.go": "testdata/pkg/a.go"}),
        ["a_test.go is a test file", "not part of the package", "Take it out of replace; it belongs into srcs of a go_test."],
    ),
    "base_srcs_own": (
        dict(importpath = "example.com/pkg", srcs = ["testdata/pkg/a.go"], base_srcs = ["testdata/pkg/a.go"]),
        ["base_srcs has tests/analysis/testdata/pkg/a.go, which is the overlay's own file; expected a verbatim copy"],
    ),
    "base_srcs_of_added": (
        dict(importpath = "example.com/pkg", new_srcs = ["testdata/pkg/a.go"], base_srcs = ["testdata/pkg/a.go"]),
        ["base_srcs has tests/analysis/testdata/pkg/a.go, but new_srcs adds a.go"],
    ),
    "name_twice": (
        dict(importpath = "example.com/pkg", patches = {"testdata/first.patch": ["a.go", "a.go"]}),
        ["patches names a.go twice for tests/analysis/testdata/first.patch"],
    ),
    "names_in_one": (
        dict(importpath = "example.com/pkg", patches = {"testdata/first.patch": "a.go, b.go"}),
        ["patches names the file \"a.go, b.go\" for", "in a select() a string with a name a line"],
    ),
    "x_defs_unnamed": (
        dict(importpath = "example.com/pkg", x_defs = {"": "1"}),
        ["x_defs sets \"\", expected the name of a variable"],
    ),
    "x_defs_of_other": (
        dict(importpath = "example.com/pkg", x_defs = {"pkg.Version": "1"}),
        [
            "x_defs sets \"pkg.Version\", which names a package, \"pkg\"; an overlay sets variables of its own package only, which is example.com/pkg.",
            "write x_defs = {\"Version\": …}; a variable of another package takes an overlay of that package.",
        ],
    ),
    "x_defs_twice": (
        dict(importpath = "example.com/pkg", x_defs = {"Version": "1", "example.com/pkg.Version": "2"}),
        ["x_defs sets Version twice, with and without the import path"],
    ),
}

def go_overlay_test_suite(name):
    """Tests of go_overlay.

    Args:
      name: str, name of the test suite.
    """
    go_overlay(
        name = "go_overlay_provider",
        srcs = ["testdata/pkg/a.go"],
        base = {
            "a.go": ["sha256:" + 64 * "0", "sha256:" + 64 * "a"],
            "gone.go": "",
        },
        base_version = select({"//conditions:default": "v1.6.0"}),
        delete = ["gone.go"],
        embedsrcs = ["testdata/pkg/embedded.txt"],
        importpath = "example.com/pkg",
        new_srcs = ["testdata/pkg/added.go"],
        parts = [":part"],
        patches = {
            "testdata/first.patch": ["patched.go"],
            "testdata/second.patch": ["patched.go", "patched_too.go"],
        },
        replace = {
            "b.go": "testdata/pkg/patched_b.go",
            "c.go": "testdata/pkg/c_windows.go",
            "d.s": "testdata/pkg/patched_d.s",
            "other.txt": "testdata/pkg/embedded.txt",
        },
        strip_prefix = "testdata",
        tags = ["manual"],
        x_defs = {
            "Version": "1",
            "example.com/pkg.Commit": "abc",
        },
    )
    _provider_test(
        name = name + "_provider",
        target_under_test = ":go_overlay_provider",
    )

    native.filegroup(
        name = "go_overlay_several",
        srcs = ["testdata/pkg/a.go", "testdata/pkg/patched_b.go"],
    )
    for case, (attributes, expected) in _WRONG.items():
        go_overlay(
            name = "go_overlay_" + case,
            tags = ["manual"],
            **attributes
        )
        failure_test(
            name = "{}_{}".format(name, case),
            expected = ["//tests/analysis:go_overlay_" + case] + expected,
            target_under_test = ":go_overlay_" + case,
        )

    native.test_suite(
        name = name,
        tests = [name + "_provider"] + ["{}_{}".format(name, case) for case in _WRONG],
    )
