"""The go_toolchains module extension: declares Go SDKs, and toolchains of them that apply overlays."""

load("//common:copies.bzl", "with_fields")
load("//common:go_versions.bzl", "check_version", "compare_versions", "read_go_mod")
load("//common:root_tags.bzl", "root_tags")
load("//toolchains/private/toolchain:toolchains_repo.bzl", "toolchains_repo")
load(":sdk_choice.bzl", "in_order")
load(":sdk_lock.bzl", "read_lock")
load(":sdk_repo.bzl", "go_local_sdk_repo", "go_sdk_repo")

visibility(["//toolchains"])

# What builds run on mostly. No SDK is fetched before a build needs it.
_PLATFORMS = ["darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64", "windows_amd64"]

def _go_toolchains_impl(mctx):
    tags = {
        name: root_tags(mctx, "go_toolchains", name, "chooses its Go toolchains")
        for name in ["config", "from_file", "host", "local", "sdk", "wrap"]
    }
    config = _config(mctx, tags["config"])
    sdks = _unique(
        [sdk for tag in tags["from_file"] for sdk in _from_file(mctx, config, tag)] +
        [sdk for tag in tags["sdk"] for sdk in _sdk(config, tag)] +
        [_local(mctx, "local", tag) for tag in tags["local"]] +
        [_wrap(tag) for tag in tags["wrap"]] +
        [_local(mctx, "host", tag) for tag in tags["host"]],
    )
    for sdk in sdks:
        if sdk.rule:
            sdk.rule(name = sdk.repo, **sdk.attrs)
    toolchains_repo(in_order(sdks))
    return mctx.extension_metadata(reproducible = True)

def _config(mctx, tags):
    if len(tags) > 1:
        fail("go_toolchains.config is there twice; keep one of the two tags")
    if not tags or not tags[0].lock_file:
        return struct(
            allow_unlocked = bool(tags) and tags[0].allow_unlocked,
            lock = {},
            lock_file = "",
            lock_path = "",
        )
    label = tags[0].lock_file
    path = mctx.path(label)
    lock_path = "{}/{}".format(label.package, label.name).removeprefix("/")
    if not path.exists:
        fail("""go_toolchains.config: the lock file {} does not exist. Begin with an empty one:
  echo '{{"lock_version": 1, "sdks": {{}}}}' > {}""".format(_display(label), lock_path))
    return struct(
        allow_unlocked = tags[0].allow_unlocked,
        lock = read_lock(mctx.read(path), _display(label)),
        lock_file = _display(label),
        lock_path = lock_path,
    )

def _display(label):
    """Returns a label of the root module as its files spell it."""
    return "//{}:{}".format(label.package, label.name)

def _declared(
        *,
        tag,
        name,
        repo,
        rule = None,
        attrs = {},
        version = "",
        platform = "",
        type = "remote",
        default = False,
        never_default = False):
    """Describes an SDK for one platform that it runs on.

    Args:
      tag: str, what declares it, for messages.
      name: str, value of rules_go's flag sdk_name that chooses it.
      repo: str, name of its repository; canonical if it is not one of ours.
      rule: repository rule that makes it; None if it is not one of ours.
      attrs: dict, attributes for the rule, but for its name.
      version: str, Go version; empty if only the SDK itself knows.
      platform: str, GOOS_GOARCH; empty for the host's.
      type: str, host or remote, as rules_go's flag sdk_version may say.
      default: bool, whether it is marked as the default.
      never_default: bool, whether it is marked as something else.
    """
    return struct(
        attrs = attrs,
        default = default,
        name = name,
        never_default = never_default,
        platform = platform,
        repo = repo,
        rule = rule,
        tag = tag,
        type = type,
        version = version,
    )

def _fetched(config, tag, where, version, **marks):
    """Returns an SDK that is fetched, for each platform that it runs on."""
    locked = config.lock.get(version, {})
    name = tag.name or "go_sdk_" + version

    # Those that the lock file lacks, too: to fail there is better than to leave builds to the SDK that
    # rules_go registers for every platform.
    platforms = tag.platforms or sorted({platform: None for platform in _PLATFORMS + locked.keys()})
    sdks = []
    for platform in platforms:
        if platform.count("_") != 1:
            fail("{}: platform \"{}\" is not of the form GOOS_GOARCH, such as linux_amd64".format(where, platform))
        entry = locked.get(platform)
        sdks.append(_declared(
            name = name,
            attrs = {
                "allow_unlocked": config.allow_unlocked and not entry,
                "h1": entry.h1 if entry else "",
                "lock_file": config.lock_file,
                "lock_path": config.lock_path,
                "platform": platform,
                "sha256": entry.sha256 if entry else "",
                "slim": tag.slim,
                "version": version,
            },
            platform = platform,
            repo = "{}_{}".format(name, platform),
            rule = go_sdk_repo,
            tag = where,
            version = version,
            **marks
        ))
    return sdks

