"""What the active set changes in a configuration."""

load("@bazel_skylib//lib:structs.bzl", "structs")
load("//go_overlay/private:compose.bzl", "only")
load("//go_overlay/private:go_overlay_info.bzl", "GoOverlayInfo")
load(":configurations.bzl", "is_exec_configuration")

visibility(["//toolchains/private/..."])

def active_packages(ctx):
    """Returns the `packages` field of GoOverlayInfo that a rule with the attribute _active applies.

    Tools that run during the build are compiled without overlays, but for those that ask for it: a patch
    that is meant for a product must not change the code generators that build it.

    Args:
      ctx: ctx of a rule.

    Returns:
      dict.
    """
    packages = ctx.attr._active[GoOverlayInfo].packages
    if is_exec_configuration(ctx.bin_dir.path):
        packages = {
            importpath: _as_declared(package, packages[importpath])
            for importpath, package in only(packages, lambda overlay: overlay.exec).items()
        }
    return packages

def _as_declared(package, whole):
    """Returns a package, of which overlays were left out, as of the standard library if one of those says that it is."""
    if not any([overlay.std for overlay in whole.overlays]) or any([overlay.std for overlay in package.overlays]):
        return package
    return struct(
        order = package.order,
        overlays = tuple([struct(**(structs.to_dict(overlay) | {"std": True})) for overlay in package.overlays]),
    )
