"""Reports which overlays a program contains."""

load("@io_bazel_rules_go//go:def.bzl", "GoArchive")
load("//common:labels.bzl", "display_label")
load("//common:path_mapping.bzl", "PATH_MAPPING")
load("//go_overlay/private/compile:archives.bzl", "records_of")
load("//go_overlay/private/declare:go_overlay_info.bzl", "GoOverlayInfo")
load("//go_overlay/private/declare:import_paths.bzl", "other_name")
load("//go_overlay/private/settings:transitions.bzl", "none_transition")

visibility(["//go_overlay"])

def _declare_report(ctx, name, label, archive, helper):
    """Declares the action that writes a report, and returns its files."""
    json_file = ctx.actions.declare_file(name + ".json")
    html_file = ctx.actions.declare_file(name + ".html")
    records = [applied.record for applied in records_of(archive)]

    args = ctx.actions.args()
    args.add("report")
    args.add("-target", str(label))
    args.add("-json", json_file)
    args.add("-html", html_file)
    args.add_all(records, before_each = "-record")
    args.use_param_file("@%s")
    args.set_param_file_format("multiline")
    ctx.actions.run(
        arguments = [args],
        executable = helper,
        execution_requirements = PATH_MAPPING,
        inputs = records,
        mnemonic = "GoOverlayReport",
        outputs = [json_file, html_file],
        progress_message = "Reporting overlays of %{label}",
    )
    return [json_file, html_file]

_HELPER = attr.label(
    cfg = "exec",
    default = "//tools:helper",
    executable = True,
)

def _go_overlay_report_aspect_impl(target, ctx):
    if GoArchive not in target:
        return []
    files = _declare_report(
        ctx,
        target.label.name + ".overlays",
        target.label,
        target[GoArchive],
        ctx.executable._helper,
    )
    return [OutputGroupInfo(go_overlay_report = depset(files))]

go_overlay_report_aspect = aspect(
    implementation = _go_overlay_report_aspect_impl,
    attrs = {"_helper": _HELPER},
    doc = """Reports which overlays a Go target contains, in the output group `go_overlay_report`:

```
bazel build //app \\
  --aspects=@go_overlay//go_overlay:defs.bzl%go_overlay_report_aspect --output_groups=go_overlay_report
```""",
)

def _go_overlay_report_impl(ctx):
    return [DefaultInfo(files = depset(_declare_report(
        ctx,
        ctx.label.name,
        ctx.attr.target.label,
        ctx.attr.target[GoArchive],
        ctx.executable._helper,
    )))]

go_overlay_report = rule(
    implementation = _go_overlay_report_impl,
    attrs = {
        "target": attr.label(
            doc = "A Go program, library or test.",
            mandatory = True,
            providers = [GoArchive],
        ),
        "_helper": _HELPER,
    },
    doc = """Reports which overlays a Go program contains: packages, files, digests before and after,
reason, upstream, expiry, as `<name>.json` and as a page to read, `<name>.html`.

What counts is what the linker takes: an overlay of a package that the program does not contain is not
listed.""",
)

def _missing_message(target, archive, overlay, importpath):
    linked = archive.transitive.to_list()
    if importpath in [data.importpath for data in linked]:
        cause = """The program contains package {}, compiled without it. Is the overlay in the active set, \
or in overlays of the go_overlay_binary or go_overlay_test, and not for another target of the package (parts), and are the toolchains of @go_overlay_toolchains registered?""".format(importpath)
    else:
        cause = "The program has no package {}. Is importpath right?{}".format(
            importpath,
            _likely_meant(linked, importpath),
        )
    return "{} does not contain {}.\n  {}".format(
        display_label(target),
        display_label(overlay),
        cause,
    )

def _likely_meant(linked, importpath):
    """Returns a sentence that names the packages of a program that an import path may mean; empty for none."""
    for data in linked:
        way = other_name(data, importpath)
        if way:
            return " It is what {} has as {}; write importpath = \"{}\".".format(
                display_label(data.label),
                way,
                data.importpath,
            )
    last = _last_element(importpath)
    similar = [data.importpath for data in linked if _last_element(data.importpath) == last]
    similar = similar or [data.importpath for data in linked if data.importpath.startswith(importpath + "/")]
    if not similar:
        return ""
    more = len(similar) - _MOST_SIMILAR
    return " It has {}{}.".format(
        ", ".join(similar[:_MOST_SIMILAR]),
        " and {} more".format(more) if more > 0 else "",
    )

_MOST_SIMILAR = 10

def _last_element(importpath):
    """Returns the last element of an import path that is no version."""
    elements = importpath.lower().split("/")
    if len(elements) > 1 and elements[-1].startswith("v") and elements[-1][1:].isdigit():
        elements.pop()
    name, _, version = elements[-1].rpartition(".v")
    return name if name and version.isdigit() else elements[-1]

def _declare_test(ctx, script, archive, overlays):
    """Declares the action that writes a test of what Go took of overlays, which only the records say."""
    records = [applied.record for applied in records_of(archive)]
    args = ctx.actions.args()
    args.add("contains")
    args.add("-target", str(ctx.attr.target.label))
    args.add("-out", script)
    args.add_all([str(overlay) for overlay in overlays], before_each = "-overlay")
    args.add_all(records, before_each = "-record")
    args.use_param_file("@%s")
    args.set_param_file_format("multiline")
    ctx.actions.run(
        arguments = [args],
        executable = ctx.executable._helper,
        execution_requirements = PATH_MAPPING,
        inputs = records,
        mnemonic = "GoOverlayReportTest",
        outputs = [script],
        progress_message = "Looking for overlays in %{label}",
    )

def _go_overlay_report_test_impl(ctx):
    target = ctx.attr.target
    archive = target[GoArchive]
    applied = {
        label: None
        for package in records_of(archive)
        for label in package.overlays
    }
    expected = {
        overlay.label: importpath
        for overlays in ctx.attr.overlays
        for importpath, package in overlays[GoOverlayInfo].packages.items()
        for overlay in package.overlays
    }
    if not expected:
        fail("{}: overlays has no overlay in it; name those that {} has to contain".format(ctx.label, target.label))
    missing = [
        _missing_message(target.label, archive, overlay, importpath)
        for overlay, importpath in expected.items()
        if overlay not in applied
    ]
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    if missing:
        ctx.actions.write(
            script,
            "#!/bin/sh\ncat <<'END_OF_MESSAGE'\n{}\nEND_OF_MESSAGE\nexit 1\n".format("\n".join(missing)),
            is_executable = True,
        )
    else:
        _declare_test(ctx, script, archive, expected)
    return [DefaultInfo(
        executable = script,
        # What does not build contains nothing.
        runfiles = ctx.runfiles(transitive_files = target[DefaultInfo].files),
    )]

go_overlay_report_test = rule(
    implementation = _go_overlay_report_test_impl,
    attrs = {
        "overlays": attr.label_list(
            cfg = none_transition,
            doc = "`go_overlay` and `go_overlay_set` targets, all of which the program has to contain.",
            mandatory = True,
            providers = [GoOverlayInfo],
        ),
        "target": attr.label(
            doc = "A Go program, library or test.",
            mandatory = True,
            providers = [GoArchive],
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
        "_helper": _HELPER,
    },
    doc = """Fails if an overlay was not compiled into a program: one whose import path has a typing
error, or that is not in the active set; or of which Go left out a file that it adds, or all that it changes,
for a build constraint does not hold.""",
    test = True,
)
