"""Unit tests of what decides where Go SDKs come from, and which of them is used."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//common:go_versions.bzl", "check_version", "compare_versions", "read_go_mod")
load("//toolchains/private/sdk:h1.bzl", "h1_from_hex")
load("//toolchains/private/sdk:sdk_choice.bzl", "in_order")
load("//toolchains/private/sdk:sdk_lock.bzl", "lock_problem", "read_lock")
load("//toolchains/private/sdk:urls.bzl", "glob_matches_prefix", "netrc_auth", "parse_proxy")
load(":sdk_lock_cases.bzl", "SDK_LOCK_CASES")

visibility("private")

def _glob_test_impl(ctx):
    env = unittest.begin(ctx)
    for globs, path, want in [
        ("golang.org/toolchain", "golang.org/toolchain", True),
        ("golang.org", "golang.org/toolchain", True),
        ("golang.org/", "golang.org/toolchain", True),
        ("*", "golang.org/toolchain", True),
        ("*.org", "golang.org/toolchain", True),
        ("*.org/*", "golang.org/toolchain", True),
        ("*/tool*ain", "golang.org/toolchain", True),
        ("example.com,golang.org/tool?hain", "golang.org/toolchain", True),
        ("go*lang*org", "golang.org/toolchain", True),
        (",,golang.org,", "golang.org/toolchain", True),
        ("", "golang.org/toolchain", False),
        (",", "golang.org/toolchain", False),
        ("none", "golang.org/toolchain", False),
        ("golang.org/toolchain/v2", "golang.org/toolchain", False),
        ("golang", "golang.org/toolchain", False),
        ("golang.org/tool", "golang.org/toolchain", False),
        ("olang.org", "golang.org/toolchain", False),
        ("*.com", "golang.org/toolchain", False),
        ("golang.org/toolchain?", "golang.org/toolchain", False),
        ("*oolchain", "golang.org/toolchain", False),
        # The go command does not trim either.
        ("example.com, golang.org", "golang.org/toolchain", False),
        # What is not understood does no harm where it can't match.
        ("*.corp[0-9].example", "golang.org/toolchain", False),
        ("example.com/\\*", "golang.org/toolchain", False),
    ]:
        asserts.equals(env, want, glob_matches_prefix(globs, path), "{} and {}".format(globs, path))
    return unittest.end(env)

_glob_test = unittest.make(_glob_test_impl)

def _basic(login, password):
    return {"login": login, "password": password, "type": "basic"}

def _parse_proxy_test_impl(ctx):
    env = unittest.begin(ctx)
    for element, base, auth in [
        ("https://example.com", "https://example.com", None),
        ("http://example.com:8080/go/", "http://example.com:8080/go/", None),
        ("HTTPS://example.com", "https://example.com", None),
        ("example.com/go", "https://example.com/go", None),
        ("localhost:3000", "https://localhost:3000", None),
        ("https://[::1]:3000/go", "https://[::1]:3000/go", None),
        ("file:///srv/go", "file:///srv/go", None),
        ("https://a:b@example.com/go", "https://example.com/go", _basic("a", "b")),
        ("a:b@example.com", "https://example.com", _basic("a", "b")),
        ("https://a@example.com", "https://example.com", _basic("a", "")),
        ("https://a:b:c@d@example.com:1", "https://example.com:1", _basic("a", "b:c@d")),
        ("https://a%40b:%25%2f%2F%3a%7e%21@example.com", "https://example.com", _basic("a@b", "%//:~!")),
    ]:
        proxy = parse_proxy(element)
        asserts.equals(env, "", proxy.problem, element)
        asserts.equals(env, base, proxy.base, element)
        asserts.equals(env, auth, proxy.auth, element)
    for element in [
        "proxy",
        "/srv/go",
        "ftp://hunter2@example.com",
        "https:/hunter2@example.com",
        "https://",
        "https://hunter2@",
        "file://example.com/srv",
        "https://example.com:hunter2",
        # A slash ends the host, and what follows would be shown.
        "https://a:hunter2/b@example.com",
        "https://a:1/hunter2@example.com",
        "https://a:b@example.com?token=hunter2",
        "https://example.com/#hunter2",
        "https://a:hunter2%@example.com",
        "https://a:hunter2%4@example.com",
        "https://a:hunter2%xx@example.com",
        "https://a:hunter2%20@example.com",
        "https://a:hunter2%C3%A4@example.com",
    ]:
        problem = parse_proxy(element).problem
        asserts.true(env, problem, element)
        asserts.false(env, "hunter2" in problem, problem)
    return unittest.end(env)

_parse_proxy_test = unittest.make(_parse_proxy_test_impl)

_NETRC = """# machine example.com login comment password comment
machine example.org
  login\ta
  password b
