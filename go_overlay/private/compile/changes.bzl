"""What overlays make of the files of one package, and the action that checks whether they may."""

load("//common:path_mapping.bzl", "PATH_MAPPING")
load("//go_overlay/private/declare:options.bzl", "OPTIONS")
load("//go_overlay/private/declare:source_names.bzl", "is_source_name")
load(":evidence.bzl", "RECORD", "STAMP")
load(":package_files.bzl", "check_name", "package_files")

visibility(["//go_overlay/private/std"])

def changes_of(actions, source, package):
    """Says what becomes of the files that overlays change.

    Args:
      actions: ctx.actions.
      source: GoInfo of the package; or, of a package of an SDK, a struct of the fields `name` (str, begins
        the paths of outputs), `importpath`, `label`, `srcs` and `embedsrcs`, of `folder` (str, where they
        are), and `of_sdk`, which is True.
      package: struct, value of the `packages` field of GoOverlayInfo.

    Returns:
      What package_files returns of the source, and a list of structs, one for each changed file:
      `name` (str), `original` and `outcome` (File or None: before, and after all overlays), `result`
      (File or None: the outcome if check_changes writes it), `embedded` (bool: whether Go embeds the file,
      and does not compile it), `overlays` (list of the structs of GoOverlayInfo, lowest layer first).
    """
    files = package_files(source)
    overlays = {overlay.label: overlay for overlay in package.overlays}
    return files, [
        _change(actions, source, files, name, [overlays[label] for label in labels])
        for name, labels in package.files.items()
    ]

def output_path(source, name):
    """Returns the path of an output, relative to the folder of the target's outputs."""
    return "{}_overlay/{}".format(source.name, name)

def _change(actions, source, files, name, overlays):
    """Returns what becomes of one file."""
    check_name(source, files, name, overlays)
    original = files.by_name.get(name)
    outcome = original
    patched = False
    for overlay in overlays:
        step = overlay.steps[name]
        patched = step.kind == "patch"
        outcome = step.file
    result = None
    if patched:
        # Where the whole package is laid out, its folder holds a link of the file's name.
        result = actions.declare_file(output_path(source, "patched/" + name))
        outcome = result
    return struct(
        embedded = not is_source_name(name) or any([overlay.steps[name].kind == "embed" for overlay in overlays]),
        name = name,
        original = original,
        outcome = outcome,
        overlays = overlays,
        result = result,
    )

def check_changes(actions, source, package, files, changes, helper, toolchain, build = None, cgo_options = None):
    """Declares the action that checks the changes and applies diffs.

    Args:
      actions: ctx.actions.
      source: struct, as for changes_of.
      package: struct, as for changes_of.
      files: struct, what changes_of returned.
      changes: list of structs, what changes_of returned.
      helper: FilesToRunProvider of the Go helper.
      toolchain: Label of the toolchain type that the helper runs for, or None.
      build: struct, what build_config returned, or None if it is not known how the package is compiled.
      cgo_options: dict, what cgo_options returned, or None for a package without cgo.

    Returns:
      A struct of the Files stamp and record.
    """
    stamp = actions.declare_file(output_path(source, STAMP))
    record = actions.declare_file(output_path(source, RECORD))
    manifest = actions.declare_file(output_path(source, "manifest.json"))

    # The manifest refers to files by their index among the arguments, for Bazel can map the paths
    # of those, and not of what is written into a file.
    arguments = []
    inputs = []

    def output_index(file):
        if not file:
            return None
        arguments.append(file)
        return len(arguments) - 1

    def input_index(file):
        if file:
            inputs.append(file)
        return output_index(file)

    indices = {overlay.label: index for index, overlay in enumerate(package.overlays)}
    unchanged = _unchanged_go_files(files, changes) if not getattr(source, "of_sdk", False) else None
    content = {
        "build": build.manifest if build else None,
        "changes": [{
            "embedded": change.embedded,
            "name": change.name,
            "original": input_index(change.original),
            "result": output_index(change.result),
            "steps": [_step(change.name, overlay, indices[overlay.label], input_index) for overlay in change.overlays],
        } for change in changes],
        "cgo_options": cgo_options,
        "claims": [_claim(claim, input_index) for claim in package.claims],
        "deps": _importpaths(source, package) if unchanged != None else [],
        "go_files": [{"file": input_index(file), "name": name} for name, file in unchanged] if unchanged != None else None,
        "importpath": source.importpath,
        "names": sorted(files.by_name),
        "overlays": [{
            "base_version": overlay.base_version,
            "cdeps": [str(dep.label) for dep in overlay.cdeps],
            "cgo": overlay.cgo,
            "delete_opts": overlay.delete_opts,
            "deps": [str(dep.data.label) for dep in overlay.deps],
            "expires": overlay.expires,
            "label": str(overlay.label),
            "reason": overlay.reason,
            "upstream": overlay.upstream,
            "x_defs": overlay.x_defs,
        } | {attribute: getattr(overlay, attribute) for attribute in OPTIONS} for overlay in package.overlays],
        "record": output_index(record),
        "sdk": getattr(source, "of_sdk", False),
        "stamp": output_index(stamp),
        "target": str(source.label),
        "unnamed": [
            {
                "exclude": overlay.patch_exclude,
                "file": input_index(patch.file),
                "overlay": indices[overlay.label],
                "strip": overlay.patch_strip,
            }
            for overlay in package.overlays
            for patch in overlay.unnamed_patches
        ],
    }
    actions.write(manifest, json.encode(content))

    args = actions.args()
    args.use_param_file("@%s")
    args.set_param_file_format("multiline")

    # A file that is called @file is no file of arguments.
    args.add_all(arguments, expand_directories = False, format_each = "./%s", uniquify = False)
    actions.run(
        arguments = ["apply", actions.args().add(manifest), args],
        env = build.env if build else {},
        executable = helper,
        execution_requirements = PATH_MAPPING,
        inputs = inputs + [manifest],
        mnemonic = "GoOverlay",
        outputs = [stamp, record] + [change.result for change in changes if change.result],
        progress_message = "Overlaying %{label}",
        toolchain = toolchain,
    )
    return struct(record = record, stamp = stamp)

def _claim(claim, input_index):
    return {
        "absent": claim.absent,
        "delete": claim.delete,
        "diff": input_index(claim.diff),
        "exclude": claim.exclude,
        "files": claim.files,
        "importpath": claim.importpath,
        "overlay": str(claim.overlay),
        "strip": claim.strip,
    }

def _unchanged_go_files(files, changes):
    """Returns (name, File) of the Go files of a package that no overlay changes."""
    changed = {change.name: None for change in changes}
    return [(name, file) for name, file in files.sources if file.extension == "go" and name not in changed]

def _importpaths(source, package):
    """Returns what a package may import, but for the standard library."""
    importpaths = {}
    for dep in source.deps + [dep for overlay in package.overlays for dep in overlay.deps]:
        for importpath in [dep.data.importpath, dep.data.importmap] + list(dep.data.importpath_aliases):
            importpaths[importpath] = None
    return sorted(importpaths)

def _step(name, overlay, overlay_index, input_index):
    step = overlay.steps[name]
    return {
        "base": overlay.base.get(name, ()),
        "base_file": input_index(overlay.base_srcs.get(name)),
        "exclude": overlay.patch_exclude,
        "file": input_index(step.file),
        "fuzz": overlay.patch_fuzz,
        "kind": step.kind,
        "overlay": overlay_index,
        "patches": [{"file": input_index(patch.file), "files": patch.files} for patch in step.patches],
        "strip": overlay.patch_strip,
    }
