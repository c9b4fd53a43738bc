"""Tests of what overlays make of a package's attributes for cgo."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts", "unittest")
load("@io_bazel_rules_go//go:def.bzl", "go_library")
load("//go_overlay:defs.bzl", "GoOverlayInfo", "go_overlay")
load("//go_overlay/private/compile:cgo_options.bzl", "with_cgo_options")
load(":failure_test.bzl", "failure_test_with_active")

visibility("private")

def _overlay(label, **options):
    return struct(label = label, **({
        "cdeps": (),
        "cgo": False,
        "clinkopts": (),
        "copts": (),
        "cppopts": (),
        "cxxopts": (),
        "delete_opts": (),
    } | options))

def _options_test_impl(ctx):
    env = unittest.begin(ctx)
    own, first, second = struct(label = "own"), struct(label = "first"), struct(label = "second")
    source = struct(
        cdeps = [own],
        cgo = True,
        clinkopts = ["-lm", "-framework IOKit -lz"],
        copts = ["-DV=1"],
        cppopts = ["-DV=1 -DW"],
        cxxopts = [],
        importpath = "example.com/pkg",
        label = Label(":pkg"),
    )
    package = struct(
        options = {"clinkopts": ("a",), "copts": ("b", "a")},
        overlays = (
            _overlay("a", cdeps = (own, first), clinkopts = ("-lz",), copts = ("-DV=3", "-DV=1"), delete_opts = ("-DV=1",)),
            _overlay("b", cdeps = (first, second), copts = ("-DV=2",), delete_opts = ("-framework IOKit", "-DV=1")),
        ),
    )
    asserts.equals(
        env,
        {
            "cdeps": [own, first, second],
            "cgo": True,
            # What an overlay adds, none deletes.
            "clinkopts": ["-lm", "-lz", "-lz"],
            "copts": ["-DV=2", "-DV=3", "-DV=1"],
            "cppopts": ["-DW"],
            "cxxopts": [],
        },
        with_cgo_options(source, package),
    )
    return unittest.end(env)

_options_test = unittest.make(_options_test_impl)

def _provider_test_impl(ctx):
    env = analysistest.begin(ctx)
    package = analysistest.target_under_test(env)[GoOverlayInfo].packages["example.com/cgo"]
    [overlay] = package.overlays
    asserts.equals(env, ["clinkopts", "copts", "cppopts", "cxxopts"], sorted(package.options))
    asserts.equals(
        env,
        (("-DP",), ("-DC",), ("-DX",), ("-Wl,-rpath,$ORIGIN",), ("-DOLD=$V",)),
        (overlay.cppopts, overlay.copts, overlay.cxxopts, overlay.clinkopts, overlay.delete_opts),
    )
    return analysistest.end(env)

_provider_test = analysistest.make(_provider_test_impl)
_no_cgo_test = failure_test_with_active("//tests/analysis:cgo_options_more")
_deletes_nothing_test = failure_test_with_active("//tests/analysis:cgo_options_less")

def cgo_options_test_suite(name):
    """Tests of options for cgo.

    Args:
      name: str, name of the test suite.
    """
    go_overlay(
        name = "cgo_options_all",
        clinkopts = ["-Wl,-rpath,$$ORIGIN"],
        copts = ["-DC"],
        cppopts = ["-DP"],
        cxxopts = ["-DX"],
        delete_opts = ["-DOLD=$$V"],
        importpath = "example.com/cgo",
        tags = ["manual"],
    )
    _provider_test(
        name = name + "_provider",
        target_under_test = ":cgo_options_all",
    )

    go_overlay(
        name = "cgo_options_more",
        copts = ["-DV=2"],
        importpath = "example.com/cgo",
        tags = ["manual"],
    )
    go_library(
        name = "cgo_options_without",
        srcs = ["testdata/pkg/a.go"],
        importpath = "example.com/cgo",
        tags = ["manual"],
    )
    _no_cgo_test(
        name = name + "_no_cgo",
        expected = [
            "//tests/analysis:cgo_options_more has copts for package example.com/cgo, but //tests/analysis:cgo_options_without does not use cgo",
            "or write cgo = True in //tests/analysis:cgo_options_more",
        ],
        target_under_test = ":cgo_options_without",
    )

    go_overlay(
        name = "cgo_options_less",
        delete_opts = ["-DV=2"],
        importpath = "example.com/cgo",
        tags = ["manual"],
    )
    go_library(
        name = "cgo_options_with",
        srcs = ["testdata/pkg/a.go"],
        cgo = True,
        copts = ["-DV=1"],
        importpath = "example.com/cgo",
        tags = ["manual"],
    )
    _deletes_nothing_test(
        name = name + "_deletes_nothing",
        expected = [
            "//tests/analysis:cgo_options_less has \"-DV=2\" in delete_opts, but //tests/analysis:cgo_options_with has no such option",
            "  copts = [\"-DV=1\"]",
        ],
        target_under_test = ":cgo_options_with",
    )

    unittest.suite(name + "_unit", _options_test)
    native.test_suite(
        name = name,
        tests = [
            name + "_deletes_nothing",
            name + "_no_cgo",
            name + "_provider",
            name + "_unit",
        ],
    )
