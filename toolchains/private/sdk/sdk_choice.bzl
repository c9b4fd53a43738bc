"""Which of several Go SDKs a build uses."""

load("//common:copies.bzl", "with_fields")
load("//common:go_versions.bzl", "version_key")

visibility(["//tests/analysis"])

def in_order(sdks):
    """Returns SDKs in the order in which they are tried, with field default set where they need no flag.

    An SDK that nobody chose must not become the default, not even on a machine that lacks the default.

    Args:
      sdks: list of struct(default, platform, tag, version, ...).

    Returns:
      list of struct, the defaults first, then newer versions before older ones: a flag may give just
      the first numbers of a version.
    """
    marked = [sdk for sdk in sdks if sdk.default]
    defaults = marked or [sdk for sdk in sdks if not sdk.never_default]
    for index, sdk in enumerate(defaults):
        for other in defaults[:index]:
            if not _may_meet(sdk, other, marked):
                continue
            fail("""{other} and {tag} {problem}.
Write {way_out}.""".format(
                other = _describe(other),
                problem = "are both to be the default" if marked else "are both there, and none is the default",
                tag = _describe(sdk),
                way_out = """default = False for go_toolchains.from_file, or take default = True from one of \
the others""" if marked else "default = True for the one that builds use unless they are told otherwise",
            ))
    return (
        [with_fields(struct, sdk, default = True) for sdk in defaults] +
        _newest_first([sdk for sdk in sdks if sdk not in defaults])
    )

def _may_meet(a, b, marked):
    """Returns whether two SDKs might both be the default, here or each on another machine."""
    if a.platform == b.platform or not a.platform or not b.platform:
        return True
    return not marked and a.version != b.version

def _describe(sdk):
    return "{} (Go {})".format(sdk.tag, sdk.version) if sdk.version else sdk.tag

def _newest_first(sdks):
    known = [sdk for sdk in sdks if sdk.version]
    return (
        sorted(known, key = lambda sdk: version_key(sdk.version), reverse = True) +
        [sdk for sdk in sdks if not sdk.version]
    )
