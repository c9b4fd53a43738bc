"""Who takes which part of a diff that several overlays have."""

load("//common:copies.bzl", "with_fields")

visibility([
    "//tests/analysis",
    "//toolchains/private/goroot",
    "//toolchains/private/toolchain",
])

def with_claims(packages, applied):
    """Adds to packages what overlays take of each other's diffs, of those that several overlays have.

    A diff of a module changes several packages. Each has an overlay that takes a part, and none may be
    forgotten: the action that applies one part has to know of the others.

    Args:
      packages: dict, the `packages` field of GoOverlayInfo, of the whole set.
      applied: dict, what remains of it in the configuration.

    Returns:
      dict, applied with the field `claims` in each package: tuple of structs of
      diff (File), overlay (Label), importpath (str), files (tuple of str: names of the files that it changes),
      delete (tuple of str: names of files that the overlay deletes), exclude (tuple of str), strip (int) and
      absent (bool: whether the overlay is not applied).
    """
    claims = {}
    for importpath, package in packages.items():
        present = [overlay.label for overlay in applied[importpath].overlays] if importpath in applied else []
        for overlay in package.overlays:
            for patch in _patches(overlay):
                claims.setdefault(patch.file, []).append(struct(
                    absent = overlay.label not in present,
                    delete = tuple([name for name, step in overlay.steps.items() if step.kind == "delete"]),
                    diff = patch.file,
                    exclude = overlay.patch_exclude,
                    files = patch.files,
                    importpath = importpath,
                    overlay = overlay.label,
                    strip = overlay.patch_strip,
                ))
    return {
        importpath: with_fields(
            struct,
            package,
            claims = tuple([
                claim
                for file in {patch.file: None for overlay in package.overlays for patch in _patches(overlay)}
                if len(claims[file]) > 1
                for claim in claims[file]
            ]),
        )
        for importpath, package in applied.items()
    }

def _patches(overlay):
    """Returns the diffs of an overlay, each once."""
    named = [patch for step in overlay.steps.values() for patch in step.patches]
    return {patch: None for patch in named + list(overlay.unnamed_patches)}.keys()
