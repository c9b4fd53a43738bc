"""The go_overlay_set rule: composes overlays."""

load(":compose.bzl", "compose")
load(":go_overlay_info.bzl", "GoOverlayInfo")

visibility(["//go_overlay"])

def _go_overlay_set_impl(ctx):
    return [GoOverlayInfo(packages = compose(
        ctx.label,
        sets = [target[GoOverlayInfo] for target in ctx.attr.overlays],
        layers = [target[GoOverlayInfo] for target in ctx.attr.layers],
    ))]

go_overlay_set = rule(
    implementation = _go_overlay_set_impl,
    attrs = {
        "layers": attr.label_list(
            doc = """`go_overlay` and `go_overlay_set` targets, each applied on top of those before
it and of `overlays`: what it changes is what they leave. A diff applies to the file that a lower
layer puts in place; a replacement takes its place. `base` and "now identical to upstream" speak of
what lies beneath.""",
            providers = [GoOverlayInfo],
        ),
        "overlays": attr.label_list(
            doc = """`go_overlay` and `go_overlay_set` targets, in no order. Two overlays may change
different files of one package; two that change the same file are an error that names both.""",
            providers = [GoOverlayInfo],
        ),
    },
    doc = """Composes overlays into one set, which a build chooses by
`overlays.use(set = …)` in `MODULE.bazel`, by `--@go_overlay//go_overlay:active=<label>`, or for one
target by `go_overlay_binary` and `go_overlay_test`.

A set that is chosen so should be visible to `@go_overlay//go_overlay:__pkg__`, the package of the
flag. Bazel 7.7 does not insist on it.""",
    provides = [GoOverlayInfo],
)
