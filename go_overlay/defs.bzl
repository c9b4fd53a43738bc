"""Overlays of Go packages: the rules that declare, choose and report them, and their provider."""

load("//go_overlay/private/choose:pinned.bzl", _go_overlay_binary = "go_overlay_binary", _go_overlay_test = "go_overlay_test")
load("//go_overlay/private/declare:go_overlay.bzl", _go_overlay = "go_overlay")
load("//go_overlay/private/declare:go_overlay_info.bzl", _GoOverlayInfo = "GoOverlayInfo")
load("//go_overlay/private/declare:go_overlay_set.bzl", _go_overlay_set = "go_overlay_set")
load(
    "//go_overlay/private/report:report.bzl",
    _go_overlay_report = "go_overlay_report",
    _go_overlay_report_aspect = "go_overlay_report_aspect",
    _go_overlay_report_test = "go_overlay_report_test",
)

# Declare.
go_overlay = _go_overlay
go_overlay_set = _go_overlay_set
GoOverlayInfo = _GoOverlayInfo

# Choose, for one target.
go_overlay_binary = _go_overlay_binary
go_overlay_test = _go_overlay_test

# Report.
go_overlay_report = _go_overlay_report
go_overlay_report_aspect = _go_overlay_report_aspect
go_overlay_report_test = _go_overlay_report_test
