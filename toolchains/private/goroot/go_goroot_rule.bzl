"""The rule behind go_goroot: lays out a Go SDK with overlays."""

load("@bazel_skylib//lib:shell.bzl", "shell")
load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")
load("@go_overlay_default//:defs.bzl", "POLICY")
load("@io_bazel_rules_go//go:def.bzl", "GoSDK")
load("//common:helper_platform.bzl", "HelperPlatformInfo")
load("//common:labels.bzl", "display_label")
load("//common:path_mapping.bzl", "PATH_MAPPING")
load("//go_overlay/private/choose:policy.bzl", "policy_errors")
load("//go_overlay/private/declare:claims.bzl", "with_claims")
load("//go_overlay/private/declare:go_overlay_info.bzl", "GoOverlayInfo")
load("//go_overlay/private/std:sdk_packages.bzl", "add_changes", "add_sdk_folder", "by_origin", "sdk_changes")
load("//toolchains/private/toolchain:overlaid_tools.bzl", "rebuilt_tools")
load("//toolchains/private/toolchain:rebuilt_sdk.bzl", "sdk_platform")

visibility("private")

def _check_runs(ctx, sdk, tools):
    """Fails if the SDK can't rebuild its tools where the build runs.

    Another architecture may run there, too; if it does not, the action says so.
    """
    machine = ctx.attr._helper[HelperPlatformInfo].goos
    if sdk.goos == machine:
        return
    fail("""{label}: {overlay} changes {importpath}, which the SDK's own compiler has to rebuild, but {sdk} is for {found}, and the build runs on {machine}.
Take an SDK for {machine}, or a set without overlays of Go's tools; or choose an execution platform for {found} by exec_compatible_with.""".format(
        found = sdk_platform(sdk),
        importpath = tools.keys()[0],
        label = display_label(ctx.label),
        machine = machine,
        overlay = display_label(tools.values()[0].overlays[0].label),
        sdk = display_label(ctx.attr.sdk.label),
    ))

# What bazel run does. The folder of runfiles is the current one, or the script's own where it is run by hand: then, too, the lock file
# is that of the user's folder. The name is never the version alone, which is that of the SDK without overlays.
_RUN = """#!/bin/sh
set -eu
export BUILD_WORKING_DIRECTORY="${{BUILD_WORKING_DIRECTORY:-$PWD}}"
[ -e {command} ] || cd "$0.runfiles/{workspace}"
tree=$(cd {tree} && pwd -P)
if [ "${{1-}}" = install ] && [ $# -le 2 ]; then
  version=$(sed '1s/^go//;s/[- ].*//;q' "$tree/VERSION") || version=
  target={target}
  name=${{2:-${{version:+$version-$target}}}}
  exec {command} sdk install -from dir ${{name:+-name "$name"}} "$tree"
fi
echo "{label} is a GOROOT:
  $tree
To install it into the SDK store, where overlay sdk use, exec and env find it by NAME, or else by its version and the name of the target:
  bazel run {label} -- install [NAME]"
[ $# -eq 0 ] || exit 2
"""

_RUN_ON_WINDOWS = """@echo off
echo {label} is a GOROOT. To install it into the SDK store, where overlay sdk use, exec and env find it:
echo   bazel build {label}
echo   overlay sdk install -from dir -name NAME {bin_path}
if not "%~1"=="" exit /b 2
"""

def _runnable(ctx, tree):
    """Makes the target one for bazel run, without a part of the command in the tree.

    Returns:
      list of providers.
    """
    command = ctx.executable._command
    is_windows = command.extension == "exe"
    run = ctx.actions.declare_file(ctx.label.name + (".run.bat" if is_windows else ".run"))
    ctx.actions.write(
        content = (_RUN_ON_WINDOWS if is_windows else _RUN).format(
            bin_path = "bazel-bin/{}/{}".format(ctx.label.package, ctx.label.name).replace("//", "/"),
            command = shell.quote(command.short_path),
            label = display_label(ctx.label),
            target = shell.quote(ctx.label.name.replace("/", "_")),
            tree = shell.quote(tree.short_path),
            workspace = ctx.workspace_name,
        ),
        is_executable = True,
        output = run,
    )
    return [
        DefaultInfo(
            # What has the tree among its data need not have the command.
            data_runfiles = ctx.runfiles(),
            default_runfiles = ctx.runfiles([run, tree]).merge(ctx.attr._command[DefaultInfo].default_runfiles),
            executable = run,
            files = depset([tree]),
        ),
        ctx.attr._command[RunEnvironmentInfo],
    ]

