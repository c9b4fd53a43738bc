"""The go_overlay rule: declares changes to one Go package."""

load(":go_overlay_info.bzl", "GoOverlayInfo")
load(":none_transition.bzl", "none_transition")
load(":source_names.bzl", "build_constraint")

visibility(["//go_overlay/..."])

# C looks for a header beside the file that includes it: the package's own could win, silently.
_HEADER_EXTENSIONS = ["h", "hh", "hpp", "hxx", "inc"]

def _check_importpath(label, importpath):
    if not importpath or importpath.strip() != importpath or importpath.strip("/") != importpath or ":" in importpath:
        fail("{}: importpath is {}, expected a Go import path such as \"github.com/google/uuid\"".format(
            label,
            repr(importpath),
        ))

def _check_name(label, name):
    if "/" in name or "\\" in name:
        fail("{}: replace has the key \"{}\", expected the name of a file in the package's own folder: \"{}\"".format(
            label,
            name,
            name.replace("\\", "/").split("/")[-1],
        ))
    if name.rpartition(".")[2] in _HEADER_EXTENSIONS:
        fail("{}: {} is a header, which can't be replaced by an overlay yet".format(label, name))
    if name.endswith("_test.go"):
        fail("{}: {} is a test file, which is not part of the package and can't be replaced by an overlay".format(
            label,
            name,
        ))

def _check_file(label, file):
    if file.is_directory:
        fail("{}: {} is a folder, expected a file; list the files that replace files of the package".format(
            label,
            file.short_path,
        ))

def _sources(ctx):
    """Returns the replacements as a list of (name in the package, File)."""
    renamed = []
    for name, target in ctx.attr.replace.items():
        files = target[DefaultInfo].files.to_list()
        if len(files) != 1:
            fail("{}: replace = {{\"{}\": \"{}\"}} gives {} files, expected exactly one".format(
                ctx.label,
                name,
                target.label,
                len(files),
            ))
        renamed.append((name, files[0]))
    return [(file.basename, file) for file in ctx.files.srcs] + renamed

def _under_package_name(ctx, name, file):
    """Returns a File that go/build reads under the package's name for it.

    The overlay file itself is compiled wherever possible, so that errors and debug information
    point at the file that the user edits. Where its own name would change the meaning (GOOS and
    GOARCH suffixes, the extension), or could (files of other languages), a link with the package's
    name stands in.
    """
    if file.basename == name:
        return file
    if file.extension == "go" and build_constraint(file.basename) == build_constraint(name):
        return file
    link = ctx.actions.declare_file("{}_/{}".format(ctx.label.name, name))
    ctx.actions.symlink(
        output = link,
        progress_message = "Naming overlay file %{input} as %{output}",
        target_file = file,
    )
    return link

def _go_overlay_impl(ctx):
    _check_importpath(ctx.label, ctx.attr.importpath)
    sources = _sources(ctx)
    if not sources:
        fail("{}: changes nothing; list the files that replace files of {} in srcs or replace".format(
            ctx.label,
            ctx.attr.importpath,
        ))

    files = {}
    for name, file in sources:
        _check_name(ctx.label, name)
        _check_file(ctx.label, file)
        if name in files:
            fail("{}: {} is replaced twice, by {} and {}".format(
                ctx.label,
                name,
                files[name].file.short_path,
                file.short_path,
            ))
        files[name] = struct(
            file = _under_package_name(ctx, name, file),
            overlay = ctx.label,
        )

    return [
        DefaultInfo(files = depset([replacement.file for replacement in files.values()])),
        GoOverlayInfo(packages = {ctx.attr.importpath: files}),
    ]

go_overlay = rule(
    implementation = _go_overlay_impl,
    attrs = {
        "importpath": attr.string(
            doc = """Import path of the package that is changed, as its `go_library` and Go's import
statements write it. For a `go_binary` with neither `importpath` nor `embed`, rules_go takes the
package's path and the target's name: `cmd/app` for `//cmd/app`, `cmd/app/tool` for `//cmd/app:tool`.
An import path that no built target has changes nothing.""",
            mandatory = True,
        ),
        "replace": attr.string_keyed_label_dict(
            allow_files = True,
            cfg = none_transition,
            doc = """For overlay files that are not called as in the package: the name of the
replaced file to the file that replaces it, as in the JSON of `go build -overlay`. The package's
name counts for build constraints (`_linux.go`), not the overlay file's.""",
        ),
        "srcs": attr.label_list(
            allow_files = True,
            cfg = none_transition,
            doc = "Files that replace the package's files of the same names. Generated ones are built without overlays.",
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    doc = """Replaces files of one Go package, whoever owns it.

```starlark
go_overlay(
    name = "uuid",
    srcs = ["version4.go"],
    importpath = "github.com/google/uuid",
)
```

The overlay does nothing by itself: it has to be in the active set. A name that matches no file of
the package fails the build of that package, with a list of the files that it has.""",
    provides = [GoOverlayInfo],
)
