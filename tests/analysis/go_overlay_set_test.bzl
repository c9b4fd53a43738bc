"""Analysis tests of the go_overlay_set rule."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//go_overlay:defs.bzl", "GoOverlayInfo", "go_overlay", "go_overlay_set")
load(":failure_test.bzl", "failure_test")

visibility("private")

def _files(packages):
    return {
        importpath: {name: [label.name for label in labels] for name, labels in package.files.items()}
        for importpath, package in packages.items()
    }

def _composition_test_impl(ctx):
    env = analysistest.begin(ctx)
    packages = analysistest.target_under_test(env)[GoOverlayInfo].packages
    asserts.equals(
        env,
        {
            "example.com/other": {"a.go": ["set_other"]},
            # From two overlays.
            "example.com/pkg": {"a.go": ["set_a"], "b.go": ["set_b"]},
        },
        _files(packages),
    )
    asserts.equals(env, 2, len(packages["example.com/pkg"].overlays))
    return analysistest.end(env)

_composition_test = analysistest.make(_composition_test_impl)

def _layers_test_impl(ctx):
    env = analysistest.begin(ctx)
    packages = analysistest.target_under_test(env)[GoOverlayInfo].packages
    asserts.equals(
        env,
        {
            "example.com/other": {"a.go": ["set_other"]},
            "example.com/pkg": {"a.go": ["set_also_a", "set_a"], "b.go": ["set_b"]},
        },
        _files(packages),
    )
    return analysistest.end(env)

_layers_test = analysistest.make(_layers_test_impl)

def _empty_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.equals(env, {}, analysistest.target_under_test(env)[GoOverlayInfo].packages)
    return analysistest.end(env)

_empty_test = analysistest.make(_empty_test_impl)

def go_overlay_set_test_suite(name):
    """Tests of go_overlay_set.

    Args:
      name: str, name of the test suite.
    """
    for overlay, importpath, replace in [
        ("set_a", "example.com/pkg", {"a.go": "testdata/pkg/a.go"}),
        ("set_also_a", "example.com/pkg", {"a.go": "testdata/pkg/patched_b.go"}),
        ("set_b", "example.com/pkg", {"b.go": "testdata/pkg/patched_b.go"}),
        ("set_other", "example.com/other", {"a.go": "testdata/pkg/a.go"}),
    ]:
        go_overlay(
            name = overlay,
            importpath = importpath,
            replace = replace,
            tags = ["manual"],
        )
    go_overlay_set(
        name = "set_inner",
        overlays = [":set_a", ":set_b"],
        tags = ["manual"],
    )

    # :set_a is reached twice, which is no conflict.
    go_overlay_set(
        name = "set_outer",
        overlays = [":set_a", ":set_inner", ":set_other"],
        tags = ["manual"],
    )
    _composition_test(
        name = name + "_composition",
        target_under_test = ":set_outer",
    )

    go_overlay_set(
        name = "set_conflict",
        overlays = [":set_inner", ":set_also_a"],
        tags = ["manual"],
    )
    failure_test(
        name = name + "_conflict",
        expected = [
            "//tests/analysis:set_conflict: two overlays change a.go of package example.com/pkg",
            "//tests/analysis:set_a\n",
            "//tests/analysis:set_also_a\n",
            "list both in layers, the lower one first",
        ],
        target_under_test = ":set_conflict",
    )

    # The set below orders them already.
    go_overlay_set(
        name = "set_layers",
        layers = [":set_also_a", ":set_inner"],
        overlays = [":set_other"],
        tags = ["manual"],
    )
    go_overlay_set(
        name = "set_of_layers",
        overlays = [":set_a", ":set_layers", ":set_also_a"],
        tags = ["manual"],
    )
    for layers in ["set_layers", "set_of_layers"]:
        _layers_test(
            name = "{}_{}".format(name, layers),
            target_under_test = ":" + layers,
        )
    go_overlay_set(
        name = "set_contradiction",
        layers = [":set_a", ":set_layers"],
        tags = ["manual"],
    )
    failure_test(
        name = name + "_contradiction",
        expected = [
            "//tests/analysis:set_contradiction: its layers contradict each other about a.go of package example.com/pkg",
            "one applies, lowest first: //tests/analysis:set_a\n",
            "another, on top of that: //tests/analysis:set_also_a, //tests/analysis:set_a\n",
        ],
        target_under_test = ":set_contradiction",
    )
    go_overlay_set(
        name = "set_reverse",
        layers = [":set_a", ":set_also_a"],
        tags = ["manual"],
    )
    go_overlay_set(
        name = "set_disorder",
        overlays = [":set_layers", ":set_reverse"],
        tags = ["manual"],
    )
    failure_test(
        name = name + "_disorder",
        expected = [
            "//tests/analysis:set_disorder: its overlays contradict each other about a.go of package example.com/pkg",
            "one applies, lowest first: //tests/analysis:set_also_a, //tests/analysis:set_a\n",
            "another, which is not above it: //tests/analysis:set_a, //tests/analysis:set_also_a\n",
        ],
        target_under_test = ":set_disorder",
    )

    _empty_test(
        name = name + "_none",
        target_under_test = "//go_overlay:none",
    )

    native.test_suite(
        name = name,
        tests = [name + suffix for suffix in [
            "_composition",
            "_conflict",
            "_contradiction",
            "_disorder",
            "_none",
            "_set_layers",
            "_set_of_layers",
        ]],
    )
