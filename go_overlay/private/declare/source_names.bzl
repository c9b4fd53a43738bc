"""What go/build reads out of the names of source files."""

visibility([
    "//go_overlay/private/compile",
    "//go_overlay/private/std",
    "//tests/analysis",
])

# Every GOOS and GOARCH that go/build ever knew, including those that no
# toolchain supports any more: all of them constrain a file by its name.
# From src/internal/syslist/syslist.go of Go 1.26.
_KNOWN_OS = {name: None for name in [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "wasip1",
    "windows",
    "zos",
]}
_KNOWN_ARCH = {name: None for name in [
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "arm64",
    "arm64be",
    "armbe",
    "loong64",
    "mips",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "mipsle",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
]}

def build_constraint(name):
    """Returns what a file's name means to go/build, beyond being a name.

    Follows matchFile and goodOSArchFile of go/build.

    Args:
      name: str, base name of a file.

    Returns:
      A struct that is equal for names of equal meaning: the extension, whether go/build ignores the
      file, whether it belongs to the tests, and the operating system and the architecture that it
      is constrained to (None where it is not).
    """
    stem, _, _ = name.partition(".")
    extension = name.rpartition(".")[2] if "." in name else ""

    # The first element never is a constraint: linux.go is not.
    elements = stem.split("_")[1:]
    test = bool(elements) and elements[-1] == "test"
    if test:
        elements = elements[:-1]

    goos = None
    goarch = None
    if elements and elements[-1] in _KNOWN_ARCH:
        goarch = elements[-1]
        if len(elements) > 1 and elements[-2] in _KNOWN_OS:
            goos = elements[-2]
    elif elements and elements[-1] in _KNOWN_OS:
        goos = elements[-1]

    return struct(
        extension = extension,
        goarch = goarch,
        goos = goos,
        ignored = name.startswith("_") or name.startswith("."),
        test = test,
    )

# Extensions of the files that go_library takes as srcs, from go/private/common.bzl of rules_go.
_SOURCE_EXTENSIONS = {extension: None for extension in [
    "S",
    "c",
    "cc",
    "cpp",
    "cxx",
    "go",
    "h",
    "hh",
    "hpp",
    "hxx",
    "inc",
    "m",
    "mm",
    "s",
    "syso",
]}

def is_source_name(name):
    """Returns whether a file of a package is compiled, by its name; others can only be embedded.

    Args:
      name: str, slash-separated path relative to the package's folder.

    Returns:
      bool.
    """
    return "/" not in name and "." in name and name.rpartition(".")[2] in _SOURCE_EXTENSIONS
