"""Lays a package out as one folder, where its files look for each other by name."""

load("@bazel_skylib//lib:paths.bzl", "paths")
load(":package_files.bzl", "under_root")
load(":source_names.bzl", "is_source_name")

visibility(["//go_overlay/private/..."])

def laid_out(go, source, srcs, embedsrcs, outcomes, patched, folder):
    """Returns the package's files where they find each other.

    Mostly these are the files themselves, wherever they are: Go does not mind. But C looks for headers
    beside the file that includes them, and go:embed for files below the one that embeds them. If an
    overlay changes such a file, the package becomes a folder of links, as nothing else makes sure that
    the changed one is found, and not the original that it replaces.

    An overlay file that is called as another file of the package gets a link, too: coverage tells files
    apart by their base names.

    Args:
      go: GoContext.
      source: GoInfo of the package as it was.
      srcs: list of (name, File), what is compiled.
      embedsrcs: list of (name, File), what may be embedded.
      outcomes: dict from names of changed files to Files, or None.
      patched: list of str, names of files that diffs are applied to.
      folder: str, path for the links, relative to the folder of the target's outputs.

    Returns:
      Two lists as srcs and embedsrcs.
    """
    ambiguous = _ambiguous(srcs)
    everything = _needs_folder(go, source, srcs, embedsrcs, outcomes, patched + ambiguous)
    if everything:
        _check_distinct(source, srcs)

    def linked(named_files):
        links = []
        for name, file in named_files:
            if (everything or name in ambiguous) and not file.is_directory:
                link = go.actions.declare_file("{}/{}".format(folder, name))
                go.actions.symlink(output = link, target_file = file)
                file = link
            links.append((name, file))
        return links

    return linked(srcs), linked(embedsrcs)

def _ambiguous(srcs):
    """Returns the names of files whose own names are those of others, too."""
    called = {}
    for name, file in srcs:
        called.setdefault(file.basename, []).append(name)
    return [
        name
        for basename, names in called.items()
        if len(names) > 1
        for name in names
        if name != basename
    ]

def _check_distinct(source, srcs):
    names = {}
    for name, file in srcs:
        if name in names:
            fail("package {importpath} has several files named {name}, {first} and {second}, and can't be laid out as a folder, as its overlays need it".format(
                first = names[name].path,
                importpath = source.importpath,
                name = name,
                second = file.path,
            ))
        names[name] = file

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
    kept = [under_root(file.dirname, file) for _, file in srcs] + [paths.join(go.label.workspace_root, go.label.package)]
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
