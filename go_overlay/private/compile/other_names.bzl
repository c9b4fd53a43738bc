"""Finds overlays that name a package in such a way that they would do nothing."""

load("//common:labels.bzl", "display_label")
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
    """Fails if overlays name a package of a program in another way than by its importpath, or all of it as a part.

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
    """Fails if a program has, as a package, what an overlay calls a part of it, though nothing is missing there.

    A part that lacks a file that the overlay changes is as the overlay says.
    """
    by_part = {}
    for importpath, package in packages.items():
        for overlay in package.overlays:
            for label in overlay.parts:
                by_part.setdefault((importpath, label), []).append(overlay)
    if not by_part:
        return
    for data in linked:
        for overlay in by_part.get((data.importpath, str(data.label)), []):
            present = {file.basename: None for file in data.srcs}
            changed = [name for name, step in overlay.steps.items() if step.kind in ["delete", "patch", "replace"] and "/" not in name]
            if changed and not [name for name in changed if name not in present]:
                fail("""{overlay} changes nothing in {target}: its parts have {label}, which is all that the program has of package {importpath}, and has all that the overlay changes: {changed}.
Take {label} out of parts of {overlay}.""".format(
                    changed = ", ".join(changed),
                    importpath = data.importpath,
                    label = display_label(data.label),
                    overlay = display_label(overlay.label),
                    target = display_label(target),
                ))

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
