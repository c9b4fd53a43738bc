"""Tests of what gopackagesdriver is told of deps of overlays."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("@io_bazel_rules_go//go:def.bzl", "go_library")
load("//go_overlay:defs.bzl", "go_overlay")

visibility("private")

def _listed_test_impl(ctx):
    env = analysistest.begin(ctx)
    lists = [
        action
        for action in analysistest.target_actions(env)
        if [file for file in action.outputs.to_list() if file.basename == "go_overlay_deps.pkg.json"]
    ]
    asserts.equals(env, 1, len(lists))
    packages = {}
    for line in lists[0].content.splitlines():
        package = json.decode(line)
        packages[package["PkgPath"]] = package
    asserts.equals(env, ["example.com/dep", "example.com/dep_of_dep"], sorted(packages))
    dep = packages["example.com/dep"]
    asserts.equals(env, str(Label("//tests/analysis:listed_dep")), dep["ID"])
    asserts.equals(env, ["__BAZEL_WORKSPACE__/tests/analysis/testdata/pkg/a.go"], dep["GoFiles"])
    asserts.equals(env, {"example.com/dep_of_dep": str(Label("//tests/analysis:listed_dep_of_dep"))}, dep["Imports"])
    return analysistest.end(env)

_listed_test = analysistest.make(
    _listed_test_impl,
    config_settings = {str(Label("//go_overlay:active")): str(Label("//tests/analysis:listed_deps_overlay"))},
)

def listed_deps_test_suite(name):
    """Tests of what gopackagesdriver is told of deps of overlays.

    Args:
      name: str, name of the test suite.
    """
    go_library(
        name = "listed_dep",
        srcs = ["testdata/pkg/a.go"],
        importpath = "example.com/dep",
        tags = ["manual"],
        deps = [":listed_dep_of_dep"],
    )
    go_library(
        name = "listed_dep_of_dep",
        srcs = ["testdata/pkg/a.go"],
        importpath = "example.com/dep_of_dep",
        tags = ["manual"],
    )
    go_overlay(
        name = "listed_deps_overlay",
        importpath = "example.com/pkg",
        tags = ["manual"],
        deps = [":listed_dep"],
    )
    _listed_test(
        name = name + "_listed",
        target_under_test = "@io_bazel_rules_go//:stdlib",
    )
    native.test_suite(
        name = name,
        tests = [name + "_listed"],
    )