def _sdk(config, tag):
    where = "go_toolchains.sdk(version = \"{}\")".format(tag.version)
    return _fetched(config, tag, where, check_version(tag.version, where), default = tag.default)

def _from_file(mctx, config, tag):
    where = "go_toolchains.from_file(go_mod = \"{}\")".format(_display(tag.go_mod))
    go_mod = _read_go_mod(mctx, tag.go_mod)
    if "-" in go_mod.toolchain:
        fail("{}: the toolchain go{} is no release of Go, which GOPROXY could have; use go_toolchains.local or wrap".format(where, go_mod.toolchain))
    version = check_version(go_mod.toolchain or go_mod.go, where)
    if go_mod.go and compare_versions(version, go_mod.go) < 0:
        # As the go command has it: the go line is the lowest version that will do.
        version = check_version(go_mod.go, where)
    return _fetched(config, tag, where, version, default = tag.default, never_default = not tag.default)

def _read_go_mod(mctx, label):
    if not mctx.path(label).exists:
        fail("go_toolchains: go_mod names {}, which does not exist".format(_display(label)))
    return read_go_mod(mctx.read(label), _display(label))

def _local(mctx, kind, tag):
    where = "go_toolchains.{}(name = \"{}\")".format(kind, tag.name)
    go_mod = _read_go_mod(mctx, tag.go_mod) if tag.go_mod else struct(go = "", toolchain = "")

    # go1.26.8-custom is a 1.26.8 that someone patched.
    toolchain = go_mod.toolchain.partition("-")[0]
    if tag.version and toolchain and tag.version != toolchain:
        fail("{}: version is {}, but the toolchain line of {} says {}".format(where, tag.version, _display(tag.go_mod), toolchain))
    version = tag.version or toolchain
    return _declared(
        name = tag.name,
        attrs = {
            "min_version": go_mod.go,
            "path": getattr(tag, "path", ""),
            "tag": where,
            "version": check_version(version, where) if version else "",
            "wanted_by": "version" if tag.version else _display(tag.go_mod) if tag.go_mod else "",
        },
        default = tag.default,
        repo = tag.name,
        rule = go_local_sdk_repo,
        tag = where,
        type = "host" if kind == "host" else "remote",
        version = version,
    )

def _wrap(tag):
    where = "go_toolchains.wrap(sdk = \"{}\")".format(tag.sdk)
    if bool(tag.goos) != bool(tag.goarch):
        fail("{}: goos and goarch go together; set both, or neither for the host's".format(where))
    return _declared(
        # The name that rules_go's extension gave to the repository.
        name = tag.sdk.repo_name.replace("~", "+").rpartition("+")[2],
        default = tag.default,
        platform = "{}_{}".format(tag.goos, tag.goarch) if tag.goos else "",
        repo = tag.sdk.repo_name,
        tag = where,
        type = tag.sdk_type,
        version = check_version(tag.version, where) if tag.version else "",
    )

def _unique(sdks):
    """Merges SDKs that are declared twice, as by from_file and sdk. Fails where two only bear the same name."""
    by_repo = {}
    by_name = {}
    for sdk in sdks:
        other = by_repo.get(sdk.repo)
        if other and not sdk.rule:
            fail("{} is there twice; keep one of the two tags".format(sdk.tag))
        if other and other.attrs != sdk.attrs:
            fail("{} and {} both make the repository {}; give one of them another name".format(other.tag, sdk.tag, sdk.repo))
        if other:
            by_repo[sdk.repo] = with_fields(
                struct,
                other,
                default = other.default or sdk.default,
                never_default = other.never_default and sdk.never_default,
            )
            continue
        for namesake in by_name.get(sdk.name, []):
            if sdk.platform == namesake.platform or not sdk.platform or not namesake.platform:
                fail("{} and {} are both chosen by --@rules_go//go/toolchain:sdk_name={}; give one of them another name".format(
                    namesake.tag,
                    sdk.tag,
                    sdk.name,
                ))
        by_repo[sdk.repo] = sdk
        by_name[sdk.name] = by_name.get(sdk.name, []) + [sdk]
    return by_repo.values()

