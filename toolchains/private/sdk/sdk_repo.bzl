"""Repository rules that hold a Go SDK: fetched through GOPROXY, or already on the machine."""

load("@bazel_skylib//lib:shell.bzl", "shell")
load("//common:go_versions.bzl", "compare_versions")
load("//common:rules_go_internals.bzl", "GOARCH_CONSTRAINTS", "GOOS_CONSTRAINTS", "SDK_BUILD_FILE", "parse_version")
load(":goproxy.bzl", "fetch_module")
load(":h1.bzl", "h1_from_hex")
load(":sdk_store.bzl", "take_from_store")

visibility("private")

_MODULE = "golang.org/toolchain"

# Names that no SDK has.
_FROM = "_from"
_UNPACKED = "_sdk"

# The helper is built by the SDK that the build uses, which may be the very one that lacks its entry.
_LOCK = """  bazel run @go_overlay//tools:sdk -- {lock}
(If this is the SDK that builds use by default, choose another one for that command, by
--@rules_go//go/toolchain:sdk_version=VERSION. Is there none? See "The first time" in toolchains/README.md of go_overlay.)"""

def _go_sdk_repo_impl(rctx):
    goos, goarch = rctx.attr.platform.split("_")
    module_version = "v0.0.1-go{}.{}-{}".format(rctx.attr.version, goos, goarch)
    what = "Go SDK {} for {}".format(rctx.attr.version, rctx.attr.platform)
    lock = "lock {} --platforms {}".format(rctx.attr.version, rctx.attr.platform)
    if rctx.attr.lock_path not in ["", "go_sdk.lock.json"]:
        lock += " -file " + (shell.quote(rctx.attr.lock_path) if " " in rctx.attr.lock_path else rctx.attr.lock_path)
    lock = _LOCK.format(lock = lock)
    check = lock.replace("lock ", "lock -check ", 1)
    if not rctx.attr.sha256 and not rctx.attr.allow_unlocked:
        fail("""{what} is not in {lock_file}. To add it, verified by the checksum database:
{lock}
Or let it be fetched unverified: go_toolchains.config(allow_unlocked = True).""".format(
            lock = lock,
            lock_file = rctx.attr.lock_file or "a lock file: write go_toolchains.config(lock_file = \"//:go_sdk.lock.json\") into MODULE.bazel",
            what = what,
        ))

    prefix = "{}@{}".format(_MODULE, module_version)
    laid_down = _from_store(rctx, prefix)
    if laid_down.problem != None:
        rctx.report_progress("Downloading")
        fetched = fetch_module(
            rctx,
            folder = _FROM,
            mismatch = """The zip has been changed on its way, or {} is wrong. What does the checksum database say?
{}""".format(rctx.attr.lock_file, check),
            module = _MODULE,
            sha256 = rctx.attr.sha256,
            tried = [laid_down.problem] if laid_down.problem else [],
            version = module_version,
            what = what,
        )
        rctx.report_progress("Unpacking")
        laid_down = _from_zip(rctx, fetched, prefix, what)
    if laid_down.sum and rctx.attr.h1 and laid_down.sum != rctx.attr.h1:
        fail("""{what}: the files have another sum than {lock_file} says.
  from      {url}
  expected  {expected}
  found     {found}
The zip has the right sha256, so that the lock file contradicts itself. What does the checksum database say?
{check}""".format(
            check = check,
            expected = rctx.attr.h1,
            found = laid_down.sum,
            lock_file = rctx.attr.lock_file,
            url = laid_down.url,
            what = what,
        ))
    found = _read_version(rctx, rctx.path("."))
    if found != rctx.attr.version:
        fail("{}: {} holds Go {}".format(what, laid_down.url, found))
    _write_build_files(rctx, rctx.path("."), goos, goarch, found)

    if not rctx.attr.sha256:
        # buildifier: disable=print
        print("""{what} was fetched from {url} and not verified. The entry for a lock file
{entry}
is written, after verifying it, by
{lock}""".format(
            entry = json.encode_indent({rctx.attr.version: {rctx.attr.platform: {
                "h1": laid_down.sum or "unknown, there is no tool for it on Windows",
                "sha256": laid_down.sha256,
            }}}),
            lock = lock,
            url = laid_down.url,
            what = what,
        ))
    elif hasattr(rctx, "repo_metadata"):
        # From Bazel 8.3 on, output bases may share it, wherever they are.
        return rctx.repo_metadata(reproducible = True)
    return None

