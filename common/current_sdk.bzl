"""The Go SDK that the configuration chose, for rules that check it."""

visibility([
    "//go_overlay/...",
    "//toolchains/...",
])

CurrentSdkInfo = provider(
    doc = "What the Go toolchain of a configuration is.",
    fields = {
        "applies_overlays": "`bool`: whether it is one of `@go_overlay_toolchains`.",
        "version": "`str`: its Go version; empty if it does not say.",
    },
)

# A field of the toolchains that apply overlays.
MARK = "_go_overlay"

_GO_TOOLCHAIN = Label("@io_bazel_rules_go//go:toolchain")

def _current_sdk_impl(ctx):
    toolchain = ctx.toolchains[_GO_TOOLCHAIN]
    return [CurrentSdkInfo(
        applies_overlays = toolchain == None or hasattr(toolchain, MARK),
        version = toolchain.sdk.version if toolchain else "",
    )]

current_sdk = rule(
    implementation = _current_sdk_impl,
    doc = "Tells which Go SDK the configuration chose.",
    provides = [CurrentSdkInfo],
    # Where there is none, the target that needs it says so.
    toolchains = [config_common.toolchain_type(_GO_TOOLCHAIN, mandatory = False)],
)
