"""Which import paths a package can have, and which it has."""

visibility([
    "//go_overlay/private/choose",
    "//go_overlay/private/compile",
    "//go_overlay/private/report",
    "//tests/analysis",
])

# What Go has no source for that is compiled.
_KNOWN_TO_COMPILER = ["C", "builtin", "unsafe"]

# As the compiler has it, see validatedImportPath in types2, and modules, see CheckImportPath in
# golang.org/x/mod/module. What these say of names of files on Windows does not hold for Bazel.
_IMPOSSIBLE = {char: None for char in "!\"#$%&'()*,:;<=>?@[\\]^`{|}\177".elems()}

def import_path_error(importpath):
    """Returns what is wrong with an import path that no package can have.

    Args:
      importpath: str.

    Returns:
      str, which goes on after "importpath is …, "; None if nothing is wrong.
    """
    reason = _reason(importpath)
    if not reason:
        return None
    meant = _meant(importpath)
    return reason + ("; write importpath = \"{}\"".format(meant) if meant else "")

def pattern_error(pattern):
    """Returns what is wrong with a pattern of import paths that matches none.

    Args:
      pattern: str, in which three dots stand for any string.

    Returns:
      str, which goes on after "pattern is …, "; None if nothing is wrong.
    """
    if pattern in ["all", "cmd", "std"]:
        return "which stands for a set of packages to the go command only; write a path, such as \"net/...\" or \"cmd/...\""
    path = pattern.replace("...", "x")  # Any string is like any other.
    return None if path in _KNOWN_TO_COMPILER else _reason(path)

def _reason(importpath):
    if importpath == "main":
        return """which is what Go calls every program. Write the importpath of the go_binary, or of the go_library that \
it embeds. Where neither is written, rules_go takes the package's path and the target's name, such as cmd/app for //cmd/app; \
if that is main, write an importpath into the go_binary"""
    if importpath in _KNOWN_TO_COMPILER:
        return "which the compiler knows by itself: no source of it is compiled"
    if _is_label(importpath):
        return "which is a label; expected the path by which Go code imports the package, such as \"github.com/google/uuid\": the importpath of that target"
    if _unescaped(importpath) != importpath:
        return "which is escaped as names of folders in the module cache are"
    if "@" in importpath:
        return "which names a version; the overlay is for whatever version the build has, and base pins what it was written against"
    elements = importpath.split("/")
    expected = "expected a Go import path such as \"github.com/google/uuid\""
    if "" in elements:
        return expected + (": it has an empty element" if importpath else "")
    for char in importpath.elems():
        if char <= " " or char in _IMPOSSIBLE:
            return "{}: no package has {} in its path".format(expected, "a blank" if char == " " else repr(char))
    if importpath.startswith("-"):
        return expected + ": no package's path begins with a dash"
    for element in elements:
        if element.endswith("."):
            return "{}: no package's path has the element {}".format(expected, repr(element))
    return None

def _is_label(importpath):
    return importpath.startswith("@") or importpath.startswith("//") or importpath.startswith(":")

def _meant(importpath):
    """Returns the import path that is likely meant, or None."""
    if _is_label(importpath) or importpath.startswith("."):
        return None  # Nobody knows of what it is a part.
    path = importpath.strip().strip("\"'`").replace("\\", "/")
    path = path.rpartition("://")[2].rpartition("/pkg/mod/")[2]
    path = "/".join([
        element.partition("@")[0]
        for element in _unescaped(path).split("/")
        if element not in ["", "."]
    ])
    return None if _reason(path) else path

def _unescaped(path):
    """Undoes module.EscapePath: an upper case letter is ! and the lower case one."""
    parts = path.split("!")
    return parts[0] + "".join([
        part[0].upper() + part[1:] if part and part[0].islower() else "!" + part
        for part in parts[1:]
    ])

def other_name(data, importpath):
    """Returns in which way a package has another import path than its own.

    Args:
      data: GoInfo or GoArchiveData of the package.
      importpath: str.

    Returns:
      str, which goes on after "… has it as "; None if it does not have it, or as its own.
    """
    if importpath == data.importpath:
        return None
    if importpath in data.importpath_aliases:
        return "one of its importpath_aliases"
    if importpath == data.importmap:
        return "its importmap"
    if importpath.lower() == data.importpath.lower():
        return "its importpath, but for upper and lower case"
    return None
