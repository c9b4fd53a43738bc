"""Packages of the Go SDK: which of those that overlays change are its, and what becomes of their files."""

load(":changes.bzl", "changes_of", "check_changes")
load(":labels.bzl", "display_label")
load(":source_names.bzl", "is_source_name")

visibility([
    "//go_overlay/private/...",
    "//tests/...",
    "//toolchains/private/...",
])

def by_origin(sdk, packages):
    """Tells packages of the standard library and of Go's tools from all others.

    Args:
      sdk: GoSDK.
      packages: dict, the `packages` field of GoOverlayInfo.

    Returns:
      A struct of three parts of the dict: std; tools, of the commands of the SDK; others.
    """

    # An import path of another origin has a domain in it, mostly: spares the walk through the SDK.
    candidates = {
        importpath: None
        for importpath, package in packages.items()
        if "." not in importpath.split("/")[0] or _is_declared_std(package)
    }
    folders = _folders(sdk.root_file, sdk.srcs.to_list(), candidates) if candidates else {}
    std, tools, others = {}, {}, {}
    for importpath, package in packages.items():
        if importpath not in candidates:
            others[importpath] = package
            continue
        _check_not_frozen(importpath, package)
        if not folders[importpath] and not _is_declared_std(package):
            others[importpath] = package
        elif importpath.startswith("cmd/") and importpath not in _TOOLS_IN_STD:
            tools[importpath] = package
        else:
            std[importpath] = package
    return struct(others = others, std = std, tools = tools)

# Packages below cmd that rules_go compiles with the standard library, for code that is covered.
_TOOLS_IN_STD = ["cmd/internal/bio", "cmd/internal/cov", "cmd/internal/goobj"]

def _is_declared_std(package):
    return any([overlay.std for overlay in package.overlays])

def _folders(root_file, files, importpaths):
    """Returns the files of packages of an SDK: dict from import path to list of File."""
    folders = {importpath: [] for importpath in importpaths}
    prefix = root_file.dirname + "/src/"
    for file in files:
        if file.path.startswith(prefix):
            importpath = file.dirname[len(prefix):]
            if importpath in folders:
                folders[importpath].append(file)
    return folders

def _check_not_frozen(importpath, package):
    if importpath.startswith("crypto/internal/fips140/v"):
        fail("""{}: {} is of a frozen version of the FIPS 140-3 module, which is validated as it is, and which go_overlay does not build with.
To change the module that is built, which then is not validated, overlay the package without the version.""".format(
            display_label(package.overlays[0].label),
            importpath,
        ))

def sdk_changes(actions, name, sdk, packages, helper, toolchain):
    """Declares the actions that check overlays of an SDK's packages.

    Args:
      actions: ctx.actions.
      name: str, begins the paths of outputs.
      sdk: struct of the Files `root_file` and `files` (list), and the Label `label` of the SDK.
      packages: dict, a part of the `packages` field of GoOverlayInfo.
      helper: FilesToRunProvider of the Go helper.
      toolchain: Label of the toolchain type that the helper runs for, or None.

    Returns:
      A struct of
      files: list of (name relative to the GOROOT, File or None), all files that are not as in the SDK;
      stamps: list of File, inputs of all that uses them;
      evidence: dict from import path to a struct of `overlays` (tuple of Label) and `record` (File).
    """
    wanted = {importpath: None for importpath in packages}
    for importpath, package in packages.items():
        for file in package.order:
            if "/" in file:
                wanted["{}/{}".format(importpath, file.rpartition("/")[0])] = None
    folders = _folders(sdk.root_file, sdk.files, wanted)
    files, stamps, evidence = [], [], {}
    for importpath, package in packages.items():
        _check_supported(importpath, package)
        embedded = [
            file
            for folder in wanted
            if folder.startswith(importpath + "/")
            for file in folders[folder]
        ]
        source = struct(
            embedsrcs = [file for file in folders[importpath] if not is_source_name(file.basename)] + embedded,
            importpath = importpath,
            label = sdk.label,
            name = "{}/{}".format(name, importpath),
            of_sdk = True,
            srcs = [file for file in folders[importpath] if is_source_name(file.basename)],
        )
        package_files, changes = changes_of(actions, source, package)
        checked = check_changes(actions, source, package, package_files, changes, helper, toolchain)
        files.extend([("src/{}/{}".format(importpath, change.name), change.outcome) for change in changes])
        stamps.append(checked.stamp)
        evidence[importpath] = struct(
            overlays = tuple([overlay.label for overlay in package.overlays]),
            record = checked.record,
        )
    return struct(evidence = evidence, files = files, stamps = stamps)

def _check_supported(importpath, package):
    for overlay in package.overlays:
        for attribute in ["cgo", "deps", "gc_goopts", "parts", "x_defs"]:
            if getattr(overlay, attribute):
                fail("{}: {} can't be changed for {}, which is a package of the Go SDK; its files can".format(
                    display_label(overlay.label),
                    attribute,
                    importpath,
                ))

def add_changes(args, changes):
    """Adds changed files of an SDK to the arguments of the Go helper.

    Args:
      args: Args.
      changes: list, the field `files` of what sdk_changes returned.

    Returns:
      list of File: inputs of the action.
    """
    inputs = []
    for name, file in changes:
        if file:
            args.add(file, format = "-overlay={}=%s".format(name.replace("%", "%%")))
            inputs.append(file)
        else:
            args.add("-delete", name)
    return inputs
