"""What we note on rules_go's archives."""

load("@io_bazel_rules_go//go:def.bzl", "GoArchive", "GoArchiveData")
load("//common:copies.bzl", "with_fields")

visibility(["//go_overlay/private/std"])

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
