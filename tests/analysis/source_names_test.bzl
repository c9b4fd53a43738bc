"""Unit tests of what go/build reads out of file names."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//go_overlay/private/declare:source_names.bzl", "build_constraint")

visibility("private")

def _same_meaning_test_impl(ctx):
    env = unittest.begin(ctx)
    for first, second in [
        ("version4.go", "my_version4.go"),
        # The first element never is a constraint.
        ("linux.go", "hash.go"),
        ("arm64.s", "asm.s"),
        ("file_linux.go", "patched_file_linux.go"),
        ("file_linux_arm64.go", "x_linux_arm64.go"),
        # The operating system counts only right before the architecture or at the end.
        ("file_linux_extra.go", "file.go"),
        ("x_linux_extra_arm64.s", "x_arm64.s"),
        # Everything after the first dot is not read for constraints.
        ("file.linux.go", "file.go"),
    ]:
        asserts.equals(env, build_constraint(first), build_constraint(second), "{} and {}".format(first, second))
    return unittest.end(env)

_same_meaning_test = unittest.make(_same_meaning_test_impl)

def _other_meaning_test_impl(ctx):
    env = unittest.begin(ctx)
    for first, second in [
        ("file.go", "file_linux.go"),
        ("file.go", "file_arm64.go"),
        # No toolchain builds for it, yet it constrains.
        ("file.go", "file_zos.go"),
        ("file_linux.go", "file_darwin.go"),
        ("file_linux.go", "file_linux_arm64.go"),
        ("file.go", "file_test.go"),
        ("file_linux.go", "file_linux_test.go"),
        ("file.go", "file.s"),
        ("file.go", "file.go.txt"),
        ("file.go", "_file.go"),
        ("file.go", ".file.go"),
        ("file.go", "file"),
    ]:
        asserts.false(
            env,
            build_constraint(first) == build_constraint(second),
            "{} and {} must differ".format(first, second),
        )
    return unittest.end(env)

_other_meaning_test = unittest.make(_other_meaning_test_impl)

def source_names_test_suite(name):
    unittest.suite(name, _same_meaning_test, _other_meaning_test)
