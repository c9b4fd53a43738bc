"""Copies of structs, and of what providers give."""

load("@bazel_skylib//lib:structs.bzl", "structs")

visibility([
    "//go_overlay/...",
    "//toolchains/...",
])

def with_fields(new, original, **fields):
    """Returns a copy in which some fields are others.

    Fields that nobody here knows are copied, so that versions of rules_go which have more of them work.

    Args:
      new: struct, or the provider that the original is of.
      original: what is copied.
      **fields: what the copy has instead, or in addition.

    Returns:
      What new makes.
    """
    return new(**(structs.to_dict(original) | fields))
