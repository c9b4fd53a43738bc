"""The rule behind go_overlay: declares changes to one Go package."""

load("@io_bazel_rules_go//go:def.bzl", "GoArchive")
load("@rules_cc//cc/common:cc_info.bzl", "CcInfo")
load("//common:labels.bzl", "display_label")
load("//go_overlay/private/settings:transitions.bzl", "deps_transition", "none_transition")
load(":base_versions.bzl", "is_base_version")
load(":dates.bzl", "is_date")
load(":digests.bzl", "is_digest")
load(":go_overlay_info.bzl", "GoOverlayInfo")
load(":import_paths.bzl", "import_path_error")
load(":options.bzl", "OPTIONS")
load(":source_names.bzl", "build_constraint", "is_source_name")

visibility("private")

def _check_importpath(label, importpath):
    error = import_path_error(importpath)
    if error:
        fail("{}: importpath is {}, {}".format(display_label(label), repr(importpath), error))

def _check_name(label, attribute, name):
    if not name or "\\" in name or "\n" in name or [part for part in name.split("/") if part in ["", ".", ".."]]:
        fail("{}: {} names the file {}, expected a path relative to the package's folder, such as \"hash.go\"".format(
            display_label(label),
            attribute,
            repr(name),
        ))
    if "/" not in name and name.endswith("_test.go"):
        fail("{}: {} is a test file, which is not part of the package and can't be changed by an overlay. {}".format(
            display_label(label),
            name,
            "Take it out of the names in patches: what a diff changes of tests is left out by itself." if attribute == "patches" else "Take it out of {}; it belongs into srcs of a go_test.".format(attribute),
        ))

# More than any path has elements, and any hunk lines of context.
_MOST = 100

def _check_number(label, attribute, number, example):
    if number < 0 or number > _MOST:
        fail("{}: {} is {}, expected a number from 0 to {}, such as {}".format(
            display_label(label),
            attribute,
            number,
            _MOST,
            example,
        ))

def _check_strip_prefix(label, folder):
    if folder and [part for part in folder.split("/") if part in ["", ".", ".."]]:
        fail("{}: strip_prefix is {}, expected a folder relative to that of the BUILD file, without / at its start and end, such as \"uuid/v2\"".format(
            display_label(label),
            repr(folder),
        ))

def _check_file(label, attribute, file):
    if file.is_directory:
        fail("{}: {} has {}, which is a folder; list its files, one by one or with glob()".format(
            display_label(label),
            attribute,
            file.short_path,
        ))

def _single_file(label, attribute, target):
    files = target[DefaultInfo].files.to_list()
    if len(files) != 1:
        fail("{}: {} has {}, which gives {} files, expected exactly one".format(
            display_label(label),
            attribute,
            target.label,
            len(files),
        ))
    return files[0]

def _x_defs(ctx):
    """Returns x_defs by the names of variables, which may be written after the import path and a dot, as for the linker."""
    label = ctx.label
    importpath = ctx.attr.importpath
    x_defs = {}
    for name, value in ctx.attr.x_defs.items():
        package, _, variable = name.rpartition(".")
        if package not in ["", importpath]:
            fail("""{}: x_defs sets {}, which names a package, {}; an overlay sets variables of its own package only, which is {}.
If that is meant, write x_defs = {{"{}": …}}; a variable of another package takes an overlay of that package.""".format(
                display_label(label),
                repr(name),
                repr(package),
                importpath,
                variable,
            ))
        if not variable:
            fail("{}: x_defs sets {}, expected the name of a variable".format(display_label(label), repr(name)))
        if variable in x_defs:
            fail("{}: x_defs sets {} twice, with and without the import path".format(display_label(label), variable))
        x_defs[variable] = ctx.expand_make_variables("x_defs", value, {})
    return x_defs