_default_attr = {
    "default": attr.bool(
        doc = """Whether builds use it unless they are told otherwise. An SDK that is the only one for
the platform that it runs on needs no mark, if none is marked.""",
    ),
}

_fetch_attrs = {
    "name": attr.string(
        doc = """Value of `--@rules_go//go/toolchain:sdk_name` that chooses it, and with `_GOOS_GOARCH`
behind it the name of its repository. Default: `go_sdk_` and the version.""",
    ),
    "platforms": attr.string_list(
        doc = """Platforms that it has to run on, such as `linux_amd64`. Default: common ones, and those that
the lock file has for the version. Only that of the machine is fetched. What an SDK compiles *for* is not
limited.""",
    ),
    "slim": attr.bool(
        doc = "Whether to leave out tests and their data.",
    ),
}

_local_attrs = _default_attr | {
    "go_mod": attr.label(
        doc = """A `go.mod` or `go.work`: it is an error if its `toolchain` line names another version than
the SDK has, or its `go` line a higher one.""",
    ),
    "version": attr.string(
        doc = "Go version that it has to have. Default: any, and it is looked up by every build, even one that compiles no Go.",
    ),
}

_config_tag = tag_class(
    attrs = {
        "allow_unlocked": attr.bool(
            doc = """Whether SDKs that the lock file does not have are fetched nevertheless. Nothing verifies
those; the entry to add is printed.""",
        ),
        "lock_file": attr.label(
            doc = """The lock file, such as `//:go_sdk.lock.json`: for each version and platform, the digest
of the zip and the sum of the checksum database. Made by `bazel run @go_overlay//tools:sdk -- lock VERSION`.""",
        ),
    },
    doc = "Settings of all SDKs that are fetched.",
)

_sdk_tag = tag_class(
    attrs = _default_attr | _fetch_attrs | {
        "version": attr.string(
            doc = "Go version, such as `1.26.8`.",
            mandatory = True,
        ),
    },
    doc = """Fetches a Go SDK through GOPROXY: the version of the module `golang.org/toolchain` that the
go command itself would fetch.

GOPROXY, GONOPROXY and GOPRIVATE are those of the environment (or `--repo_env`), or else what the go
command on PATH says; credentials are those of the URL or of the netrc file.""",
)

_from_file_tag = tag_class(
    attrs = _fetch_attrs | {
        "default": attr.bool(
            default = True,
            doc = "Whether builds use it unless they are told otherwise.",
        ),
        "go_mod": attr.label(
            doc = "The `go.mod` or `go.work`.",
            mandatory = True,
        ),
    },
    doc = """Fetches, as `sdk` does, the Go SDK that the `toolchain` line of a `go.mod` names, or its `go` line
if that is higher, or the only one.""",
)

_host_tag = tag_class(
    attrs = _local_attrs | {
        "name": attr.string(
            default = "go_host_sdk",
            doc = "Name of its repository, and value of `--@rules_go//go/toolchain:sdk_name` that chooses it.",
        ),
    },
    doc = "The Go SDK of the machine: that of GOROOT, or of the go command on PATH.",
)

_local_tag = tag_class(
    attrs = _local_attrs | {
        "name": attr.string(
            default = "go_local_sdk",
            doc = "Name of its repository, and value of `--@rules_go//go/toolchain:sdk_name` that chooses it.",
        ),
        "path": attr.string(
            doc = "Absolute path of its GOROOT.",
            mandatory = True,
        ),
    },
    doc = "A Go SDK in a folder of the machine.",
)

_wrap_tag = tag_class(
    attrs = _default_attr | {
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
    doc = "Takes an SDK repository of rules_go.",
)

go_toolchains = module_extension(
    implementation = _go_toolchains_impl,
    doc = """Declares Go SDKs, and toolchains of them which apply overlays. Only for the root module.

Register them: `register_toolchains("@go_overlay_toolchains//:all")`. There are toolchains for every
platform that rules_go targets, chosen by the same flags as those of rules_go:
`--@rules_go//go/toolchain:sdk_version=1.26` and `sdk_name`. Without such a flag builds use the default
SDK and no other.""",
    tag_classes = {
        "config": _config_tag,
        "from_file": _from_file_tag,
        "host": _host_tag,
        "local": _local_tag,
        "sdk": _sdk_tag,
        "wrap": _wrap_tag,
    },
)
