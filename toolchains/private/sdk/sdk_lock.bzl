"""The lock file of Go SDKs, go_sdk.lock.json, which `sdk lock` of the command `overlay` writes.

What is refused here, the command refuses, too: tests/analysis/sdk_lock_cases.bzl has files for both.
"""

load("//common:go_versions.bzl", "version_problem")
load("//common:rules_go_internals.bzl", "parse_version")

visibility(["//tests/analysis"])

_VERSION = 1
_HEX = "0123456789abcdef"
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_DIGITS = "0123456789"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

def read_lock(content, where):
    """Returns the SDKs that a lock file names.

    Args:
      content: str, of the file.
      where: str, the file, for messages.

    Returns:
      dict from Go version to dict from GOOS_GOARCH to struct(h1 = str, sha256 = str).
    """
    problem = lock_problem(content)
    if problem:
        fail("{}: {}".format(where, problem))
    return {
        version: {platform: struct(**entry) for platform, entry in platforms.items()}
        for version, platforms in json.decode(content)["sdks"].items()
    }

def lock_problem(content):
    """Checks a lock file.

    Args:
      content: str, of the file.

    Returns:
      str, what is wrong with it; empty if nothing is.
    """
    decoded = json.decode(content, default = None)
    if decoded == None:
        return "this is no JSON. Was it merged by hand? Mend it, or make it again: sdk lock of the command overlay"
    if type(decoded) != "dict" or "lock_version" not in decoded:
        return """expected a lock file of Go SDKs, such as {{"lock_version": {}, "sdks": {{}}}}""".format(_VERSION)

    # First, for another version may have anything else in it.
    if type(decoded["lock_version"]) != "int" or decoded["lock_version"] != _VERSION:
        return "lock_version is {}, but this go_overlay knows {} only. A newer one wrote it? Update go_overlay".format(
            json.encode(decoded["lock_version"]),
            _VERSION,
        )
    for field in decoded:
        if field not in ["lock_version", "sdks"]:
            return "unknown field \"{}\"; is the file from a newer go_overlay?".format(field)
    if "sdks" not in decoded:
        return "sdks is missing; of a file without SDKs it is {}"
    sdks = decoded["sdks"]
    if type(sdks) != "dict":
        return "sdks: expected an object, found {}".format(json.encode(sdks))
    for version, platforms in sdks.items():
        problem = version_problem(version) or _spelling_problem(version)
        if problem:
            return "sdks: {}".format(problem)
        if type(platforms) != "dict":
            return "{}: expected an object, found {}".format(version, json.encode(platforms))
        for platform, entry in platforms.items():
            problem = _platform_problem(platform) or _entry_problem(entry)
            if problem:
                return "{} {}: {}".format(version, platform, problem)

    # Of two with the same name, Bazel takes one. Nothing in the file has blanks or is escaped, so that
    # what is taken would be shorter.
    for blank in [" ", "\t", "\r", "\n"]:
        content = content.replace(blank, "")
    if len(content) != len(json.encode(decoded)):
        return "an object has two members of the same name. Was it merged by hand? Delete one of them"
    return ""

def _spelling_problem(version):
    """Returns what is wrong with a version that is not spelled as Go does."""
    parsed = parse_version(version)
    numbers = version.count(".") + 1
    suffix = parsed[3] if len(parsed) > 3 else ""
    kind = suffix.rstrip(_DIGITS)
    number = suffix[len(kind):]
    spelled = ".".join([str(part) for part in parsed[:numbers]])
    if kind and numbers == 2 and not kind.strip(_LETTERS):
        spelled += kind + (str(int(number)) if number else "")
    if spelled == version:
        return ""
    return "\"{}\" is no Go version; expected one such as 1.26.8 or 1.26rc1".format(version)

def _platform_problem(platform):
    parts = platform.split("_")
    if len(parts) == 2 and parts[0] and parts[1] and not (parts[0] + parts[1]).strip(_LETTERS + _DIGITS):
        return ""
    return "expected a platform such as linux_amd64"

def _entry_problem(entry):
    if type(entry) != "dict" or sorted(entry) != ["h1", "sha256"]:
        problem = "expected h1 and sha256, found {}".format(json.encode(entry))
    elif type(entry["sha256"]) != "string" or len(entry["sha256"]) != 64 or entry["sha256"].strip(_HEX):
        problem = "sha256 is {}, expected 64 hex digits in lower case".format(json.encode(entry["sha256"]))
    elif type(entry["h1"]) != "string" or not _is_h1(entry["h1"]):
        problem = "h1 is {}, expected h1: and 44 characters of base64".format(json.encode(entry["h1"]))
    else:
        return ""
    return problem + "; to make the entry anew, delete it, and lock the version again"

def _is_h1(sum):
    digest = sum.removeprefix("h1:")
    return len(sum) == len("h1:") + 44 and len(digest) == 44 and digest[43] == "=" and not digest[:43].strip(_BASE64)
