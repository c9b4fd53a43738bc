# shellcheck shell=bash
# bash rootfs.sh CACHE ROOTFS: makes a folder with Debian sid's Bazel, the modules packaged with it, what
# they need, protoc, Node.js, and servers for tests. Called by bazelw, under its lock. ROOTFS appears only when it
# is complete.
lib=${BASH_SOURCE[0]%/*}
# shellcheck source=dev/bazelw/common.sh
source "$lib/common.sh"
cache=$1 rootfs=$2
# The other bazelw may have made it while this one waited for the lock.
[[ ! -e $rootfs ]] || exit 0

packages=bazel-bootstrap,bazel-rules-shell,bazel-stardoc,bazel-lib,buildbox,ca-certificates,git,nginx-light,nodejs,protobuf-compiler
instead="install Bazelisk, or set BAZEL to a Bazel 7.7 or later"

type -P apt-get >/dev/null || die "no working Bazel on PATH, and no apt-get to get one from Debian: $instead"

# The first Debian archive among the sources of this machine, not one for security updates or of another
# vendor, which have other names of suites or components.
debian_mirror() {
  local codename uri suite component
  codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
  while read -r uri suite component; do
    case $uri:$component:$suite in
    cdrom:*) ;;
    *:main:"$codename" | *:main:sid | *:main:unstable | *:main:testing | *:main:*stable)
      printf '%s' "$uri"
      return
      ;;
    esac
  done < <(apt-get indextargets --no-release-info --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages')
  return 1
}
. /etc/os-release
[[ ${ID:-} == debian ]] && mirror=$(debian_mirror) ||
  die "no working Bazel on PATH, and no Debian archive in apt's sources (/etc/apt/sources.list*) to get one from: $instead"

# Fails in containers without the right to mount, and for users whom the kernel gives no namespaces.
namespace_command
"${namespace[@]}" true 2>/dev/null ||
  die "${namespace[*]}: not permitted here, so Debian's Bazel can't be run beside the system's own packages: $instead, or allow it"

needed=()
type -P mmdebstrap >/dev/null || needed+=(mmdebstrap)
((EUID == 0)) || type -P newuidmap >/dev/null || needed+=(uidmap)
if ((${#needed[@]})); then
  install="apt-get install --option DPkg::Lock::Timeout=300 --yes --no-install-recommends ${needed[*]}"
  ((EUID == 0)) || die "missing: ${needed[*]}. As root: $install"
  say "installing ${needed[*]} (some seconds)"
  export DEBIAN_FRONTEND=noninteractive
  # In no workspace: what ends all that works there is not to break off dpkg.
  (cd / && { $install || { apt-get update && $install; }; }) </dev/null >"$cache/apt.log" 2>&1 ||
    die "$install failed: see $cache/apt.log"
fi

# Of an interrupted run there may be remains; the lock says that none is at work.
tmp=$rootfs.tmp scratch=$cache/mmdebstrap.tmp
remove "$tmp"
remove "$scratch"
mkdir "$tmp" "$scratch"
free=$(df --output=avail -B1M "$tmp" | tail -n 1)
((free > 4000)) || die "$cache: expected 4 GB of free space, found $free MB; free some, or set XDG_CACHE_HOME"

say "installing Debian's Bazel in $rootfs (1.5 GB, 3 GB meanwhile; one or two minutes, this once)"
# Packed and unpacked, so that all belongs to one user. Of root's, the scratch folder lies where the next
# run cleans up; another user's has to lie where the users that mmdebstrap maps to may go.
# What it mounts is to vanish with it.
own_mounts=()
if ((EUID == 0)); then
  export TMPDIR=$scratch
  own_mounts=("${namespace[@]}")
fi
"${own_mounts[@]}" mmdebstrap --variant=apt --include="$packages" --aptopt='Acquire::Check-Valid-Until "false"' \
  sid - "$mirror" 2>"$cache/rootfs.log" </dev/null |
  tar --extract --directory "$tmp" --exclude='./dev/*' --no-same-owner 2>>"$cache/rootfs.log" ||
  die "mmdebstrap failed: $(grep -m1 '^E:' "$cache/rootfs.log"); all of its output is in $cache/rootfs.log"
unset TMPDIR
remove "$scratch"
cd "$tmp"

say "fitting it to this machine"
# Debian's own bazelrc keeps every sandbox, warns, and overrides modules even where the registry works.
cat >etc/bazel/bazelrc <<'RC'
startup --install_base=/usr/share/bazel
startup --trust_install_base
try-import /etc/bazel.bazelrc
RC
printf '%s\n' "$rootfs" >".$inside_mark"

# Bazel's Java is to trust whom the host trusts: it looks into /etc/ssl, which is the host's, in a format
# that only Debian's Java has.
bundle=/etc/ssl/certs/ca-certificates.crt
if [[ -r $bundle ]]; then
  truststore=usr/share/go_overlay-cacerts
  bazel=/usr/bin/openssl rootfs=$PWD
  bazel_command pkcs12 -export -nokeys -nomac -certpbe NONE -passout pass: -jdktrust anyExtendedKeyUsage \
    -in "$bundle" -out "$PWD/$truststore"
  "${command[@]}" 2>>"$cache/rootfs.log" ||
    die "can't make Java's list of certificates from $bundle: see $cache/rootfs.log"
  rootfs=$2
  chmod a+r "$truststore"
  for link in usr/lib/jvm/*/lib/security/cacerts; do
    ln -sf "/$truststore" "$link"
  done
fi

mv "$tmp" "$rootfs"
