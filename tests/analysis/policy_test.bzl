"""Unit tests of policies, dates and digests."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//go_overlay/private/choose:policy.bzl", "matches", "policy_errors")
load("//go_overlay/private/declare:dates.bzl", "is_date")
load("//go_overlay/private/declare:digests.bzl", "is_digest")

visibility("private")

_NO_POLICY = struct(allow = [], deny = [], require = [])

def _packages(**kwargs):
    overlay = struct(**({
        "expires": "",
        "label": Label("//overlays:uuid"),
        "reason": "",
        "upstream": "",
    } | kwargs))
    return {"github.com/google/uuid": struct(overlays = (overlay,))}

def _assert_errors(env, expected, packages, policy = _NO_POLICY, today = ""):
    """Checks that there is one error for each expected string, which it contains."""
    errors = policy_errors(packages, policy, today)
    asserts.equals(env, len(expected), len(errors), "errors are {}".format(errors))
    for part, error in zip(expected, errors):
        asserts.true(env, part in error, "{} is not in {}".format(part, error))

def _matches_test_impl(ctx):
    env = unittest.begin(ctx)
    for pattern, importpath, expected in [
        ("k8s.io/api", "k8s.io/api", True),
        ("k8s.io/api", "k8s.io/api/core", False),
        ("k8s.io/api/...", "k8s.io/api", True),
        ("k8s.io/api/...", "k8s.io/api/core/v1", True),
        ("k8s.io/api/...", "k8s.io/apimachinery", False),
        ("k8s.io/api...", "k8s.io/apimachinery", True),
        (".../internal/...", "k8s.io/internal/x", True),
        (".../internal/...", "k8s.io/x", False),
        ("a...a", "a", False),
        ("...", "anything", True),
    ]:
        asserts.equals(env, expected, matches(pattern, importpath), "{} of {}".format(pattern, importpath))
    return unittest.end(env)

_matches_test = unittest.make(_matches_test_impl)

def _formats_test_impl(ctx):
    env = unittest.begin(ctx)
    for date in ["2026-11-21", "2028-02-29", "0001-12-31", "2026-08-09"]:
        asserts.true(env, is_date(date), date)
    for date in ["", "2026-11", "2026-11-21 ", "26-11-21", "2026-13-01", "2026-00-01", "2026-02-30", "2026-1-010", "tomorrow", "2026-11-21-"]:
        asserts.false(env, is_date(date), date)
    asserts.true(env, is_digest("sha256:" + 64 * "a"))
    for digest in ["", 64 * "a", "sha256:" + 63 * "a", "sha256:" + 64 * "A", "sha512:" + 64 * "a"]:
        asserts.false(env, is_digest(digest), digest)
    return unittest.end(env)

_formats_test = unittest.make(_formats_test_impl)

def _expiry_test_impl(ctx):
    env = unittest.begin(ctx)
    packages = _packages(
        expires = "2026-11-21",
        reason = "until upstream has it",
        upstream = "https://example.com/1",
    )
    for today in ["2026-11-20", "2026-11-21", "unchecked"]:
        _assert_errors(env, [], packages, today = today)
    _assert_errors(env, ["expired on 2026-11-21, and today is 2026-11-22.\n  reason: until upstream has it\n  upstream: https://example.com/1\n"], packages, today = "2026-11-22")

    # The command changes only what is of the workspace.
    deletes = "\nThe command overlay deletes it:\n  overlay drop //overlays:uuid"
    _assert_errors(env, [deletes], packages, today = "2026-11-22")
    of_another = _packages(expires = "2026-11-21", label = Label("@bazel_skylib//overlays:uuid"))
    asserts.true(env, policy_errors(of_another, _NO_POLICY, "2026-11-22")[0].endswith("otherwise change its expires."))
    _assert_errors(env, ["expires on 2026-11-21, but the build does not know what day it is. Say it:\n  --@go_overlay//go_overlay:today=$(date -u +%F)\n"], packages)
    _assert_errors(env, ["go_overlay:today=today: expected a date YYYY-MM-DD that there is, or unchecked"], packages, today = "today")

    # Who has no expiry need not say what day it is.
    _assert_errors(env, [], _packages())
    return unittest.end(env)

_expiry_test = unittest.make(_expiry_test_impl)

def _policy_test_impl(ctx):
    env = unittest.begin(ctx)
    policy = struct(allow = ["github.com/..."], deny = ["github.com/google/uuid"], require = ["reason", "upstream"])
    _assert_errors(
        env,
        [
            "changes package github.com/google/uuid, which overlays.policy denies: deny has \"github.com/google/uuid\"",
            "has no upstream, which overlays.policy requires. Add upstream = ",
        ],
        _packages(reason = "a reason"),
        policy,
    )
    _assert_errors(
        env,
        ["changes package github.com/google/uuid, which overlays.policy does not allow: allow has \"k8s.io/...\", \"x\""],
        _packages(),
        struct(allow = ["k8s.io/...", "x"], deny = [], require = []),
    )
    _assert_errors(
        env,
        [],
        _packages(),
        struct(allow = ["github.com/google/..."], deny = ["github.com/google"], require = []),
    )
    return unittest.end(env)

_policy_test = unittest.make(_policy_test_impl)

def policy_test_suite(name):
    unittest.suite(name, _matches_test, _formats_test, _expiry_test, _policy_test)
