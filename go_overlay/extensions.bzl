"""Module extension that chooses the overlays that a build uses by default."""

load("//go_overlay/private/choose:overlays_extension.bzl", _overlays = "overlays")

overlays = _overlays
