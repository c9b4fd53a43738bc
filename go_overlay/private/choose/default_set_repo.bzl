"""The repository @go_overlay_default: what the overlays extension decided."""

visibility("private")

_BUILD = """
load("@bazel_skylib//:bzl_library.bzl", "bzl_library")

bzl_library(
    name = "defs",
    srcs = ["defs.bzl"],
    visibility = ["//visibility:public"],
)
"""

_DEFS = '''"What is active by default, and what is demanded of it."

DEFAULT_SET = Label({default})

# Whether tools are built with overlays that are for them.
EXEC = {exec}

# The sets of several modules, where there are several.
SETS = [Label(label) for label in {sets}]

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
        default = str(Label("//go_overlay:all_modules"))
    policy = json.decode(rctx.attr.policy)
    rctx.file("BUILD.bazel", _BUILD)
    rctx.file("defs.bzl", _DEFS.format(
        allow = repr(policy["allow"]),
        default = repr(default),
        deny = repr(policy["deny"]),
        exec = rctx.attr.exec,
        require = repr(policy["require"]),
        sets = repr(sets if len(sets) > 1 else []),
    ))

default_set_repo = repository_rule(
    implementation = _default_set_repo_impl,
    attrs = {
        "exec": attr.bool(
            doc = "The default of `//go_overlay:exec`.",
        ),
        "policy": attr.string(
            doc = "JSON of the lists allow, deny and require of overlays.policy.",
            mandatory = True,
        ),
        # Strings, so that the repository does not depend on the sets' packages.
        "sets": attr.string_list(
            doc = "Canonical labels of the targets with GoOverlayInfo that are active by default.",
        ),
    },
    doc = "Holds the defaults of `//go_overlay:active` and `//go_overlay:exec`, and the policy.",
)
