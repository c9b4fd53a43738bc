#!/bin/sh
# Usage: node.sh PROGRAM.wasm [ARGUMENT ...]
# Runs a program that was built for js/wasm. Bazel begins programs in the folder
# of their runfiles.
for main in ../*go_sdk_linux_amd64/lib/wasm/wasm_exec_node.js; do
  exec node --stack-size=8192 "$main" "$@"
done