def _embedded_name(ctx, file):
    """Returns the name, in the package, of a file in embedsrcs."""
    root = "../{}/".format(file.owner.repo_name) if file.owner.repo_name else ""
    path = file.short_path.removeprefix(root)

    # A folder below may be a package of its own: to Go, that is nothing.
    package = file.owner.package
    if file.owner.repo_name == ctx.label.repo_name and (package + "/").startswith(ctx.label.package + "/" if ctx.label.package else ""):
        package = ctx.label.package
    for prefix in [package, ctx.attr.strip_prefix]:
        if not prefix:
            continue
        if not path.startswith(prefix + "/"):
            fail("{}: strip_prefix is \"{}\", but {} in embedsrcs is not in that folder".format(
                display_label(ctx.label),
                ctx.attr.strip_prefix,
                file.short_path,
            ))
        path = path[len(prefix) + 1:]
    return path

def _under_package_name(ctx, name, file):
    """Returns a File that go/build reads under the package's name for it.

    The overlay file itself is compiled wherever possible, so that errors and debug information
    point at the file that the user edits. Where its own name would change the meaning (GOOS and
    GOARCH suffixes, the extension), or could (files of other languages), a link with the package's
    name stands in.
    """
    if file.basename == name or not is_source_name(name):
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

def _new_contents(ctx):
    """Returns what overlay files do, as a list of (attribute, name in the package, kind of step, File)."""
    contents = []
    for attribute, files, kind in [
        ("srcs", ctx.files.srcs, "replace"),
        ("new_srcs", ctx.files.new_srcs, "add"),
    ]:
        for file in files:
            if not is_source_name(file.basename):
                fail("{}: {} has {}, which Go does not compile; files that the package embeds go into embedsrcs".format(
                    display_label(ctx.label),
                    attribute,
                    file.short_path,
                ))
            contents.append((attribute, file.basename, kind, file))
    for name, target in ctx.attr.replace.items():
        contents.append(("replace", name, "replace", _single_file(ctx.label, "replace", target)))
    for file in ctx.files.embedsrcs:
        contents.append(("embedsrcs", _embedded_name(ctx, file), "embed", file))
    return contents

def _add_step(ctx, steps, attribute, name, step):
    _check_name(ctx.label, attribute, name)
    if name in steps:
        before = steps[name]
        fail("{}: {} is changed twice, by {} and by {}; an overlay says once what becomes of a file. {}".format(
            display_label(ctx.label),
            name,
            before.file.short_path if before.file and step.file else _ATTRIBUTES[before.kind],
            step.file.short_path if before.file and step.file else attribute,
            "Take it out of one of them." if "delete" in [before.kind, step.kind] else "Use several overlays in layers to apply one change on top of another.",
        ))
    steps[name] = step

# Which attribute makes which kind of step, for messages.
_ATTRIBUTES = {
    "add": "new_srcs",
    "delete": "delete",
    "embed": "embedsrcs",
    "patch": "patches",
    "replace": "srcs or replace",
}

def _patches(ctx):
    """Returns the diffs of an overlay, as GoOverlayInfo says it."""
    patches = []
    for target, joined in ctx.attr.patches.items():
        file = _single_file(ctx.label, "patches", target)
        names = [name for name in joined.split("\n") if name]
        for index, name in enumerate(names):
            if name in names[:index]:
                fail("{}: patches names {} twice for {}; once is enough, whatever the diff does to it".format(display_label(ctx.label), name, file.short_path))
            if ", " in name and is_source_name(name.split(", ")[0]):
                fail("{}: patches names the file {} for {}; write a list of names, or in a select() a string with a name a line".format(display_label(ctx.label), repr(name), file.short_path))
        patches.append(struct(file = file, files = tuple(names)))
    return patches

def _steps(ctx, patch_files):
    steps = {}
    for attribute, name, kind, file in _new_contents(ctx):
        _check_file(ctx.label, attribute, file)
        _add_step(ctx, steps, attribute, name, struct(
            file = _under_package_name(ctx, name, file),
            kind = kind,
            patches = (),
        ))
    for name in ctx.attr.delete:
        _add_step(ctx, steps, "delete", name, struct(file = None, kind = "delete", patches = ()))

    patches = {}
    for patch in patch_files:
        for name in patch.files:
            patches.setdefault(name, []).append(patch)
    for name, applied in patches.items():
        _add_step(ctx, steps, "patches", name, struct(file = None, kind = "patch", patches = tuple(applied)))
    return steps

