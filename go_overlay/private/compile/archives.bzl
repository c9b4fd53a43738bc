"""What we note on rules_go's archives."""

load("@io_bazel_rules_go//go:def.bzl", "GoArchive", "GoArchiveData")
load("//common:copies.bzl", "with_fields")
load("//go_overlay/private/settings:depth.bzl", "END")

visibility([
    "//go_overlay/private/report",
    "//go_overlay/private/std",
])

# Fields of GoArchiveData that only we know.
_DEPTH = "_go_overlay_depth"
_HEADERS = "_go_overlay_headers"
_LEFT_OUT = "_go_overlay_left_out"
_RECORD = "_go_overlay"
_STD_RECORDS = "_go_overlay_std"

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

def with_record(archive, overlays, record, changed_headers):
    """Returns an archive that tells which overlays were applied to it.

    Args:
      archive: GoArchive.
      overlays: tuple of Label.
      record: File, for reports.
      changed_headers: tuple of structs, as the evidence has it.

    Returns:
      A GoArchive.
    """
    return with_data(archive, {
        _HEADERS: changed_headers,
        _RECORD: struct(overlays = overlays, record = record),
    })

def changed_headers_of(data):
    """Returns the headers of an archive that overlays change: a tuple of structs, as the evidence has it."""
    return getattr(data, _HEADERS, ())

def with_std_records(archive, records):
    """Returns an archive that tells which overlays are in the standard library that it is compiled against.

    Args:
      archive: GoArchive.
      records: dict from import path to a struct of overlays (tuple of Label) and record (File).

    Returns:
      A GoArchive.
    """
    return with_data(archive, {_STD_RECORDS: records})

def records_of(archive):
    """Tells which overlays a program, library or test contains.

    Those of the standard library may be linked: only the linker knows.

    Args:
      archive: GoArchive.

    Returns:
      list of structs of overlays (tuple of Label) and record (File), one for each package with overlays.
    """
    linked = [getattr(data, _RECORD) for data in archive.transitive.to_list() if hasattr(data, _RECORD)]
    return linked + getattr(archive.data, _STD_RECORDS, {}).values()

def linked_records(archive, test_archives):
    """Tells which overlays a program may contain, for its linker.

    Args:
      archive: GoArchive of the main package.
      test_archives: list of GoArchiveData, as rules_go gives them to the linker.

    Returns:
      list of structs of file (File, the record) and package (str, the path by which the linker knows the package with
      overlays; None for one of Go's tools).
    """
    linked = {
        # A test may name a package twice.
        getattr(data, _RECORD).record: "main" if data.file == archive.data.file else data.importmap
        for data in test_archives + archive.transitive.to_list()
        if hasattr(data, _RECORD)
    }
    return [struct(file = file, package = package) for file, package in linked.items()] + [
        struct(file = evidence.record, package = None if importpath.startswith("cmd/") else importpath)
        for importpath, evidence in getattr(archive.data, _STD_RECORDS, {}).items()
    ]