machine example.com login c password d account e
machine example.com login later password later
macdef init
  machine example.net login macro password macro

machine incomplete.example login f
machine port.example:8443 login g password h
machine empty.example login
default login anonymous password user@example
machine behind.example login x password y
"""

def _netrc_test_impl(ctx):
    env = unittest.begin(ctx)
    for url, want in [
        ("https://example.org/go", _basic("a", "b")),
        ("https://example.org:8443/go", _basic("a", "b")),
        ("https://example.com", _basic("c", "d")),
        ("https://port.example:8443/go", _basic("g", "h")),
        ("https://port.example/go", None),
        ("https://example.net/go", None),
        ("https://incomplete.example", None),
        ("https://empty.example", None),
        ("https://www.example.com", None),
        ("https://behind.example", None),
        # In clear text over the network.
        ("http://example.com", None),
        ("file:///example.com", None),
    ]:
        asserts.equals(env, want, netrc_auth(_NETRC, url), url)
    asserts.equals(env, _basic("a", "b"), netrc_auth("machine [::1] login a password b", "https://[::1]:1/go"))
    asserts.equals(env, _basic("a", "b"), netrc_auth("machine x\r\nlogin a\r\npassword b\r\n", "https://x/go"))
    asserts.equals(env, None, netrc_auth("", "https://example.com"))
    return unittest.end(env)

_netrc_test = unittest.make(_netrc_test_impl)

def _h1_test_impl(ctx):
    env = unittest.begin(ctx)

    # Of nothing, and of bits that use all of base64.
    asserts.equals(
        env,
        "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        h1_from_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    )
    asserts.equals(
        env,
        "h1:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopw=",
        h1_from_hex("00108310518720928b30d38f41149351559761969b71d79f8218a39259a7a29c"),
    )
    asserts.equals(env, "h1:" + "/" * 42 + "8=", h1_from_hex("f" * 64))
    return unittest.end(env)

_h1_test = unittest.make(_h1_test_impl)

def _check_version_test_impl(ctx):
    env = unittest.begin(ctx)
    for version, want in [
        ("1.26.8", "1.26.8"),
        ("go1.26.8", "1.26.8"),
        ("1.26rc1", "1.26rc1"),
        ("1.21beta2", "1.21beta2"),
        # Before 1.21, the first release had no third number.
        ("1.20", "1.20"),
        ("1.21.0", "1.21.0"),
    ]:
        asserts.equals(env, want, check_version(version, "test"))
    return unittest.end(env)

_check_version_test = unittest.make(_check_version_test_impl)

def _compare_versions_test_impl(ctx):
    env = unittest.begin(ctx)
    versions = [
        "1.9.7",
        "1.20",
        "1.20.1",
        "1.21beta1",
        "1.21rc2",
        "1.21rc10",
        "1.21.0",
        "1.21.9",
        "1.21.10",
        "1.100.0",
    ]
    for index, version in enumerate(versions):
        for other_index, other in enumerate(versions):
            want = -1 if index < other_index else int(index > other_index)
            asserts.equals(env, want, compare_versions(version, other), "{} and {}".format(version, other))
    return unittest.end(env)

_compare_versions_test = unittest.make(_compare_versions_test_impl)

def _read_go_mod_test_impl(ctx):
    env = unittest.begin(ctx)
    for content, go, toolchain in [
        ("module example.com/a\n\ngo 1.26.8\n", "1.26.8", ""),
        ("module a\r\n\r\ngo 1.26.8\r\n", "1.26.8", ""),
        ("go 1.26 // or later\ntoolchain go1.26.8\n", "1.26", "1.26.8"),
        ("go\t1.26.0\ntoolchain\tgo1.27rc1-custom // ours\n", "1.26.0", "1.27rc1-custom"),
        ("go 1.26.0\ntoolchain default\n", "1.26.0", ""),
        ("go 1.26.0\ntoolchain local\n", "1.26.0", ""),
        ("toolchain go1.26.8\n", "", "1.26.8"),
        ("// go 1.2.3\ngo \"1.26.0\"\nrequire go.example v1.0.0\n", "1.26.0", ""),
        ("tool example.com/go\ntoolchains go1.1\ngo 1.26.0", "1.26.0", ""),
    ]:
        read = read_go_mod(content, "go.mod")
        asserts.equals(env, (go, toolchain), (read.go, read.toolchain), content)
    return unittest.end(env)

_read_go_mod_test = unittest.make(_read_go_mod_test_impl)

def _read_lock_test_impl(ctx):
    env = unittest.begin(ctx)
    entry = {"h1": "h1:" + "A" * 43 + "=", "sha256": "0" * 64}
    lock = read_lock(json.encode({"lock_version": 1, "sdks": {"1.26.8": {"linux_amd64": entry}}}), "test")
    asserts.equals(env, {"1.26.8": {"linux_amd64": struct(**entry)}}, lock)
    asserts.equals(env, {}, read_lock('{"lock_version": 1, "sdks": {}}', "test"))
    for content, want, _ in json.decode(SDK_LOCK_CASES):
        content = content.replace("ENTRY", json.encode(entry)).replace("H1", entry["h1"]).replace("SHA256", entry["sha256"])
        problem = lock_problem(content)
        asserts.true(env, want in problem and bool(want) == bool(problem), "{}: {}".format(content, problem))
    return unittest.end(env)

_read_lock_test = unittest.make(_read_lock_test_impl)

def _sdk(version, platform = "linux_amd64", default = False):
    return struct(default = default, never_default = False, platform = platform, tag = "test", version = version)

def _in_order_test_impl(ctx):
    env = unittest.begin(ctx)
    for sdks, want in [
        ([], []),
        # The only one for its platform, not marked.
        ([_sdk("1.26.8")], [("1.26.8", "linux_amd64", True)]),
        ([_sdk("")], [("", "linux_amd64", True)]),
        (
            [_sdk("1.26.8"), _sdk("1.26.8", "darwin_arm64")],
            [("1.26.8", "linux_amd64", True), ("1.26.8", "darwin_arm64", True)],
        ),
        # A default first; then newer ones before older ones, and last those whose version only they know.
        (
            [
                _sdk("1.24.9"),
                _sdk(""),
                _sdk("1.26.10"),
                _sdk("1.25.0", default = True),
                _sdk("1.26.9"),
                _sdk("1.27rc1"),
                # Of the same version, in the order in which they are declared.
                _sdk("1.24.9", "darwin_arm64"),
                _sdk("1.24.9", "darwin_amd64"),
            ],
            [
                ("1.25.0", "linux_amd64", True),
                ("1.27rc1", "linux_amd64", False),
                ("1.26.10", "linux_amd64", False),
                ("1.26.9", "linux_amd64", False),
                ("1.24.9", "linux_amd64", False),
                ("1.24.9", "darwin_arm64", False),
                ("1.24.9", "darwin_amd64", False),
                ("", "linux_amd64", False),
            ],
        ),
        # Where the default does not run, nothing else becomes one.
        (
            [_sdk("1.26.8", default = True), _sdk("1.25.0", "darwin_arm64")],
            [("1.26.8", "linux_amd64", True), ("1.25.0", "darwin_arm64", False)],
        ),
        (
            [_sdk("1.26.8", default = True), _sdk("1.25.0", "darwin_arm64", default = True)],
            [("1.26.8", "linux_amd64", True), ("1.25.0", "darwin_arm64", True)],
        ),
    ]:
        asserts.equals(env, want, [(sdk.version, sdk.platform, sdk.default) for sdk in in_order(sdks)])
    return unittest.end(env)

_in_order_test = unittest.make(_in_order_test_impl)

def sdk_fetch_test_suite(name):
    unittest.suite(
        name,
        _glob_test,
        _parse_proxy_test,
        _netrc_test,
        _h1_test,
        _check_version_test,
        _compare_versions_test,
        _read_go_mod_test,
        _read_lock_test,
        _in_order_test,
    )
