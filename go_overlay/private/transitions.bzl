"""Transition to the empty overlay set."""

visibility(["//go_overlay/private/..."])

_ACTIVE = str(Label("//go_overlay:active"))
_NONE = str(Label("//go_overlay:none"))

def _none_transition_impl(_settings, _attr):
    return {_ACTIVE: _NONE}

# What an overlay depends on is built without overlays: a generated source may
# need Go programs, whose toolchain needs the active set, which holds this very
# overlay. Resetting the set here is what breaks that cycle.
none_transition = transition(
    implementation = _none_transition_impl,
    inputs = [],
    outputs = [_ACTIVE],
)
