"""The rule that builds our Go programs, which toolchains need: with nothing but an SDK."""

load("//common:base_toolchain_type.bzl", "BASE_TOOLCHAIN_TYPE")
load("//common:helper_platform.bzl", "HelperPlatformInfo")
load("//common:path_mapping.bzl", "PATH_MAPPING")

visibility(["//tools/..."])

# Sources are copied, for Bazel lays them out as links, which the go command does not follow for
# folders; and given a go.mod of their own: a change to tools/go.mod runs no action anew.
_BUILD = """
set -eu
out="$PWD/$1" go="$PWD/$2" package="$3" module="$4" root="$5"
shift 5
tmp="$(mktemp -d "${TMPDIR:-/tmp}/go_helper.XXXXXXXX")"
trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
for src in "$@"; do
  path="$tmp/src/${src#"$root"}"
  mkdir -p "${path%/*}"
  cp "$src" "$path"
done
printf 'module %s\\n\\ngo %s\\n' "$module" "$LANGUAGE_VERSION" > "$tmp/src/go.mod"
export GOROOT="${go%/bin/*}" GOCACHE="$tmp/cache" GOPATH="$tmp/path" GOTMPDIR="$tmp" HOME="$tmp"
cd "$tmp/src"
"$go" build -trimpath -ldflags=-buildid= -o "$out" "./$package"
"""

def _go_helper_impl(ctx):
    toolchain = ctx.toolchains[BASE_TOOLCHAIN_TYPE]
    sdk = toolchain.sdk
    out = ctx.actions.declare_file(ctx.label.name + (".exe" if toolchain.default_goos == "windows" else ""))
    root = ctx.label.workspace_root + "/" if ctx.label.workspace_root else ""
    args = ctx.actions.args()
    args.add(out)
    args.add(sdk.go)
    args.add(ctx.attr.package)
    args.add(ctx.attr.module)
    args.add(root)
    args.add_all(ctx.files.srcs)
    ctx.actions.run_shell(
        arguments = [args],
        command = _BUILD,
        env = {
            "CGO_ENABLED": "0",
            "GO111MODULE": "on",
            "GOARCH": toolchain.default_goarch,
            "GOENV": "off",
            "GOEXPERIMENT": sdk.experiments,
            "GOFLAGS": "-buildvcs=false -mod=mod",
            "GOOS": toolchain.default_goos,
            "GOPROXY": "off",
            "GOTELEMETRY": "off",
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
            "LANGUAGE_VERSION": ctx.attr.language_version,
        },
        execution_requirements = PATH_MAPPING,
        inputs = depset(ctx.files.srcs, transitive = [sdk.headers, sdk.srcs, sdk.libs, sdk.tools]),
        mnemonic = "GoHelperBuild",
        outputs = [out],
        progress_message = "Building Go helper %{output}",
        toolchain = BASE_TOOLCHAIN_TYPE,
        tools = [sdk.go],
    )
    return [
        DefaultInfo(
            executable = out,
            files = depset([out]),
        ),
        HelperPlatformInfo(goos = toolchain.default_goos),
    ]

go_helper = rule(
    implementation = _go_helper_impl,
    attrs = {
        "language_version": attr.string(
            doc = "Version of the Go language, as in go.mod.",
            mandatory = True,
        ),
        "module": attr.string(
            doc = "What import paths begin with, before the path from the root of the repository.",
            mandatory = True,
        ),
        "package": attr.string(
            doc = "Folder of the main package, relative to the repository.",
            mandatory = True,
        ),
        "srcs": attr.label_list(
            allow_files = [".go"],
            doc = "Source files of all packages of the program but those of the standard library.",
            mandatory = True,
        ),
    },
    doc = """Builds a Go program by `go build`, for the platform that it is needed on.

A `go_binary` would need a Go toolchain, which needs this program; and the standard library compiled
for the platform that builds run on, which little else needs.""",
    executable = True,
    provides = [HelperPlatformInfo],
    toolchains = [BASE_TOOLCHAIN_TYPE],
)
