"""Applies an overlay set to what rules_go is about to compile."""

load("@bazel_skylib//lib:structs.bzl", "structs")
load("@rules_go//go:def.bzl", "GoInfo")

visibility(["//toolchains/private/..."])

def overlaid_actions(actions, packages):
    """Returns a toolchain's action constructors with overlays applied to their sources.

    Args:
      actions: struct, the `actions` field of rules_go's Go toolchain.
      packages: dict, the `packages` field of GoOverlayInfo.

    Returns:
      A struct of the same fields.
    """

    def archive(go, source = None, **kwargs):
        replaced = packages.get(source.importpath)
        if replaced:
            source = _overlaid_source(source, replaced)
        return actions.archive(go, source = source, **kwargs)

    def stdlib(go, *args, **kwargs):
        _check_not_std(go.sdk, packages)
        return actions.stdlib(go, *args, **kwargs)

    return struct(**(structs.to_dict(actions) | {
        "archive": archive,
        "stdlib": stdlib,
    }))

def _overlaid_source(source, replaced):
    """Returns a GoInfo with the files of one package replaced.

    rules_go compiles some archives a second time, from the sources of the first (a dependency that
    imports the package under test). Those hold the overlay files already, which is why this is
    idempotent.
    """
    if not _has_package_files(source):
        return source

    by_name = {}
    for file in source.srcs:
        by_name.setdefault(file.basename, []).append(file)

    swaps = {}
    for name, replacement in replaced.items():
        originals = by_name.get(name, [])
        if replacement.file in source.srcs:
            if [file for file in originals if file != replacement.file]:
                fail(_also_source_message(source, name, replacement))
            continue
        if not originals:
            fail(_no_such_file_message(source, name, replacement.overlay))
        if len(originals) > 1:
            fail(_ambiguous_message(source, name, replacement.overlay, originals))
        swaps[originals[0]] = replacement.file

    def swapped(files):
        return [swaps.get(file, file) for file in files]

    return GoInfo(**(structs.to_dict(source) | {
        # Coverage names its files a second time.
        "cover": depset(swapped(source.cover.to_list())),
        "srcs": swapped(source.srcs),
    }))

def _has_package_files(source):
    """Whether a source set holds the package, and not only tests that bear its import path."""
    for file in source.srcs:
        if not file.basename.endswith("_test.go"):
            return True
    return False

def _no_such_file_message(source, name, overlay):
    return """{overlay} replaces {name} of package {importpath}, but {target} has no file of that name.
It has:
  {files}
Correct the name in {overlay}. If the package has changed, port the overlay to it or take it out of the active set.
A package that is put together from several targets (embed) can't be overlaid yet.""".format(
        files = "\n  ".join(sorted([file.basename for file in source.srcs])),
        importpath = source.importpath,
        name = name,
        overlay = overlay,
        target = source.label,
    )

def _also_source_message(source, name, replacement):
    return """{overlay} replaces {name} of package {importpath} with {file}, which is itself a source of {target}.
Take {file} out of the srcs of {target}: an overlay file must not be compiled where the overlay is off.""".format(
        file = replacement.file.short_path,
        importpath = source.importpath,
        name = name,
        overlay = replacement.overlay,
        target = source.label,
    )

def _ambiguous_message(source, name, overlay, files):
    return "{overlay} replaces {name} of package {importpath}, but {target} has several files of that name: {files}".format(
        files = " and ".join([file.path for file in files]),
        importpath = source.importpath,
        name = name,
        overlay = overlay,
        target = source.label,
    )

def _check_not_std(sdk, packages):
    """Fails if a package of the standard library is to be overlaid: rules_go reads those off disk."""

    # An import path of another origin has a domain in it, mostly: spares the walk through the SDK.
    candidates = [importpath for importpath in packages if "." not in importpath.split("/")[0]]
    if not candidates:
        return
    sources = sdk.srcs.to_list()
    for importpath in candidates:
        for file in sources:
            if file.path.endswith("/src/{}/{}".format(importpath, file.basename)):
                overlay = packages[importpath].values()[0].overlay
                fail("{}: {} is a package of the standard library, which can't be overlaid yet. Take {} out of the active set.".format(
                    overlay,
                    importpath,
                    overlay,
                ))
