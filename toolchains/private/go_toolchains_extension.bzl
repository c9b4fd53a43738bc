"""The go_toolchains module extension: wraps SDK repositories of rules_go."""

load("//go_overlay/private:root_tags.bzl", "root_tags")
load(":toolchains_repo.bzl", "toolchains_repo")

visibility(["//toolchains/..."])

def _go_toolchains_impl(mctx):
    wraps = root_tags(mctx, "go_toolchains", "wrap", "chooses its Go toolchains")
    repos = [tag.sdk.repo_name for tag in wraps]
    for index, repo in enumerate(repos):
        if repo in repos[:index]:
            fail("go_toolchains.wrap: {} is wrapped twice; keep one of the two tags".format(wraps[index].sdk))
        if bool(wraps[index].goos) != bool(wraps[index].goarch):
            fail("go_toolchains.wrap(sdk = \"{}\"): goos and goarch go together; set both, or neither for the host's".format(
                wraps[index].sdk,
            ))
    toolchains_repo(
        name = "go_overlay_toolchains",
        exec_platforms = ["{}_{}".format(tag.goos, tag.goarch) if tag.goos else "" for tag in wraps],
        sdk_repos = repos,
        sdk_types = [tag.sdk_type for tag in wraps],
        sdk_versions = [tag.version for tag in wraps],
    )
    return mctx.extension_metadata(reproducible = True)

_wrap_tag = tag_class(
    attrs = {
        "goarch": attr.string(
            doc = "GOARCH that the SDK runs on. Default: the host's.",
        ),
        "goos": attr.string(
            doc = """GOOS that the SDK runs on. Default: the host's. Where builds run on another
platform than the host (remote execution), wrap an SDK for that one, too: what an SDK compiles that is
not wrapped is not overlaid.""",
        ),
        "sdk": attr.label(
            doc = "The `ROOT` file of an SDK repository of rules_go: `@go_sdk//:ROOT`.",
            mandatory = True,
        ),
        "sdk_type": attr.string(
            default = "remote",
            doc = """`host` for an SDK of `go_sdk.host`, `remote` for any other: what rules_go's
`--@rules_go//go/toolchain:sdk_version` may say instead of a version. With the wrong type that flag
finds the SDK itself, which is not overlaid.""",
            values = ["host", "remote"],
        ),
        "version": attr.string(
            doc = """Go version of the SDK, such as `1.26.8`; it is an error if the SDK has another.
Default: read from the SDK, which is then fetched by every build, even one that compiles no Go.""",
        ),
    },
    doc = """Wraps an SDK repository, so that what it compiles is overlaid. Only in the root module.

The toolchains are in `@go_overlay_toolchains`, for every platform that rules_go targets, and are
chosen by the same flags as the SDK's own. Where several SDKs are wrapped, the first that suits is
the default.""",
)

go_toolchains = module_extension(
    implementation = _go_toolchains_impl,
    doc = "Declares Go toolchains which apply overlays. Register them: `register_toolchains(\"@go_overlay_toolchains//:all\")`.",
    tag_classes = {"wrap": _wrap_tag},
)
