"""The rule that compares the binaries of a Go SDK with what its source makes."""

load("@io_bazel_rules_go//go:def.bzl", "GoSDK")
load("//toolchains/private/toolchain:rebuilt_sdk.bzl", "rebuild_commands", "sdk_platform")

visibility(["//toolchains"])

def _short_path(file):
    return file.short_path

def _binaries(sdk):
    """Returns the files of an SDK that should be programs."""
    folders = [sdk.root_file.dirname + folder for folder in ["/bin/", "/pkg/tool/"]]
    return [
        file
        for file in [sdk.go] + sdk.tools.to_list()
        if any([file.path.startswith(folder) for folder in folders])
    ]

def _go_sdk_verify_test_impl(ctx):
    sdk = ctx.attr.sdk[GoSDK]
    platform = sdk_platform(sdk)
    rebuilt = ctx.actions.declare_directory(ctx.label.name + ".rebuilt")
    rebuild_commands(ctx.actions, sdk, ctx.attr._helper[DefaultInfo].files_to_run, [rebuilt], toolchain = None)
    binaries = _binaries(sdk)

    # Bazel gives a test no arguments but those that the user writes.
    args = ctx.actions.args()
    args.add_all(["sdk", "verify"])
    args.add("-sdk", "{} (Go {}, {})".format(ctx.attr.sdk.label, sdk.version, platform))
    args.add("-platform", platform)
    args.add_all("-root", [sdk.root_file], map_each = _short_path)
    args.add_all("-rebuilt", [rebuilt], expand_directories = False, map_each = _short_path)
    args.add_all(binaries, map_each = _short_path)
    args.set_param_file_format("multiline")
    arguments = ctx.actions.declare_file(ctx.label.name + ".args")
    ctx.actions.write(arguments, args)

    helper = ctx.executable._test_helper
    executable = ctx.actions.declare_file(ctx.label.name + (".exe" if helper.extension == "exe" else ""))
    ctx.actions.symlink(
        is_executable = True,
        output = executable,
        target_file = helper,
    )
    return [
        DefaultInfo(
            executable = executable,
            runfiles = ctx.runfiles([arguments, helper, rebuilt] + binaries),
        ),
        RunEnvironmentInfo(environment = {"GO_OVERLAY_ARGUMENTS": arguments.short_path}),
    ]

go_sdk_verify_test = rule(
    implementation = _go_sdk_verify_test_impl,
    attrs = {
        "sdk": attr.label(
            cfg = "exec",
            doc = "The SDK: the target `go_sdk` of its repository, such as `@go_sdk//:go_sdk`.",
            mandatory = True,
            providers = [GoSDK],
        ),
        "_helper": attr.label(
            cfg = "exec",
            default = "//tools:helper",
            executable = True,
        ),
        "_test_helper": attr.label(
            # It runs where the test does, and is no part of what is built for the target platform.
            cfg = config.exec("test"),
            default = "//tools:helper",
            executable = True,
        ),
    },
    doc = """Fails unless the binaries of a Go SDK are, bit for bit, what the source in the SDK makes.

```starlark
go_sdk_verify_test(
    name = "go_sdk_verify_test",
    sdk = "@go_sdk//:go_sdk",
)
```

What runs during each build, and compiles all that is shipped, then has a source that can be read, and
that tells of known vulnerabilities. The makers of Go see to it that a release can be rebuilt; the test
rebuilds `bin/go`, `bin/gofmt` and `pkg/tool` with the SDK's own go command, as a release is built, and
names every binary that differs, is missing, or has no source. Binaries for macOS are compared without
their signatures, which are added later.

**Cost.** About 100 CPU seconds, 1 GB of temporary disk space and 120 MB of output, in one action that
is cached as any other: it runs again when the SDK is another one.

**What it does not show.** That the source is that of the Go project: for that, fetch the SDK by its
digest. That the SDK's compiler inserts nothing that is in no source, even into itself. That `lib` and
`misc` are as released.

**What it can't verify.** A build of Go that is no release, such as the package of a Linux distribution,
or one that was patched. An SDK for another platform than the one that the action runs on: its own go
command is needed. With `exec_compatible_with` the test chooses an execution platform that the SDK is
for; where there is none, `target_compatible_with` has it skipped. It is known to work for Go 1.22 to
1.27.""",
    exec_groups = {"test": exec_group()},
    test = True,
)
