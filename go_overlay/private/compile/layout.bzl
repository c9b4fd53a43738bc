"""Lays a package out as a folder, in which its files find each other by relative paths."""

load("@bazel_skylib//lib:paths.bzl", "paths")
load("@io_bazel_rules_go//go:def.bzl", "GoInfo")
load("//common:copies.bzl", "with_fields")
load("//go_overlay/private/declare:source_names.bzl", "is_source_name")
load(":archives.bzl", "changed_headers_of")
load(":package_files.bzl", "in_folder", "place_of", "under_root")

visibility("private")

# Options of C compilers before folders in which they look for headers.
_INCLUDE_OPTIONS = ["-I", "-iquote", "-isystem", "-idirafter"]

# Those before a header that is included without being asked for.
_FORCED_INCLUDE_OPTIONS = ["-include", "-imacros"]

def laid_out(go, source, includer, srcs, embedsrcs, outcomes, patched, folder, headers):
    """Returns the package's files where they find each other.

    Mostly these are the files themselves, wherever they are: Go does not mind. But C and assembly look for
    headers beside the file that includes them, and go:embed for files below the one that embeds them. If
    an overlay changes such a file, the package becomes a folder of links, as nothing else makes sure that
    the changed one is found, and not the original that it replaces. In it, each file keeps its path from the
    workspace's root, so that paths of one relative to another stay as they are.

    An overlay file that is called as another file of the package gets a link, too: coverage tells files
    apart by their base names.

    Args:
      go: GoContext.
      source: GoInfo of the package as it was.
      includer: GoInfo of the package with what overlays add.
      srcs: list of structs of name, file and place, what is compiled.
      embedsrcs: list of such structs, what may be embedded.
      outcomes: dict from names of changed files to Files, or None.
      patched: list of str, names of files that diffs are applied to.
      folder: str, path for the links, relative to the folder of the target's outputs.
      headers: list of structs of file and place, of headers of dependencies, if some are changed, or empty.

    Returns:
      A struct of srcs and embedsrcs, two lists of Files, inputs, a list of Files that are to lie beside
      them, root, the path of the folder, or None, and links, a dict whose keys are the paths of all links.
    """
    ambiguous = _ambiguous(srcs)
    everything = bool(headers) or _needs_folder(go, source, srcs, embedsrcs, outcomes, patched + ambiguous)
    links = {}
    roots = []

    def linked(placed):
        if placed.place not in links:
            link = go.actions.declare_file("{}/{}".format(folder, placed.place))
            go.actions.symlink(output = link, target_file = placed.file)
            links[placed.place] = link
            roots.append(link.path.removesuffix("/" + placed.place))
        return links[placed.place]

    def located(files):
        return [
            linked(file) if (everything or file.name in ambiguous) and not file.file.is_directory else file.file
            for file in files
        ]

    if everything:
        # What the package includes of others without being changed lies where it is looked for, too.
        headers = headers or _unchanged_headers(includer, {})

    # Of several files that lie at the same place, the first counts.
    located([src for src in srcs if src.name in outcomes])
    inputs = [linked(header) for header in headers]
    located_srcs = located(srcs)
    return struct(
        embedsrcs = located(embedsrcs),
        inputs = inputs,
        links = {link.path: None for link in links.values()},
        root = roots[0] if everything and roots else None,
        srcs = located_srcs,
    )

def including(source, layout):
    """Returns a package whose C compiler looks for headers in the folder of links first.

    Args:
      source: GoInfo, of which the files are laid out.
      layout: struct, what laid_out returned.

    Returns:
      GoInfo.
    """
    if not layout.root or not source.cgo:
        return source

    # rules_go has C files find headers by their paths from the workspace's root.
    options = {"cppopts": ["-iquote", layout.root] + _redirected(source.cppopts, layout)}
    for attribute in ["copts", "cxxopts"]:
        options[attribute] = _redirected(getattr(source, attribute), layout)
    return with_fields(GoInfo, source, **options)

def _redirected(options, layout):
    """Returns options of a C compiler with the folder of links before each folder for headers."""
    root = layout.root
    redirected = []
    before = None
    for option in [option for joined in options for option in joined.split(" ")]:
        if before in _INCLUDE_OPTIONS:
            redirected.extend([before, _in_folder(option, root), before, option])
            before = None
        elif before:
            link = _in_folder(option, root)
            redirected.extend([before, link if link in layout.links else option])
            before = None
        elif option in _INCLUDE_OPTIONS or option in _FORCED_INCLUDE_OPTIONS:
            before = option
        else:
            for prefix in _INCLUDE_OPTIONS:
                if option.startswith(prefix):
                    redirected.append(prefix + _in_folder(option.removeprefix(prefix), root))
                    break
            redirected.append(option)
    return redirected + ([before] if before else [])

