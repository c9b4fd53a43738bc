"""Rules and macros for Go SDKs: to build with several, and to trust them."""

load("//toolchains/private:matrix.bzl", _go_matrix_test = "go_matrix_test")

# Build with several.
go_matrix_test = _go_matrix_test
