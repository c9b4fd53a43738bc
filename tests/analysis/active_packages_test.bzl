"""Tests of which overlays apply in which configuration."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts", "unittest")
load("//go_overlay:defs.bzl", "go_overlay")
load("//toolchains/private/toolchain:tools_set.bzl", "tools_set_errors")
load(":failure_test.bzl", "failure_test_with_active")

visibility("private")

_ACTIVE = str(Label("//go_overlay:active"))
_EXEC = str(Label("//go_overlay:exec"))

def _tool_impl(ctx):
    return [ctx.attr._active_packages[config_common.FeatureFlagInfo]]

_tool = rule(
    implementation = _tool_impl,
    attrs = {
        "_active_packages": attr.label(
            cfg = "exec",
            default = "//toolchains:active_packages",
        ),
    },
    doc = "Tells whether something is overlaid in tools.",
)

def _value_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    asserts.equals(env, ctx.attr.value, target[config_common.FeatureFlagInfo].value)
    return analysistest.end(env)

def _value_test(active, exec = False):
    return analysistest.make(
        _value_test_impl,
        attrs = {"value": attr.string(mandatory = True)},
        config_settings = {_ACTIVE: str(Label(active)), _EXEC: exec},
    )

_none_test = _value_test("//go_overlay:none")
_not_for_tools_test = _value_test("//tests/analysis:active_packages_overlay", exec = True)
_for_tools_test = _value_test("//tests/analysis:active_packages_exec_overlay", exec = True)
_off_test = _value_test("//tests/analysis:active_packages_exec_overlay")
_no_set_test = failure_test_with_active("//tests/analysis:apply_library")

def _tools_set_errors_test_impl(ctx):
    env = unittest.begin(ctx)
    packages = {
        name: struct(overlays = (struct(exec = exec, label = Label("//overlays:" + name)),))
        for name, exec in [("first", True), ("second", True), ("third", False)]
    }
    errors = tools_set_errors({"first": packages["first"]}, packages, True)
    asserts.equals(env, ["second", "third"], [error.split(" ")[0].removeprefix("//overlays:") for error in errors])
    for of_tools, expected in [
        (["first", "second"], []),
        (["first"], ["second"]),
        ([], ["first", "second"]),
    ]:
        for exec, advice in [(True, "overlays.use(set = ..., exec = True)"), (False, "build --@go_overlay//go_overlay:exec")]:
            errors = tools_set_errors(packages, {name: packages[name] for name in of_tools}, exec)
            asserts.equals(env, expected, [error.split(" ")[0].removeprefix("//overlays:") for error in errors])
            asserts.equals(env, [], [error for error in errors if advice not in error])
    return unittest.end(env)

_tools_set_errors_test = unittest.make(_tools_set_errors_test_impl)

def active_packages_test_suite(name):
    """Tests of which overlays apply in which configuration.

    Args:
      name: str, name of the test suite.
    """
    for overlay, exec in [("active_packages_overlay", False), ("active_packages_exec_overlay", True)]:
        go_overlay(
            name = overlay,
            exec = exec,
            importpath = "example.com/pkg",
            replace = {"b.go": "testdata/pkg/patched_b.go"},
            tags = ["manual"],
        )
    _tool(
        name = "active_packages_tool",
        tags = ["manual"],
    )
    for test, case, target, value in [
        (_none_test, "_none", "//toolchains:active_packages", "none"),
        (_not_for_tools_test, "_not_for_tools", "//toolchains:active_packages", "some"),
        (_not_for_tools_test, "_not_in_tools", ":active_packages_tool", "none"),
        (_for_tools_test, "_in_tools", ":active_packages_tool", "some"),
        (_off_test, "_off_in_tools", ":active_packages_tool", "none"),
    ]:
        test(
            name = name + case,
            target_under_test = target,
            value = value,
        )
    _no_set_test(
        name = name + "_no_set",
        expected = ["//tests/analysis:apply_library is chosen as the active set, by --@go_overlay//go_overlay:active, by overlays.use, or by overlays of a go_overlay_binary or go_overlay_test, but is no go_overlay_set or go_overlay."],
        target_under_test = "//toolchains:active_packages",
    )
    unittest.suite(name + "_unit", _tools_set_errors_test)
    native.test_suite(
        name = name,
        tests = [name + suffix for suffix in [
            "_in_tools",
            "_no_set",
            "_none",
            "_not_for_tools",
            "_not_in_tools",
            "_off_in_tools",
            "_unit",
        ]],
    )
