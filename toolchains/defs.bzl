"""Rules and macros for Go SDKs: to build with several, to use them elsewhere, and to trust them."""

load("//toolchains/private/goroot:go_goroot.bzl", _go_goroot = "go_goroot")
load("//toolchains/private/test_rules:go_matrix_test.bzl", _go_matrix_test = "go_matrix_test")
load("//toolchains/private/test_rules:go_sdk_verify_test.bzl", _go_sdk_verify_test = "go_sdk_verify_test")

# Build with several.
go_matrix_test = _go_matrix_test

# Use them outside of Bazel.
go_goroot = _go_goroot

# Trust them.
go_sdk_verify_test = _go_sdk_verify_test
