"""Composes the changes of several overlays to the same packages."""

load("//common:copies.bzl", "with_fields")
load("//common:labels.bzl", "display_label")

visibility([
    "//go_overlay/private/compile",
    "//tests/analysis",
    "//toolchains/private/toolchain",
])

# The fields of GoOverlayInfo's packages that say what is changed, and by which overlays; and what messages call it.
_CHANGED = {
    "files": "{}",
    "options": "{}",
    "x_defs": "x_defs {}",
}

def compose(label, sets, layers):
    """Merges sets of changes.

    Args:
      label: Label of the target that composes, for messages.
      sets: list of GoOverlayInfo, none above another: two overlays of different ones that change
        the same thing are a conflict.
      layers: list of GoOverlayInfo, each on top of all before it.

    Returns:
      The `packages` of a GoOverlayInfo.
    """
    packages = {}
    for layered, infos in [(False, sets), (True, layers)]:
        for info in infos:
            for importpath, package in info.packages.items():
                below = packages.get(importpath)
                packages[importpath] = package if not below else _merge(label, importpath, below, package, layered)
    return packages

def only(packages, wanted):
    """Leaves out overlays.

    Args:
      packages: the `packages` of a GoOverlayInfo.
      wanted: function of an overlay, returns whether it stays.

    Returns:
      The `packages` of a GoOverlayInfo.
    """
    remaining = {}
    for importpath, package in packages.items():
        overlays = tuple([overlay for overlay in package.overlays if wanted(overlay)])
        if not overlays:
            continue
        labels = [overlay.label for overlay in overlays]
        remaining[importpath] = with_fields(struct, package, overlays = overlays, **{
            kind: {
                name: tuple([label for label in changed_by if label in labels])
                for name, changed_by in getattr(package, kind).items()
                if [label for label in changed_by if label in labels]
            }
            for kind in _CHANGED
        })
    return remaining

def without_parts(package, target):
    """Leaves out overlays for which a target is only a part of the package.

    Args:
      package: struct, value of the `packages` of a GoOverlayInfo.
      target: Label.

    Returns:
      struct, or None if there are no others.
    """
    if not any([overlay.parts for overlay in package.overlays]):
        return package
    label = str(target)
    return only({"": package}, lambda overlay: label not in overlay.parts).get("")

def only_for_tools(packages):
    """Leaves out overlays that programs which run during the build (the exec configuration) are not built with.

    Args:
      packages: the `packages` of a GoOverlayInfo.

    Returns:
      The `packages` of a GoOverlayInfo.
    """
    return only(packages, lambda overlay: overlay.exec)

def _merge(label, importpath, below, above, layered):
    # An overlay may be reached through several sets.
    present = [overlay.label for overlay in below.overlays]
    changed = {}
    for kind, described in _CHANGED.items():
        order = dict(getattr(below, kind))
        for name, labels in getattr(above, kind).items():
            if name in order:
                merged = _merge_order(order[name], labels, layered)
                if not merged:
                    fail(_conflict_message(label, importpath, described.format(name), order[name], labels, layered))
                order[name] = merged
            else:
                order[name] = labels
        changed[kind] = order
    return struct(
        overlays = below.overlays + tuple([overlay for overlay in above.overlays if overlay.label not in present]),
        std = below.std or above.std,
        **changed
    )

def _merge_order(below, above, layered):
    """Returns an order that agrees with both, or None if there is none that either of them demands."""
    if _is_subsequence(above, below):
        return below
    if _is_subsequence(below, above) and (not layered or above[:len(below)] == below):
        return above
    if layered and not [label for label in above if label in below]:
        return below + above
    return None

def _is_subsequence(part, whole):
    position = 0
    for label in whole:
        if position < len(part) and part[position] == label:
            position += 1
    return position == len(part)

def _conflict_message(label, importpath, thing, below, above, layered):
    first = [other for other in below if other not in above]
    second = [other for other in above if other not in below]
    if layered or not first or not second:
        return """{set}: its {parts} contradict each other about {thing} of package {importpath}:
  one applies, lowest first: {below}
  another, {where}: {above}
List each overlay in one layer only.""".format(
            above = ", ".join([display_label(other) for other in above]),
            below = ", ".join([display_label(other) for other in below]),
            importpath = importpath,
            parts = "layers" if layered else "overlays",
            set = display_label(label),
            thing = thing,
            where = "on top of that" if layered else "which is not above it",
        )
    return """{set}: two overlays change {thing} of package {importpath}:
  {first}
  {second}
Remove one from {set}, or from the sets in it, or list both in layers, the lower one first. A diff goes on top of what it patches.""".format(
        first = display_label(first[-1]),
        importpath = importpath,
        second = display_label(second[0]),
        set = display_label(label),
        thing = thing,
    )
