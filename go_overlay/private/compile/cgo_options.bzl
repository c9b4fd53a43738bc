"""Options of the C compiler and the linker that overlays add to packages with cgo, or take from them."""

load("//common:labels.bzl", "display_label")
load("//go_overlay/private/declare:options.bzl", "CGO_OPTIONS")

visibility(["//tests/analysis"])

def with_cgo_options(source, package):
    """Returns what overlays make of a package's attributes for cgo.

    Args:
      source: GoInfo of the package.
      package: struct, value of the `packages` field of GoOverlayInfo.

    Returns:
      dict of fields of GoInfo.
    """
    cgo = source.cgo or any([overlay.cgo for overlay in package.overlays])
    fields = {attribute: list(getattr(source, attribute)) for attribute in CGO_OPTIONS} | {
        "cdeps": list(source.cdeps),
        "cgo": cgo,
    }
    for overlay in package.overlays:
        _check_cgo(source, overlay, cgo)
        _delete(source, overlay, fields)
    for overlay in package.overlays:
        for dep in overlay.cdeps:
            if dep.label not in [present.label for present in fields["cdeps"]]:
                fields["cdeps"].append(dep)
    overlays = {overlay.label: overlay for overlay in package.overlays}
    for attribute in CGO_OPTIONS:
        for label in package.options.get(attribute, ()):
            fields[attribute].extend(getattr(overlays[label], attribute))
    return fields

def cgo_options(options):
    """Returns what the Go helper compares #cgo lines with, which rules_go does not read.

    Args:
      options: dict, what with_cgo_options returned.

    Returns:
      dict, for JSON.
    """
    return {
        attribute: [word for word in _words(options[attribute]) if word]
        for attribute in CGO_OPTIONS
    }

def _check_cgo(source, overlay, cgo):
    if cgo:
        return
    for attribute in CGO_OPTIONS + ["cdeps", "delete_opts"]:
        if getattr(overlay, attribute):
            fail("""{overlay} has {attribute} for package {importpath}, but {target} does not use cgo, without which they do nothing.
Take them out, or write cgo = True in {overlay} if the overlay makes the package use it.
If {target} is only a part of the package, which another target embeds, list it in parts: parts = ["{target}"].""".format(
                attribute = attribute,
                importpath = source.importpath,
                overlay = display_label(overlay.label),
                target = display_label(source.label),
            ))

def _delete(source, overlay, fields):
    """Takes the options that an overlay deletes out of those of the package."""
    for deleted in overlay.delete_opts:
        words = deleted.split(" ")
        found = False
        for attribute in CGO_OPTIONS:
            # A string may have several options, for rules_go splits it in this way.
            found = found or bool(_positions(_words(getattr(source, attribute)), words))
            options = _words(fields[attribute])
            positions = _positions(options, words)
            for position in reversed(positions):
                options = options[:position] + options[position + len(words):]
            if positions:
                fields[attribute] = options
        if not found:
            fail("""{overlay} has {deleted} in delete_opts, but {target} has no such option. It has:
{options}
Write it as it is there, or take it out. (A part of the package, which another target embeds, goes into parts.)""".format(
                deleted = repr(deleted),
                options = "\n".join([
                    "  {} = {}".format(attribute, getattr(source, attribute))
                    for attribute in CGO_OPTIONS
                    if getattr(source, attribute)
                ]) or "  (none)",
                overlay = display_label(overlay.label),
                target = display_label(source.label),
            ))

def _words(options):
    return [word for option in options for word in option.split(" ")]

def _positions(words, wanted):
    """Returns where a sequence is in another one, without overlaps."""
    positions = []
    end = 0
    for position in range(len(words) - len(wanted) + 1):
        if position >= end and words[position:position + len(wanted)] == wanted:
            positions.append(position)
            end = position + len(wanted)
    return positions