def _go_goroot_impl(ctx):
    sdk = ctx.attr.sdk[GoSDK]
    helper = ctx.attr._helper[DefaultInfo].files_to_run
    packages = ctx.attr.overlays[GoOverlayInfo].packages if ctx.attr.overlays else {}
    errors = policy_errors(packages, POLICY, ctx.attr._today[BuildSettingInfo].value)
    packages = by_origin(sdk, with_claims(packages, packages), ctx.files.files)
    errors.extend(packages.errors)
    if errors:
        fail("\n\n".join(errors))
    if ctx.attr.overlays and not packages.std and not packages.tools and not packages.lib:
        fail("{}: {} changes no package of the Go SDK, only {}".format(
            display_label(ctx.label),
            display_label(ctx.attr.overlays.label),
            ", ".join(packages.others) or "nothing at all",
        ))
    folder = ctx.label.name + ".overlays"
    changes = [
        sdk_changes(ctx.actions, folder, sdk, packages.std, helper, None),
        sdk_changes(ctx.actions, folder, sdk, packages.lib, helper, None, ctx.files.files),
    ]
    tools = None
    if packages.tools:
        _check_runs(ctx, sdk, packages.tools)
        tools = rebuilt_tools(ctx.actions, ctx.label.name + ".tools", sdk, packages.tools, helper, None)
        changes.append(tools.changes)

    tree = ctx.actions.declare_directory(ctx.label.name)
    overlay = ctx.actions.declare_file(ctx.label.name + ".overlay.json")
    args = ctx.actions.args()
    args.use_param_file("@%s")
    args.set_param_file_format("multiline")
    args.add("goroot")
    args.add("-root", sdk.root_file)
    args.add_all("-out", [tree], expand_directories = False)
    args.add("-json", overlay)
    inputs = [sdk.root_file]
    for part in changes:
        inputs.extend(add_changes(args, part.files) + part.stamps)
    if tools:
        inputs.extend(tools.files)
        add_sdk_folder(args, "-tools", tools.sdk.root_file)
    args.add_all(ctx.files.files)
    ctx.actions.run(
        arguments = [args],
        executable = helper,
        execution_requirements = PATH_MAPPING,
        inputs = depset(inputs, transitive = [depset(ctx.files.files)]),
        mnemonic = "GoOverlayGoroot",
        outputs = [tree, overlay],
        progress_message = "Laying out a GOROOT %{label}",
        toolchain = None,
    )
    return _runnable(ctx, tree) + [OutputGroupInfo(overlay_json = depset([overlay]))]

go_goroot_rule = rule(
    implementation = _go_goroot_impl,
    attrs = {
        "files": attr.label(
            doc = "All files of the SDK: the target `files` of its repository.",
            mandatory = True,
        ),
        "overlays": attr.label(
            doc = """A `go_overlay` or `go_overlay_set`. Of its packages, those of the standard library, of Go's tools and
of the SDK's folder `lib` are applied.""",
            providers = [GoOverlayInfo],
        ),
        "sdk": attr.label(
            doc = "The SDK: the target `go_sdk` of its repository.",
            mandatory = True,
            providers = [GoSDK],
        ),
        "_command": attr.label(
            cfg = "target",
            default = "//tools:sdk",
            executable = True,
            providers = [RunEnvironmentInfo],
        ),
        "_today": attr.label(
            default = "//go_overlay:today",
            providers = [BuildSettingInfo],
        ),
        "_helper": attr.label(
            cfg = "exec",
            default = "//tools:helper",
            executable = True,
            providers = [HelperPlatformInfo],
        ),
    },
    executable = True,
)
