"""Links programs whose overlays make packages import others."""

load("@bazel_skylib//lib:structs.bzl", "structs")
load("@rules_go//go:def.bzl", "GoArchive")
load(":labels.bzl", "display_label")

visibility(["//go_overlay/private/..."])

def with_single_copies(go, archive, test_archives, packages):
    """Returns an archive that depends on a single copy of each package.

    What overlays make packages import (`deps`) comes from a configuration of its own, and may be
    reached from the program's, too. The linker takes one copy, and checks that whoever imports the
    package was compiled against the same interface.

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
    foreign = False
    for data in archive.transitive.to_list():
        if data.importmap in taken or data.file == archive.data.file:
            continue
        if data.file.root.path != own_root:
            foreign = True
            if data.importmap in copies:
                continue
        copies[data.importmap] = data
    if not foreign:
        return archive
    for data in copies.values():
        _check_overlaid(go, data, own_root, packages)

    linked = copies.values()
    dependencies = struct(transitive = depset(linked))
    return GoArchive(**(structs.to_dict(archive) | {
        "direct": [dependencies],
        "libs": depset([data.file for data in linked + test_archives + [archive.data]]),
        "transitive": depset([archive.data], transitive = [dependencies.transitive]),
    }))

def _check_overlaid(go, data, own_root, packages):
    """Fails if a copy was compiled where its overlays are not applied any more."""
    package = packages.get(data.importpath)
    if not package or data.file.root.path == own_root or hasattr(data, "_go_overlay"):
        return
    if str(data.label) in [part for overlay in package.overlays for part in overlay.parts]:
        return
    fail("""{target} can't be linked: {importpath} is reached only through deps of overlays that are nested \
too deep, and was compiled without {overlays}.
Let a package of the program, or an overlay of one, depend on {label} directly.""".format(
        importpath = data.importpath,
        label = display_label(data.label),
        overlays = " and ".join([display_label(overlay.label) for overlay in package.overlays]),
        target = display_label(go.label),
    ))
