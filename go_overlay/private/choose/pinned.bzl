"""Rules that build one target with overlays, or a Go, of its own."""

load("@bazel_skylib//lib:shell.bzl", "shell")
load("@io_bazel_rules_go//go:def.bzl", "GoArchive", "GoInfo")
load("//common:configurations.bzl", "is_exec_configuration")
load("//common:current_sdk.bzl", "CurrentSdkInfo")
load("//common:go_versions.bzl", "sdk_version_values")
load("//common:labels.bzl", "display_label")
load("//common:rules_go_internals.bzl", "GOOS_GOARCH")
load("//go_overlay/private/declare:go_overlay_info.bzl", "GoOverlayInfo")
load("//go_overlay/private/settings:transitions.bzl", "pin_transition")

visibility(["//go_overlay"])

_PinnedInfo = provider(
    doc = "A target that is built with something of its own.",
    fields = {
        "chosen": "dict from the name of an attribute that says with what to its value, str",
    },
)

_KindInfo = provider(
    doc = "Of what rule a target is.",
    fields = {
        "kind": "str, name of the rule",
    },
)

def _kind_aspect_impl(_target, ctx):
    return [_KindInfo(kind = ctx.rule.kind)]

_kind_aspect = aspect(
    implementation = _kind_aspect_impl,
    doc = "Tells a go_test from a go_binary, which have the same providers.",
)

# What the attributes of a pin choose.
_CHOOSING = ["goarch", "goexperiment", "gofips140", "goos", "overlays", "sdk_version"]

def _pinned_impl(ctx):
    _check(ctx)
    target = ctx.attr.target[0]
    if _KindInfo in target and not target[_KindInfo].kind.endswith("_test"):
        fail("{}: target {} is a {}, which is no test; expected a go_test, or use go_overlay_binary".format(
            display_label(ctx.label),
            display_label(target.label),
            target[_KindInfo].kind,
        ))
    chosen = {
        attribute: str(getattr(ctx.attr, attribute).label) if attribute == "overlays" else str(getattr(ctx.attr, attribute))
        for attribute in _CHOOSING
        if getattr(ctx.attr, attribute)
    }
    if _PinnedInfo in target:
        present = target[_PinnedInfo].chosen
        other = [attribute for attribute, value in chosen.items() if present.get(attribute, value) != value]
        if other:
            fail("{pin}: target {target} has {attributes} of its own, which would count, and not what {pin} says. Let target be what {target} builds.".format(
                attributes = ", ".join(other),
                pin = display_label(ctx.label),
                target = display_label(target.label),
            ))
    pinned = target[DefaultInfo].files_to_run.executable
    if not pinned:
        fail("{}: target {} is not executable; expected a go_test, or a go_binary whose linkmode makes it a program".format(
            display_label(ctx.label),
            display_label(target.label),
        ))
    extension = pinned.basename[len(pinned.basename.removesuffix(".exe")):]
    executable = ctx.actions.declare_file(ctx.label.name + extension)
    runfiles = target[DefaultInfo].default_runfiles
    if ctx.attr.runner:
        # Under a name of its own: other configurations of the target may be in the same runfiles.
        program = ctx.actions.declare_file("{}_/{}".format(ctx.label.name, pinned.basename))
        ctx.actions.write(
            content = _RUN.format(
                program = shell.quote("./" + program.short_path),
                runner = shell.quote("./" + ctx.executable.runner.short_path),
            ),
            is_executable = True,
            output = executable,
        )
        runfiles = runfiles.merge(ctx.runfiles(files = [program])).merge(ctx.attr.runner[DefaultInfo].default_runfiles)
    else:
        program = executable
    ctx.actions.symlink(
        is_executable = True,
        output = program,
        target_file = pinned,
    )
    runfiles = runfiles.merge(ctx.runfiles(files = [executable]))
    return [
        _PinnedInfo(chosen = chosen | (target[_PinnedInfo].chosen if _PinnedInfo in target else {})),
        DefaultInfo(
            executable = executable,
            files = depset([executable]),
            runfiles = runfiles,
        ),
        coverage_common.instrumented_files_info(
            ctx,
            dependency_attributes = ["target"],
        ),
    ] + [
        target[provider]
        for provider in [GoArchive, GoInfo, OutputGroupInfo, RunEnvironmentInfo]
        if provider in target
    ]

# Bazel begins tests, and what it runs, in the folder of their runfiles. Tests of rules_go begin
# themselves again, unless told otherwise, which not every platform can.
_RUN = """#!/bin/sh
GO_TEST_WRAP=0 exec {runner} {program} "$@"
"""

# See MustLinkExternal in Go's internal/platform.
_NEEDS_CGO = [
    "android_386",
    "android_amd64",
    "android_arm",
    "ios_arm64",
]

