"""The rule that wraps a Go toolchain of rules_go, so that what it compiles is overlaid."""

load("@bazel_skylib//lib:structs.bzl", "structs")
load("//go_overlay/private:apply.bzl", "overlaid_actions")
load("//go_overlay/private:go_overlay_info.bzl", "GoOverlayInfo")
load(":configurations.bzl", "is_exec_configuration")

visibility(["//toolchains/private/..."])

# The type under which @go_overlay_toolchains registers the toolchains of rules_go that it wraps.
BASE_TOOLCHAIN_TYPE = Label("//toolchains:base_toolchain_type")

def _check_sdk(ctx, sdk):
    """Fails unless the base toolchain has the SDK that this toolchain is registered for."""
    repo = sdk.root_file.owner.repo_name
    if repo != ctx.attr.sdk_repo:
        fail("""{label} wraps the SDK @@{expected}, but the Go toolchain that suits the configuration has @@{found}.
Choose an SDK by --@rules_go//go/toolchain:sdk_version or sdk_name; \
--extra_toolchains can't pick a single toolchain of @go_overlay_toolchains.""".format(
            expected = ctx.attr.sdk_repo,
            found = repo,
            label = ctx.label,
        ))
    if ctx.attr.sdk_version and sdk.version and sdk.version != ctx.attr.sdk_version:
        fail("go_toolchains.wrap says that @@{repo} is Go {expected}, but it is Go {found}. Write version = \"{found}\" in MODULE.bazel.".format(
            expected = ctx.attr.sdk_version,
            found = sdk.version,
            repo = repo,
        ))

def _overlay_toolchain_impl(ctx):
    toolchain = ctx.toolchains[BASE_TOOLCHAIN_TYPE]
    _check_sdk(ctx, toolchain.sdk)
    packages = ctx.attr._active[GoOverlayInfo].packages

    # With nothing to change, the toolchain is rules_go's own, and so is every action.
    if packages and not is_exec_configuration(ctx.bin_dir.path):
        toolchain = platform_common.ToolchainInfo(**(structs.to_dict(toolchain) | {
            "actions": overlaid_actions(toolchain.actions, packages),
        }))
    return [toolchain]

overlay_toolchain = rule(
    implementation = _overlay_toolchain_impl,
    attrs = {
        "sdk_repo": attr.string(
            doc = "Canonical name of the SDK repository.",
            mandatory = True,
        ),
        "sdk_version": attr.string(
            doc = "Go version that the SDK has to be. Empty: any.",
        ),
        "_active": attr.label(
            default = "//go_overlay:active",
            providers = [GoOverlayInfo],
        ),
    },
    doc = """A Go toolchain that compiles packages with the active overlay set applied.

It finds the toolchain that it wraps by toolchain resolution, not by an attribute: only so the
wrapped one is configured for the execution platform that the build chose for this one.

Tools of the exec configuration are compiled without overlays: a patch that is meant for a product
must not change the code generators that build it.""",
    provides = [platform_common.ToolchainInfo],
    toolchains = [BASE_TOOLCHAIN_TYPE],
)
