"""Tells editors of the packages that overlays make others import."""

load("@io_bazel_rules_go//go/tools/gopackagesdriver:aspect.bzl", driver_path = "file_path")
load("//common:copies.bzl", "with_fields")
load("//common:rules_go_internals.bzl", "GoStdLib")
load("//go_overlay/private/settings:depth.bzl", "END")
load(":archives.bzl", "depth_of", "lacks_overlays")

visibility("private")

# gopackagesdriver reads all files that end so.
_LIST = "go_overlay_deps.pkg.json"

def with_listed_deps(go, stdlib, packages):
    """Returns what rules_go's stdlib rule provides, with a list of packages that overlays' deps reach.

    rules_go's aspect finds packages by the attributes of targets, and deps of overlays are none of
    these. It hands on what the standard library has for the driver, whatever that is.

    Args:
      go: GoContext of the rule.
      stdlib: list of providers.
      packages: dict, the `packages` field of GoOverlayInfo.

    Returns:
      list of providers.
    """
    listed = _reached(packages).values()
    importpaths = {data.label: data.importpath for data in listed}
    list_file = go.actions.declare_file("{}_/{}".format(go.label.name, _LIST))
    go.actions.write(list_file, "".join([json.encode(_flat_package(data, importpaths)) + "\n" for data in listed]))
    generated = [file for data in listed for file in data.srcs if not file.is_source]
    return [
        with_fields(
            GoStdLib,
            provider,
            # Providers may be those of another configuration, which has a list of its own.
            cache_dir = depset([list_file] + generated + [
                file
                for file in provider.cache_dir.to_list()
                if file.basename != _LIST
            ]),
        ) if hasattr(provider, "cache_dir") else provider
        for provider in stdlib
    ]

def _reached(packages):
    """Returns dict from Label to GoArchiveData: of each target the copy of the least depth.

    Where overlays end, what they would change is left out: it is not what a program has.
    """
    reached = {}
    for package in packages.values():
        for overlay in package.overlays:
            for data in depset(transitive = [dep.transitive for dep in overlay.deps]).to_list():
                depth = depth_of(data)
                if lacks_overlays(data) or (depth == END and data.importpath in packages):
                    continue
                present = reached.get(data.label)
                if not present or depth < depth_of(present):
                    reached[data.label] = data
    return reached

def _flat_package(data, importpaths):
    go_files = [driver_path(file) for file in data.srcs if file.extension == "go"]
    return struct(
        ID = str(data.label),
        PkgPath = data.importpath,
        GoFiles = go_files,
        CompiledGoFiles = go_files,
        OtherFiles = [driver_path(file) for file in data.srcs if file.extension != "go"],
        Imports = {importpaths[label]: str(label) for label in data._dep_labels if label in importpaths},
    )
