"""Finds overlays that name a package in such a way that they would do nothing."""

load("//common:labels.bzl", "display_label")
load("//go_overlay/private/declare:compose.bzl", "without_parts")
load("//go_overlay/private/declare:import_paths.bzl", "other_name")

visibility("private")

def check_importmap(source, packages):
    """Fails if overlays name a package by its importmap, which no other one can have.

    Args:
      source: GoInfo of the package.
      packages: dict, the `packages` field of GoOverlayInfo.
    """
    if source.importmap != source.importpath and source.importmap in packages:
        _check(source.label, source, source.importmap, packages)

def check_linked(target, linked, packages):
    """Fails if overlays name a package of a program in another way than by its importpath, or what it has of it as a part.

    That way may be the importpath of another package (example.com/lib is one of the aliases of
    example.com/lib/v2, and the importpath of version 1). A program that has both tells nothing.

    Args:
      target: Label of the program.
      linked: list of GoArchiveData, all packages of it.
      packages: dict, the `packages` field of GoOverlayInfo.
    """
    _check_parts(target, linked, packages)
    own = {data.importpath: None for data in linked}
    missing = [importpath for importpath in packages if importpath not in own]
    if not missing:
        return
    by_lower_case = {importpath.lower(): importpath for importpath in missing}
    for data in linked:
        names = list(data.importpath_aliases)
        lower = data.importpath.lower()
        if lower in by_lower_case:
            names.append(by_lower_case[lower])
        for name in names:
            if name in packages and name not in own:
                _check(target, data, name, packages)

def _check_parts(target, linked, packages):
    """Fails if what a program has of a package is what overlays call a part of it, though it has all that they change.

    A part that lacks a file that an overlay changes is as the overlay says. So is one beside the package itself, such as
    a vendored copy.
    """
    of_parts = {
        importpath: []
        for importpath, package in packages.items()
        if any([overlay.parts for overlay in package.overlays])
    }
    if not of_parts:
        return
    for data in linked:
        if data.importpath in of_parts:
            of_parts[data.importpath].append(data)
    for importpath, found in of_parts.items():
        for overlay in packages[importpath].overlays:
            if not found or [data for data in found if str(data.label) not in overlay.parts]:
                continue
            present = {file.basename: None for data in found for file in data.srcs}
            if [name for name in _changed_files(overlay) if name not in present]:
                continue
            label = display_label(found[0].label)
            fail("""{overlay} changes nothing in {target}: all that the program has of package {importpath} is {label}, which parts calls a part of it.
If {label} is the whole package, take it out of parts of {overlay}. If it is a part, let what imports {importpath} depend on the target that embeds {label}.""".format(
                importpath = importpath,
                label = label,
                overlay = display_label(overlay.label),
                target = display_label(target),
            ))

def _changed_files(overlay):
    """Returns the names of compiled files that a package has to have for an overlay."""
    return [
        name
        for name, step in overlay.steps.items()
        if step.kind in ["delete", "patch", "replace"] and "/" not in name
    ]

def _check(target, data, name, packages):
    label = str(data.label)
    for overlay in packages[name].overlays:
        if label in overlay.parts:
            continue
        fail("""{overlay} changes nothing in {target}: it names package {importpath} by {name}, and {label} has that as {way}.
Write importpath = "{importpath}" in {overlay}.
If another package is meant, whose own importpath that is, in other programs: write parts = ["{label}"] in {overlay}.""".format(
            importpath = data.importpath,
            label = display_label(data.label),
            name = name,
            overlay = display_label(overlay.label),
            target = display_label(target),
            way = other_name(data, name),
        ))

def check_x_defs(target, archive, packages):
    """Fails if a program sets a variable of a package to another value than overlays of the package do.

    Args:
      target: Label of the program.
      archive: GoArchive of the program.
      packages: dict, the `packages` field of GoOverlayInfo.
    """
    if not any([package.x_defs for package in packages.values()]):
        return
    for data in archive.transitive.to_list():
        package = packages.get(data.importpath)
        if not package or data.importmap == archive.data.importmap:
            continue
        package = without_parts(package, data.label)
        if not package:
            continue
        overlays = {overlay.label: overlay for overlay in package.overlays}
        for name, labels in package.x_defs.items():
            overlay = overlays[labels[-1]]
            found = archive.x_defs.get("{}.{}".format(data.importmap, name))
            if found == None or found == overlay.x_defs[name]:
                continue
            fail("""{overlay} sets the variable {name} of package {importpath} to {expected} by x_defs, but x_defs of {target}, or of another library of it, set it to {found}, and count.
Take one of the two out; an overlay does not change x_defs of others.""".format(
                expected = repr(overlay.x_defs[name]),
                found = repr(found),
                importpath = data.importpath,
                name = name,
                overlay = display_label(overlay.label),
                target = display_label(target),
            ))
