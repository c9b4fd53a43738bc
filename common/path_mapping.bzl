"""What actions of ours say so that Bazel may map paths, and find what another configuration has made in a cache."""

visibility([
    "//go_overlay/...",
    "//toolchains/...",
    "//tools/...",
])

# Execution requirements of an action whose paths are all in Args.
PATH_MAPPING = {"supports-path-mapping": "1"}
