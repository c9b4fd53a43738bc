"""The rule that lets users run the verb `sdk` of the command `overlay`, without a Go of their own."""

load("//common:base_toolchain_type.bzl", "BASE_TOOLCHAIN_TYPE")

visibility(["//tools/..."])

_HOST_PLATFORM = "//command_line_option:host_platform"
_PLATFORMS = "//command_line_option:platforms"

def _host_impl(settings, _attr):
    return {_PLATFORMS: [settings[_HOST_PLATFORM]]}

# It runs on the machine of the user, whatever the build is for.
_host_transition = transition(
    implementation = _host_impl,
    inputs = [_HOST_PLATFORM],
    outputs = [_PLATFORMS],
)

def _sdk_tool_impl(ctx):
    toolchain = ctx.toolchains[BASE_TOOLCHAIN_TYPE]
    sdk = toolchain.sdk
    command = ctx.executable._command
    out = ctx.actions.declare_file(ctx.label.name + (".exe" if command.extension == "exe" else ""))
    ctx.actions.symlink(
        is_executable = True,
        output = out,
        target_file = command,
    )
    runfiles, environment = [], {}

    # With remote execution, the SDK may be for another platform than the user's. There, go on PATH has to do.
    if (sdk.goos, sdk.goarch) == (toolchain.default_goos, toolchain.default_goarch):
        # All of the SDK that the go command needs to download and verify another one.
        runfiles = [sdk.go] + [file for file in sdk.tools.to_list() if file.basename == "go.env"]
        environment["GO_OVERLAY_GO"] = sdk.go.short_path
    return [
        DefaultInfo(
            executable = out,
            files = depset([out]),
            runfiles = ctx.runfiles([command] + runfiles),
        ),
        RunEnvironmentInfo(environment = environment),
    ]

sdk_tool = rule(
    implementation = _sdk_tool_impl,
    attrs = {
        "_command": attr.label(
            cfg = "target",
            default = "//tools:overlay",
            executable = True,
        ),
    },
    cfg = _host_transition,
    doc = """Runs the command `overlay` with the go command of the SDK that the build has. What the user writes
after `--` comes after the attribute `args`.""",
    executable = True,
    toolchains = [BASE_TOOLCHAIN_TYPE],
)