def _from_store(rctx, prefix):
    """Makes a GOROOT of files in the SDK store, if it has them all, and they are right.

    Returns:
      struct(problem = str, why there is none, empty if there is no store either; sha256 = str; sum = str; url = str).
      Without a problem, which is then None, the others are as _from_zip returns them.
    """
    taken = take_from_store(
        rctx,
        folder = _UNPACKED,
        h1 = rctx.attr.h1,
        platform = rctx.attr.platform,
        prefix = prefix,
        version = rctx.attr.version,
    )
    if taken.count:
        result = _lay_down(rctx, prefix, taken.count, taken.sum)
        if not result.return_code:
            return struct(problem = None, sha256 = rctx.attr.sha256, sum = h1_from_hex(taken.sum), url = taken.url)
        rctx.delete(_UNPACKED)
        return struct(problem = "{}: {}".format(taken.url, result.stderr.strip()))
    return struct(problem = taken.problem)

def _from_zip(rctx, fetched, prefix, what):
    """Makes a GOROOT of the fetched zip.

    Returns:
      struct(sha256 = str, of the zip, in hex; sum = str, the h1: sum of what was unpacked, None on Windows, where there
      is no tool for it; url = str, where it came from, for messages).
    """
    if _is_windows(rctx):
        _lay_down_on_windows(rctx, fetched.zip, prefix, what)
        return struct(sha256 = fetched.sha256, sum = None, url = fetched.url)
    rctx.extract(fetched.zip, output = _UNPACKED, stripPrefix = prefix)
    result = _lay_down(rctx, prefix, fetched.zip)
    if not result:
        fail("{}: laying it down takes a POSIX shell, but there is no sh on PATH".format(what))
    if result.return_code:
        fail("""{what} could not be unpacked. It is not in use.
  from    {url}
  sha256  {sha256}
  {reason}""".format(
            reason = result.stderr.strip() or "is the disk full? Look at df {}".format(rctx.path(".")),
            sha256 = fetched.sha256,
            url = fetched.url,
            what = what,
        ))
    rctx.delete(_FROM)
    return struct(sha256 = fetched.sha256, sum = h1_from_hex(result.stdout.strip()), url = fetched.url)

def _lay_down(rctx, prefix, source, sum = ""):
    """Runs lay_down_sdk.sh; returns None if there is nothing to run it by."""
    sh = rctx.which("sh")
    return rctx.execute([
        sh,
        rctx.path(rctx.attr._lay_down),
        str(source),
        _UNPACKED,
        prefix,
        "slim" if rctx.attr.slim else "full",
        sum,
    ]) if sh else None

def _is_windows(rctx):
    return rctx.os.name.startswith("windows")

def _lay_down_on_windows(rctx, zip, prefix, what):
    """Unpacks the zip, and does what of lay_down_sdk.sh is needed where there are no modes, and no POSIX shell to count on."""
    if rctx.attr.slim:
        fail("{}: slim = True does not work on Windows yet; leave it out".format(what))

    # In its place, for a link would have the path of the repository in it, which is not to be kept.
    rctx.extract(zip, stripPrefix = prefix)
    rctx.delete(_FROM)
    for folder in ["src", "src/cmd"]:
        rctx.file(folder + "/go.mod", rctx.read(folder + "/_go.mod"), executable = False)
        rctx.delete(folder + "/_go.mod")

def _read_version(rctx, goroot):
    """Returns the Go version of an SDK, without go in front."""
    file = goroot.get_child("VERSION")
    if file.exists:
        return rctx.read(file).split("\n")[0].strip().removeprefix("go")

    # Distributions may leave it out.
    result = rctx.execute([goroot.get_child("bin").get_child("go"), "version"])
    words = result.stdout.split(" ")
    if result.return_code or len(words) < 3 or not words[2].startswith("go"):
        fail("{}: is this a Go SDK? It has no file VERSION, and bin/go version says: {}{}".format(goroot, result.stdout, result.stderr))
    return words[2].removeprefix("go")

def _all_files(goroot):
    """Returns patterns of all files of the SDK that are not in src or pkg, for a list of glob()."""
    patterns = ["bin/go*"]
    if goroot.get_child("VERSION").exists:
        patterns.append("VERSION")
    patterns.extend([folder + "/**" for folder in ["api", "lib", "misc"] if goroot.get_child(folder).exists])
    return "\n        ".join(["{},".format(repr(pattern)) for pattern in patterns])

