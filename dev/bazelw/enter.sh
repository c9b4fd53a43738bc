# shellcheck shell=bash
# bash enter.sh ROOTFS UID GID COMMAND...: runs a command that sees the rootfs's /usr and /etc, in the
# mount namespace that the caller made for it. All else is the host's: home, /tmp and the workspace stay
# one mount under their own paths. Each step replaces the process: no child that would keep signals away.
set -euo pipefail
rootfs=$1 uid=$2 gid=$3
shift 3
[[ -d $rootfs/usr/bin ]] || {
  echo "bazelw: error: $rootfs: expected a complete Debian, found none; delete the folder and try again" >&2
  exit 2
}

go=$(type -P go) && go=$(readlink -f "$go") || go=

# The pieces of the host go into the rootfs's tree first: once /usr is replaced, so is mount(8).
share() {
  if [[ -d $1 ]]; then
    [[ -d $rootfs$1 ]] || mkdir -p "$rootfs$1"
  elif [[ -e $1 ]]; then
    [[ -e $rootfs$1 ]] || : >"$rootfs$1"
  else
    return 0
  fi
  mount --rbind "$1" "$rootfs$1"
}
share /usr/local
# Certificates of the host only if it has any.
[[ -r /etc/ssl/certs/ca-certificates.crt ]] && share /etc/ssl
for file in resolv.conf hosts passwd group; do
  share "/etc/$file"
done
case $go in
/usr/local/*) ;;
/usr/*/bin/go)
  # Debian's Go: /usr/lib/go-1.x, half of it links to /usr/share/go-1.x.
  goroot=${go%/bin/go}
  share "$goroot"
  share "/usr/share/${goroot##*/}"
  PATH=$PATH:$goroot/bin
  ;;
esac

for dir in /bin /sbin /lib /lib32 /lib64; do
  [[ -L $dir || ! -d $dir || ! -d $rootfs/usr$dir ]] || mount --rbind "$rootfs/usr$dir" "$dir"
done
mount --rbind "$rootfs/etc" /etc
mount --rbind "$rootfs/usr" /usr
# Into the new mounts, should the current folder be below one.
cd "$PWD" || {
  echo "bazelw: error: $PWD: lies in /usr or /etc, which Debian's Bazel replaces by its own; move it, or install Bazelisk" >&2
  exit 2
}

if ((uid == 0)); then
  exec "$@"
fi
exec unshare --user --map-user="$uid" --map-group="$gid" -- "$@"
