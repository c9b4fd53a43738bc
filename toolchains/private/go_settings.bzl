"""Go's own settings of a build: GOEXPERIMENT and GOFIPS140."""

load("@bazel_skylib//lib:structs.bzl", "structs")
load("@io_bazel_rules_go//go:def.bzl", "GoSDK")
load(":go_versions.bzl", "compare_versions")

visibility(["//toolchains/private/..."])

# The first Go that has the FIPS 140-3 module.
_FIRST_WITH_FIPS140 = "1.24.0"

def with_go_settings(toolchain, goexperiment, gofips140):
    """Returns a Go toolchain that builds with settings of Go.

    Args:
      toolchain: ToolchainInfo of rules_go.
      goexperiment: str, as the environment variable GOEXPERIMENT.
      gofips140: str, as the environment variable GOFIPS140.

    Returns:
      ToolchainInfo; the same one where there is nothing to set.
    """
    changed = {}
    if goexperiment:
        experiments = toolchain.sdk.experiments.split(",") + goexperiment.split(",")
        changed["sdk"] = GoSDK(**(structs.to_dict(toolchain.sdk) | {
            "experiments": ",".join([experiment for experiment in experiments if experiment]),
        }))
    if gofips140 != "off":
        _check_fips140(toolchain.sdk, gofips140)
        changed["actions"] = struct(**(structs.to_dict(toolchain.actions) | {
            "link": _link_with_fips140(toolchain.actions.link),
        }))
    if not changed:
        return toolchain
    return platform_common.ToolchainInfo(**(structs.to_dict(toolchain) | changed))

def _check_fips140(sdk, gofips140):
    if gofips140 != "latest":
        fail("""--@go_overlay//toolchains:gofips140={} (or the attribute gofips140): expected off or latest.
Frozen versions of the module are compiled in place of the standard library's own, which rules_go can't do.""".format(gofips140))
    if sdk.version and compare_versions(sdk.version, _FIRST_WITH_FIPS140) < 0:
        fail("gofips140 = \"latest\" needs Go {} or later, but the SDK is Go {}: it would do nothing".format(_FIRST_WITH_FIPS140, sdk.version))

def _link_with_fips140(link):
    """Returns a link action whose programs have FIPS 140 mode on, unless GODEBUG says otherwise when they run.

    The module is in every program; with GOFIPS140=latest, the go command does just this.
    """

    def link_with_fips140(go, gc_linkopts = [], **kwargs):
        return link(go, gc_linkopts = gc_linkopts + ["-X=runtime.godebugDefault=fips140=on"], **kwargs)

    return link_with_fips140
