"""Analysis tests of GOROOTs with overlays."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//go_overlay:defs.bzl", "go_overlay")
load("//toolchains:defs.bzl", "go_goroot")
load(":failure_test.bzl", "failure_test")

visibility("private")

def _lib_test_impl(ctx):
    """A folder in lib is checked as a package is, and knows its files by their names in it."""
    env = analysistest.begin(ctx)
    actions = {action.mnemonic: action for action in analysistest.target_actions(env)}
    [stamp] = [file for file in actions["GoOverlay"].outputs.to_list() if file.extension == "stamp"]
    asserts.true(env, stamp in actions["GoOverlayGoroot"].inputs.to_list())
    [manifest] = [
        json.decode(action.content)
        for action in analysistest.target_actions(env)
        if action.mnemonic == "FileWrite" and action.content.startswith("{")
    ]
    asserts.equals(env, ["zone.txt"], manifest["names"])
    [change] = manifest["changes"]
    asserts.true(env, change["original"] != None)
    return analysistest.end(env)

_lib_test = analysistest.make(_lib_test_impl)

def _run_test_impl(ctx):
    """What bazel run needs is no part of the tree, nor of what bazel build gives."""
    env = analysistest.begin(ctx)
    info = analysistest.target_under_test(env)[DefaultInfo]
    asserts.equals(env, ["goroot_lib"], [file.basename for file in info.files.to_list()])
    for runfiles, count in [(info.default_runfiles, 1), (info.data_runfiles, 0)]:
        asserts.equals(env, count, len(_commands(runfiles.files.to_list())))
    [lay_out] = [action for action in analysistest.target_actions(env) if action.mnemonic == "GoOverlayGoroot"]
    asserts.equals(env, [], _commands(lay_out.inputs.to_list()))
    [run] = [
        action.content
        for action in analysistest.target_actions(env)
        if info.files_to_run.executable in action.outputs.to_list()
    ]
    asserts.true(env, " sdk install -from dir " in run)
    asserts.true(env, "bazel run //tests/analysis:goroot_lib -- install [NAME]" in run)
    return analysistest.end(env)

_run_test = analysistest.make(_run_test_impl)

def _commands(files):
    return [file for file in files if file.short_path.removesuffix(".exe") == "tools/overlay"]

def goroot_test_suite(name):
    """Tests of go_goroot.

    Args:
      name: str, name of the test suite.
    """
    for goroot, importpath, replace in [
        ("lib", "lib/time", "zone.txt"),
        ("no_lib", "lib/zone", "zone.txt"),
        ("tool", "cmd/a", "main.go"),
    ]:
        go_overlay(
            name = "goroot_{}_overlay".format(goroot),
            importpath = importpath,
            replace = {replace: "testdata/pkg/a.go" if replace.endswith(".go") else "testdata/pkg/embedded.txt"},
            tags = ["manual"],
        )
        go_goroot(
            name = "goroot_" + goroot,
            overlays = ":goroot_{}_overlay".format(goroot),
            sdk = "//tests/analysis/testdata/sdk:ROOT",
            tags = ["manual"],
        )

    _lib_test(
        name = name + "_lib",
        target_under_test = ":goroot_lib",
    )

    _run_test(
        name = name + "_run",
        target_under_test = ":goroot_lib",
    )

    # Packages of other origin may be called so.
    failure_test(
        name = name + "_no_lib",
        expected = ["//tests/analysis:goroot_no_lib: //tests/analysis:goroot_no_lib_overlay changes no package of the Go SDK, only lib/zone"],
        target_under_test = ":goroot_no_lib",
    )
    failure_test(
        name = name + "_tool",
        expected = [
            "//tests/analysis:goroot_tool: //tests/analysis:goroot_tool_overlay changes cmd/a, which the SDK's own compiler has to rebuild",
            "//tests/analysis/testdata/sdk:go_sdk is for plan9_386, and the build runs on ",
            "exec_compatible_with",
        ],
        target_under_test = ":goroot_tool",
    )

    native.test_suite(
        name = name,
        tests = [name + suffix for suffix in [
            "_lib",
            "_no_lib",
            "_run",
            "_tool",
        ]],
    )
