"""The repository rule behind @go_overlay_toolchains."""

load("//common:rules_go_internals.bzl", "detect_host_platform", "parse_version")

visibility(["//toolchains/private/sdk"])

_MACRO = Label(":declare_toolchains.bzl")
_NAME = "go_overlay_toolchains"

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
    sdk_is_default = {sdk_is_default},
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
    """Returns the macro's version arguments for a version that is known."""
    parsed = parse_version(version)
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

def _toolchains_repo_impl(rctx):
    loads = ['load("{}", "declare_toolchains")\n'.format(_MACRO)]
    toolchains = []

    # What the names of repositories of the extension begin with.
    extension = rctx.name.removesuffix(_NAME)
    for index, sdk in enumerate([json.decode(sdk) for sdk in rctx.attr.sdks]):
        number = ("0" * _INDEX_WIDTH + str(index))[-_INDEX_WIDTH:]
        repo = extension + sdk["repo"] if sdk["own"] else sdk["repo"]
        if sdk["version"]:
            version_arguments = _known_version(sdk["version"])
        else:
            constant_prefix = "SDK_{}_".format(number)
            loads.append(_LOAD_VERSION.format(constant_prefix = constant_prefix, repo = repo))
            version_arguments = _loaded_version(constant_prefix)

        exec_goos, exec_goarch = sdk["platform"].split("_") if sdk["platform"] else detect_host_platform(rctx)
        toolchains.append(_TOOLCHAINS.format(
            exec_goarch = repr(exec_goarch),
            exec_goos = repr(exec_goos),
            prefix = repr("_{}_".format(number)),
            sdk_is_default = sdk["default"],
            sdk_name = repr(sdk["name"]),
            sdk_repo = repr(repo),
            sdk_type = repr(sdk["type"]),
            sdk_version = repr(sdk["version"]),
            **version_arguments
        ))

    # It is not reproducible: it has canonical names, and what the host is.
    rctx.file("BUILD.bazel", "".join(loads + toolchains))

_toolchains_repo = repository_rule(
    implementation = _toolchains_repo_impl,
    attrs = {
        "sdks": attr.string_list(
            doc = """The SDKs in the order in which they are tried, each as JSON of what toolchains_repo
says about it.""",
            mandatory = True,
        ),
    },
    doc = "Holds the toolchains of all SDKs.",
)

def toolchains_repo(sdks):
    """Declares the repository @go_overlay_toolchains.

    Args:
      sdks: list of struct, as the extension describes them.
    """
    _toolchains_repo(
        name = _NAME,
        sdks = [json.encode({
            "default": sdk.default,
            "name": sdk.name,
            "own": sdk.rule != None,
            "platform": sdk.platform,
            "repo": sdk.repo,
            "type": sdk.type,
            "version": sdk.version,
        }) for sdk in sdks],
    )
