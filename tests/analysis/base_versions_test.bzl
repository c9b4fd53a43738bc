"""Unit tests of the versions that bases of overlays are from."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//go_overlay/private/declare:base_versions.bzl", "is_base_version")

visibility("private")

def _base_versions_test_impl(ctx):
    env = unittest.begin(ctx)
    for version in [
        "v0.0.0",
        "v1.6.0",
        "v10.20.30",
        "v1.2.3-rc.1",
        "v1.2.3-alpha-1.x--y",
        "v1.2.3-0a",
        # Pseudo-versions: of no version, after a release, and after a pre-release.
        "v0.0.0-20191109021931-daa7c04131f5",
        "v1.2.4-0.20191109021931-daa7c04131f5",
        "v1.2.3-pre.0.20191109021931-daa7c04131f5",
        "v2.0.0+incompatible",
        "v14.2.1-0.20191109021931-daa7c04131f5+incompatible",
        "go1.20",
        "go1.20.14",
        "go1.21.0",
        "go1.26.8",
        "go1.26rc1",
        "go1.18beta2",
    ]:
        asserts.true(env, is_base_version(version), version)
    for version in [
        "",
        "1.6.0",
        "1.26.8",
        "latest",
        "master",
        "v",
        "v1",
        "v1.6",
        "v1.6.0.1",
        "v1.06.0",
        "v1.6.x",
        "v-1.6.0",
        "v1.6.0-",
        "v1.6.0-rc..1",
        "v1.6.0-01",
        "v1.6.0-rc_1",
        "v1.6.0+",
        "v1.6.0+meta",
        # A module of these needs no mark that it has no go.mod.
        "v1.6.0+incompatible",
        "v1.6.0\n",
        " v1.6.0",
        "V1.6.0",
        "go",
        "go1",
        "go2.0.0",
        # Of the language, not of an SDK.
        "go1.21",
        "go1.26",
        "go1.26.",
        "go1.26.8.1",
        "go1.026.8",
        "go1.26rc",
        "go1.26rc1beta1",
        "go1.26.8-custom",
        "gov1.26.8",
    ]:
        asserts.false(env, is_base_version(version), version)
    return unittest.end(env)

_base_versions_test = unittest.make(_base_versions_test_impl)

def base_versions_test_suite(name):
    unittest.suite(name, _base_versions_test)
