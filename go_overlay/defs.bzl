"""Overlays of Go packages: the rules that declare them, and their provider."""

load("//go_overlay/private:go_overlay.bzl", _go_overlay = "go_overlay")
load("//go_overlay/private:go_overlay_info.bzl", _GoOverlayInfo = "GoOverlayInfo")
load("//go_overlay/private:go_overlay_set.bzl", _go_overlay_set = "go_overlay_set")

go_overlay = _go_overlay
go_overlay_set = _go_overlay_set
GoOverlayInfo = _GoOverlayInfo
