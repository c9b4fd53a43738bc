# Parts of bazelw: folders, messages, locking, and which Bazel to run.
# shellcheck shell=bash

say() { printf 'bazelw: %s\n' "$*" >&2; }

# Set-up errors have an exit code of their own, so that they are not taken for a failed build.
die() {
  say "error: $*"
  exit 2
}

# The rootfs carries this file, with its own path on the host: who sees it is inside already.
inside_mark=/etc/go_overlay-rootfs

# find_cache sets $cache, the folder of everything that bazelw makes, and $inside.
find_cache() {
  inside=
  # The go command wants one, too.
  if [[ ! ${HOME:-} ]]; then
    HOME=$(getent passwd "$EUID" | cut -d: -f6)
    export HOME
  fi
  # Relative to the caller's folder, also for what runs in another one.
  [[ $HOME == /* ]] || HOME=$PWD/$HOME
  if [[ -r $inside_mark ]]; then
    inside=$(<"$inside_mark")
  fi
  if [[ ${XDG_CACHE_HOME:-} == /* ]]; then
    cache=$XDG_CACHE_HOME/go_overlay
  elif [[ $inside ]]; then
    # A test that Bazel runs has no HOME, or one of its own.
    cache=${inside%/*}
  else
    [[ -d $HOME ]] || die "no folder to keep things in: HOME is '$HOME'; set XDG_CACHE_HOME to a folder"
    cache=$HOME/.cache/go_overlay
  fi
}

# find_workspace sets $workspace to the root of the Bazel workspace around the current folder, or to nothing.
find_workspace() {
  # Bash keeps the name of a folder that is gone, and any name at all where there is none to find.
  [[ $PWD == /* && . -ef $PWD ]] ||
    die "the current folder${PWD:+, $PWD,} is no longer there; change to one that is"
  workspace=$PWD
  while [[ ! -f $workspace/MODULE.bazel ]]; do
    [[ $workspace ]] || return 0
    workspace=${workspace%/*}
  done
}

# locked runs a command while no other bazelw sets anything up in the same cache folder. Children of a
# killed bazelw hold the lock until they end, so nothing is cleaned away below them. What stays
# running by design (a Bazel server) must not inherit descriptor 9.
locked() {
  mkdir -p "$cache" && { [[ -e $cache/lock ]] || : >"$cache/lock"; } ||
    die "$cache: can't make the folder, or files in it; set XDG_CACHE_HOME to one that can be written"
  (
    if ! flock --nonblock 9; then
      say "waiting for another bazelw that is setting up in $cache"
      flock 9
    fi
    "$@"
  ) 9<"$cache/lock"
}

# remember NAME ANSWER; recall NAME SECONDS VARIABLE sets the variable to an answer not older than that.
remember() { printf '%(%s)T %s\n' -1 "$2" >"$cache/$1"; }
recall() {
  local recall_then recall_now recall_answer
  [[ -r $cache/$1 ]] && read -r recall_then recall_answer <"$cache/$1" || return 1
  printf -v recall_now '%(%s)T' -1
  ((recall_now - recall_then < $2)) && printf -v "$3" '%s' "$recall_answer"
}

# remove deletes a folder that Bazel, which makes folders read-only, or an interrupted run left. It stays on
# one file system: were something mounted below, it is not ours.
remove() {
  [[ -e $1 || -L $1 ]] || return 0
  find "$1" -xdev -type d ! -perm -u+w -exec chmod u+w {} +
  rm -rf --one-file-system "$1"
}

day=86400
# Raise it when rootfs.sh makes something else, or old ones stay in use.
rootfs_layout=4

# choose_bazel sets $bazel to the Bazel to run where the registry can be reached, and $rootfs if it is the
# one in there.
choose_bazel() {
  local candidate candidates
  rootfs=
  if [[ ! ${BAZEL:-} && ! $inside ]]; then
    mapfile -t candidates < <(type -ap bazelisk bazel)
    for candidate in "${candidates[@]}"; do
      if works "$candidate"; then
        bazel=$candidate
        return
      fi
    done
  fi
  choose_offline_bazel
}

# choose_offline_bazel does so for where it can't be reached: a Bazel that modules are packaged with.
choose_offline_bazel() {
  rootfs=
  if [[ ${BAZEL:-} ]]; then
    bazel=$(type -P "$BAZEL") || die "BAZEL=$BAZEL: expected an executable, found none of that name"
    return
  fi
  [[ $inside ]] || need_rootfs
  bazel=/usr/bin/bazel
}

# need_rootfs sets $rootfs to the folder with Debian's Bazel, and makes it where it is missing.
need_rootfs() {
  rootfs=$cache/rootfs-$rootfs_layout
  # set -e is off below an "if", where this may be called from: hence the exits.
  [[ -e $rootfs ]] || locked bash -euo pipefail "$lib/rootfs.sh" "$cache" "$rootfs" || exit 2
}

# works tells whether the bazelisk or bazel at $1 runs (a bazelisk that can't download does not) and is
# young enough to know modules well.
works() {
  local candidate=$1 version='' key answer
  [[ $(readlink -f "$candidate") != "$self_dir/bazelw" ]] || return 1
  [[ -r $workspace/.bazelversion ]] && read -r version <"$workspace/.bazelversion" || true
  key="host$candidate ${USE_BAZEL_VERSION:-$version}"
  key=${key//[^A-Za-z0-9.-]/_}
  if [[ $cache/$key -nt $candidate ]] && recall "$key" $day answer; then
    [[ $answer == works ]]
    return
  fi
  say "trying $candidate (it may have to download Bazel)"
  answer=broken
  if version=$(timeout 120 "$candidate" --version 2>&1 </dev/null); then
    version=${version##*$'\n'}
    case $version in
    'bazel '[0-6].* | 'bazel 7.'[0-6].*) version="$version, expected 7.7 or later" ;;
    'bazel '*) answer=works ;;
    esac
  fi
  [[ $answer == works ]] || say "not using it: ${version##*$'\n'}"
  mkdir -p "$cache"
  remember "$key" "$answer"
  [[ $answer == works ]]
}

# profiled ARGUMENT... sets $profiled to the arguments, with where to write a profile behind Bazel's command.
profiled() {
  profiled=()
  if [[ ${GO_OVERLAY_PROFILES:-} ]]; then
    [[ $GO_OVERLAY_PROFILES == /* ]] && mkdir -p "$GO_OVERLAY_PROFILES" ||
      die "GO_OVERLAY_PROFILES=$GO_OVERLAY_PROFILES: expected an absolute path of a folder that can be made"
    while (($#)) && [[ $1 == -* ]]; do
      profiled+=("$1")
      shift
    done
    if (($#)); then
      profiled+=("$1" "--profile=$GO_OVERLAY_PROFILES/${EPOCHREALTIME/[.,]/}.$$.gz")
      shift
    fi
  fi
  profiled+=("$@")
}

# bazel_command ARGUMENT... sets $command to what runs $bazel, each step replacing the process, so that
# signals and exit code are Bazel's own.
bazel_command() {
  command=("$bazel" "$@")
  [[ $rootfs ]] || return 0
  namespace_command
  command=("${namespace[@]}" -- bash "$lib/enter.sh" "$rootfs" "$EUID" "$(id -g)" "$bazel" "$@")
}

# namespace_command sets $namespace to what gives a command mounts of its own. Mounting is root's: another
# user becomes it, in a user namespace.
namespace_command() {
  namespace=(unshare --mount)
  ((EUID == 0)) || namespace+=(--user --map-root-user)
}
