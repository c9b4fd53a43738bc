#!/bin/sh
# Usage: versions_test.sh PROGRAM WORD ...
# Runs each program, and fails unless it prints the word.
set -eu
while [ $# -gt 0 ]; do
  printed="$("$1")"
  echo "$1: $printed"
  case "$printed" in
    *"$2"*) ;;
    *) echo "expected $2" >&2; exit 1 ;;
  esac
  shift 2
done
