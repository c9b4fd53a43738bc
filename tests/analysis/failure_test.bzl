"""A test that a target fails to be analyzed, with a message that helps."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")

visibility(["//tests/analysis/..."])

_ATTRS = {
    "expected": attr.string_list(
        doc = "Strings that the message has to contain.",
        mandatory = True,
    ),
}

def _failure_test_impl(ctx):
    env = analysistest.begin(ctx)
    for expected in ctx.attr.expected:
        asserts.expect_failure(env, expected)
    return analysistest.end(env)

failure_test = analysistest.make(
    _failure_test_impl,
    attrs = _ATTRS,
    expect_failure = True,
)

def failure_test_with_active(active):
    """Returns a failure_test whose target is built with an active set.

    Args:
      active: str, label of the set.
    """
    return failure_test_with({str(Label("//go_overlay:active")): str(Label(active))})

def failure_test_with(settings):
    """Returns a failure_test whose target is built with settings.

    Args:
      settings: dict from labels of build settings, as strings, to their values.
    """
    return analysistest.make(
        _failure_test_impl,
        attrs = _ATTRS,
        config_settings = settings,
        expect_failure = True,
    )
