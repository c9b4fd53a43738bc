#!/bin/sh
# Usage: node_wasi.sh PROGRAM.wasm [ARGUMENT ...]
# Runs a program that was built for wasip1/wasm. Bazel begins programs in the
# folder of their runfiles.
exec node --no-warnings wasm/node_wasi.mjs "$@"
