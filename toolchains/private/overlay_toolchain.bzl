"""The rule that wraps a Go toolchain of rules_go, so that what it compiles is overlaid."""

load("@bazel_skylib//lib:structs.bzl", "structs")
load("//go_overlay/private:apply.bzl", "overlaid_actions")
load("//go_overlay/private:go_overlay_info.bzl", "GoOverlayInfo")

visibility(["//toolchains/private/..."])

def _is_exec_configuration(ctx):
    """Whether the toolchain builds tools that run during the build.

    Starlark has no name for it. Bazel ends the name of the configuration's output folder with
    -exec, before a hash where there is one: bazel-out/k8-opt-exec-ST-d57f47055a04/bin.
    """
    folder = ctx.bin_dir.path.split("/")[1]
    return folder.endswith("-exec") or "-exec-ST-" in folder

def _overlay_toolchain_impl(ctx):
    base = ctx.attr.base
    toolchain = base[platform_common.ToolchainInfo]
    packages = ctx.attr._active[GoOverlayInfo].packages

    # With nothing to change, the toolchain is rules_go's own, and so is every action.
    if packages and not _is_exec_configuration(ctx):
        toolchain = platform_common.ToolchainInfo(**(structs.to_dict(toolchain) | {
            "actions": overlaid_actions(toolchain.actions, packages),
        }))
    return [toolchain, base[DefaultInfo]]

overlay_toolchain = rule(
    implementation = _overlay_toolchain_impl,
    attrs = {
        "base": attr.label(
            doc = "A `go_toolchain` of rules_go.",
            mandatory = True,
            providers = [platform_common.ToolchainInfo],
        ),
        "_active": attr.label(
            default = "//go_overlay:active",
            providers = [GoOverlayInfo],
        ),
    },
    doc = """A Go toolchain that compiles packages with the active overlay set applied.

Tools of the exec configuration are compiled without overlays: a patch that is meant for a product
must not change the code generators that build it.""",
    provides = [platform_common.ToolchainInfo],
)
