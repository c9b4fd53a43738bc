#!/bin/sh
# Usage: wasm_test.sh PROGRAM PLATFORM ...
# Runs each program, and fails unless it says that it runs there.
set -eu
while [ $# -gt 0 ]; do
  printed="$("$1" "with arguments")"
  echo "$1: $printed"
  [ "$printed" = "hello from $2 with arguments" ] || { echo "expected $2" >&2; exit 1; }
  shift 2
done
