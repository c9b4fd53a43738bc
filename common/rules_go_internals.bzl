"""All that is used of rules_go's private files, in one place: it may move without notice."""

# buildifier: disable=bzl-visibility
load(
    "@io_bazel_rules_go//go/private:platforms.bzl",
    _GOARCH_CONSTRAINTS = "GOARCH_CONSTRAINTS",
    _GOOS_CONSTRAINTS = "GOOS_CONSTRAINTS",
    _GOOS_GOARCH = "GOOS_GOARCH",
)

# buildifier: disable=bzl-visibility
load("@io_bazel_rules_go//go/private:providers.bzl", _GoStdLib = "GoStdLib")

# buildifier: disable=bzl-visibility
load("@io_bazel_rules_go//go/private:sdk.bzl", _detect_host_platform = "detect_host_platform", _parse_version = "parse_version")

visibility([
    "//go_overlay/...",
    "//toolchains/...",
])

# Every (GOOS, GOARCH) that rules_go has toolchains for.
GOOS_GOARCH = _GOOS_GOARCH

# Labels of the constraint values of each GOOS and GOARCH.
GOOS_CONSTRAINTS = _GOOS_CONSTRAINTS
GOARCH_CONSTRAINTS = _GOARCH_CONSTRAINTS

# Template of the BUILD file of SDK repositories.
SDK_BUILD_FILE = Label("@io_bazel_rules_go//go/private:BUILD.sdk.bazel")

# Provider of a compiled standard library.
# buildifier: disable=name-conventions
GoStdLib = _GoStdLib

# Returns the host's (GOOS, GOARCH), for a repository_ctx or module_ctx.
detect_host_platform = _detect_host_platform

# Returns the numbers of a Go version, and the suffix of a prerelease if there is one; None if it is no version.
parse_version = _parse_version
