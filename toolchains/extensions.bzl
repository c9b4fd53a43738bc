"""Module extension that declares Go toolchains which apply overlays."""

load("//toolchains/private/sdk:go_toolchains_extension.bzl", _go_toolchains = "go_toolchains")

go_toolchains = _go_toolchains
