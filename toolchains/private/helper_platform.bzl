"""The platform that the Go helper runs on."""

visibility([
    "//toolchains/private/...",
    "//tools/...",
])

HelperPlatformInfo = provider(
    doc = "The platform that a Go program of ours is built for.",
    fields = {
        "goarch": "`str`: its GOARCH.",
        "goos": "`str`: its GOOS.",
    },
)

# What else runs on a platform, mostly.
_ALSO_RUNS = {
    "darwin_arm64": ["darwin_amd64"],
    "linux_amd64": ["linux_386"],
    "windows_amd64": ["windows_386"],
    "windows_arm64": ["windows_386", "windows_amd64"],
}

def runs_on(program, platform):
    """Returns whether programs for one platform run on another one.

    Args:
      program: str, GOOS_GOARCH that a program is for.
      platform: str, GOOS_GOARCH of the machine.

    Returns:
      bool.
    """
    return program == platform or program in _ALSO_RUNS.get(platform, [])
