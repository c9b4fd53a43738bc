"""The action of rules_go that links a program, with the Go helper in front of the builder: the program says which overlays are in it."""

load("//common:copies.bzl", "with_fields")
load(":archives.bzl", "linked_records")

visibility(["//toolchains/private/toolchain"])

def described_actions(actions, helper):
    """Returns a toolchain's action constructors that link programs which say what overlays are in them.

    A program that has no package with overlays is linked as rules_go does it.

    Args:
      actions: struct, the `actions` field of rules_go's Go toolchain. Those that apply overlays call it.
      helper: FilesToRunProvider of the Go helper.

    Returns:
      A struct of the same fields.
    """

    def link(go, archive = None, test_archives = [], **kwargs):
        records = linked_records(archive, test_archives)
        if records:
            go = with_fields(struct, go, actions = _helped_actions(go, records, helper))
        return actions.link(go, archive = archive, test_archives = test_archives, **kwargs)

    return with_fields(struct, actions, link = link)

def _helped_actions(go, records, helper):
    """Returns what rules_go is to take for ctx.actions when it declares how a program is linked.

    Args:
      go: GoContext.
      records: list of structs, what linked_records returned.
      helper: FilesToRunProvider of the Go helper.

    Returns:
      A struct of those functions of ctx.actions that rules_go calls.
    """
    actions = go.actions

    def run(*, arguments, executable, inputs, mnemonic, **kwargs):
        if mnemonic != "GoLink":
            fail("{}: rules_go declares an action {} to link a program, expected GoLink. go_overlay does not know this version of rules_go; without overlays it works.".format(
                go.label,
                mnemonic,
            ))
        args = actions.args()
        args.use_param_file("@%s")
        args.set_param_file_format("multiline")
        args.add("link")
        args.add("-builder", executable)
        args.add("-root", go.sdk.root_file)
        for record in records:
            if record.package:
                args.add("-package", record.package)
            args.add("-record", record.file)
        args.add("--")
        actions.run(
            arguments = [args] + arguments,
            executable = helper,
            inputs = depset([record.file for record in records] + [go.sdk.root_file], transitive = [inputs]),
            mnemonic = mnemonic,
            tools = [executable],
            **kwargs
        )

    return struct(
        args = actions.args,
        run = run,
    )
