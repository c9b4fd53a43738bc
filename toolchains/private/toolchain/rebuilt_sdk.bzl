"""Actions that build the commands of a Go SDK from the source in the SDK."""

load("//common:path_mapping.bzl", "PATH_MAPPING")
load("//go_overlay/private/std:sdk_packages.bzl", "add_changes", "add_sdk_folder")

visibility([
    "//toolchains/private/goroot",
    "//toolchains/private/test_rules",
])

def sdk_platform(sdk):
    """Returns the platform that a GoSDK runs on, as GOOS_GOARCH."""
    return "{}_{}".format(sdk.goos, sdk.goarch)

def compile_commands(actions, sdk, helper, out, toolchain):
    """Declares the action that compiles what the commands of an SDK consist of, for rebuild_commands to begin with.

    Args:
      actions: ctx.actions.
      sdk: GoSDK.
      helper: FilesToRunProvider of the Go helper.
      out: File to write.
      toolchain: Label of the toolchain type that the SDK is of, or None.
    """
    args = actions.args()
    args.add("-out", out)
    _run(actions, "compile", sdk, helper, args, [], [out], toolchain, "GoOverlaySdkCompile", "Compiling the commands of a Go SDK for %{label}")

def rebuild_commands(actions, sdk, helper, outputs, toolchain, root = None, changes = None, compiled = None):
    """Declares the action that builds the commands of an SDK.

    Args:
      actions: ctx.actions.
      sdk: GoSDK.
      helper: FilesToRunProvider of the Go helper.
      outputs: list of File to write: a folder, or files in the folder of root.
      toolchain: Label of the toolchain type that the SDK is of, or None.
      root: File in the top folder of what is written. None if that is the first of outputs.
      changes: struct, what sdk_changes returns, or None.
      compiled: File that compile_commands writes, or None.
    """
    args = actions.args()
    if root:
        add_sdk_folder(args, "-out", root)
    else:
        args.add_all("-out", outputs[:1], expand_directories = False)
    inputs = [root] if root else []
    if compiled:
        args.add("-compiled", compiled)
        inputs.append(compiled)
    if changes:
        inputs = inputs + add_changes(args, changes.files) + changes.stamps
    _run(actions, "rebuild", sdk, helper, args, inputs, outputs, toolchain, "GoOverlaySdkRebuild", "Rebuilding the commands of a Go SDK for %{label}")

def _run(actions, verb, sdk, helper, args, inputs, outputs, toolchain, mnemonic, progress_message):
    files = depset([sdk.go], transitive = [sdk.headers, sdk.srcs, sdk.tools])
    command = actions.args()
    command.add_all(["sdk", verb])
    command.add("-platform", sdk_platform(sdk))
    command.add("-root", sdk.root_file)
    args.add_all(files)
    for part in [command, args]:
        part.use_param_file("@%s")
        part.set_param_file_format("multiline")
    actions.run(
        arguments = [command, args],
        env = {},  # The helper makes one of its own for the go command.
        executable = helper,
        execution_requirements = PATH_MAPPING,
        inputs = depset(inputs + [sdk.root_file], transitive = [files]),
        mnemonic = mnemonic,
        outputs = outputs,
        progress_message = progress_message,
        toolchain = toolchain,
    )
