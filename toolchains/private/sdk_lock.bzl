"""The lock file of Go SDKs, go_sdk.lock.json, which `sdk lock` of the Go helper writes."""

visibility([
    "//tests/...",
    "//toolchains/private/...",
])

_VERSION = 1
_HEX = "0123456789abcdef"

def read_lock(content, where):
    """Returns the SDKs that a lock file names.

    Args:
      content: str, of the file.
      where: str, the file, for messages.

    Returns:
      dict from Go version to dict from GOOS_GOARCH to struct(h1 = str, sha256 = str).
    """
    decoded = json.decode(content, default = None)
    if decoded == None:
        fail("{}: this is no JSON. Was it merged by hand? Mend it, or make it again: sdk lock of the Go helper".format(where))
    if type(decoded) != "dict" or type(decoded.get("sdks")) != "dict":
        fail("""{}: expected a lock file of Go SDKs, such as {{"lock_version": {}, "sdks": {{}}}}""".format(where, _VERSION))
    if decoded.get("lock_version") != _VERSION:
        fail("{}: lock_version is {}, but this go_overlay knows {} only. A newer one wrote it? Update go_overlay".format(
            where,
            repr(decoded.get("lock_version")),
            _VERSION,
        ))
    return {
        version: {
            platform: _entry(entry, "{}: {} {}".format(where, version, platform))
            for platform, entry in platforms.items()
        }
        for version, platforms in decoded["sdks"].items()
    }

def _entry(entry, where):
    if type(entry) != "dict" or sorted(entry) != ["h1", "sha256"]:
        fail("{}: expected h1 and sha256, found {}".format(where, json.encode(entry)))
    if len(entry["sha256"]) != 64 or entry["sha256"].strip(_HEX):
        fail("{}: sha256 is \"{}\", expected 64 hex digits in lower case".format(where, entry["sha256"]))
    if not entry["h1"].startswith("h1:") or len(entry["h1"]) != len("h1:") + 44:
        fail("{}: h1 is \"{}\", expected h1: and 44 characters of base64".format(where, entry["h1"]))
    return struct(**entry)
