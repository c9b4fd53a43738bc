"""Provider of overlays: what an overlay set changes, package by package."""

visibility([
    "//go_overlay",
    "//go_overlay/private/choose",
    "//go_overlay/private/report",
    "//toolchains/private/goroot",
    "//toolchains/private/toolchain",
])

GoOverlayInfo = provider(
    doc = "Changes to Go packages, declared by `go_overlay` or composed by `go_overlay_set`.",
    fields = {
        "packages": """`dict[str, struct]`: for each import path a struct of

* `overlays` (`tuple[struct]`): the overlays that change the package, each once,
* `files` (`dict[str, tuple[Label]]`): for each changed file, by its name in the package, the overlays that
  change it, the lowest layer first,
* `options` (`dict[str, tuple[Label]]`): the same for each of `gc_goopts`, `cppopts`, `copts`, `cxxopts` and `clinkopts`
  that is changed, and `x_defs` (`dict[str, tuple[Label]]`), by the name of the variable,
* `std` (`bool`): whether one that changes the package, or that was left out here, says that it is of the
  standard library,
* `claims` (`tuple[struct]`), in what a toolchain applies: who has the diffs of these overlays, too (`claims.bzl`).

An overlay is a struct of

* `label` (`Label`): the `go_overlay` that declares it,
* `steps` (`dict[str, struct]`): for each changed file `kind` (`str`: `replace`, `add`, `delete`,
  `embed` or `patch`), `file` (`File` or None: the new content), and `patches`
  (`tuple[struct]` of `file` (`File`) and `files` (`tuple[str]`), in order of application),
* `unnamed_patches` (`tuple[struct]`): more of `patches`, of which `files` is empty: the build is to fail, and
  to tell what it has to be,
* `base` (`dict[str, tuple[str]]`): for each changed file whose base is pinned, the digests of the
  accepted ones, and `base_srcs` (`dict[str, File]`): the copies of bases that are kept,
* `deps` (`tuple[GoArchive]`), `gc_goopts` (`tuple[str]`), `x_defs` (`dict[str, str]`), `cgo` (`bool`),
  `cdeps` (`tuple[Target]`, with CcInfo), `cppopts`, `copts`, `cxxopts`, `clinkopts` (`tuple[str]`):
  what is added to the package's attributes of these names; `delete_opts` (`tuple[str]`): what is taken from the
  last four; `deps_end` (`bool`): whether `deps` are left
  out, as this is built for deps of deps of overlays,
* `patch_strip`, `patch_fuzz` (`int`), `exec` (`bool`), `parts`, `patch_exclude` (`tuple[str]`), and
  `base_version`, `reason`, `upstream`, `expires` (`str`), as in the attributes of these names.

Empty where nothing is changed.""",
    },
)
