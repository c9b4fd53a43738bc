"""Packages of the Go SDK: which of those that overlays change are its, and what becomes of their files."""

load("//common:labels.bzl", "display_label")
load("//go_overlay/private/compile:changes.bzl", "changes_of", "check_changes")
load("//go_overlay/private/declare:options.bzl", "OPTIONS")
load("//go_overlay/private/declare:source_names.bzl", "is_source_name")

visibility([
    "//toolchains/private/goroot",
    "//toolchains/private/toolchain",
])

def by_origin(sdk, packages, all_files = []):
    """Tells packages of the standard library and of Go's tools from all others.

    Args:
      sdk: GoSDK.
      packages: dict, the `packages` field of GoOverlayInfo.
      all_files: list of File, all of the SDK; GoSDK has none of its folder lib.

    Returns:
      A struct of four parts of the dict, std, tools (of the commands of the SDK), lib (folders in that of this
      name, if all_files has them) and others, and of errors, a list of str: what is wrong with overlays of
      the SDK's packages.
    """

    # An import path of another origin has a domain in it, mostly: spares the walk through the SDK.
    candidates = {
        importpath: None
        for importpath, package in packages.items()
        if "." not in importpath.split("/")[0] or package.std
    }
    files = sdk.srcs.to_list() if candidates else []
    folders = _folders(sdk.root_file, _SRC, files, candidates)

    # Packages of other origin may be called so, too.
    in_lib = _folders(sdk.root_file, "", all_files, [importpath for importpath in candidates if importpath.startswith("lib/")])
    std, tools, lib, others, errors = {}, {}, {}, {}, []
    for importpath, package in packages.items():
        if importpath not in candidates:
            others[importpath] = package
            continue
        if in_lib.get(importpath) and not package.std:
            lib[importpath] = package
            continue
        error = _error(sdk, files, importpath, package, bool(folders[importpath]))
        if error:
            errors.append("{}: {}".format(display_label(package.overlays[0].label), error))
        elif not folders[importpath] and not package.std:
            others[importpath] = package
        elif importpath.startswith("cmd/"):
            tools[importpath] = package
        else:
            std[importpath] = package
    return struct(errors = errors, lib = lib, others = others, std = std, tools = tools)

# Packages below cmd that rules_go compiles with the standard library.
_IN_STD_AND_TOOLS = ["cmd/internal/bio", "cmd/internal/cov"]

# Where the packages of an SDK are, relative to its top folder.
_SRC = "src/"

def _folders(root_file, parent, files, importpaths):
    """Returns the files of packages of an SDK: dict from import path to list of File."""
    folders = {importpath: [] for importpath in importpaths}
    if not folders:
        return folders
    prefix = "{}/{}".format(root_file.dirname, parent)
    for file in files:
        if file.path.startswith(prefix):
            importpath = file.dirname[len(prefix):]
            if importpath in folders:
                folders[importpath].append(file)
    return folders

# Folders of the SDK's source of whose names packages of other origin may be, too: binaries that are
# called after their folder. Only what lies deep in folders that Go has, such as cmd/compile/internal, is surely Go's.
_COMMON_NAMES = ["cmd", "internal"]

def _error(sdk, files, importpath, package, is_of_sdk):
    """Returns why a package can't be overlaid, or None."""
    if importpath.startswith("crypto/internal/fips140/v"):
        return """{} is of a frozen version of the FIPS 140-3 module, which is validated as it is, and which go_overlay does not build with.
To change the module that is built, which then is not validated, overlay the package without the version.""".format(importpath)
    if importpath in _IN_STD_AND_TOOLS:
        return "{} is part of Go's tools and of what covered code needs of the standard library; overlays of it are not supported".format(importpath)
    if is_of_sdk or package.std:
        return None
    elements = importpath.split("/")
    first = elements[0]
    known = 3 if first in _COMMON_NAMES else 1
    folder = "{}/{}{}/".format(sdk.root_file.dirname, _SRC, "/".join(elements[:known]))
    if len(elements) <= known or not any([file.path.startswith(folder) for file in files]):
        return None
    if first == "vendor":
        return """Go {} vendors no package {}. Is it misspelled? Where your workspace or a module does, its importpath is without vendor/: write importpath = "{}".
If the standard library is to gain it, write std = True.""".format(sdk.version, importpath, importpath.removeprefix("vendor/"))
    return """Go {} has no package {}. Has it moved, or is it misspelled?
If the standard library is to gain it, write std = True.""".format(sdk.version, importpath)

def sdk_changes(actions, name, sdk, packages, helper, toolchain, all_files = None, build = None):
    """Declares the actions that check overlays of an SDK's packages.

    Args:
      actions: ctx.actions.
      name: str, begins the paths of outputs.
      sdk: GoSDK.
      packages: dict, a part of the `packages` field of GoOverlayInfo.
      helper: FilesToRunProvider of the Go helper.
      toolchain: Label of the toolchain type that the helper runs for, or None.
      all_files: list of File, as for by_origin, if packages is the part lib of what that returns.
      build: struct, as for check_changes.

    Returns:
      A struct of
      files: list of (name relative to the GOROOT, File or None), all files that are not as in the SDK;
      stamps: list of File, inputs of all that uses them;
      evidence: dict from import path to a struct of `overlays` (tuple of Label) and `record` (File).
    """
    parent = _SRC if all_files == None else ""
    wanted = {importpath: None for importpath in packages}
    for importpath, package in packages.items():
        for file in package.files:
            if "/" in file:
                wanted["{}/{}".format(importpath, file.rpartition("/")[0])] = None
    folders = _folders(sdk.root_file, parent, sdk.srcs.to_list() if all_files == None else all_files, wanted)
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
            folder = "{}/{}{}".format(sdk.root_file.dirname, parent, importpath),
            importpath = importpath,
            label = sdk.root_file.owner,
            name = "{}/{}".format(name, importpath),
            of_sdk = True,
            srcs = [file for file in folders[importpath] if is_source_name(file.basename)],
        )
        package_files, changes = changes_of(actions, source, package)
        checked = check_changes(actions, source, package, package_files, changes, helper, toolchain, build)
        files.extend([
            ("{}{}/{}".format(parent, importpath, change.name), change.outcome)
            for change in changes
            # A layer may delete what another one has added.
            if change.original or change.outcome
        ])
        stamps.append(checked.stamp)
        evidence[importpath] = struct(
            overlays = tuple([overlay.label for overlay in package.overlays]),
            record = checked.record,
        )
    return struct(evidence = evidence, files = files, stamps = stamps)

def _check_supported(importpath, package):
    for overlay in package.overlays:
        for attribute in OPTIONS + ["cdeps", "cgo", "delete_opts", "deps", "parts", "x_defs"]:
            if getattr(overlay, attribute):
                fail("{}: {} can't be changed for {}, which is a package of the Go SDK. Leave it out; {}".format(
                    display_label(overlay.label),
                    attribute,
                    importpath,
                    "files of the standard library import each other without it" if attribute == "deps" else "change the source",
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

def add_sdk_folder(args, flag, root_file):
    """Adds a flag and the top folder of an SDK to arguments.

    Args:
      args: Args.
      flag: str.
      root_file: File in that folder.
    """
    args.add_all(flag, [root_file], map_each = _dirname)

def _dirname(file):
    return file.dirname