def _base(ctx, steps):
    """Returns the accepted digests of the files that the overlay was written against, by name."""
    base = {}
    for name, joined in ctx.attr.base.items():
        if name not in steps or steps[name].kind == "add":
            fail("{}: base has {}, which the overlay neither replaces nor deletes nor patches. Take it out of base{}.".format(
                display_label(ctx.label),
                name,
                "" if name in steps else "; what the overlay changes of the package is " + (", ".join([other for other, step in steps.items() if step.kind != "add"]) or "nothing"),
            ))
        digests = [digest for digest in joined.split(" ") if digest]
        for digest in digests:
            if not is_digest(digest):
                fail("{}: base of {} is \"{}\", expected \"sha256:\" and 64 hexadecimal digits in lower case; leave it empty to be told".format(
                    display_label(ctx.label),
                    name,
                    digest,
                ))
        base[name] = tuple(digests or [""])
    return base

def _base_srcs(ctx, steps):
    base_srcs = {}
    for file in ctx.files.base_srcs:
        names = [name for name in steps if name.split("/")[-1] == file.basename]
        if len(names) != 1:
            fail("{}: base_srcs has {}, but the overlay changes {} files of that name; it changes {}".format(
                display_label(ctx.label),
                file.short_path,
                len(names) or "no",
                ", ".join(steps) or "none",
            ))
        step = steps[names[0]]
        if step.kind == "add":
            fail("{}: base_srcs has {}, but new_srcs adds {}: there is no other of that name. Take it out of base_srcs.".format(
                display_label(ctx.label),
                file.short_path,
                names[0],
            ))
        if step.file == file:
            fail("{}: base_srcs has {}, which is the overlay's own file; expected a verbatim copy of the file of the package that it was written against".format(
                display_label(ctx.label),
                file.short_path,
            ))
        base_srcs[names[0]] = file
    return base_srcs

def _go_overlay_impl(ctx):
    _check_importpath(ctx.label, ctx.attr.importpath)
    if ctx.attr.std and "." in ctx.attr.importpath.split("/")[0]:
        fail("{}: std = True, but {} has a dot in its first element, which packages of the standard library don't; those of modules that it vendors begin with vendor/".format(
            display_label(ctx.label),
            ctx.attr.importpath,
        ))
    if ctx.attr.base_version and not is_base_version(ctx.attr.base_version):
        fail("{}: base_version is {}, expected the version of the Go module that the package is from, such as \"v1.6.0\", or of the Go SDK, such as \"go1.26.8\"; leave it out if there is none, as for a package of your own".format(
            display_label(ctx.label),
            repr(ctx.attr.base_version),
        ))
    if ctx.attr.expires and not is_date(ctx.attr.expires):
        fail("{}: expires is \"{}\", expected a date YYYY-MM-DD that there is".format(display_label(ctx.label), ctx.attr.expires))
    _check_number(ctx.label, "patch_strip", ctx.attr.patch_strip, "1 for a/hash.go, where the package has hash.go")
    _check_number(ctx.label, "patch_fuzz", ctx.attr.patch_fuzz, "2, or 0 for none")
    _check_strip_prefix(ctx.label, ctx.attr.strip_prefix)
    patches = _patches(ctx)
    steps = _steps(ctx, patches)
    x_defs = _x_defs(ctx)
    options = [attribute for attribute in OPTIONS if getattr(ctx.attr, attribute)]
    if not any([steps, options, x_defs, ctx.attr.has_deps, ctx.attr.cdeps, ctx.attr.cgo, ctx.attr.delete_opts, patches]):
        fail("{}: changes nothing; list files that replace those of {} in srcs, or say what else becomes of it: {}".format(
            display_label(ctx.label),
            ctx.attr.importpath,
            "new_srcs, delete, patches, embedsrcs, deps, gc_goopts, x_defs, copts",
        ))
    overlay = struct(
        base = _base(ctx, steps),
        base_srcs = _base_srcs(ctx, steps),
        base_version = ctx.attr.base_version,
        cdeps = tuple(ctx.attr.cdeps),
        cgo = ctx.attr.cgo,
        deps = tuple([dep[GoArchive] for dep in ctx.attr.deps]),
        deps_end = ctx.attr.has_deps and not ctx.attr.deps,
        exec = ctx.attr.exec,
        expires = ctx.attr.expires,
        label = ctx.label,
        parts = tuple(ctx.attr.parts),
        patch_exclude = tuple(ctx.attr.patch_exclude),
        patch_fuzz = ctx.attr.patch_fuzz,
        patch_strip = ctx.attr.patch_strip,
        reason = ctx.attr.reason,
        steps = steps,
        unnamed_patches = tuple([patch for patch in patches if not patch.files]),
        upstream = ctx.attr.upstream,
        x_defs = x_defs,
        **{
            attribute: tuple([ctx.expand_make_variables(attribute, option, {}) for option in getattr(ctx.attr, attribute)])
            for attribute in OPTIONS + ["delete_opts"]
        }
    )
    return [
        DefaultInfo(files = depset([step.file for step in steps.values() if step.file])),
        GoOverlayInfo(packages = {
            ctx.attr.importpath: struct(
                files = {name: (ctx.label,) for name in steps},
                options = {attribute: (ctx.label,) for attribute in options},
                overlays = (overlay,),
                std = ctx.attr.std,
                x_defs = {name: (ctx.label,) for name in x_defs},
            ),
        }),
    ]

