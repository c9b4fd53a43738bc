"""Applies an overlay set to what rules_go is about to compile and link."""

load("@bazel_skylib//lib:structs.bzl", "structs")
load("@io_bazel_rules_go//go:def.bzl", "GoInfo", "GoSDK")
load(":archives.bzl", "with_data")
load(":compose.bzl", "only")
load(":link.bzl", "with_depth", "with_single_copies", "with_single_labels", "without_overlays")
load(":overlay_package.bzl", "overlay_package")

visibility(["//toolchains/private/..."])

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

    def archive(go, source = None, **kwargs):
        compiled = overlaid_archive(go, source, **kwargs)
        if depth:
            compiled = with_depth(compiled, depth)
        if needs_single_copies and getattr(source, "testfilter", None) == "exclude":
            compiled = with_single_labels(compiled)
        return compiled

    def overlaid_archive(go, source, **kwargs):
        package = packages.get(source.importpath)
        if package:
            package = _without_parts(package, source)
        if not package or not _has_package_files(source):
            return actions.archive(go, source = source, **kwargs)
        if any([overlay.deps_end for overlay in package.overlays]):
            # Mostly nobody needs it: at this depth, all is compiled that anybody might.
            return without_overlays(actions.archive(go, source = source, **kwargs))

        # rules_go compiles some archives a second time, from the sources of the first (a dependency
        # that imports the package under test). Those are overlaid already.
        source, evidence = _take_evidence(source)
        if not evidence:
            source, evidence = overlay_package(go, source, package, helper)
        compiled = actions.archive(_go_that_awaits(go, evidence.stamp), source = source, **kwargs)
        return _with_evidence(compiled, package, evidence)

    def link(go, archive = None, test_archives = [], **kwargs):
        if needs_single_copies:
            archive = with_single_copies(go, archive, test_archives, packages)
        return actions.link(go, archive = archive, test_archives = test_archives, **kwargs)

    return struct(**(structs.to_dict(actions) | {
        "archive": archive,
        "link": link,
    }))

def _without_parts(package, source):
    """Leaves out overlays that are not for this target, or returns None if there are no others."""
    if not any([overlay.parts for overlay in package.overlays]):
        return package
    label = str(source.label)
    return only({"": package}, lambda overlay: label not in overlay.parts).get("")

def _has_package_files(source):
    """Whether a source set holds the package, and not only tests that bear its import path."""
    if not source.srcs:
        # A library without files is a package that overlays can fill.
        return getattr(source, "testfilter", None) == None
    for file in source.srcs:
        if not file.basename.endswith("_test.go"):
            return True
    return False

def _go_that_awaits(go, stamp):
    """Returns a Go context whose compile actions run only if the overlays suit the package.

    The stamp has to be an input of the compilation without being a source of the package: headers
    of the SDK are just that.
    """
    sdk = GoSDK(**(structs.to_dict(go.sdk) | {
        "headers": depset([stamp], transitive = [go.sdk.headers]),
    }))
    return struct(**(structs.to_dict(go) | {"sdk": sdk}))

# The evidence of what was applied travels with the archive: in _go_overlay, for
# those who know, and among the files that coverage counts, as that is what
# rules_go hands on to a second compilation.
_STAMP = "go_overlay.stamp"
_RECORD = "go_overlay.json"

def _take_evidence(source):
    """Returns (source without evidence, evidence or None)."""
    evidence = {}
    cover = []
    for file in source.cover.to_list():
        if file.basename in [_STAMP, _RECORD]:
            evidence[file.basename] = file
        else:
            cover.append(file)
    if not evidence:
        return source, None
    return (
        GoInfo(**(structs.to_dict(source) | {"cover": depset(cover)})),
        struct(record = evidence[_RECORD], stamp = evidence[_STAMP]),
    )

def _with_evidence(archive, package, evidence):
    cover = depset([evidence.stamp, evidence.record], transitive = [archive.source.cover])
    return with_data(
        archive,
        {
            "_cover": cover,
            "_go_overlay": struct(
                overlays = tuple([overlay.label for overlay in package.overlays]),
                record = evidence.record,
            ),
        },
        source = GoInfo(**(structs.to_dict(archive.source) | {"cover": cover})),
    )
