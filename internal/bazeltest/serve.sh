# shellcheck shell=bash
# bash serve.sh PROGRAM ARGUMENT...: runs a server in the foreground until its standard input ends, which it does
# even if who started it was killed. The program is the machine's own, or that of Debian that bazelw installs.
set -euo pipefail
lib=$(cd "${BASH_SOURCE[0]%/*}/../../dev/bazelw" && pwd -P)
# shellcheck source=dev/bazelw/common.sh
source "$lib/common.sh"
bazel=$1 rootfs=
shift
if ! type -P "$bazel" >/dev/null; then
  find_cache
  [[ $inside ]] || need_rootfs
fi
bazel_command "$@"

trap '' INT # Ctrl-C is for who started this: then standard input ends.
setsid "${command[@]}" </dev/null &
server=$!
# Its children, such as actions that are executed, are in its process group.
end() {
  kill -"$1" -- "-$server" 2>/dev/null || true
}
# The process group's number may be another's once the server is gone: nobody is to use it then.
trap 'kill "$watcher" 2>/dev/null; end KILL' EXIT
{
  cat >/dev/null
  end TERM
  for ((tenths = 0; tenths < 50; tenths++)); do
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  end KILL
} <&0 >/dev/null 2>&1 & # Who reads what the server prints waits for its end alone.
watcher=$!
trap '' TERM
wait "$server"
