"""What the active set changes in a configuration."""

load("//common:configurations.bzl", "is_exec_configuration")
load("//common:labels.bzl", "display_label")
load("//go_overlay/private/declare:claims.bzl", "with_claims")
load("//go_overlay/private/declare:compose.bzl", "only_for_tools")
load("//go_overlay/private/declare:go_overlay_info.bzl", "GoOverlayInfo")
load("//go_overlay/private/settings:transitions.bzl", "applied_transition")

visibility(["//toolchains"])

def _active_packages_impl(ctx):
    active = ctx.attr._active[0]
    if GoOverlayInfo not in active:
        fail("{} is chosen as the active set, by --@go_overlay//go_overlay:active, by overlays.use, or by overlays of a go_overlay_binary or go_overlay_test, but is no go_overlay_set or go_overlay. Choose one of these, or @go_overlay//go_overlay:none.".format(
            display_label(active.label),
        ))
    packages = active[GoOverlayInfo].packages
    packages = with_claims(
        packages,
        only_for_tools(packages) if is_exec_configuration(ctx.bin_dir.path) else packages,
    )
    return [
        GoOverlayInfo(packages = packages),
        config_common.FeatureFlagInfo(value = "some" if packages else "none"),
    ]

active_packages = rule(
    implementation = _active_packages_impl,
    attrs = {
        "_active": attr.label(
            cfg = applied_transition,
            default = "//go_overlay:applied",
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    doc = """What the active set changes.

Tools that run during the build are compiled without overlays, but for those that ask for it: a patch
that is meant for a product must not change the code generators that build it.

Its value, for `config_setting`, is `some` or `none`: where it is `none`, a toolchain does without the Go
helper.""",
    provides = [GoOverlayInfo],
)

def packages_of(target):
    """Returns the `packages` field of GoOverlayInfo that a toolchain applies.

    Args:
      target: Target of active_packages, or None where it changes nothing.

    Returns:
      dict.
    """
    return target[GoOverlayInfo].packages if target else {}
