"""Applies overlays to the sources of one package."""

load("@bazel_skylib//lib:structs.bzl", "structs")
load("@io_bazel_rules_go//go:def.bzl", "GoInfo")
load(":changes.bzl", "changes_of", "check_changes", "output_path")
load(":labels.bzl", "display_label")
load(":layout.bzl", "laid_out")

visibility(["//go_overlay/private/..."])

_GO_TOOLCHAIN = Label("@io_bazel_rules_go//go:toolchain")

def overlay_package(go, source, package, helper):
    """Applies overlays to a package, and declares the action that checks whether they suit it.

    What a file is replaced by is decided here, and compiled as it is, so that errors point at the
    file that the user edits. Whether it may be, only the contents tell: the helper finds out, applies
    diffs, and fails the compilation, which awaits its stamp, if something does not fit.

    Args:
      go: GoContext.
      source: GoInfo of the package.
      package: struct, value of the `packages` field of GoOverlayInfo.
      helper: FilesToRunProvider of the Go helper.

    Returns:
      GoInfo, and a struct of the Files stamp and record.
    """
    files, changes = changes_of(go.actions, source, package)
    _check_not_sources(source, changes)
    evidence = check_changes(go.actions, source, package, files, changes, helper, _GO_TOOLCHAIN)
    return _overlaid(go, source, package, files, changes), evidence

def _check_not_sources(source, changes):
    for change in changes:
        for overlay in change.overlays:
            file = overlay.steps[change.name].file
            if file and file in source.srcs:
                fail("""{overlay} changes {name} of package {importpath} with {file}, which is itself a source of {target}.
Take {file} out of the srcs of {target}: an overlay file must not be compiled where the overlay is off.""".format(
                    file = file.short_path,
                    importpath = source.importpath,
                    name = change.name,
                    overlay = display_label(overlay.label),
                    target = display_label(source.label),
                ))

def _overlaid(go, source, package, files, changes):
    """Returns the GoInfo of the package with all changes."""
    outcomes = {change.name: change.outcome for change in changes}
    srcs = _replaced(files.sources, outcomes)
    added = [
        change
        for change in changes
        if change.outcome and not change.original and not change.embedded
    ]
    for change in added:
        _insert(srcs, change.name, change.outcome)
    embedsrcs = _replaced(files.embedded, outcomes) + [
        (change.name, change.outcome)
        for change in changes
        if change.outcome and not change.original and change.embedded
    ]

    patched = [change.name for change in changes if change.result]
    srcs, embedsrcs = laid_out(go, source, srcs, embedsrcs, outcomes, patched, output_path(source, "package"))

    # Coverage names its files a second time.
    covered = {file: None for file in source.cover.to_list()}
    names_covered = {name: None for name, file in files.sources if file in covered}
    cover = [
        file
        for name, file in srcs
        if name in names_covered or (covered and file.extension == "go" and name in [change.name for change in added])
    ]

    x_defs = dict(source.x_defs)
    gc_goopts = list(source.gc_goopts)
    deps = list(source.deps)
    imported = {dep.data.importpath: (dep.data.label, source.label) for dep in deps}
    for overlay in package.overlays:
        for dep in overlay.deps:
            # What the package imports already, it imports in its own configuration.
            present, importer = imported.setdefault(dep.data.importpath, (dep.data.label, overlay.label))
            if present != dep.data.label:
                fail("""{overlay} makes {importpath} import {imported} from {label}, but {importer} has it from {present}.
A program can contain only one of them. Let both depend on the same target, or overlay {imported}.""".format(
                    imported = dep.data.importpath,
                    importer = display_label(importer),
                    importpath = source.importpath,
                    label = display_label(dep.data.label),
                    overlay = display_label(overlay.label),
                    present = display_label(present),
                ))
            if importer == overlay.label:
                _check_no_cycle(source, overlay, dep)
                deps.append(dep)
    for overlay in _in_order(package, "gc_goopts"):
        gc_goopts.extend(overlay.gc_goopts)
    for thing in package.order:
        if thing.startswith("x_defs "):
            name = thing.removeprefix("x_defs ")
            for overlay in _in_order(package, thing):
                x_defs[name if "." in name else "{}.{}".format(source.importmap, name)] = overlay.x_defs[name]

    return GoInfo(**(structs.to_dict(source) | {
        "cgo": source.cgo or any([overlay.cgo for overlay in package.overlays]),
        "cover": depset(cover),
        "deps": deps,
        "embedsrcs": [file for _, file in embedsrcs],
        "gc_goopts": gc_goopts,
        "srcs": [file for _, file in srcs],
        "x_defs": x_defs,
    }))

def _check_no_cycle(source, overlay, dep):
    """Fails if a package would import itself, which Bazel does not see, for the configurations differ."""
    for data in dep.transitive.to_list():
        if data.importmap == source.importmap:
            fail("""{overlay} makes {importpath} import {dep}, which imports {importpath}: an import cycle, which Go does not allow.
Take {label} out of deps of {overlay}.""".format(
                dep = dep.data.importpath,
                importpath = source.importpath,
                label = display_label(dep.data.label),
                overlay = display_label(overlay.label),
            ))

def _in_order(package, thing):
    overlays = {overlay.label: overlay for overlay in package.overlays}
    return [overlays[label] for label in package.order.get(thing, ())]

def _replaced(named_files, outcomes):
    """Returns (name, File) pairs with changed files in the place of the package's own."""
    replaced = []
    for name, file in named_files:
        file = outcomes.get(name, file)
        if file:
            replaced.append((name, file))
    return replaced

def _insert(srcs, name, file):
    """Adds a file where the go command would name it to the compiler: variables are initialized in that order."""
    for index, (other, _) in enumerate(srcs):
        if other > name:
            srcs.insert(index, (name, file))
            return
    srcs.append((name, file))
