"""Rules that build one target with a set of its own."""

load("@io_bazel_rules_go//go:def.bzl", "GoArchive", "GoInfo")
load(":go_overlay_info.bzl", "GoOverlayInfo")
load(":labels.bzl", "display_label")
load(":transitions.bzl", "pin_transition")

visibility(["//go_overlay/..."])

def _pinned_impl(ctx):
    target = ctx.attr.target[0]
    pinned = target[DefaultInfo].files_to_run.executable
    if not pinned:
        fail("{}: target {} is not executable; expected a go_test, or a go_binary whose linkmode makes it a program".format(
            display_label(ctx.label),
            display_label(target.label),
        ))
    executable = ctx.actions.declare_file(ctx.label.name + pinned.basename[len(pinned.basename.removesuffix(".exe")):])
    ctx.actions.symlink(
        is_executable = True,
        output = executable,
        target_file = pinned,
    )
    runfiles = ctx.runfiles(files = [executable]).merge(target[DefaultInfo].default_runfiles)
    return [
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

_ATTRS = {
    "overlays": attr.label(
        doc = "The `go_overlay_set` or `go_overlay` to build with; `@go_overlay//go_overlay:none` for none.",
        mandatory = True,
        providers = [GoOverlayInfo],
    ),
    "_allowlist_function_transition": attr.label(
        default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
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
    doc = """Builds a `go_binary` with a set of its own, whatever the active set is elsewhere: patched
and unpatched in one build.

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
    doc = """Runs a `go_test` that is built with a set of its own, as `go_overlay_binary` does.

Environment, data and coverage are those of the target; `args`, `size`, `timeout`, `shard_count`, `flaky`
and `tags`, which Bazel hands to no other rule, have to be written here again.""",
    test = True,
)
