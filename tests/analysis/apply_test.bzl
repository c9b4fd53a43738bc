"""Analysis tests of what the wrapped toolchain compiles."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("@io_bazel_rules_go//go:def.bzl", "go_binary", "go_library", "go_test")
load("//go_overlay:defs.bzl", "go_overlay", "go_overlay_binary", "go_overlay_test")
load(":failure_test.bzl", "failure_test", "failure_test_with_active")

visibility("private")

_ACTIVE = str(Label("//go_overlay:active"))

def _compiled_files(env):
    """Returns the names, in the package testdata/pkg, of the Go files that each compile action reads."""
    return [
        sorted([
            file.basename
            for file in action.inputs.to_list()
            if "/testdata/pkg/" in file.path
        ])
        for action in analysistest.target_actions(env)
        if action.mnemonic == "GoCompilePkg"
    ]

def _compiles_test_impl(ctx):
    env = analysistest.begin(ctx)
    compiled = _compiled_files(env)

    # A go_test compiles more than the package, such as its main function.
    asserts.true(
        env,
        sorted(ctx.attr.files) in compiled,
        "no action compiles {}, but there are some for {}".format(ctx.attr.files, compiled),
    )
    return analysistest.end(env)

_COMPILES_ATTRS = {
    "files": attr.string_list(
        doc = "What a compile action of the target reads.",
        mandatory = True,
    ),
}

_unpatched_test = analysistest.make(
    _compiles_test_impl,
    attrs = _COMPILES_ATTRS,
    config_settings = {_ACTIVE: str(Label("//go_overlay:none"))},
)

_patched_test = analysistest.make(
    _compiles_test_impl,
    attrs = _COMPILES_ATTRS,
    config_settings = {_ACTIVE: str(Label("//tests/analysis:apply_b"))},
)

# A program may have a part, and the package beside it; and it may set what an overlay sets, too.
_beside_test = analysistest.make(
    _compiles_test_impl,
    attrs = _COMPILES_ATTRS,
    config_settings = {_ACTIVE: str(Label("//tests/analysis:apply_beside"))},
)

def _awaits_check_test_impl(ctx):
    """What only the contents of files tell fails the compilation, not the analysis."""
    env = analysistest.begin(ctx)
    actions = {action.mnemonic: action for action in analysistest.target_actions(env)}
    stamps = [file for file in actions["GoOverlay"].outputs.to_list() if file.extension == "stamp"]
    asserts.equals(env, 1, len(stamps))
    asserts.true(env, stamps[0] in actions["GoCompilePkg"].inputs.to_list())
    return analysistest.end(env)

_awaits_check_test = analysistest.make(
    _awaits_check_test_impl,
    config_settings = {_ACTIVE: str(Label("//tests/analysis:apply_wrong_name"))},
)
_alias_test = failure_test_with_active("//tests/analysis:apply_alias")
_importmap_test = failure_test_with_active("//tests/analysis:apply_importmap")
_upper_case_test = failure_test_with_active("//tests/analysis:apply_upper_case")
_x_defs_of_program_test = failure_test_with_active("//tests/analysis:apply_x_defs")
_whole_as_part_test = failure_test_with_active("//tests/analysis:apply_whole_as_part")
_also_source_test = failure_test_with_active("//tests/analysis:apply_also_source")
_std_options_test = failure_test_with_active("//tests/analysis:apply_std_options")
_std_vanished_test = failure_test_with_active("//tests/analysis:apply_std_vanished")
_std_misspelt_tool_test = failure_test_with_active("//tests/analysis:apply_std_misspelt_tool")
_std_vendored_test = failure_test_with_active("//tests/analysis:apply_std_vendored")
_std_frozen_test = failure_test_with_active("//tests/analysis:apply_std_frozen")

def _std_test_impl(ctx):
    """The standard library with overlays is made of the one without, in actions of rules_go that the helper runs."""
    env = analysistest.begin(ctx)
    actions = {action.mnemonic: action for action in analysistest.target_actions(env)}
    [stamp] = [file for file in actions["GoOverlay"].outputs.to_list() if file.extension == "stamp"]
    [base] = actions["GoStdlib"].outputs.to_list()
    for mnemonic, expected in [
        ("GoOverlayStdlib", [stamp, base]),
        ("GoOverlayStdlibList", [stamp]),
    ]:
        inputs = actions[mnemonic].inputs.to_list()
        asserts.equals(env, [], [file for file in expected if file not in inputs])
        asserts.true(env, "patched_b.go" in [file.basename for file in inputs])
    return analysistest.end(env)

_std_test = analysistest.make(
    _std_test_impl,
    config_settings = {_ACTIVE: str(Label("//tests/analysis:apply_std"))},
)

def _std_exports_test_impl(ctx):
    """Packages depend on what the standard library exports, programs on all of it."""
    env = analysistest.begin(ctx)
    actions = {action.mnemonic: action for action in analysistest.target_actions(env)}
    for mnemonic, expected in [
        ("GoCompilePkg", "go_overlay_exports/pkg"),
        ("GoLink", "go_overlay/stdlib_/pkg"),
    ]:
        folders = [file.path for file in actions[mnemonic].inputs.to_list() if file.is_directory and file.basename == "pkg"]
        asserts.equals(env, 1, len(folders))
        asserts.true(env, folders[0].endswith(expected), folders[0])
    return analysistest.end(env)

_std_exports_test = analysistest.make(
    _std_exports_test_impl,
    config_settings = {_ACTIVE: str(Label("//tests/analysis:apply_std"))},
)

def _link_records(env):
    """Returns the records of packages with overlays that the linker of a program gets, and whether the helper runs it."""
    actions = {action.mnemonic: action for action in analysistest.target_actions(env)}
    link = actions["GoLink"]
    records = [file.short_path for file in link.inputs.to_list() if file.basename == "go_overlay.json"]
    return records, "-record" in link.argv

def _describes_test_impl(ctx):
    """A program whose packages have overlays is linked by the helper, any other as rules_go does it."""
    env = analysistest.begin(ctx)
    records, helped = _link_records(env)
    asserts.equals(env, ctx.attr.records, [path.rpartition("tests/analysis/")[2] for path in records])
    asserts.equals(env, bool(ctx.attr.records), helped)
    return analysistest.end(env)

_describes_test = analysistest.make(
    _describes_test_impl,
    attrs = {
        "records": attr.string_list(
            doc = "The records that the linker gets, relative to this package.",
        ),
    },
    config_settings = {_ACTIVE: str(Label("//tests/analysis:apply_b"))},
)

def apply_test_suite(name):
    """Tests of the wrapped toolchain.

    Args:
      name: str, name of the test suite.
    """
    go_library(
        name = "apply_library",
        srcs = ["testdata/pkg/a.go", "testdata/pkg/b.go"],
        importpath = "example.com/pkg",
        tags = ["manual"],
    )
    go_test(
        name = "apply_go_test",
        srcs = ["testdata/pkg/b_test.go"],
        embed = [":apply_library"],
        tags = ["manual"],
    )
    go_library(
        name = "apply_named_library",
        srcs = ["testdata/pkg/a.go"],
        importmap = "example.com/third_party/lib",
        importpath = "example.com/lib/v2",
        importpath_aliases = ["example.com/lib"],
        tags = ["manual"],
    )
    go_binary(
        name = "apply_named_binary",
        srcs = ["testdata/pkg/a.go"],
        tags = ["manual"],
        deps = [":apply_named_library"],
    )
    for overlay, importpath, replace in [
        ("apply_alias", "example.com/lib", {"b.go": "testdata/pkg/patched_b.go"}),
        ("apply_importmap", "example.com/third_party/lib", {"b.go": "testdata/pkg/patched_b.go"}),
        ("apply_upper_case", "example.com/Lib/v2", {"b.go": "testdata/pkg/patched_b.go"}),
        ("apply_b", "example.com/pkg", {"b.go": "testdata/pkg/patched_b.go"}),
        ("apply_also_source", "example.com/pkg", {"b.go": "testdata/pkg/a.go"}),
        ("apply_wrong_name", "example.com/pkg", {"bb.go": "testdata/pkg/patched_b.go"}),
        ("apply_std", "net/http", {"http.go": "testdata/pkg/patched_b.go"}),
    ]:
        go_overlay(
            name = overlay,
            importpath = importpath,
            replace = replace,
            tags = ["manual"],
        )
    go_overlay(
        name = "apply_whole_as_part",
        importpath = "example.com/lib/v2",
        new_srcs = ["testdata/pkg/patched_b.go"],
        parts = [":apply_named_library"],
        tags = ["manual"],
    )
    go_library(
        name = "apply_vendored_library",
        srcs = ["testdata/pkg/a.go"],
        importmap = "example.com/vendored/lib",
        importpath = "example.com/lib/v2",
        tags = ["manual"],
    )
    go_overlay(
        name = "apply_beside",
        importpath = "example.com/lib/v2",
        parts = [":apply_vendored_library"],
        replace = {"a.go": "testdata/pkg/patched_b.go"},
        tags = ["manual"],
        x_defs = {"Version": "1"},
    )
    go_binary(
        name = "apply_beside_binary",
        srcs = ["testdata/pkg/b.go"],
        tags = ["manual"],
        x_defs = {"example.com/third_party/lib.Version": "1"},
        deps = [":apply_named_library", ":apply_vendored_library"],
    )
    go_overlay(
        name = "apply_x_defs",
        importpath = "example.com/pkg",
        tags = ["manual"],
        x_defs = {"Version": "1"},
    )
    go_binary(
        name = "apply_x_defs_binary",
        srcs = ["testdata/pkg/a.go"],
        tags = ["manual"],
        x_defs = {"example.com/pkg.Version": "2"},
        deps = [":apply_library"],
    )
    go_overlay_binary(
        name = "apply_pin",
        overlays = ":apply_b",
        tags = ["manual"],
        target = ":apply_x_defs_binary",
    )
    go_overlay_binary(
        name = "apply_pin_of_pin",
        overlays = ":apply_std",
        tags = ["manual"],
        target = ":apply_pin",
    )
    go_overlay_test(
        name = "apply_test_of_binary",
        overlays = ":apply_b",
        tags = ["manual"],
        target = ":apply_x_defs_binary",
    )
    go_overlay(
        name = "apply_std_options",
        importpath = "net/http",
        tags = ["manual"],
        x_defs = {"x": "y"},
    )
    go_overlay(
        name = "apply_std_frozen",
        importpath = "crypto/internal/fips140/v1.0.0/sha256",
        new_srcs = ["testdata/pkg/patched_b.go"],
        std = True,
        tags = ["manual"],
    )
    go_overlay(
        name = "apply_std_vanished",
        importpath = "net/htpp",
        new_srcs = ["testdata/pkg/patched_b.go"],
        tags = ["manual"],
    )
    go_overlay(
        name = "apply_std_misspelt_tool",
        importpath = "cmd/compile/internal/inlin",
        new_srcs = ["testdata/pkg/patched_b.go"],
        tags = ["manual"],
    )
    go_overlay(
        name = "apply_std_vendored",
        importpath = "vendor/github.com/google/uuid",
        new_srcs = ["testdata/pkg/patched_b.go"],
        tags = ["manual"],
    )
    go_binary(
        name = "apply_binary",
        srcs = ["testdata/pkg/a.go"],
        tags = ["manual"],
    )

    _unpatched_test(
        name = name + "_unpatched_library",
        files = ["a.go", "b.go"],
        target_under_test = ":apply_library",
    )
    _patched_test(
        name = name + "_patched_library",
        files = ["a.go", "patched_b.go"],
        target_under_test = ":apply_library",
    )
    _patched_test(
        name = name + "_patched_go_test",
        files = ["a.go", "b_test.go", "patched_b.go"],
        target_under_test = ":apply_go_test",
    )
    _describes_test(
        name = name + "_describes",
        records = ["apply_library_overlay/go_overlay.json"],
        target_under_test = ":apply_x_defs_binary",
    )
    _describes_test(
        name = name + "_describes_nothing",
        target_under_test = ":apply_binary",
    )
    _awaits_check_test(
        name = name + "_awaits_check",
        target_under_test = ":apply_library",
    )
    _also_source_test(
        name = name + "_also_source",
        expected = [
            "//tests/analysis:apply_also_source changes b.go of package example.com/pkg with tests/analysis/testdata/pkg/a.go",
            "Take tests/analysis/testdata/pkg/a.go out of the srcs of",
        ],
        target_under_test = ":apply_library",
    )
    for test, case, target, way in [
        (_alias_test, "alias", "apply_named_binary", "one of its importpath_aliases"),
        (_importmap_test, "importmap", "apply_named_library", "its importmap"),
        (_upper_case_test, "upper_case", "apply_named_binary", "its importpath, but for upper and lower case"),
    ]:
        test(
            name = "{}_{}".format(name, case),
            expected = [
                "//tests/analysis:apply_{} changes nothing in //tests/analysis:{}: ".format(case, target),
                ", and //tests/analysis:apply_named_library has that as " + way,
                "Write importpath = \"example.com/lib/v2\" in //tests/analysis:apply_{}.".format(case),
                "write parts = [\"//tests/analysis:apply_named_library\"]",
            ],
            target_under_test = ":" + target,
        )
    _whole_as_part_test(
        name = name + "_whole_as_part",
        expected = [
            "//tests/analysis:apply_whole_as_part changes nothing in //tests/analysis:apply_named_binary: all that the program has of package example.com/lib/v2 is //tests/analysis:apply_named_library, which parts calls a part of it.",
            "take it out of parts of //tests/analysis:apply_whole_as_part",
        ],
        target_under_test = ":apply_named_binary",
    )
    _beside_test(
        name = name + "_beside",
        files = ["b.go"],
        target_under_test = ":apply_beside_binary",
    )
    _x_defs_of_program_test(
        name = name + "_x_defs_of_program",
        expected = ["//tests/analysis:apply_x_defs sets the variable Version of package example.com/pkg to \"1\" by x_defs, but x_defs of //tests/analysis:apply_x_defs_binary, or of another library of it, set it to \"2\", and count."],
        target_under_test = ":apply_x_defs_binary",
    )
    failure_test(
        name = name + "_pin_of_pin",
        expected = ["//tests/analysis:apply_pin_of_pin: target //tests/analysis:apply_pin has overlays of its own, which would count"],
        target_under_test = ":apply_pin_of_pin",
    )
    failure_test(
        name = name + "_test_of_binary",
        expected = ["//tests/analysis:apply_test_of_binary: target //tests/analysis:apply_x_defs_binary is a go_", ", which is no test; expected a go_test, or use go_overlay_binary"],
        target_under_test = ":apply_test_of_binary",
    )
    _std_test(
        name = name + "_std",
        target_under_test = "@io_bazel_rules_go//:stdlib",
    )
    _std_exports_test(
        name = name + "_std_exports",
        target_under_test = ":apply_binary",
    )
    _std_options_test(
        name = name + "_std_options",
        expected = ["//tests/analysis:apply_std_options: x_defs can't be changed for net/http, which is a package of the Go SDK. Leave it out; change the source"],
        target_under_test = "@io_bazel_rules_go//:stdlib",
    )
    _std_vanished_test(
        name = name + "_std_vanished",
        expected = ["has no package net/htpp. Has it moved, or is it misspelled?", "write std = True"],
        target_under_test = "@io_bazel_rules_go//:stdlib",
    )
    _std_misspelt_tool_test(
        name = name + "_std_misspelt_tool",
        expected = ["has no package cmd/compile/internal/inlin. Has it moved, or is it misspelled?"],
        target_under_test = "@io_bazel_rules_go//:stdlib",
    )
    _std_vendored_test(
        name = name + "_std_vendored",
        expected = ["vendors no package vendor/github.com/google/uuid. ", "write importpath = \"github.com/google/uuid\"."],
        target_under_test = "@io_bazel_rules_go//:stdlib",
    )
    _std_frozen_test(
        name = name + "_std_frozen",
        expected = [
            "//tests/analysis:apply_std_frozen: crypto/internal/fips140/v1.0.0/sha256 is of a frozen version of the FIPS 140-3 module",
            "overlay the package without the version",
        ],
        target_under_test = "@io_bazel_rules_go//:stdlib",
    )

    native.test_suite(
        name = name,
        tests = [name + suffix for suffix in [
            "_alias",
            "_also_source",
            "_awaits_check",
            "_beside",
            "_describes",
            "_describes_nothing",
            "_importmap",
            "_patched_go_test",
            "_patched_library",
            "_pin_of_pin",
            "_std",
            "_std_exports",
            "_std_frozen",
            "_std_options",
            "_std_vanished",
            "_std_misspelt_tool",
            "_std_vendored",
            "_test_of_binary",
            "_unpatched_library",
            "_upper_case",
            "_whole_as_part",
            "_x_defs_of_program",
        ]],
    )
