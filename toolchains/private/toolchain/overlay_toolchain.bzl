"""The rule that wraps a Go toolchain of rules_go, so that what it compiles is overlaid."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")
load("@go_overlay_default//:defs.bzl", "POLICY")
load("//common:base_toolchain_type.bzl", "BASE_TOOLCHAIN_TYPE")
load("//common:configurations.bzl", "is_exec_configuration")
load("//common:copies.bzl", "with_fields")
load("//common:current_sdk.bzl", "MARK")
load("//go_overlay/private/choose:policy.bzl", "policy_errors")
load("//go_overlay/private/compile:apply.bzl", "overlaid_actions")
load("//go_overlay/private/compile:build_information.bzl", "described_actions")
load("//go_overlay/private/declare:go_overlay_info.bzl", "GoOverlayInfo")
load("//go_overlay/private/settings:depth.bzl", "read_depth")
load("//go_overlay/private/settings:transitions.bzl", "shared_transition")
load("//go_overlay/private/std:overlay_stdlib.bzl", "overlaid_stdlib_actions")
load("//go_overlay/private/std:sdk_packages.bzl", "by_origin")
load(":active_packages.bzl", "packages_of")
load(":base_toolchain.bzl", "BaseToolchainInfo")
load(":go_settings.bzl", "with_go_settings")
load(":overlaid_tools.bzl", "OverlaidToolsInfo")
load(":tools_set.bzl", "tools_set_errors")

visibility("private")

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

def _check_packages(ctx, packages):
    """Fails unless the root module's policy allows the packages to be overlaid, and tools get what is for them."""
    errors = policy_errors(packages, POLICY, ctx.attr._today[BuildSettingInfo].value)
    if ctx.attr.active_in_tools and not is_exec_configuration(ctx.bin_dir.path):
        errors.extend(tools_set_errors(
            packages,
            packages_of(ctx.attr.active_in_tools),
            exec = ctx.attr._exec[BuildSettingInfo].value,
        ))
    if errors:
        fail("\n\n".join(errors))

def _shared(ctx, sdk):
    """Returns what this configuration takes from another one, or None.

    The toolchain there may be for another execution platform; with the same SDK, what it has runs on
    this one, too.
    """
    if not ctx.attr.shared:
        return None
    shared = ctx.attr.shared[0][BaseToolchainInfo]
    return shared if shared.toolchain.sdk.root_file == sdk.root_file else None

def _overlaid_tools(ctx, sdk):
    """Returns OverlaidToolsInfo, of whose tools overlays change some."""
    tools = ctx.attr.tools[OverlaidToolsInfo]
    if not tools.sdk or tools.base.root_file != sdk.root_file:
        fail("""{label} is for an execution platform with the SDK @@{found}, but tools with overlays are built for @@{expected}.
Overlays of Go's tools need one execution platform for all Go actions: leave out the others from --extra_execution_platforms.""".format(
            expected = tools.base.root_file.owner.repo_name,
            found = ctx.attr.sdk_repo,
            label = ctx.label,
        ))
    return tools

def _helper(ctx, shared, packages):
    """Returns FilesToRunProvider of the Go helper, or None where it has nothing to do."""
    if shared:
        return shared.helper
    return ctx.attr.helper[DefaultInfo].files_to_run if packages else None

def _overlay_toolchain_impl(ctx):
    base = ctx.toolchains[BASE_TOOLCHAIN_TYPE]
    _check_sdk(ctx, base.sdk)
    active = packages_of(ctx.attr.active)
    _check_packages(ctx, active)
    shared = _shared(ctx, base.sdk)
    helper = _helper(ctx, shared, active)
    wrapped = shared.toolchain if shared else base
    packages = by_origin(wrapped.sdk, active)

    # Each step wraps the actions of the one before. One that has nothing to change leaves them as they are: with
    # the empty set the toolchain is rules_go's own, and so is every action.
    tools = _overlaid_tools(ctx, wrapped.sdk) if packages.tools else None
    with_std = with_fields(
        platform_common.ToolchainInfo,
        wrapped,
        actions = overlaid_stdlib_actions(
            described_actions(wrapped.actions, helper) if active else wrapped.actions,
            packages.std,
            helper,
            tools,
            errors = packages.errors,
            incremental = ctx.attr._incremental_std[BuildSettingInfo].value,
            shared = shared.stdlib if shared else None,
        ),
        sdk = tools.sdk if tools else wrapped.sdk,
    )
    with_settings = with_std if is_exec_configuration(ctx.bin_dir.path) else with_go_settings(
        with_std,
        goexperiment = ctx.attr._goexperiment[BuildSettingInfo].value,
        gofips140 = ctx.attr._gofips140[BuildSettingInfo].value,
    )
    return [with_fields(
        platform_common.ToolchainInfo,
        with_settings,
        actions = overlaid_actions(
            with_settings.actions,
            packages.others,
            helper,
            depth = read_depth(ctx.attr._depth[BuildSettingInfo].value),
        ) if packages.others else with_settings.actions,
        **{MARK: True}
    )]

overlay_toolchain = rule(
    implementation = _overlay_toolchain_impl,
    attrs = {
        "active": attr.label(
            doc = "What the active set changes; absent where that is nothing.",
            providers = [GoOverlayInfo],
        ),
        "active_in_tools": attr.label(
            cfg = "exec",
            doc = "What the active set of tools changes in these; absent where it is the same set.",
            providers = [GoOverlayInfo],
        ),
        "helper": attr.label(
            cfg = "exec",
            doc = "The Go helper that checks and applies overlays; absent where there are none.",
            executable = True,
        ),
        "sdk_repo": attr.string(
            doc = "Canonical name of the SDK repository.",
            mandatory = True,
        ),
        "sdk_version": attr.string(
            doc = "Go version that the SDK has to be. Empty: any.",
        ),
        "shared": attr.label(
            cfg = shared_transition,
            doc = """For pinned targets and deps of overlays: the toolchain of the configuration whose
builder and standard library they share.""",
            providers = [BaseToolchainInfo],
        ),
        "tools": attr.label(
            doc = "The tools of the SDK with overlays; absent where there are none.",
            providers = [OverlaidToolsInfo],
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
        "_depth": attr.label(
            default = "//go_overlay/private/settings:depth",
            providers = [BuildSettingInfo],
        ),
        "_exec": attr.label(
            default = "//go_overlay:exec",
            providers = [BuildSettingInfo],
        ),
        "_goexperiment": attr.label(
            default = "//toolchains:goexperiment",
            providers = [BuildSettingInfo],
        ),
        "_gofips140": attr.label(
            default = "//toolchains:gofips140",
            providers = [BuildSettingInfo],
        ),
        "_incremental_std": attr.label(
            default = "//toolchains:incremental_std",
            providers = [BuildSettingInfo],
        ),
        "_today": attr.label(
            default = "//go_overlay:today",
            providers = [BuildSettingInfo],
        ),
    },
    doc = """A Go toolchain that compiles packages with the active overlay set applied.

It finds the toolchain that it wraps by toolchain resolution, not by an attribute: only so the
wrapped one is configured for the execution platform that the build chose for this one.""",
    provides = [platform_common.ToolchainInfo],
    toolchains = [BASE_TOOLCHAIN_TYPE],
)
