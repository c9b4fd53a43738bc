"""The files of a package, by the names that overlays call them."""

load(":labels.bzl", "display_label")

visibility(["//go_overlay/private/..."])

def package_files(source):
    """Returns the files of a package under their names in it.

    Args:
      source: GoInfo.

    Returns:
      A struct of
      sources: list of (base name, File), the compiled files in their order;
      embedded: list of (path relative to the package's folder, File);
      by_name: dict of both, by name.
    """
    sources = [(file.basename, file) for file in source.srcs]
    folders = {_under_root(file.dirname, file): None for file in source.srcs}
    embedded = [(_embedded_name(file, folders), file) for file in source.embedsrcs]

    by_name = {}
    for name, file in sources + embedded:
        other = by_name.setdefault(name, file)
        if other != file:
            # Not known to be wrong in itself, but a name has to tell which file is meant.
            fail("{target}: package {importpath} has several files named {name}: {first} and {second}. It can't be overlaid.".format(
                first = other.path,
                importpath = source.importpath,
                name = name,
                second = file.path,
                target = display_label(source.label),
            ))
    return struct(
        by_name = by_name,
        embedded = embedded,
        sources = sources,
    )

def _under_root(path, file):
    return path.removeprefix(file.root.path).removeprefix("/")

def _embedded_name(file, folders):
    """Returns the name by which //go:embed knows a file."""
    path = _under_root(file.path, file)
    best = None
    for folder in folders:
        if path.startswith(folder + "/") and (best == None or len(folder) > len(best)):
            best = folder

    # Files elsewhere can't be embedded; nor have they a name that an overlay could mean.
    return path if best == None else path[len(best) + 1:]
