"""Attributes of go_overlay that are lists of options of a compiler or a linker; go_library has them, too."""

visibility([
    "//go_overlay/private/compile",
    "//go_overlay/private/std",
])

# Whose options gazelle writes from #cgo lines.
CGO_OPTIONS = [
    "cppopts",
    "copts",
    "cxxopts",
    "clinkopts",
]

OPTIONS = CGO_OPTIONS + ["gc_goopts"]
