"""The macro that fills the BUILD file of the @go_overlay_toolchains repository."""

load("@bazel_skylib//lib:selects.bzl", "selects")
load("//common:base_toolchain_type.bzl", "BASE_TOOLCHAIN_TYPE")
load("//common:go_versions.bzl", "sdk_version_values")
load("//common:rules_go_internals.bzl", "GOOS_GOARCH")
load(":overlay_toolchain.bzl", "overlay_toolchain")

# Loaded by the generated repository, which visibility() has no name for.
visibility("public")

_TOOLCHAIN_TYPE = Label("@io_bazel_rules_go//go:toolchain")
_SDK_NAME = Label("@io_bazel_rules_go//go/toolchain:sdk_name")
_SDK_VERSION = Label("@io_bazel_rules_go//go/toolchain:sdk_version")

def _constraint(name):
    return Label("@io_bazel_rules_go//go/toolchain:" + name)

def _flag_matches_any(name, flag, values):
    """Declares a setting that holds where a flag has one of the values."""
    settings = []
    for index, value in enumerate(values):
        setting = "{}_is_{}".format(name, index)
        native.config_setting(
            name = setting,
            flag_values = {flag: value},
        )
        settings.append(":" + setting)
    selects.config_setting_group(
        name = name,
        match_any = settings,
    )

def _declare_choice(name, sdk_name, versions, is_default):
    """Declares a setting that holds where rules_go's flags choose an SDK, or leave it to the default."""
    named = name + "_named"
    version_given = name + "_version_given"
    version_fits = name + "_version_fits"
    name_fits = name + "_name_fits"
    _flag_matches_any(named, _SDK_NAME, [sdk_name])
    _flag_matches_any(name_fits, _SDK_NAME, ["", sdk_name])
    _flag_matches_any(version_given, _SDK_VERSION, versions)
    _flag_matches_any(version_fits, _SDK_VERSION, [""] + versions)
    if is_default:
        selects.config_setting_group(
            name = name,
            match_all = [":" + name_fits, ":" + version_fits],
        )
        return
    selects.config_setting_group(
        name = name + "_by_name",
        match_all = [":" + named, ":" + version_fits],
    )
    selects.config_setting_group(
        name = name + "_by_version",
        match_all = [":" + name_fits, ":" + version_given],
    )
    selects.config_setting_group(
        name = name,
        match_any = [":" + name + "_by_name", ":" + name + "_by_version"],
    )

# buildifier: disable=unnamed-macro
def declare_toolchains(
        *,
        prefix,
        sdk_repo,
        sdk_is_default,
        sdk_name,
        sdk_type,
        sdk_version,
        exec_goos,
        exec_goarch,
        major,
        minor,
        patch,
        prerelease):
    """Declares the toolchains of one wrapped SDK, one for each platform that rules_go targets.

    They are chosen under the same constraints and flags as the toolchains that rules_go declares
    for the SDK itself.

    Args:
      prefix: str, begins every target name; toolchains are registered in the order of their names.
      sdk_repo: str, canonical name of the SDK repository.
      sdk_is_default: bool, whether builds that choose no SDK use it.
      sdk_name: str, the SDK's value of rules_go's sdk_name flag.
      sdk_type: str, "host" or "remote", as in rules_go's sdk_version flag.
      sdk_version: str, Go version that the SDK has to be; empty for any.
      exec_goos: str, GOOS that the SDK runs on.
      exec_goarch: str, GOARCH that the SDK runs on.
      major: str, first number of the Go version.
      minor: str, second number of the Go version.
      patch: str, third number of the Go version.
      prerelease: str, what follows it, such as "rc1"; empty for a release.
    """
    chosen = prefix + "is_chosen"
    _declare_choice(
        chosen,
        sdk_name,
        [sdk_type] + sdk_version_values("{}.{}.{}{}".format(major, minor, patch, prerelease)),
        sdk_is_default,
    )
    overlay_toolchain(
        name = prefix + "overlay_toolchain",
        # Absent from the graph, not only unused, where nothing is overlaid.
        active = select({
            Label("//toolchains:nothing_is_overlaid"): None,
            "//conditions:default": Label("//toolchains:active_packages"),
        }),
        active_in_tools = select({
            Label("//toolchains:tools_have_another_set"): Label("//toolchains:active_packages"),
            "//conditions:default": None,
        }),
        helper = select({
            Label("//toolchains:nothing_is_overlaid"): None,
            "//conditions:default": Label("//tools:helper"),
        }),
        sdk_repo = sdk_repo,
        sdk_version = sdk_version,
        # What is built with the flags of the command line uses what it has built with other ones.
        shared = select({
            Label("//go_overlay/private/settings:top"): None,
            "//conditions:default": Label("//toolchains:base_toolchain"),
        }),
        tags = ["manual"],
        tools = select({
            Label("//toolchains:nothing_is_overlaid"): None,
            "//conditions:default": Label("//toolchains:overlaid_tools"),
        }),
        visibility = ["//visibility:public"],
    )
    for goos, goarch in GOOS_GOARCH:
        for name, toolchain_type, toolchain in [
            ("go", _TOOLCHAIN_TYPE, ":{}overlay_toolchain".format(prefix)),
            ("base", BASE_TOOLCHAIN_TYPE, "@@{}//:go_{}_{}-impl".format(sdk_repo, goos, goarch)),
        ]:
            native.toolchain(
                name = "{}{}_{}_{}".format(prefix, name, goos, goarch),
                exec_compatible_with = [_constraint(exec_goos), _constraint(exec_goarch)],
                target_compatible_with = [_constraint(goos), _constraint(goarch)],
                target_settings = [":" + chosen],
                toolchain = toolchain,
                toolchain_type = toolchain_type,
            )
