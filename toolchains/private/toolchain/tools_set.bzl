"""Whether tools that run during the build have the active set, from which they take overlays that are for them."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")
load("//common:labels.bzl", "display_label")
load("//go_overlay/private/settings:transitions.bzl", "name_transition")

visibility([
    "//tests/analysis",
    "//toolchains",
])

def _active_name_impl(ctx):
    return [BuildSettingInfo(value = ctx.attr._name[0][BuildSettingInfo].value)]

active_name = rule(
    implementation = _active_name_impl,
    attrs = {
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
        "_name": attr.label(
            cfg = name_transition,
            default = "//go_overlay/private/settings:active_name",
            providers = [BuildSettingInfo],
        ),
    },
    doc = "The label of the active set, without the set.",
    provides = [BuildSettingInfo],
)

def _tools_set_impl(ctx):
    names = [target[BuildSettingInfo].value for target in [ctx.attr._here, ctx.attr._tools]]
    return [config_common.FeatureFlagInfo(value = "same" if names[0] == names[1] else "other")]

tools_set = rule(
    implementation = _tools_set_impl,
    attrs = {
        "_here": attr.label(
            default = "//toolchains:active_name",
            providers = [BuildSettingInfo],
        ),
        "_tools": attr.label(
            cfg = "exec",
            default = "//toolchains:active_name",
            providers = [BuildSettingInfo],
        ),
    },
    doc = """Whether tools have the same active set, for `config_setting`: `same` or `other`.

Without `//go_overlay:exec`, tools have none. And Bazel 10, and 8 and 9 with a flag, build tools with the defaults of
flags such as that of the set.""",
)

_RESET_TO_MORE = """this Bazel builds them with the default set, by overlays.use(exec = True), whatever the command line says.
Take exec = True out of overlays.use in MODULE.bazel, or build with --noincompatible_exclude_starlark_flags_from_exec_config."""

_OFF = """unless you say so, they don't depend on the active set, and stay as they are when it changes.
Write build --@go_overlay//go_overlay:exec in .bazelrc, or exec = True in overlays.use of MODULE.bazel."""

_RESET = """this Bazel builds them with the defaults of --@go_overlay//go_overlay:active and exec, whatever the command line or a go_overlay_binary says.
Make the set the default, by overlays.use(set = ..., exec = True) in MODULE.bazel, or build with --noincompatible_exclude_starlark_flags_from_exec_config."""

def tools_set_errors(packages, packages_of_tools, exec):
    """Returns what is wrong with overlays for tools that tools don't get, or get though they are not active.

    Args:
      packages: dict, the `packages` field of GoOverlayInfo of the active set.
      packages_of_tools: the same of the set that tools have.
      exec: bool, value of //go_overlay:exec.

    Returns:
      list of str, a message for each overlay.
    """
    active = _labels(packages)
    applied = _labels(packages_of_tools)
    return [
        "{} is not in the active set, but tools that run during the build would be built with it: {}".format(
            display_label(label),
            _RESET_TO_MORE,
        )
        for label in applied
        if label not in active
    ] + [
        "{} says exec = True, but tools that run during the build would be built without it: {}".format(
            display_label(overlay.label),
            _RESET if exec else _OFF,
        )
        for package in packages.values()
        for overlay in package.overlays
        if overlay.exec and overlay.label not in applied
    ]

def _labels(packages):
    return {overlay.label: None for package in packages.values() for overlay in package.overlays}
