"""Go's own settings of a build: GOEXPERIMENT and GOFIPS140."""

load("@io_bazel_rules_go//go:def.bzl", "GoSDK")
load("//common:copies.bzl", "with_fields")
load("//common:go_versions.bzl", "compare_versions")
load("//common:labels.bzl", "display_label")

visibility("private")

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
        changed["sdk"] = with_fields(
            GoSDK,
            toolchain.sdk,
            experiments = ",".join([experiment for experiment in experiments if experiment]),
        )
    if gofips140 != "off":
        _check_fips140(changed.get("sdk", toolchain.sdk), gofips140)
        changed["actions"] = with_fields(
            struct,
            toolchain.actions,
            link = _link_with_fips140(toolchain.actions.link),
        )
    if not changed:
        return toolchain
    return with_fields(platform_common.ToolchainInfo, toolchain, **changed)

def _check_fips140(sdk, gofips140):
    if gofips140 != "latest":
        fail("""--@go_overlay//toolchains:gofips140={} (or the attribute gofips140): expected off or latest.
Frozen versions of the module are compiled in place of the standard library's own, which rules_go can't do.""".format(gofips140))
    if sdk.version and compare_versions(sdk.version, _FIRST_WITH_FIPS140) < 0:
        fail("gofips140 = \"latest\" needs Go {} or later, but the SDK is Go {}: it would do nothing".format(_FIRST_WITH_FIPS140, sdk.version))

    if "boringcrypto" in sdk.experiments.split(","):
        fail("gofips140 = \"latest\" and the experiment boringcrypto exclude each other; choose one of them")

_DEFAULT = "runtime.godebugDefault"

def _link_with_fips140(link):
    """Returns a link action whose programs have FIPS 140 mode on, unless GODEBUG says otherwise when they run.

    The module is in every program. With GOFIPS140=latest, the go command sets the same variable; it notes
    that in the build information, too, which rules_go writes itself.
    """

    def link_with_fips140(go, archive = None, gc_linkopts = [], **kwargs):
        if "purego" in go.mode.tags:
            fail("{}: gofips140 = \"latest\" and the build tag purego exclude each other, as with the go command".format(display_label(go.label)))
        if _DEFAULT in archive.x_defs or [option for option in gc_linkopts if _DEFAULT in option]:
            fail("{}: gofips140 = \"latest\" sets {}, which the target sets itself; put fips140=on there instead".format(display_label(go.label), _DEFAULT))
        return link(go, archive = archive, gc_linkopts = gc_linkopts + ["-X={}=fips140=on".format(_DEFAULT)], **kwargs)

    return link_with_fips140
