"""Unit tests of what output folders tell about configurations."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//common:configurations.bzl", "is_exec_configuration")

visibility("private")

def _is_exec_configuration_test_impl(ctx):
    env = unittest.begin(ctx)
    for folder, expected in {
        "aarch64-opt-exec": True,
        "k8-fastbuild": False,
        "k8-fastbuild-ST-0123456789ab": False,
        "k8-opt-exec": True,
        "k8-opt-exec-ST-0123456789ab": True,
        # A platform of that name, with --experimental_platform_in_output_dir.
        "remote-exec-host-fastbuild": False,
    }.items():
        asserts.equals(env, expected, is_exec_configuration("bazel-out/{}/bin".format(folder)), folder)
    return unittest.end(env)

_is_exec_configuration_test = unittest.make(_is_exec_configuration_test_impl)

def configurations_test_suite(name):
    unittest.suite(name, _is_exec_configuration_test)