def _write_build_files(rctx, goroot, goos, goarch, version):
    """Writes what makes the repository one that rules_go, gazelle and go_toolchains.wrap know."""
    parsed = parse_version(version)
    if parsed == None:
        fail("{} holds Go \"{}\", which is no released version".format(rctx.name, version))
    major, minor, patch, prerelease = (list(parsed) + [""])[:4]
    rctx.file("ROOT")
    rctx.template(
        "BUILD.bazel",
        SDK_BUILD_FILE,
        executable = False,
        substitutions = {
            "{exec_compatible_with}": repr([GOARCH_CONSTRAINTS[goarch], GOOS_CONSTRAINTS[goos]]),
            "{exe}": ".exe" if goos == "windows" else "",
            "{experiments}": "[]",
            "{goarch}": goarch,
            "{goos}": goos,
            "{version}": version,
            # The target "files" is all of the SDK, for go_goroot.
            "\"bin/go*\",": _all_files(goroot),
        },
    )
    rctx.file(
        "version.bzl",
        """MAJOR_VERSION = "{}"
MINOR_VERSION = "{}"
PATCH_VERSION = "{}"
PRERELEASE_SUFFIX = "{}"
""".format(major, minor, patch, prerelease),
        executable = False,
    )

go_sdk_repo = repository_rule(
    implementation = _go_sdk_repo_impl,
    attrs = {
        "allow_unlocked": attr.bool(
            doc = "Whether to fetch it without a digest.",
        ),
        "h1": attr.string(
            doc = "Sum of its files, as the checksum database has it; empty for any.",
        ),
        "lock_file": attr.string(
            doc = "Label of the lock file, for messages.",
        ),
        "lock_path": attr.string(
            doc = "Path of the lock file, relative to the root of the workspace, for messages.",
        ),
        "platform": attr.string(
            doc = "GOOS_GOARCH that the SDK runs on.",
            mandatory = True,
        ),
        "sha256": attr.string(
            doc = "Digest of the zip, in hex; empty if it is not known.",
        ),
        "slim": attr.bool(
            doc = "Whether to leave out tests and test data.",
        ),
        "version": attr.string(
            doc = "Go version, such as 1.26.8.",
            mandatory = True,
        ),
        "_lay_down": attr.label(
            allow_single_file = True,
            default = ":lay_down_sdk.sh",
        ),
        "_list_store": attr.label(
            allow_single_file = True,
            default = ":list_store_sdk.sh",
        ),
        "_take_store": attr.label(
            allow_single_file = True,
            default = ":take_store_files.sh",
        ),
    },
    doc = "A Go SDK that is distributed as a version of the module golang.org/toolchain.",
)

def _go_local_sdk_repo_impl(rctx):
    goroot = rctx.path(rctx.attr.path) if rctx.attr.path else _host_goroot(rctx)
    tools = goroot.get_child("pkg").get_child("tool")
    platforms = [
        entry.basename
        for entry in (tools.readdir() if tools.exists else [])
        if entry.basename.count("_") == 1
    ]
    if len(platforms) != 1:
        fail("{tag}: {tools} should have one folder, such as linux_amd64, but has {found}. Is {goroot} a GOROOT?".format(
            found = " and ".join(platforms) or "none",
            goroot = goroot,
            tag = rctx.attr.tag,
            tools = tools,
        ))
    version = _read_version(rctx, goroot)
    if rctx.attr.version and version != rctx.attr.version:
        fail("{}: {} is Go {}, but {} says that it has to be {}".format(rctx.attr.tag, goroot, version, rctx.attr.wanted_by, rctx.attr.version))
    if rctx.attr.min_version and compare_versions(version, rctx.attr.min_version) < 0:
        fail("{}: {} is Go {}, but {} needs at least {}".format(rctx.attr.tag, goroot, version, rctx.attr.wanted_by, rctx.attr.min_version))
    goos, goarch = platforms[0].split("_")
    _write_build_files(rctx, goroot, goos, goarch, version)
    for entry in goroot.readdir():
        if not rctx.path(entry.basename).exists:
            rctx.symlink(entry, entry.basename)

def _host_goroot(rctx):
    goroot = rctx.getenv("GOROOT")
    if not goroot:
        go = rctx.which("go")
        if not go:
            fail("go_toolchains.host: there is no go command on PATH, and GOROOT is not set. Install Go, or use go_toolchains.sdk")
        result = rctx.execute([go, "env", "GOROOT"], environment = {"GOTOOLCHAIN": "local"})
        goroot = result.stdout.strip()
        if result.return_code or not goroot:
            fail("go_toolchains.host: {} env GOROOT failed: {}".format(go, result.stderr))
    return rctx.path(goroot)

go_local_sdk_repo = repository_rule(
    implementation = _go_local_sdk_repo_impl,
    attrs = {
        "min_version": attr.string(
            doc = "Lowest Go version that it may have; empty for any.",
        ),
        "path": attr.string(
            doc = "Its GOROOT; empty for that of the go command on PATH.",
        ),
        "tag": attr.string(
            doc = "What declares it, for messages.",
            mandatory = True,
        ),
        "version": attr.string(
            doc = "Go version that it has to have; empty for any.",
        ),
        "wanted_by": attr.string(
            doc = "What asks for the version, for messages.",
        ),
    },
    doc = "A Go SDK that is on the machine.",
    local = True,
)
