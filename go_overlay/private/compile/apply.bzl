"""Applies an overlay set to what rules_go is about to compile and link; diffs are applied by the action of changes.bzl."""

load("//common:copies.bzl", "with_fields")
load("//go_overlay/private/declare:compose.bzl", "without_parts")
load(":archives.bzl", "with_data", "with_depth", "without_overlays")
load(":evidence.bzl", "including_headers", "take_evidence", "with_evidence", "with_inputs")
load(":layout.bzl", "header_changes", "headers_of_deps", "is_header_name", "with_headers_of_deps")
load(":link.bzl", "with_single_copies", "with_single_labels")
load(":listed_deps.bzl", "with_listed_deps")
load(":other_names.bzl", "check_importmap", "check_linked", "check_x_defs")
load(":overlay_package.bzl", "overlay_package")
load(":package_files.bzl", "FOLDER")

visibility(["//toolchains/private/toolchain"])

def overlaid_actions(actions, packages, helper, depth):
    """Returns a toolchain's action constructors with overlays applied to their sources.

    Args:
      actions: struct, the `actions` field of rules_go's Go toolchain.
      packages: dict, the `packages` field of GoOverlayInfo, without those of the SDK.
      helper: FilesToRunProvider of the Go helper.
      depth: int, how many deps of overlays lead to what is compiled.

    Returns:
      A struct of the same fields.
    """
    needs_single_copies = any([overlay.deps for package in packages.values() for overlay in package.overlays])

    changes_headers = header_changes(packages)

    def archive(go, source = None, **kwargs):
        compiled = overlaid_archive(go, source, **kwargs)
        if depth:
            compiled = with_depth(compiled, depth)
        if needs_single_copies and getattr(source, "testfilter", None) == "exclude":
            compiled = with_single_labels(compiled)
        return compiled

    def overlaid_archive(go, source, **kwargs):
        check_importmap(source, packages)
        package = packages.get(source.importpath)
        if package:
            package = without_parts(package, source.label)
        if not package or not _has_package_files(source):
            headers = headers_of_deps(source) if changes_headers else []
            if not headers:
                return actions.archive(go, source = source, **kwargs)
            folder = _name_of_archive(go, source, **kwargs) + FOLDER
            including, inputs = with_headers_of_deps(go, source, headers, folder)
            return _as_if_not_laid_out(actions.archive(with_inputs(go, inputs), source = including, **kwargs), source)
        if any([overlay.deps_end for overlay in package.overlays]):
            # Mostly nobody needs it: at this depth, all is compiled that anybody might.
            return without_overlays(actions.archive(go, source = source, **kwargs))

        source, evidence = take_evidence(source)
        if not evidence:
            source, evidence = overlay_package(go, source, package, helper)
        compiled = actions.archive(with_inputs(go, [evidence.stamp] + evidence.inputs), source = source, **kwargs)
        return with_evidence(compiled, package, evidence)

    def link(go, archive = None, test_archives = [], **kwargs):
        check_linked(go.label, archive.transitive.to_list() + test_archives, packages)
        if needs_single_copies:
            archive = with_single_copies(go, archive, test_archives, packages)
        check_x_defs(go.label, archive, packages)
        return actions.link(go, archive = archive, test_archives = test_archives, **kwargs)

    def stdlib(go):
        provided = actions.stdlib(go)
        return with_listed_deps(go, provided, packages) if needs_single_copies else provided

    return with_fields(
        struct,
        actions,
        archive = archive,
        link = link,
        stdlib = stdlib,
    )

def _has_package_files(source):
    """Whether a source set holds the package, and not only tests that bear its import path."""
    if not source.srcs:
        # A library without files is a package that overlays can fill.
        return getattr(source, "testfilter", None) == None
    for file in source.srcs:
        if not file.basename.endswith("_test.go"):
            return True
    return False

def _name_of_archive(go, source, _recompile_suffix = "", **_kwargs):
    """Returns a name that no other archive has among those that a target declares."""
    testfilter = getattr(source, "testfilter", None)
    return "{}{}{}".format(go.label.name, "." + testfilter if testfilter else "", _recompile_suffix)

def _as_if_not_laid_out(archive, source):
    """Returns an archive that says of its sources what it would if they had been compiled where they are.

    rules_go compiles some archives a second time, from what they say; and editors show these files.
    """
    return with_data(
        archive,
        {
            "srcs": tuple(source.srcs),
            "_copts": tuple(source.copts),
            "_cover": source.cover,
            "_cppopts": tuple(source.cppopts),
            "_cxxopts": tuple(source.cxxopts),
            "_embedsrcs": tuple(source.embedsrcs),
        },
        headers = including_headers(source, [file for file in source.srcs if is_header_name(file.basename)]),
        source = source,
    )
