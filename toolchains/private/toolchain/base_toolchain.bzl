"""The Go toolchains of rules_go that ours wrap, as other targets get at them."""

load("@io_bazel_rules_go//go:def.bzl", "GoInfo")
load("//common:base_toolchain_type.bzl", "BASE_TOOLCHAIN_TYPE")
load("//common:rules_go_internals.bzl", "GoStdLib")

visibility(["//toolchains"])

BaseToolchainInfo = provider(
    doc = "What configurations that differ only in their overlays have in common.",
    fields = {
        "helper": "FilesToRunProvider of the Go helper.",
        "stdlib": "list of the providers that rules_go's stdlib rule returns.",
        "toolchain": "ToolchainInfo of rules_go's toolchain.",
    },
)

def _base_toolchain_impl(ctx):
    return [BaseToolchainInfo(
        helper = ctx.attr._helper[DefaultInfo].files_to_run,
        stdlib = [ctx.attr._stdlib[GoInfo], ctx.attr._stdlib[GoStdLib]],
        toolchain = ctx.toolchains[BASE_TOOLCHAIN_TYPE],
    )]

base_toolchain = rule(
    implementation = _base_toolchain_impl,
    attrs = {
        "_helper": attr.label(
            cfg = "exec",
            default = "//tools:helper",
            executable = True,
        ),
        "_stdlib": attr.label(
            default = "@io_bazel_rules_go//:stdlib",
            providers = [GoStdLib],
        ),
    },
    doc = "The toolchain of rules_go that suits the configuration, with what it builds first.",
    provides = [BaseToolchainInfo],
    toolchains = [BASE_TOOLCHAIN_TYPE],
)
