"""What we note on rules_go's archives."""

load("@io_bazel_rules_go//go:def.bzl", "GoArchive", "GoArchiveData")
load("//common:copies.bzl", "with_fields")
load("//go_overlay/private/settings:depth.bzl", "END")

visibility(["//go_overlay/private/std"])

# Fields of GoArchiveData, beside those of apply.bzl and of overlay_stdlib.bzl.
_DEPTH = "_go_overlay_depth"
_LEFT_OUT = "_go_overlay_left_out"

def with_data(archive, fields, source = None, headers = None):
    """Returns an archive whose data, by which dependents know it, has other fields, too.

    Args:
      archive: GoArchive.
      fields: dict, fields of GoArchiveData.
      source: GoInfo to exchange for the archive's own, or None.
      headers: depset of Files, what dependents may include, to exchange for the archive's own, or None.

    Returns:
      A GoArchive.
    """
    data = with_fields(GoArchiveData, archive.data, **fields)
    return with_fields(
        GoArchive,
        archive,
        _headers = headers or archive._headers,
        data = data,
        source = source or archive.source,
        transitive = depset([data], transitive = [dep.transitive for dep in archive.direct]),
    )

def with_depth(archive, depth):
    """Returns an archive that tells how many deps of overlays lead to it.

    Args:
      archive: GoArchive.
      depth: int, 1 or 2.

    Returns:
      A GoArchive.
    """
    return with_data(archive, {_DEPTH: depth})

def depth_of(data):
    """Returns the depth of an archive that is not the program's own. Where there are no overlays, nobody notes it.

    Args:
      data: GoArchiveData.

    Returns:
      int.
    """
    return getattr(data, _DEPTH, END)

def without_overlays(archive):
    """Returns an archive that tells that its overlays were left out, as they have deps and those end.

    Args:
      archive: GoArchive.

    Returns:
      A GoArchive.
    """
    return with_data(archive, {_LEFT_OUT: True})

def lacks_overlays(data):
    """Returns whether without_overlays made this GoArchiveData."""
    return hasattr(data, _LEFT_OUT)
