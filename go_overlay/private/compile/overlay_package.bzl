"""Applies overlays to the sources of one package."""

load("@bazel_skylib//lib:paths.bzl", "paths")
load("@io_bazel_rules_go//go:def.bzl", "GoInfo")
load("//common:copies.bzl", "with_fields")
load("//common:labels.bzl", "display_label")
load(":build_config.bzl", "build_config")
load(":cgo_options.bzl", "cgo_options", "with_cgo_options")
load(":changes.bzl", "changes_of", "check_changes", "output_path")
load(":evidence.bzl", "evidence")
load(":layout.bzl", "headers_of_deps", "including", "is_header_name", "laid_out")
load(":package_files.bzl", "place_of")

visibility("private")

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
      GoInfo, and the evidence, as evidence() makes it.
    """
    files, changes = changes_of(go.actions, source, package)
    _check_not_sources(source, changes)
    options = with_cgo_options(source, package)
    checked = check_changes(
        go.actions,
        source,
        package,
        files,
        changes,
        helper,
        _GO_TOOLCHAIN,
        build = build_config(go),
        cgo_options = None if go.mode.pure or not options["cgo"] else cgo_options(options),
    )
    overlaid, headers = _overlaid(go, source, package, files, changes, options)
    return overlaid, evidence(
        checked.stamp,
        checked.record,
        changed_headers = headers.changed,
        headers = headers.own,
        inputs = headers.inputs,
    )

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

def _overlaid(go, source, package, files, changes, cgo_options):
    """Returns the GoInfo of the package with all changes, and a struct of its headers.

    These are changed, own and inputs: changed_headers, headers and inputs of the evidence.
    """
    outcomes = {change.name: change.outcome for change in changes}
    home = _home(go, source)
    srcs = _replaced(files.sources, outcomes)
    added = [
        change
        for change in changes
        if change.outcome and not change.original and not change.embedded
    ]
    for change in added:
        _insert(srcs, change.name, change.outcome, home)
    embedsrcs = _replaced(files.embedded, outcomes) + [
        _located(change.name, change.outcome, paths.join(home, change.name))
        for change in changes
        if change.outcome and not change.original and change.embedded
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
    for overlay in _overlays_of(package, package.options.get("gc_goopts", ())):
        gc_goopts.extend(overlay.gc_goopts)
    for name, labels in package.x_defs.items():
        # To the linker, a package is called by its importmap.
        variable = "{}.{}".format(source.importmap, name)
        for overlay in _overlays_of(package, labels):
            x_defs[variable] = overlay.x_defs[name]

    headers = [src.file for src in srcs if is_header_name(src.file.basename)]
    changed_headers = tuple([
        struct(
            file = change.outcome,
            original = change.original,
            place = place_of(change.original) if change.original else paths.join(home, change.name),
        )
        for change in changes
        if not change.embedded and is_header_name(change.name)
    ])

    with_overlays = cgo_options | {"deps": deps}
    patched = [change.name for change in changes if change.result]
    names = [src.name for src in srcs]

    # What an overlay adds may be the first file that includes, or a dependency with headers.
    includer = with_fields(GoInfo, source, srcs = [src.file for src in srcs], **with_overlays)
    layout = laid_out(go, source, includer, srcs, embedsrcs, outcomes, patched, output_path(source, "package"), headers_of_deps(includer))

    # Coverage names its files a second time.
    covered = {file: None for file in source.cover.to_list()}
    names_covered = {name: None for name, file in files.sources if file in covered}
    cover = [
        file
        for name, file in zip(names, layout.srcs)
        if name in names_covered or (covered and file.extension == "go" and name in [change.name for change in added])
    ]

    overlaid = with_fields(
        GoInfo,
        source,
        cover = depset(cover),
        embedsrcs = layout.embedsrcs,
        gc_goopts = gc_goopts,
        srcs = layout.srcs,
        x_defs = x_defs,
        **with_overlays
    )
    return including(overlaid, layout), struct(
        changed = changed_headers,
        inputs = layout.inputs,
        own = headers,
    )

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

def _overlays_of(package, labels):
    overlays = {overlay.label: overlay for overlay in package.overlays}
    return [overlays[label] for label in labels]

def _home(go, source):
    """Returns the folder that added files lie in: that of the package's first Go file, or of its target."""
    for file in source.srcs:
        if file.extension == "go":
            return paths.dirname(place_of(file))
    return paths.join(go.label.workspace_root, go.label.package)

def _located(name, file, place):
    """Returns a file of a package, and where it lies among others."""
    return struct(file = file, name = name, place = place)

def _replaced(named_files, outcomes):
    """Returns the package's own files, with changed ones in their place."""
    return [
        _located(name, outcomes.get(name, file), place_of(file))
        for name, file in named_files
        if outcomes.get(name, file)
    ]

def _insert(srcs, name, file, home):
    """Adds a file where the go command would name it to the compiler: variables are initialized in that order."""
    added = _located(name, file, paths.join(home, name))
    for index, src in enumerate(srcs):
        if src.name > name:
            srcs.insert(index, added)
            return
    srcs.append(added)
