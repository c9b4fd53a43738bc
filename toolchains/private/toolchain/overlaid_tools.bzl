"""The tools of the Go SDK, with the overlays of the active set."""

load("@io_bazel_rules_go//go:def.bzl", "GoSDK")
load("//common:base_toolchain_type.bzl", "BASE_TOOLCHAIN_TYPE")
load("//common:copies.bzl", "with_fields")
load("//go_overlay/private/declare:go_overlay_info.bzl", "GoOverlayInfo")
load("//go_overlay/private/settings:transitions.bzl", "shared_transition")
load("//go_overlay/private/std:sdk_packages.bzl", "by_origin", "sdk_changes")
load(":active_packages.bzl", "packages_of")
load(":base_toolchain.bzl", "BaseToolchainInfo")
load(":rebuilt_sdk.bzl", "compile_commands", "rebuild_commands", "sdk_platform")

visibility([
    "//toolchains",
    "//toolchains/private/goroot",
])

OverlaidToolsInfo = provider(
    doc = "Tools of a Go SDK, with overlays.",
    fields = {
        "base": "GoSDK without overlays.",
        "changes": "struct, what sdk_changes returns, of the tools' packages.",
        "files": "list of File: all that was built.",
        "sdk": "GoSDK with these tools; None where no overlay is of a tool.",
    },
)

def rebuilt_tools(actions, name, sdk, packages, helper, toolchain):
    """Declares the actions that rebuild the tools of an SDK with overlays.

    Args:
      actions: ctx.actions.
      name: str, path for the outputs.
      sdk: GoSDK.
      packages: dict, the part of the `packages` field of GoOverlayInfo that is of tools.
      helper: FilesToRunProvider of the Go helper.
      toolchain: Label of the toolchain type that the SDK is of, or None.

    Returns:
      OverlaidToolsInfo.
    """
    changes = sdk_changes(
        actions,
        name,
        sdk,
        packages,
        helper,
        toolchain,
    )
    compiled = actions.declare_file(name + "/compiled.zip")
    compile_commands(actions, sdk, helper, compiled, toolchain)

    # A folder that looks like an SDK, as far as compiling and linking know it.
    root = actions.declare_file(name + "/goroot/ROOT")
    actions.write(root, "")
    go = actions.declare_file("{}/goroot/bin/{}".format(name, sdk.go.basename))
    tools = actions.declare_directory("{}/goroot/pkg/tool/{}".format(name, sdk_platform(sdk)))
    version = actions.declare_file(name + "/goroot/VERSION")
    buildcfg = actions.declare_directory(name + "/goroot/src/internal/buildcfg")
    built = [go, tools, version, buildcfg]
    rebuild_commands(actions, sdk, helper, built, toolchain, root, changes, compiled)
    return OverlaidToolsInfo(
        base = sdk,
        changes = changes,
        files = built + [root],
        sdk = with_fields(
            GoSDK,
            sdk,
            go = go,
            root_file = root,
            tools = depset([tools]),
        ),
    )

def _overlaid_tools_impl(ctx):
    sdk = ctx.toolchains[BASE_TOOLCHAIN_TYPE].sdk
    packages = by_origin(sdk, packages_of(ctx.attr.active)).tools
    if not packages:
        return [OverlaidToolsInfo(base = sdk, changes = None, files = [], sdk = None)]
    if ctx.attr.shared:
        helper = ctx.attr.shared[0][BaseToolchainInfo].helper
    else:
        helper = ctx.attr.helper[DefaultInfo].files_to_run
    return [rebuilt_tools(ctx.actions, ctx.label.name, sdk, packages, helper, BASE_TOOLCHAIN_TYPE)]

overlaid_tools = rule(
    implementation = _overlaid_tools_impl,
    attrs = {
        "active": attr.label(
            doc = "What the active set changes; absent where that is nothing.",
            providers = [GoOverlayInfo],
        ),
        "helper": attr.label(
            cfg = "exec",
            doc = "The Go helper; absent where there are no overlays.",
            executable = True,
        ),
        "shared": attr.label(
            cfg = shared_transition,
            doc = "The toolchain of the configuration whose helper is used, as for overlay_toolchain.",
            providers = [BaseToolchainInfo],
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    doc = """The tools of the Go SDK that the configuration has, such as the compiler, with overlays.

They are a target of their own, for a toolchain may be configured for several execution platforms at
once, and actions must not be declared twice.""",
    provides = [OverlaidToolsInfo],
    toolchains = [BASE_TOOLCHAIN_TYPE],
)
