"""The go_goroot macro: takes what it needs from the repository of an SDK."""

load(":go_goroot_rule.bzl", "go_goroot_rule")

visibility(["//toolchains"])

def go_goroot(name, sdk, overlays = None, **kwargs):
    """Lays out a Go SDK, with overlays of the standard library, of Go's tools and of `lib`, as a folder of files.

    ```starlark
    go_goroot(
        name = "goroot",
        overlays = "//overlays:prod",
        sdk = "@go_sdk_linux_amd64//:ROOT",
    )
    ```

    It is a whole GOROOT, for all that is not Bazel: `bazel-bin/goroot/bin/go build` compiles with the
    overlays, gopls and Delve show the text that is compiled, `go vet std` checks it. Its files are copies,
    never links: a build may chmod them, and a cache may bring them back. If Go's tools are overlaid, the
    tools and `go version` have a version of their own, so that their results in caches are told apart.

    `bazel run //:goroot -- install [NAME]` installs it into the SDK store, by the command of
    `@go_overlay//tools:sdk`: by the name `NAME`, or else by its version and `name`: `1.26.8-goroot`.

    The output group `overlay_json` has the changes in the form of `go build -overlay`, by names relative to
    the GOROOT.

    Args:
      name: str, name of the target, and of the folder.
      sdk: label, any target of the SDK's repository. With overlays of Go's tools, the build has to run on the
        platform that the SDK is for.
      overlays: label of a `go_overlay` or `go_overlay_set`, or None for the SDK as it is. Packages of other
        origin are left aside. For files in the SDK's folder `lib`, from which builds compile nothing, the import
        path of the overlay is the folder: `lib/wasm`, with `replace = {"wasm_exec.js": …}`.
      **kwargs: attributes that all rules have, such as `visibility` and `tags`.
    """
    sdk = native.package_relative_label(sdk)
    go_goroot_rule(
        name = name,
        files = sdk.same_package_label("files"),
        overlays = overlays,
        sdk = sdk.same_package_label("go_sdk"),
        **kwargs
    )
