"""Analysis tests of what overlays know of each other's diffs."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//go_overlay:defs.bzl", "GoOverlayInfo", "go_overlay", "go_overlay_set")
load("//go_overlay/private/declare:claims.bzl", "with_claims")
load("//go_overlay/private/declare:compose.bzl", "only_for_tools")

visibility("private")

def _claims(packages):
    return {
        importpath: [
            (claim.overlay.name, claim.diff.basename, claim.importpath, claim.files, claim.delete, claim.exclude, claim.strip, claim.absent)
            for claim in package.claims
        ]
        for importpath, package in packages.items()
    }

def _claims_test_impl(ctx):
    env = analysistest.begin(ctx)
    packages = analysistest.target_under_test(env)[GoOverlayInfo].packages
    root = ("claims_root", "first.patch", "example.com/m", ("a.go", "b.go"), ("old.go",), ("docs/*",), 1, False)
    sub = ("claims_sub", "first.patch", "example.com/m/sub", ("a.go",), (), (), 2, False)
    unnamed = ("claims_unnamed", "first.patch", "example.com/m/unnamed", (), (), (), 1, False)

    # The diff that one overlay alone has concerns no other.
    asserts.equals(
        env,
        {
            "example.com/m": [root, sub, unnamed],
            "example.com/m/alone": [],
            "example.com/m/sub": [root, sub, unnamed],
            "example.com/m/unnamed": [root, sub, unnamed],
        },
        _claims(with_claims(packages, packages)),
    )

    # Tools are built with a part of the set.
    asserts.equals(
        env,
        {"example.com/m/sub": [root[:-1] + (True,), sub, unnamed[:-1] + (True,)]},
        _claims(with_claims(packages, only_for_tools(packages))),
    )
    return analysistest.end(env)

_claims_test = analysistest.make(_claims_test_impl)

def claims_test_suite(name):
    """Tests of with_claims.

    Args:
      name: str, name of the test.
    """
    go_overlay(
        name = "claims_root",
        delete = ["old.go"],
        importpath = "example.com/m",
        patch_exclude = ["docs/*"],
        patches = {"testdata/first.patch": ["a.go", "b.go"]},
        tags = ["manual"],
    )
    go_overlay(
        name = "claims_sub",
        exec = True,
        importpath = "example.com/m/sub",
        patch_strip = 2,
        patches = {"testdata/first.patch": ["a.go"]},
        tags = ["manual"],
    )
    go_overlay(
        name = "claims_unnamed",
        importpath = "example.com/m/unnamed",
        patches = ["testdata/first.patch"],
        tags = ["manual"],
    )
    go_overlay(
        name = "claims_alone",
        importpath = "example.com/m/alone",
        patches = {"testdata/second.patch": ["a.go"]},
        tags = ["manual"],
    )
    go_overlay_set(
        name = "claims_set",
        overlays = [":claims_root", ":claims_sub", ":claims_unnamed", ":claims_alone"],
        tags = ["manual"],
    )
    _claims_test(
        name = name,
        target_under_test = ":claims_set",
    )