def _check(ctx):
    """Fails unless the target is built by the Go that the attributes ask for."""
    if bool(ctx.attr.goos) != bool(ctx.attr.goarch):
        fail("{}: goos and goarch go together; set both, or neither for the platform of the build".format(display_label(ctx.label)))
    if ctx.attr.goos and (ctx.attr.goos, ctx.attr.goarch) not in GOOS_GOARCH:
        fail("{}: goos = \"{}\", goarch = \"{}\" is no platform that rules_go knows; go tool dist list shows Go's".format(
            display_label(ctx.label),
            ctx.attr.goos,
            ctx.attr.goarch,
        ))
    platform = "{}_{}".format(ctx.attr.goos, ctx.attr.goarch)
    if platform in _NEEDS_CGO:
        fail("{}: Go can't link programs for {} without cgo; set pure and a platform with a C toolchain instead of goos and goarch".format(
            display_label(ctx.label),
            platform,
        ))
    if is_exec_configuration(ctx.bin_dir.path):
        _check_exec(ctx)
    sdk = ctx.attr._sdk[0][CurrentSdkInfo]
    if not sdk.applies_overlays:
        fail("""{}: the Go toolchain of {} is not one of go_overlay{}, so that nothing would be overlaid.
Register ours before others: register_toolchains("@go_overlay_toolchains//:all"), and declare the SDK by go_toolchains.sdk or wrap.
To see which was selected: --toolchain_resolution_debug='.*go:toolchain'""".format(
            display_label(ctx.label),
            display_label(ctx.attr.target[0].label),
            " (it is Go {})".format(sdk.version) if sdk.version else "",
        ))
    wanted = ctx.attr.sdk_version
    if wanted and wanted[0].isdigit() and wanted not in sdk_version_values(sdk.version):
        fail("{}: sdk_version is {}, but the Go toolchain that was selected is Go {}".format(display_label(ctx.label), wanted, sdk.version))

def _check_exec(ctx):
    """Fails if what is asked for is not for programs that run during the build."""
    if ctx.attr.goexperiment or ctx.attr.gofips140:
        fail("{}: goexperiment and gofips140 have no effect on programs that run during the build, as this one does for some target".format(
            display_label(ctx.label),
        ))
    packages = ctx.attr.overlays[GoOverlayInfo].packages if ctx.attr.overlays else {}
    missing = {
        display_label(overlay.label): None
        for package in packages.values()
        for overlay in package.overlays
        if not overlay.exec
    }
    if missing:
        fail("""{pinned} runs during the build, as a tool of some target: bazel query 'rdeps(//..., {pinned}, 1)' tells of which. There it would be built without overlays of {overlays} that don't say exec = True: {missing}.
Write exec = True in these, or pin it to a set without them.""".format(
            missing = ", ".join(missing),
            overlays = display_label(ctx.attr.overlays.label),
            pinned = display_label(ctx.label),
        ))

_ATTRS = {
    "goarch": attr.string(
        doc = "GOARCH to build for, together with `goos`. Default: that of the build.",
    ),
    "goexperiment": attr.string_list(
        doc = """Names as in GOEXPERIMENT, such as `["jsonv2"]`, or `["none"]`. Default: those of
`--@go_overlay//toolchains:goexperiment`.""",
    ),
    "gofips140": attr.string(
        doc = "As `--@go_overlay//toolchains:gofips140`, which is the default.",
    ),
    "goos": attr.string(
        doc = "GOOS to build for, without cgo, together with `goarch`. Default: that of the build.",
    ),
    "overlays": attr.label(
        doc = """The `go_overlay_set` or `go_overlay` to build with; `@go_overlay//go_overlay:none` for none.
Default: the active set. Where the target runs during the build, such as a genrule's tool, only overlays that say
`exec = True` are applied, so that others are an error.""",
        providers = [GoOverlayInfo],
    ),
    "runner": attr.label(
        cfg = "target",
        doc = """A program that runs the target, which is its first argument: for targets that are built for
another platform, such as `js_wasm`. The target then is a shell script that works by `bazel run` and
`bazel test`. Default: the target runs itself.""",
        executable = True,
    ),
    "sdk_version": attr.string(
        doc = """Go version to build with, as in `--@rules_go//go/toolchain:sdk_version`: `1.26.8`, or
`1.26` for the default SDK if it is a 1.26, or else the newest there is. Default: that of the build.""",
    ),
    "_allowlist_function_transition": attr.label(
        default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
    ),
    "_sdk": attr.label(
        cfg = pin_transition,
        default = "//toolchains:current_sdk",
        providers = [CurrentSdkInfo],
    ),
}

go_overlay_binary = rule(
    implementation = _pinned_impl,
    attrs = _ATTRS | {
        "target": attr.label(
            cfg = pin_transition,
            doc = "The `go_binary` to build.",
            mandatory = True,
            providers = [GoArchive],
        ),
    },
    doc = """Builds a `go_binary` with overlays of its own, or another Go, whatever is chosen elsewhere:
patched and unpatched, old and new Go, in one build.

```starlark
go_overlay_binary(
    name = "app_patched",
    overlays = "//overlays:canary",
    target = "//app",
)
```

What the program is made of is compiled again in a configuration of its own; with
`--experimental_output_paths=strip` and a disk or remote cache, packages that the overlays don't reach
come from there. rules_go's builder and the standard library are shared in any case.""",
    executable = True,
)

go_overlay_test = rule(
    implementation = _pinned_impl,
    attrs = _ATTRS | {
        "target": attr.label(
            aspects = [_kind_aspect],
            cfg = pin_transition,
            doc = "The `go_test` to run. Tag it `manual` if it is not to be run with the active set, too.",
            mandatory = True,
            providers = [DefaultInfo],
        ),
        # Bazel looks for it in tests of any rule, when it collects coverage.
        "_lcov_merger": attr.label(
            cfg = "exec",
            default = configuration_field(
                fragment = "coverage",
                name = "output_generator",
            ),
        ),
    },
    doc = """Runs a `go_test` that is built as `go_overlay_binary` builds a program.

Environment, data and coverage are those of the target; `args`, `size`, `timeout`, `shard_count`, `flaky`
and `tags`, which Bazel hands to no other rule, have to be written here again.""",
    test = True,
)
