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

    files = packages["example.com/pkg"]
    asserts.equals(
        env,
        {
            "a.go": "tests/analysis/testdata/pkg/a.go",
            "b.go": "tests/analysis/testdata/pkg/patched_b.go",
            # The name of the overlay file would leave it out on every other system.
            "c.go": "tests/analysis/go_overlay_provider_/c.go",
            # What a name means to other languages is not for us to say.
            "d.s": "tests/analysis/go_overlay_provider_/d.s",
        },
        {name: replacement.file.short_path for name, replacement in files.items()},
    )
    for replacement in files.values():
        asserts.equals(env, target.label, replacement.overlay)
    return analysistest.end(env)

_provider_test = analysistest.make(_provider_test_impl)

# Test name to the attributes of a wrong overlay and what its message says.
_WRONG = {
    "bad_importpath": (
        dict(importpath = "example.com/pkg/", srcs = ["testdata/pkg/a.go"]),
        ["importpath is \"example.com/pkg/\"", "expected a Go import path"],
    ),
    "changes_nothing": (
        dict(importpath = "example.com/pkg"),
        ["changes nothing", "files of example.com/pkg in srcs or replace"],
    ),
    "header": (
        dict(importpath = "example.com/pkg", replace = {"a.h": "testdata/pkg/a.go"}),
        ["a.h is a header, which can't be replaced by an overlay yet"],
    ),
    "path_as_name": (
        dict(importpath = "example.com/pkg", replace = {"sub/a.go": "testdata/pkg/a.go"}),
        ["has the key \"sub/a.go\"", "expected the name of a file in the package's own folder: \"a.go\""],
    ),
    "replaced_twice": (
        dict(importpath = "example.com/pkg", srcs = ["testdata/pkg/a.go"], replace = {"a.go": "testdata/pkg/patched_b.go"}),
        ["a.go is replaced twice", "testdata/pkg/a.go and", "testdata/pkg/patched_b.go"],
    ),
    "several_files": (
        dict(importpath = "example.com/pkg", replace = {"a.go": ":go_overlay_several"}),
        ["go_overlay_several\"} gives 2 files, expected exactly one"],
    ),
    "test_file": (
        dict(importpath = "example.com/pkg", replace = {"a_test.go": "testdata/pkg/a.go"}),
        ["a_test.go is a test file", "not part of the package"],
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
        importpath = "example.com/pkg",
        replace = {
            "b.go": "testdata/pkg/patched_b.go",
            "c.go": "testdata/pkg/c_windows.go",
            "d.s": "testdata/pkg/patched_d.s",
        },
        tags = ["manual"],
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
