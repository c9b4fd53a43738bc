"""The overlays module extension: which set a build uses by default."""

visibility(["//go_overlay/..."])

def _default_set_repo_impl(rctx):
    rctx.file("BUILD.bazel")
    rctx.file(
        "defs.bzl",
        '"The overlay set that is active by default."\n\nDEFAULT_SET = Label({})\n'.format(repr(rctx.attr.set)),
    )

_default_set_repo = repository_rule(
    implementation = _default_set_repo_impl,
    attrs = {
        # A string, so that the repository does not depend on the set's package.
        "set": attr.string(
            doc = "Canonical label of a target with GoOverlayInfo.",
            mandatory = True,
        ),
    },
    doc = "Holds the default of `//go_overlay:active`.",
)

def _overlays_impl(mctx):
    default_set = Label("//go_overlay:none")
    for module in mctx.modules:
        uses = module.tags.use
        if not uses:
            continue
        if not module.is_root:
            fail("""overlays.use in module {name}: only the root module chooses the active set.
Write use_extension(..., dev_dependency = True) in the MODULE.bazel of {name}, \
so that the tag counts only where {name} is the root.""".format(name = module.name))
        if len(uses) > 1:
            fail("overlays.use: one set can be active by default, got {}. Compose them with one go_overlay_set.".format(
                " and ".join([str(tag.set) for tag in uses]),
            ))
        default_set = uses[0].set
    _default_set_repo(
        name = "go_overlay_default",
        set = str(default_set),
    )
    return mctx.extension_metadata(reproducible = True)

_use_tag = tag_class(
    attrs = {
        "set": attr.label(
            doc = "A `go_overlay_set` or `go_overlay` of any repository.",
            mandatory = True,
        ),
    },
    doc = "Makes a set the default of `@go_overlay//go_overlay:active`. Only in the root module, at most once.",
)

overlays = module_extension(
    implementation = _overlays_impl,
    doc = "Chooses the overlays that a build uses by default. Without it there are none.",
    tag_classes = {"use": _use_tag},
)
