"""The actions of rules_go that compile the standard library, with the Go helper in front of the builder."""

load(":sdk_packages.bzl", "add_changes", "add_sdk_folder")

visibility("private")

# What becomes of the actions that rules_go declares for the standard library, by their mnemonics: our mnemonic,
# the verb of the helper behind std, and what Bazel shows.
_COMPILE = struct(
    mnemonic = "GoOverlayStdlib",
    progress_message = "Compiling the standard library with overlays %{output}",
    verb = "build",
)
_LIST = struct(
    mnemonic = "GoOverlayStdlibList",
    progress_message = "Listing the standard library with overlays %{output}",
    verb = "list",
)
_HELPED = {
    "GoStdlib": _COMPILE,
    "GoStdlibList": _LIST,
}

def helped_actions(go, base_folder, note, changes, helper):
    """Returns what rules_go is to take for ctx.actions when it declares how the standard library is compiled.

    It declares the same actions, with what the helper needs in front of the builder's arguments; and their
    outputs in a folder of their own, beside the standard library without overlays.

    Args:
      go: GoContext.
      base_folder: File, the folder pkg of the standard library without overlays, from which is taken what they
        don't reach; None to compile all of it.
      note: struct of exports, package_list and tools, as overlay_stdlib.bzl notes it on GoStdLib.
      changes: struct, what sdk_changes returned.
      helper: FilesToRunProvider of the Go helper.

    Returns:
      A struct of those functions of ctx.actions that rules_go calls.
    """
    actions = go.actions

    def run(*, arguments, executable, inputs, mnemonic, outputs, **kwargs):
        helped = _HELPED.get(mnemonic)
        if not helped:
            fail("{}: rules_go declares an action {} for the standard library, expected any of {}. go_overlay does not know this version of rules_go; without overlays of the standard library it works.".format(
                go.label,
                mnemonic,
                ", ".join(_HELPED),
            ))
        args = actions.args()
        args.use_param_file("@%s")
        args.set_param_file_format("multiline")
        args.add_all(["std", helped.verb])
        args.add("-builder", executable)
        args.add("-root", go.sdk.root_file)
        args.add_all("-out", outputs[:1], expand_directories = False)
        own_inputs = add_changes(args, changes.files) + changes.stamps + [go.sdk.root_file]
        if helped == _COMPILE:
            own_inputs.extend(_add_compiling(args, go.sdk, base_folder, note, changes))
            outputs = outputs + [note.exports, note.package_list]
        else:
            # Editors are told of paths that are not mapped.
            kwargs["execution_requirements"] = {}
        args.add("--")
        kwargs["progress_message"] = helped.progress_message
        actions.run(
            arguments = [args] + arguments,
            executable = helper,
            inputs = depset(own_inputs, transitive = [inputs]),
            mnemonic = helped.mnemonic,
            outputs = outputs,
            tools = [executable],
            **kwargs
        )

    return struct(
        args = actions.args,
        declare_directory = lambda path, **kwargs: actions.declare_directory("go_overlay/" + path, **kwargs),
        declare_file = lambda path, **kwargs: actions.declare_file("go_overlay/" + path, **kwargs),
        run = run,
    )

def _add_compiling(args, sdk, base_folder, note, changes):
    """Adds arguments for compiling, and returns the inputs among them."""
    inputs = []
    if base_folder:
        args.add_all("-base", [base_folder], expand_directories = False)
        inputs.append(base_folder)
    args.add_all(changes.evidence.keys(), before_each = "-package")
    args.add_all("-exports", [note.exports], expand_directories = False)
    args.add("-package-list", sdk.package_list)
    args.add("-package-list-out", note.package_list)
    inputs.append(sdk.package_list)
    if note.tools:
        add_sdk_folder(args, "-tools", note.tools.sdk.root_file)
        inputs.extend(note.tools.files)
    return inputs
