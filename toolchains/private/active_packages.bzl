"""What the active set changes in a configuration."""

load("//go_overlay/private:claims.bzl", "with_claims")
load("//go_overlay/private:compose.bzl", "only_for_tools")
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
        return with_claims(packages, only_for_tools(packages))
    return with_claims(packages, packages)
