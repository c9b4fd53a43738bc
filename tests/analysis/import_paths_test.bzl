"""Unit tests of which import paths a package can have."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//go_overlay/private/declare:import_paths.bzl", "import_path_error", "other_name", "pattern_error")

visibility("private")

def _pattern_test_impl(ctx):
    env = unittest.begin(ctx)
    for pattern in ["...", "net/...", "example.com/...", "example.com/a.../b", "k8s.io/api", "unsafe", "cmd/...", "example.com/...go"]:
        asserts.equals(env, None, pattern_error(pattern), pattern)
    for pattern, reason in [
        ("std", "which stands for a set of packages to the go command only; write a path, such as \"net/...\""),
        ("example.com/*", _EXPECTED + ": no package has \"*\" in its path"),
        ("https://example.com/...", _EXPECTED + ": it has an empty element"),
        ("//app", _LABEL),
        ("example.com/a/", _EXPECTED + ": it has an empty element"),
    ]:
        error = pattern_error(pattern)
        asserts.true(env, error != None and error.startswith(reason), "{}: {}".format(repr(pattern), error))
    return unittest.end(env)

_pattern_test = unittest.make(_pattern_test_impl)

def _possible_test_impl(ctx):
    env = unittest.begin(ctx)
    for importpath in [
        "net/http",
        "cmd/app",
        "lib/time",
        "github.com/BurntSushi/toml",
        "gopkg.in/yaml.v3",
        "example.com/c++/x_y~z/v2",
        "example.com/.hidden/aux",
        "example.com/main",
        # As BUILD files have them, in UTF-8.
        "example.com/größe",
    ]:
        asserts.equals(env, None, import_path_error(importpath), importpath)
    return unittest.end(env)

_possible_test = unittest.make(_possible_test_impl)

_EXPECTED = "expected a Go import path such as \"github.com/google/uuid\""
_LABEL = "which is a label; expected the path by which Go code imports the package"

def _impossible_test_impl(ctx):
    env = unittest.begin(ctx)
    for importpath, reason, meant in [
        ("", _EXPECTED, None),
        ("a b", _EXPECTED + ": no package has a blank in its path", None),
        (" example.com/a\n", _EXPECTED + ": no package has a blank in its path", "example.com/a"),
        ("a//b", _EXPECTED + ": it has an empty element", "a/b"),
        ("/a/", _EXPECTED + ": it has an empty element", "a"),
        ("..", _EXPECTED + ": no package's path has the element \"..\"", None),
        ("./a", _EXPECTED + ": no package's path has the element \".\"", None),
        ("../a", _EXPECTED + ": no package's path has the element \"..\"", None),
        ("example.com/...", _EXPECTED + ": no package's path has the element \"...\"", None),
        ("example.com/*", _EXPECTED + ": no package has \"*\" in its path", None),
        ("example.com\\a", _EXPECTED + ": no package has \"\\\\\" in its path", "example.com/a"),
        ("\"net/http\"", _EXPECTED + ": no package has \"\\\"\" in its path", "net/http"),
        ("//app:app", _LABEL, None),
        ("//app", _LABEL, None),
        (":app", _LABEL, None),
        ("@com_github_google_uuid//:uuid", _LABEL, None),
        ("@@uuid+//:uuid", _LABEL, None),
        ("app:app", _EXPECTED + ": no package has \":\" in its path", None),
        ("https://example.com/a", _EXPECTED + ": it has an empty element", "example.com/a"),
        ("-a", _EXPECTED + ": no package's path begins with a dash", None),
        ("example.com/!fork/!a!b", "which is escaped as names of folders in the module cache are", "example.com/Fork/AB"),
        ("example.com/!", _EXPECTED + ": no package has \"!\" in its path", None),
        ("example.com/a@v2.0.0+incompatible/b", "which names a version", "example.com/a/b"),
        ("/somewhere/pkg/mod/example.com/!a@v1.0.0", "which is escaped", "example.com/A"),
        ("C", "which the compiler knows by itself", None),
        ("unsafe", "which the compiler knows by itself", None),
        ("main", "which is what Go calls every program. Write the importpath of the go_binary", None),
    ]:
        error = import_path_error(importpath)
        asserts.true(env, error != None and error.startswith(reason), "{}: {}".format(repr(importpath), error))
        asserts.equals(env, meant, error.partition("; write importpath = \"")[2].removesuffix("\"") or None, importpath)
    return unittest.end(env)

_impossible_test = unittest.make(_impossible_test_impl)

def _other_name_test_impl(ctx):
    env = unittest.begin(ctx)
    data = struct(
        importmap = "example.com/third_party/lib",
        importpath = "example.com/Fork/lib/v2",
        importpath_aliases = ("example.com/Fork/lib",),
    )
    for importpath, way in [
        ("example.com/Fork/lib/v2", None),
        ("example.com/Fork/lib", "one of its importpath_aliases"),
        ("example.com/third_party/lib", "its importmap"),
        ("example.com/fork/lib/v2", "its importpath, but for upper and lower case"),
        ("example.com/lib", None),
    ]:
        asserts.equals(env, way, other_name(data, importpath), importpath)
    return unittest.end(env)

_other_name_test = unittest.make(_other_name_test_impl)

def import_paths_test_suite(name):
    """Tests of import paths.

    Args:
      name: str, name of the test suite.
    """
    unittest.suite(name, _possible_test, _impossible_test, _pattern_test, _other_name_test)