go_overlay = rule(
    implementation = _go_overlay_impl,
    attrs = {
        "base": attr.string_dict(
            doc = """What the overlay was written against: name of a changed file to the digest of
the package's own (`sha256:` and hexadecimal digits), or to several, separated by spaces, where the
overlay suits several versions. Another file is an error, which says what to do. An empty string asks
for the digest. Not for `new_srcs`.""",
        ),
        "base_srcs": attr.label_list(
            allow_files = True,
            cfg = none_transition,
            doc = """Verbatim copies of files that the overlay was written against, of the same base
names. They pin the base as `base` does, and let the error show how it differs from the new one.""",
        ),
        "base_version": attr.string(
            doc = """Which version the overlay was written against: of the Go module that the package is from
(`v1.6.0`, or a pseudo-version, as in go.mod), or of the Go SDK (`go1.26.8`). It pins nothing, as `base` does; it says
where the old text is to be had, and is in reports and in the error when the base has changed. Empty if there is none, as
for a package of one's own.""",
        ),
        "cdeps": attr.label_list(
            cfg = none_transition,
            doc = """C libraries that the package is compiled and linked with, beside those of its own. They are
built without overlays.""",
            providers = [CcInfo],
        ),
        "cgo": attr.bool(
            doc = "Whether the package uses cgo with the overlay, though its `go_library` does not say so.",
        ),
        "delete": attr.string_list(
            doc = """Names of files, compiled or embedded, that the package loses. Those that a diff in `patches`
deletes or renames have to be here.""",
        ),
        "delete_opts": attr.string_list(
            doc = """Options that the package loses: of its `cppopts`, `copts`, `cxxopts` and `clinkopts`, as they are
written there, such as `["-DDEBUG", "-framework IOKit"]`.""",
        ),
        "deps": attr.label_list(
            cfg = deps_transition,
            doc = """Go libraries that the package imports with the overlay and not without it. Those
that it has already are left as they are. They are overlaid, too, up to two levels of `deps` of
overlays. The first overlay with `deps` costs a second build of the standard library, as they are built
in a configuration of their own.""",
            providers = [GoArchive],
        ),
        "embedsrcs": attr.label_list(
            allow_files = True,
            cfg = none_transition,
            doc = """Files for `//go:embed`, replaced or added. Their names in the package are their
paths relative to the folder of the BUILD file, or to `strip_prefix` in it; that of their own BUILD file, if
it is not in a folder below.""",
        ),
        "exec": attr.bool(
            doc = """Whether tools that run during the build (the exec configuration) are built with
the overlay, too. By default they are not. It takes `--@go_overlay//go_overlay:exec` or
`overlays.use(exec = True)`, too, but for `go_overlay_binary`.""",
        ),
        "expires": attr.string(
            doc = """Last day (`YYYY-MM-DD`) on which the overlay may be built with. The day of the
build is that of `--@go_overlay//go_overlay:today`.""",
        ),
        "has_deps": attr.bool(
            doc = "Whether the overlay has `deps` where they do not end. Set by the macro.",
        ),
        "importpath": attr.string(
            doc = """Import path of the package that is changed, as its `go_library` and Go's import
statements write it. For a `go_binary` with neither `importpath` nor `embed`, rules_go takes the
package's path and the target's name: `cmd/app` for `//cmd/app`, `cmd/app/tool` for `//cmd/app:tool`. (If Go
has a command of that path, such as `cmd/link`, or if it is `main`, set the `importpath` of the `go_binary` to
another one.) A path that no package can have is an error. So is another name of a package: its `importmap` when the
package is built, one of its `importpath_aliases` or its path in other upper and lower case when a program is
linked that has it. What the analysis can't know is the path of a fork that a `replace` in go.mod puts in the place of a
module; the package keeps the path that others import.
An import path that no built target has changes nothing; `go_overlay_report_test` finds that out.
`lib/time`, `lib/wasm` and the like are folders of the SDK's `lib`, for `go_goroot`.""",
            mandatory = True,
        ),
        "new_srcs": attr.label_list(
            allow_files = True,
            cfg = none_transition,
            doc = "Source files that the package gains, under their base names.",
        ),
        "parts": attr.string_list(
            doc = """Targets that have the import path but only a part of the package, which another
target embeds. The overlay is not applied to them, but to the one that embeds them; a program that has only such a
target is an error, unless the target lacks a file that the overlay changes. Also targets that have
it as another name, where the overlay is for the package whose own import path it is.""",
        ),
        "patch_exclude": attr.string_list(
            doc = """Paths of files that a diff of the overlay changes and no overlay does, as the diff has them, without a/ and
b/; each has to match something. As for `git apply --exclude`, `*` stands for anything, and `?` for one character. What is left out by
itself, and need not be here: tests, `testdata`, documentation, scripts, files of Bazel and of Go modules.""",
        ),
        "patch_fuzz": attr.int(
            doc = "How many lines of context, at either end of a hunk, may differ from the file.",
        ),
        "patch_strip": attr.int(
            default = 1,
            doc = """How many leading elements of the names in a diff are dropped, to get names
relative to the package's folder: 1 for `a/hash.go`, 3 for `a/util/retry/util.go`.""",
        ),
        "patches": attr.label_keyed_string_dict(
            allow_files = True,
            cfg = none_transition,
            doc = """Unified diffs, in order of application, each with the names of the files that it
changes: a list, or in a `select()` a string with a name a line. What a diff changes of other packages is
for their overlays, which have the same diff and are in the same set.""",
        ),
        "reason": attr.string(
            doc = "Why the overlay is there, for reports.",
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
            doc = "Files that replace the package's files of the same base names. Generated ones are built without overlays.",
        ),
        "strip_prefix": attr.string(
            doc = "Folder, relative to that of the BUILD file, that is laid out as the package. For `embedsrcs`.",
        ),
        "std": attr.bool(
            doc = """Whether the standard library gains the package, or Go's tools, where it begins with `cmd/`.
Packages that the SDK has are told by their import path, and need no mark.""",
        ),
        "upstream": attr.string(
            doc = "URL of the issue or change at the package's owner, for reports.",
        ),
        "x_defs": attr.string_dict(
            doc = """Values of string variables of the package, set by the linker. Those of the package yield. Subject to make
variable expansion, and not to location expansion, which `go_library` has.""",
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    } | {
        attribute: attr.string_list(
            doc = "Flags for the {}, after those of the package. Subject to make variable expansion.{}".format(
                tool,
                "" if attribute == "gc_goopts" else " Only for packages with cgo.",
            ),
        )
        for attribute, tool in {
            "clinkopts": "linker of C",
            "copts": "C compiler",
            "cppopts": "C preprocessor",
            "cxxopts": "C++ compiler",
            "gc_goopts": "Go compiler",
        }.items()
    },
    doc = """What the macro of the same name makes a target of. These are all attributes, as the rule has them: of the
macro, `base`, `deps`, `parts` and `patches` take lists, too.""",
    provides = [GoOverlayInfo],
)
