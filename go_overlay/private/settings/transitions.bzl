"""Transitions of the active set: all that decides which overlays a configuration applies, and which Go."""

load("//common:rules_go_internals.bzl", "GOOS_GOARCH")
load(":depth.bzl", "END", "deeper", "read_depth")

visibility([
    "//go_overlay/private/choose",
    "//go_overlay/private/declare",
    "//go_overlay/private/report",
    "//toolchains/private/toolchain",
])

_ACTIVE = str(Label("//go_overlay:active"))
_ACTIVE_NAME = str(Label("//go_overlay/private/settings:active_name"))
_APPLIED = str(Label("//go_overlay:applied"))
_DEPTH = str(Label("//go_overlay/private/settings:depth"))
_EXEC = str(Label("//go_overlay:exec"))
_GOEXPERIMENT = str(Label("//toolchains:goexperiment"))
_GOFIPS140 = str(Label("//toolchains:gofips140"))
_IS_EXEC = "//command_line_option:is exec configuration"
_NONE = str(Label("//go_overlay:none"))
_PINNED_FROM = str(Label("//go_overlay/private/settings:pinned_from"))
_PLATFORMS = "//command_line_option:platforms"
_SDK_NAME = str(Label("@io_bazel_rules_go//go/toolchain:sdk_name"))
_SDK_VERSION = str(Label("@io_bazel_rules_go//go/toolchain:sdk_version"))

def _none_impl(_settings, _attr):
    return {_ACTIVE: _NONE, _APPLIED: _NONE}

# What an overlay is made of is built without overlays: a generated source may
# need Go programs, whose toolchain needs the active set, which holds this very
# overlay. Resetting the set here is what breaks that cycle.
none_transition = transition(
    implementation = _none_impl,
    inputs = [],
    outputs = [_ACTIVE, _APPLIED],
)

def _leaves_tools_alone(settings):
    """Returns whether a configuration is that of tools, which no overlay is for."""
    return settings[_IS_EXEC] and not settings[_EXEC]

def _set_of(settings):
    """Returns the label of the set that toolchains depend on, as a str.

    What a program depends on is in its runfiles, by the names of repositories (repo_mapping). Tools would be others,
    and all that they make would be made again, if they depended on a set to know that none of it is for them.
    """
    if _leaves_tools_alone(settings) and not settings[_PINNED_FROM]:
        return _NONE
    return str(settings[_ACTIVE])

_SET_SETTINGS = [
    _ACTIVE,
    _EXEC,
    _IS_EXEC,
    _PINNED_FROM,
]

def _applied_impl(settings, _attr):
    return {_ACTIVE: _NONE, _APPLIED: _set_of(settings)}

# From Go toolchains to the active set. Whatever was chosen as the set, it is built without overlays, so
# that it may be something that needs a Go toolchain, and can be told that it is no set.
applied_transition = transition(
    implementation = _applied_impl,
    inputs = _SET_SETTINGS,
    outputs = [_ACTIVE, _APPLIED],
)

def _name_impl(settings, _attr):
    return {_ACTIVE_NAME: _set_of(settings)}

# Tells the label of that set to who must not depend on it.
name_transition = transition(
    implementation = _name_impl,
    inputs = _SET_SETTINGS,
    outputs = [_ACTIVE_NAME],
)

def _deps_impl(settings, _attr):
    depth = deeper(settings[_DEPTH])
    if read_depth(depth) == END:
        return {_ACTIVE: _NONE, _APPLIED: _NONE, _DEPTH: depth}
    applied = str(settings[_APPLIED])

    # Where no toolchain leads here, as when the overlay itself is built, none is applied.
    active = str(settings[_ACTIVE]) if applied == _NONE else applied
    return {_ACTIVE: active, _APPLIED: _NONE, _DEPTH: depth}

# From an overlay to what it makes a package import: a configuration that is one deeper (depth.bzl).
deps_transition = transition(
    implementation = _deps_impl,
    inputs = [_ACTIVE, _APPLIED, _DEPTH],
    outputs = [_ACTIVE, _APPLIED, _DEPTH],
)

def _pin_impl(settings, attr):
    pinned = {
        _ACTIVE: str(settings[_ACTIVE]),
        _GOEXPERIMENT: ",".join(attr.goexperiment) or settings[_GOEXPERIMENT],
        _GOFIPS140: attr.gofips140 or settings[_GOFIPS140],
        _PINNED_FROM: settings[_PINNED_FROM],
        _PLATFORMS: settings[_PLATFORMS],
        # A name that was chosen for the whole build would leave no SDK of this version.
        _SDK_NAME: "" if attr.sdk_version else settings[_SDK_NAME],
        _SDK_VERSION: attr.sdk_version or settings[_SDK_VERSION],
    }
    if attr.overlays and not (_leaves_tools_alone(settings) and not settings[_PINNED_FROM] and str(attr.overlays) == _NONE):
        outer = settings[_PINNED_FROM] or pinned[_ACTIVE]
        pinned[_ACTIVE] = str(attr.overlays)

        # A pin to what is active anyway is no other configuration; in one that leaves tools alone, nothing is active.
        pinned[_PINNED_FROM] = "" if pinned[_ACTIVE] == outer and not _leaves_tools_alone(settings) else outer
    if (attr.goos, attr.goarch) in GOOS_GOARCH:
        pinned[_PLATFORMS] = [str(Label("@io_bazel_rules_go//go/toolchain:{}_{}".format(attr.goos, attr.goarch)))]
    return pinned

_PIN_SETTINGS = [
    _ACTIVE,
    _GOEXPERIMENT,
    _GOFIPS140,
    _PINNED_FROM,
    _PLATFORMS,
    _SDK_NAME,
    _SDK_VERSION,
]

# From go_overlay_binary and go_overlay_test to their target. Remembers what was
# active, so that the way back is known.
pin_transition = transition(
    implementation = _pin_impl,
    inputs = _PIN_SETTINGS + [_EXEC, _IS_EXEC],
    outputs = _PIN_SETTINGS,
)

def _shared_impl(settings, _attr):
    around = settings[_PINNED_FROM]
    if not around:
        around = _NONE if settings[_DEPTH] else str(settings[_ACTIVE])
    return {
        _ACTIVE: around,
        _DEPTH: "",
        _GOFIPS140: "off",
        _PINNED_FROM: "",
    }

# To the configuration whose builder and standard library others share: from a
# pinned target, that around it; from deps of overlays, that without overlays. What
# gofips140 changes is the link alone.
shared_transition = transition(
    implementation = _shared_impl,
    inputs = [_ACTIVE, _DEPTH, _PINNED_FROM],
    outputs = [_ACTIVE, _DEPTH, _GOFIPS140, _PINNED_FROM],
)
