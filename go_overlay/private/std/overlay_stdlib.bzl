"""Compiles the standard library with overlays."""

load("@io_bazel_rules_go//go:def.bzl", "GoSDK")
load("//common:copies.bzl", "with_fields")
load("//common:rules_go_internals.bzl", "GoStdLib")
load("//go_overlay/private/compile:archives.bzl", "with_std_records")
load("//go_overlay/private/compile:build_config.bzl", "build_config")
load(":helped_actions.bzl", "helped_actions")
load(":sdk_packages.bzl", "sdk_changes")

visibility(["//toolchains/private/toolchain"])

_GO_TOOLCHAIN = Label("@io_bazel_rules_go//go:toolchain")

# A field of GoStdLib, where it has overlays: a struct of
# base (list of what the stdlib rule provides without overlays),
# packages (dict, those that are overlaid, as in GoOverlayInfo),
# evidence (dict, as sdk_changes returns it),
# exports (File: the folder pkg, with only what compiling takes),
# package_list (File: the import paths of the standard library, one a line) and
# tools (OverlaidToolsInfo of what compiled it, or None).
_NOTE = "_go_overlay"

def overlaid_stdlib_actions(actions, packages, helper, tools, errors, incremental, shared):
    """Returns a toolchain's action constructors with overlays applied to the standard library.

    The actions are those of rules_go, with the Go helper in front of the builder. It has the builder see
    an SDK with the changes, and compiles only what differs from the standard library without them.

    Args:
      actions: struct, the `actions` field of rules_go's Go toolchain.
      packages: dict, the part of the `packages` field of GoOverlayInfo that is of the standard library.
      helper: FilesToRunProvider of the Go helper.
      tools: OverlaidToolsInfo, or None if the tools of the SDK have no overlays.
      errors: list of str: what is wrong with overlays of the SDK's packages. Fails if it is not empty.
      incremental: bool, whether to take what the overlays don't reach from the standard library without them.
      shared: list of what rules_go's stdlib rule provides in a configuration that differs in its overlays
        only, or None.

    Returns:
      A struct of the same fields.
    """
    if not packages and not tools and not errors:
        if not shared:
            return actions
        base = _base(shared)
        return with_fields(struct, actions, stdlib = lambda _go: base)

    def stdlib(go):
        if errors:
            fail("\n\n".join(errors))
        there = _overlaid(shared) if shared else None
        if there and there.packages == packages and not there.tools and not tools:
            return shared
        if tools:
            # What compiles is told by the arguments; the source is that of the SDK.
            sdk = with_fields(GoSDK, tools.base, experiments = go.sdk.experiments)
            go = with_fields(struct, go, sdk = sdk)
        return _overlaid_stdlib(go, actions.stdlib, _base(shared or actions.stdlib(go)), packages, helper, tools, incremental)

    def archive(go, *args, **kwargs):
        overlaid = getattr(go.stdlib, _NOTE)
        compiled = actions.archive(_compiling_against(go, overlaid), *args, **kwargs)
        return with_std_records(compiled, overlaid.evidence)

    def link(go, *args, **kwargs):
        return actions.link(_listing(go, getattr(go.stdlib, _NOTE)), *args, **kwargs)

    return with_fields(
        struct,
        actions,
        archive = archive,
        link = link,
        stdlib = stdlib,
    )

def _listing(go, overlaid):
    """Returns a GoContext that knows packages which the standard library has gained."""
    sdk = with_fields(GoSDK, go.sdk, package_list = overlaid.package_list)
    return with_fields(struct, go, sdk = sdk)

def _compiling_against(go, overlaid):
    """Returns a GoContext in which packages depend on what the standard library exports, not on all of it."""
    stdlib = with_fields(
        GoStdLib,
        go.stdlib,
        libs = depset([overlaid.exports]),
        root_file = overlaid.exports,
    )
    return with_fields(struct, _listing(go, overlaid), stdlib = stdlib)

def _overlaid(providers):
    for provider in providers:
        if hasattr(provider, _NOTE):
            return getattr(provider, _NOTE)
    return None

def _base(providers):
    overlaid = _overlaid(providers)
    return overlaid.base if overlaid else providers

def _is_stdlib(provider):
    # The other one is a GoInfo.
    return hasattr(provider, "libs")

def _overlaid_stdlib(go, stdlib, base, packages, helper, tools, incremental):
    changes = sdk_changes(
        go.actions,
        "go_overlay",
        go.sdk,
        packages,
        helper,
        _GO_TOOLCHAIN,
        build = build_config(go),
    )
    [base_folder] = [provider.root_file for provider in base if _is_stdlib(provider)] if incremental and not tools else [None]
    note = struct(
        base = base,
        evidence = changes.evidence | (tools.changes.evidence if tools else {}),
        exports = go.actions.declare_directory("go_overlay_exports/pkg"),
        package_list = go.actions.declare_file("go_overlay_exports/packages.txt"),
        packages = packages,
        tools = tools,
    )
    return [
        with_fields(GoStdLib, provider, **{_NOTE: note}) if _is_stdlib(provider) else provider
        for provider in stdlib(_with_actions(_without_commands(go), helped_actions(go, base_folder, note, changes, helper)))
    ]

def _without_commands(go):
    """Returns a GoContext whose SDK lacks the source of its commands, a third of all files."""
    commands = go.sdk.root_file.dirname + "/src/cmd/"
    needed = commands + "internal/"
    sdk = with_fields(
        GoSDK,
        go.sdk,
        srcs = depset([file for file in go.sdk.srcs.to_list() if not file.path.startswith(commands) or file.path.startswith(needed)]),
    )
    return with_fields(struct, go, sdk = sdk)

def _with_actions(go, actions):
    return with_fields(struct, go, actions = actions)
