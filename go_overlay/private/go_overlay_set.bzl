"""The go_overlay_set rule: composes overlays."""

load(":go_overlay_info.bzl", "GoOverlayInfo")

visibility(["//go_overlay/..."])

def _conflict_message(set_label, importpath, name, first, second):
    return """{set}: two overlays replace {name} of package {importpath}:
  {first} with {first_file}
  {second} with {second_file}
Only one of them can be compiled. Remove one from {set}, or merge the two files into one overlay.""".format(
        first = first.overlay,
        first_file = first.file.short_path,
        importpath = importpath,
        name = name,
        second = second.overlay,
        second_file = second.file.short_path,
        set = set_label,
    )

def _go_overlay_set_impl(ctx):
    packages = {}
    for target in ctx.attr.overlays:
        for importpath, files in target[GoOverlayInfo].packages.items():
            merged = packages.setdefault(importpath, {})
            for name, replacement in files.items():
                # An overlay may be reached through several sets.
                present = merged.setdefault(name, replacement)
                if present.overlay != replacement.overlay:
                    fail(_conflict_message(ctx.label, importpath, name, present, replacement))
    return [GoOverlayInfo(packages = packages)]

go_overlay_set = rule(
    implementation = _go_overlay_set_impl,
    attrs = {
        "overlays": attr.label_list(
            doc = """`go_overlay` and `go_overlay_set` targets. Two overlays may change
different files of one package; two that replace the same file are an error that names both.""",
            providers = [GoOverlayInfo],
        ),
    },
    doc = """Composes overlays into one set, which a build chooses by
`overlays.use(set = …)` in `MODULE.bazel` or by `--@go_overlay//go_overlay:active=<label>`.

A set that is chosen so should be visible to `@go_overlay//go_overlay:__pkg__`, the package of the
flag. Bazel 7.7 does not insist on it.""",
    provides = [GoOverlayInfo],
)