def _in_folder(path, root):
    if path.startswith("/"):
        return path
    parts = path.split("/")
    if parts[0] == "bazel-out" and len(parts) > 2:
        path = "/".join(parts[3:])
    return paths.normalize(paths.join(root, path))

def with_headers_of_deps(go, source, headers, folder):
    """Returns a package that no overlay changes, as it is compiled with changed headers of dependencies.

    Args:
      go: GoContext.
      source: GoInfo.
      headers: list, what headers_of_deps returned, not empty.
      folder: str, as for laid_out.

    Returns:
      GoInfo, and a list of Files that it includes.
    """

    # Without cgo, only assembly includes, and Go files are best compiled where they are.
    files = [
        struct(file = file, name = file.basename, place = place_of(file))
        for file in source.srcs
        if source.cgo or file.extension != "go"
    ]
    embedsrcs = [
        struct(file = file, name = file.basename, place = place_of(file))
        for file in source.embedsrcs
        if source.cgo
    ]
    layout = laid_out(go, source, source, files, embedsrcs, {}, [], folder, headers)
    links = {
        before.file: after
        for before, after in zip(files + embedsrcs, layout.srcs + layout.embedsrcs)
    }

    def moved(files):
        return [links.get(file, file) for file in files]

    return including(with_fields(
        GoInfo,
        source,
        cover = depset(moved(source.cover.to_list())),
        embedsrcs = moved(source.embedsrcs),
        srcs = moved(source.srcs),
    ), layout), layout.inputs

def header_changes(packages):
    """Returns whether overlays change headers.

    Args:
      packages: dict, the `packages` field of GoOverlayInfo.

    Returns:
      bool.
    """
    for package in packages.values():
        for overlay in package.overlays:
            for name, step in overlay.steps.items():
                if step.kind != "embed" and is_source_name(name) and is_header_name(name):
                    return True
    return False

def is_header_name(name):
    """Returns whether rules_go hands a file of this name to what depends on its package, as a header."""
    return name.split(".")[-1].lower().startswith("h")

def headers_of_deps(source):
    """Returns where the headers of a package's dependencies are to lie, if overlays change any of them.

    Args:
      source: GoInfo.

    Returns:
      List of structs of file and place.
    """
    if not _includes(source):
        return []
    changed = []
    left_out = {}
    for data in depset(transitive = [dep.transitive for dep in source.deps]).to_list():
        for header in changed_headers_of(data):
            left_out[header.original] = None
            left_out[header.file] = None
            if header.file:
                changed.append(header)
    unchanged = _unchanged_headers(source, left_out)
    if left_out or [header for header in unchanged if in_folder(header.file)]:
        return changed + unchanged
    return []

def _unchanged_headers(source, left_out):
    if not _includes(source):
        return []
    return [
        struct(file = file, place = place_of(file))
        for file in depset(transitive = [dep._headers for dep in source.deps]).to_list()
        if file not in left_out
    ]

def _includes(source):
    """Returns whether a package may include headers."""
    return source.cgo or any([file.extension != "go" for file in source.srcs])

def _ambiguous(srcs):
    """Returns the names of files whose own names are those of others, too."""
    called = {}
    for src in srcs:
        called.setdefault(src.file.basename, []).append(src.name)
    return [
        name
        for basename, names in called.items()
        if len(names) > 1
        for name in names
        if name != basename
    ]

def _needs_folder(go, source, srcs, embedsrcs, outcomes, linked):
    for name in outcomes:
        if not name.endswith(".go") or not is_source_name(name):
            return True
    if not embedsrcs:
        return False

    # A file that embeds others has to lie in their folder, and no file of the package above it: the
    # folder of any source counts.
    if linked:
        return True

    # rules_go looks for them where a source or the archive lies.
    kept = [under_root(src.file.dirname, src.file) for src in srcs] + [paths.join(go.label.workspace_root, go.label.package)]
    for file in source.srcs:
        if under_root(file.dirname, file) not in kept:
            return True
    folders = [file.dirname for file in source.srcs]
    for file in outcomes.values():
        if file and any([_is_above(file.dirname, folder) for folder in folders]):
            return True
    return False

def _is_above(folder, other):
    return folder != other and (not folder or other.startswith(folder + "/"))
