"""The evidence that overlays suit a package and were applied to it, and how it travels.

The action GoOverlay writes two files: the stamp, without which the package must not be compiled, and the record, for
reports. rules_go has no place for them, so that they travel with what it has:

* to the compile action, the stamp is a header of the SDK: all actions have those as inputs, and none takes
  them for sources of the package (`with_inputs`),
* to dependents and reports, the record is a field of the archive's data (`archives.bzl`),
* rules_go compiles some archives a second time, from the sources of the first (a dependency that imports the package
  under test). Those are overlaid already, and must not be so twice. Therefore both files are among those
  that coverage counts, which rules_go hands on to the second compilation, and does not read (`with_evidence`, `take_evidence`).

Links that a package includes, of headers of other packages, go the same ways as the stamp.
"""

load("@io_bazel_rules_go//go:def.bzl", "GoInfo", "GoSDK")
load("//common:copies.bzl", "with_fields")
load(":archives.bzl", "with_data", "with_record")
load(":package_files.bzl", "in_folder")

visibility("private")

# Names of the two files.
STAMP = "go_overlay.stamp"
RECORD = "go_overlay.json"

def evidence(stamp, record, inputs, headers = None, changed_headers = ()):
    """Makes the evidence of one package.

    Args:
      stamp: File.
      record: File.
      inputs: list of Files that sources of the package include, and that are not among these.
      headers: list of Files, the headers of the package, which dependents may include; None for those that rules_go finds.
      changed_headers: tuple of structs of file, original (File or None) and place, of headers that overlays change.

    Returns:
      A struct of the same fields.
    """
    return struct(
        changed_headers = changed_headers,
        headers = headers,
        inputs = inputs,
        record = record,
        stamp = stamp,
    )

def with_inputs(go, files):
    """Returns a Go context whose compile actions have more inputs, which are not sources of the package.

    Args:
      go: GoContext.
      files: list of File.

    Returns:
      A GoContext.
    """
    sdk = with_fields(GoSDK, go.sdk, headers = depset(files, transitive = [go.sdk.headers]))
    return with_fields(struct, go, sdk = sdk)

def with_evidence(archive, package, evidence):
    """Returns an archive that has the evidence, for dependents, reports and a second compilation.

    Args:
      archive: GoArchive.
      package: struct, value of the `packages` field of GoOverlayInfo.
      evidence: struct, as evidence() makes it.

    Returns:
      A GoArchive.
    """
    cover = depset([evidence.stamp, evidence.record] + evidence.inputs, transitive = [archive.source.cover])
    return with_record(
        with_data(
            archive,
            {"_cover": cover},
            headers = including_headers(archive.source, evidence.headers) if evidence.headers != None else None,
            source = with_fields(GoInfo, archive.source, cover = cover),
        ),
        overlays = tuple([overlay.label for overlay in package.overlays]),
        record = evidence.record,
        changed_headers = evidence.changed_headers,
    )

def take_evidence(source):
    """Finds out whether sources are overlaid already, and returns them as they were before with_evidence.

    Args:
      source: GoInfo.

    Returns:
      GoInfo, and the evidence, or None if they are not overlaid.
    """
    found = {}
    inputs = []
    cover = []
    srcs = {file: None for file in source.srcs}
    for file in source.cover.to_list():
        if file.basename in [STAMP, RECORD]:
            found[file.basename] = file
        elif in_folder(file) and file not in srcs:
            inputs.append(file)
        else:
            cover.append(file)
    if not found:
        return source, None
    return (
        with_fields(GoInfo, source, cover = depset(cover)),
        evidence(found[STAMP], found[RECORD], inputs),
    )

def including_headers(source, own):
    """Returns what a package's dependents may include.

    Args:
      source: GoInfo.
      own: list of Files, the headers of the package.

    Returns:
      depset of Files.
    """
    return depset(own, transitive = [dep._headers for dep in source.deps])
