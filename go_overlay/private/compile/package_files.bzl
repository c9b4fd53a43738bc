"""The files of a package, by the names that overlays call them."""

load("@bazel_skylib//lib:paths.bzl", "paths")
load("//common:labels.bzl", "display_label")

visibility("private")

def package_files(source):
    """Returns the files of a package under their names in it.

    Args:
      source: GoInfo, or the struct that changes_of takes.

    Returns:
      A struct of
      sources: list of (base name, File), the compiled files in their order;
      embedded: list of (path relative to the package's folder, File);
      by_name: dict of both, by name;
      ambiguous: dict from names that several files have to two of them.
    """
    sources = [(file.basename, file) for file in source.srcs]

    # Only Go files embed: headers may lie in folders of their own.
    embedding = [file for file in source.srcs if file.extension == "go"] or source.srcs
    folders = {paths.dirname(place_of(file)): None for file in embedding}
    if hasattr(source, "folder"):
        # There may be no sources in it.
        folders[source.folder] = None
    embedded = [(_embedded_name(file, folders), file) for file in source.embedsrcs]

    by_name = {}
    ambiguous = {}
    for name, file in sources + embedded:
        other = by_name.setdefault(name, file)
        if other != file:
            ambiguous[name] = (other, file)
    return struct(
        ambiguous = ambiguous,
        by_name = by_name,
        embedded = embedded,
        sources = sources,
    )

def check_name(source, files, name, overlays):
    """Fails if a name does not tell which file overlays change.

    Args:
      source: GoInfo of the package.
      files: struct, what package_files returned.
      name: str, name of the changed file.
      overlays: list of the structs of GoOverlayInfo that change it.
    """
    if name in files.ambiguous:
        fail("{overlay} changes {name} of package {importpath}, but {target} has several files of that name: {first} and {second}.".format(
            first = files.ambiguous[name][0].path,
            importpath = source.importpath,
            name = name,
            overlay = display_label(overlays[0].label),
            second = files.ambiguous[name][1].path,
            target = display_label(source.label),
        ))
    for folder, file in files.embedded:
        if file.is_directory and name.startswith(folder + "/"):
            fail("{overlay} changes {name} of package {importpath}, but {target} embeds the folder {folder} as a whole. Overlay what {owner} makes it of.".format(
                folder = folder,
                importpath = source.importpath,
                name = name,
                overlay = display_label(overlays[0].label),
                owner = display_label(file.owner),
                target = display_label(source.label),
            ))
    compiled = [file for other, file in files.sources if other == name]
    for overlay in overlays:
        if compiled and overlay.steps[name].kind == "embed":
            fail("{overlay} has {name} in embedsrcs, but package {importpath} compiles its file of that name. To replace it, list it in srcs.".format(
                importpath = source.importpath,
                name = name,
                overlay = display_label(overlay.label),
            ))

def under_root(path, file):
    """Returns a path without the root, of sources or outputs, that the file is in.

    Args:
      path: str, the path of the file or of its folder.
      file: File.

    Returns:
      str.
    """
    return path.removeprefix(file.root.path).removeprefix("/")

# Begins the paths of files in a folder of links, after the name of a target.
FOLDER = "_overlay/package"

def in_folder(file):
    """Returns whether a file is a link in a folder that a package was laid out as."""
    return not file.is_source and "{}/".format(FOLDER) in file.path

def place_of(file):
    """Returns where a file lies in a folder of links: its path from the root of the workspace or of the outputs.

    Args:
      file: File, which may be such a link itself.

    Returns:
      str.
    """
    if in_folder(file):
        return file.path.partition("{}/".format(FOLDER))[2]
    path = under_root(file.path, file)

    # Other repositories are beside the main one if Bazel lays them out so.
    return "external/" + path.removeprefix("../") if path.startswith("../") else path

def _embedded_name(file, folders):
    """Returns the name by which //go:embed knows a file."""
    path = place_of(file)
    best = None
    for folder in folders:
        if path.startswith(folder + "/") and (best == None or len(folder) > len(best)):
            best = folder

    # Files elsewhere can't be embedded; nor have they a name that an overlay could mean.
    return path if best == None else path[len(best) + 1:]
