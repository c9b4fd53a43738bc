"""The repository rule behind @go_overlay_toolchains."""

load(":rules_go_internals.bzl", "detect_host_platform", "parse_version")

visibility(["//toolchains/private/..."])

_MACRO = Label(":declare_toolchains.bzl")

# Names sort in the order in which the SDKs are to be tried.
_INDEX_WIDTH = 4

_TOOLCHAINS = """
declare_toolchains(
    exec_goarch = {exec_goarch},
    exec_goos = {exec_goos},
    major = {major},
    minor = {minor},
    patch = {patch},
    prerelease = {prerelease},
    prefix = {prefix},
    sdk_name = {sdk_name},
    sdk_repo = {sdk_repo},
    sdk_type = {sdk_type},
    sdk_version = {sdk_version},
)
"""

_LOAD_VERSION = """
load(
    "@@{repo}//:version.bzl",
    {constant_prefix}MAJOR_VERSION = "MAJOR_VERSION",
    {constant_prefix}MINOR_VERSION = "MINOR_VERSION",
    {constant_prefix}PATCH_VERSION = "PATCH_VERSION",
    {constant_prefix}PRERELEASE_SUFFIX = "PRERELEASE_SUFFIX",
)
"""

def _known_version(version):
    """Returns the macro's version arguments for a version that the user gave."""
    parsed = parse_version(version)
    if parsed == None:
        fail("go_toolchains.wrap: version is \"{}\", expected a Go version such as \"1.26.8\"".format(version))
    return {
        "major": repr(str(parsed[0])),
        "minor": repr(str(parsed[1])),
        "patch": repr(str(parsed[2])),
        "prerelease": repr(parsed[3] if len(parsed) > 3 else ""),
    }

def _loaded_version(constant_prefix):
    """Returns the macro's version arguments for constants that the SDK repository exports."""
    return {
        "major": constant_prefix + "MAJOR_VERSION",
        "minor": constant_prefix + "MINOR_VERSION",
        "patch": constant_prefix + "PATCH_VERSION",
        "prerelease": constant_prefix + "PRERELEASE_SUFFIX",
    }

def _sdk_name(repo):
    """Returns the name that the go_sdk extension gave to a repository of this canonical name."""
    return repo.replace("~", "+").rpartition("+")[2]

def _toolchains_repo_impl(rctx):
    loads = ['load("{}", "declare_toolchains")\n'.format(_MACRO)]
    toolchains = []
    for index, repo in enumerate(rctx.attr.sdk_repos):
        number = ("0" * _INDEX_WIDTH + str(index))[-_INDEX_WIDTH:]
        version = rctx.attr.sdk_versions[index]
        if version:
            version_arguments = _known_version(version)
        else:
            constant_prefix = "SDK_{}_".format(number)
            loads.append(_LOAD_VERSION.format(constant_prefix = constant_prefix, repo = repo))
            version_arguments = _loaded_version(constant_prefix)

        platform = rctx.attr.exec_platforms[index]
        exec_goos, exec_goarch = platform.split("_") if platform else detect_host_platform(rctx)
        toolchains.append(_TOOLCHAINS.format(
            exec_goarch = repr(exec_goarch),
            exec_goos = repr(exec_goos),
            prefix = repr("_{}_".format(number)),
            sdk_name = repr(_sdk_name(repo)),
            sdk_repo = repr(repo),
            sdk_type = repr(rctx.attr.sdk_types[index]),
            sdk_version = repr(version),
            **version_arguments
        ))
    rctx.file("BUILD.bazel", "".join(loads + toolchains))

toolchains_repo = repository_rule(
    implementation = _toolchains_repo_impl,
    attrs = {
        "exec_platforms": attr.string_list(
            doc = "GOOS_GOARCH that each SDK runs on; empty for the host's.",
            mandatory = True,
        ),
        "sdk_repos": attr.string_list(
            doc = "Canonical names of the SDK repositories, in order of preference.",
            mandatory = True,
        ),
        "sdk_types": attr.string_list(
            doc = "Whether each SDK is the host's or remote, as rules_go's sdk_version flag says it.",
            mandatory = True,
        ),
        "sdk_versions": attr.string_list(
            doc = "Go version of each SDK; empty where it is to be read from the SDK.",
            mandatory = True,
        ),
    },
    doc = "Holds the toolchains of all wrapped SDKs.",
)
