"""The toolchain type of those toolchains of rules_go that ours wrap."""

visibility([
    "//toolchains/...",
    "//tools/...",
])

# @go_overlay_toolchains registers them under it.
BASE_TOOLCHAIN_TYPE = Label("//toolchains:base_toolchain_type")
