"""The repository @go_overlay_default: what the overlays extension decided."""

visibility(["//go_overlay/private/..."])

_BUILD = """
load("@bazel_skylib//:bzl_library.bzl", "bzl_library")
load("{defs}", "go_overlay_set")

package(default_visibility = ["//visibility:public"])

# The sets of several modules together.
go_overlay_set(
    name = "all_modules",
    overlays = {sets},
    tags = ["manual"],
)

bzl_library(
    name = "defs",
    srcs = ["defs.bzl"],
)
"""

_DEFS = '''"What is active by default, and what is demanded of it."

DEFAULT_SET = Label({default})

POLICY = struct(
    allow = {allow},
    deny = {deny},
    require = {require},
)
'''

def _default_set_repo_impl(rctx):
    sets = rctx.attr.sets
    if not sets:
        default = str(Label("//go_overlay:none"))
    elif len(sets) == 1:
        default = sets[0]
    else:
        default = "//:all_modules"
    policy = json.decode(rctx.attr.policy)
    rctx.file("BUILD.bazel", _BUILD.format(
        defs = Label("//go_overlay:defs.bzl"),
        sets = repr(sets if len(sets) > 1 else []),
    ))
    rctx.file("defs.bzl", _DEFS.format(
        allow = repr(policy["allow"]),
        default = repr(default),
        deny = repr(policy["deny"]),
        require = repr(policy["require"]),
    ))

default_set_repo = repository_rule(
    implementation = _default_set_repo_impl,
    attrs = {
        "policy": attr.string(
            doc = "JSON of the lists allow, deny and require of overlays.policy.",
            mandatory = True,
        ),
        # Strings, so that the repository does not depend on the sets' packages.
        "sets": attr.string_list(
            doc = "Canonical labels of the targets with GoOverlayInfo that are active by default.",
        ),
    },
    doc = "Holds the default of `//go_overlay:active`, and the policy.",
)
