"""Provider of overlays: what an overlay set changes, package by package."""

visibility([
    "//go_overlay/...",
    "//tests/...",
    "//toolchains/...",
])

GoOverlayInfo = provider(
    doc = "Changes to Go packages, declared by `go_overlay` or composed by `go_overlay_set`.",
    fields = {
        "packages": """`dict[str, dict[str, struct]]`: for each import path the replaced
files, by their name in the package. Each is a struct of

* `file` (`File`): what is compiled instead of the package's file,
* `overlay` (`Label`): the `go_overlay` that declares it.

Empty where nothing is changed; a package in it has at least one file.""",
    },
)
