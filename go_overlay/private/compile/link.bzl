"""Programs whose overlays make packages import others: one copy of each package."""

load("@io_bazel_rules_go//go:def.bzl", "GoArchive")
load("//common:copies.bzl", "with_fields")
load("//common:labels.bzl", "display_label")
load("//go_overlay/private/settings:depth.bzl", "END", "OWN")
load(":archives.bzl", "depth_of", "lacks_overlays")

visibility("private")

def with_single_labels(archive):
    """Returns the archive of an internal test that depends on a single copy of each target.

    To find what has to be compiled again for an external test, rules_go walks the dependencies by their
    labels.

    Args:
      archive: GoArchive.

    Returns:
      A GoArchive.
    """
    own_root = archive.data.file.root.path
    copies = {}
    duplicates = False
    for data in archive.transitive.to_list():
        present = copies.get(data.label)
        duplicates = duplicates or present != None
        if present == None or _rank(data, own_root) < _rank(present, own_root):
            copies[data.label] = data
    if not duplicates:
        return archive
    copies[archive.data.label] = archive.data
    return with_fields(
        GoArchive,
        archive,
        # What they depend on is in the transitive dependencies of the test itself.
        direct = [
            with_fields(
                GoArchive,
                dep,
                data = copies[dep.data.label],
                transitive = depset([copies[dep.data.label]]),
            )
            for dep in archive.direct
        ],
        transitive = depset(_closure([archive.data.label], copies)),
    )

def with_single_copies(go, archive, test_archives, packages):
    """Returns the archive of a main package that depends on a single copy of each package.

    The linker checks that whoever imports a package was compiled against the same interface.

    Args:
      go: GoContext of the target that is linked.
      archive: GoArchive of the main package.
      test_archives: list of GoArchiveData, linked instead of others of the same import map.
      packages: dict, the `packages` field of GoOverlayInfo.

    Returns:
      A GoArchive.
    """
    own_root = archive.data.file.root.path
    taken = {data.importmap: None for data in test_archives}
    copies = {}
    endless = {}
    foreign = False
    for data in archive.transitive.to_list():
        rank = _rank(data, own_root)
        foreign = foreign or rank != OWN
        if rank == END:
            endless[data.label] = data
        if data.importmap in taken or data.file == archive.data.file:
            continue
        present = copies.get(data.importmap)
        if not present or rank < _rank(present, own_root):
            copies[data.importmap] = data
    if not foreign:
        return archive

    linked = copies.values()
    _check_not_too_deep(go, linked, own_root, endless, packages)
    dependencies = struct(transitive = depset(linked))
    return with_fields(
        GoArchive,
        archive,
        direct = [dependencies],
        libs = depset([data.file for data in linked + test_archives + [archive.data]]),
        transitive = depset([archive.data], transitive = [dependencies.transitive]),
    )

def _rank(data, own_root):
    """Returns which copy of a package is linked, that of the least rank: the program's own, then by depth."""
    if data.file.root.path == own_root:
        return OWN
    return depth_of(data)

def _closure(labels, by_label):
    """Returns the values that can be reached from labels, themselves included."""
    reached = {}
    frontier = labels
    for _ in range(len(by_label) + 1):
        further = []
        for label in frontier:
            if label in by_label and label not in reached:
                reached[label] = by_label[label]
                further.extend(by_label[label]._dep_labels)
        if not further:
            break
        frontier = further
    return reached.values()

def _check_not_too_deep(go, linked, own_root, endless, packages):
    """Fails if something is linked that was compiled, or compiled against what was, where overlays end."""
    unlayered = [data for data in linked if _rank(data, own_root) == END]
    for data in [data for data in linked if lacks_overlays(data)] + _closure([data.label for data in unlayered], endless):
        package = packages.get(data.importpath)
        if not package or str(data.label) in [part for overlay in package.overlays for part in overlay.parts]:
            continue
        fail("""{target} can't be linked: {importpath} is reached through deps of overlays that are nested \
too deep, and was compiled without {overlays}.
Let the program, or an overlay of one of its packages, depend on {label} directly.""".format(
            importpath = data.importpath,
            label = display_label(data.label),
            overlays = " and ".join([display_label(overlay.label) for overlay in package.overlays]),
            target = display_label(go.label),
        ))
