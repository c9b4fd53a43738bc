"""Go versions, such as 1.26.8 and 1.26rc1."""

load(":rules_go_internals.bzl", "parse_version")

visibility([
    "//go_overlay/...",
    "//tests/analysis",
    "//toolchains/...",
])

def check_version(version, where):
    """Checks the version of an SDK.

    Args:
      version: str.
      where: str, what has it, for messages.

    Returns:
      str, the version without go in front.
    """
    version = version.removeprefix("go")
    problem = version_problem(version)
    if problem:
        fail("{}: {}".format(where, problem))
    return version

def version_problem(version):
    """Checks the version of an SDK.

    Args:
      version: str, without go in front.

    Returns:
      str, what is wrong with it; empty if nothing is.
    """
    parsed = parse_version(version)
    if parsed == None:
        return "\"{}\" is no Go version; expected one such as 1.26.8 or 1.26rc1".format(version)
    if version.count(".") == 1 and len(parsed) == 3 and parsed[1] >= 21:
        return "Go {} is a version of the language, not of an SDK. Write a whole one, such as 1.26.8; in go.mod by go mod edit -toolchain=go1.26.8".format(version)
    return ""

def compare_versions(a, b):
    """Returns -1, 0 or 1, as version a is older than, the same as or newer than version b."""
    a, b = version_key(a), version_key(b)
    return -1 if a < b else int(a > b)

def sdk_version_values(version):
    """Lists what rules_go's flag sdk_version may say to choose an SDK.

    Args:
      version: str, Go version of the SDK.

    Returns:
      list of str.
    """
    major, minor, patch = [str(number) for number in parse_version(version)[:3]]
    suffix = (parse_version(version) + ("",))[3]
    values = [major, major + "." + minor]
    if suffix:
        return values + ["{}.{}{}".format(major, minor, suffix), "{}.{}.{}{}".format(major, minor, patch, suffix)]
    return values + ["{}.{}.{}".format(major, minor, patch)]

def version_key(version):
    """Returns what versions are sorted by.

    Args:
      version: str.

    Returns:
      tuple.
    """
    parsed = parse_version(version)
    suffix = parsed[3] if len(parsed) > 3 else ""
    letters = suffix.rstrip("0123456789")

    # beta < rc < release.
    return parsed[:3] + (letters or "z", int(suffix[len(letters):] or "0"))

def read_go_mod(content, where):
    """Returns which Go a go.mod or go.work asks for.

    Args:
      content: str, of the file.
      where: str, the file, for messages.

    Returns:
      struct(go = str, of the go line; toolchain = str, of the toolchain line, without go in front).
      Each is a version, the second perhaps with -NAME behind it, or empty if there is no such line.
    """
    lines = {"go": "", "toolchain": ""}
    for line in content.split("\n"):
        words = line.partition("//")[0].replace("\t", " ").strip().split(" ")
        words = [word for word in words if word]
        if len(words) == 2 and words[0] in lines and not lines[words[0]]:
            lines[words[0]] = words[1].strip("\"`")
    if lines["toolchain"] in ["default", "local"]:
        lines["toolchain"] = ""
    if not lines["go"] and not lines["toolchain"]:
        fail("{} has no go line, so that it asks for no Go version".format(where))

    return struct(go = lines["go"], toolchain = lines["toolchain"].removeprefix("go"))
