#!/bin/sh
# Lists the files of an SDK in the SDK store, a folder that the command `overlay sdk` keeps.
#
# Usage: list_store_sdk.sh STORE VERSION PLATFORM PREFIX
#
# Prints the sum of the files that the manifest names, as lay_down_sdk.sh prints it, and
# then of each its object, or - for an empty file, which has none, a blank, and its name
# in the module zip without the PREFIX that all have there. Fails if the store doesn't
# have them all as objects.
set -eu
store=$1 version=$2 platform=$3 prefix=$4

# Of a store of another format nothing is known.
if ! format=$(cat "$store/format" 2>/dev/null) || [ "$format" != "go_overlay SDK store 1" ]; then
  echo "it has no file \"format\" that says: go_overlay SDK store 1" >&2
  exit 1
fi
manifest=
for name in "$version" "$version-$platform"; do
  # Read once, for it may be exchanged meanwhile.
  if manifest=$(cat "$store/sdks/$name" 2>/dev/null); then
    case $manifest in
    "go_overlay SDK manifest 1
version go$version
platform $platform

"*) break ;;
    esac
  fi
  manifest=
done
if [ -z "$manifest" ]; then
  echo "it has no such SDK" >&2
  exit 1
fi

if command -v sha256sum >/dev/null; then
  sha256="sha256sum"
else
  sha256="shasum -a 256"
fi
# A digest, an object and a name.
files=$(printf '%s\n' "$manifest" | awk '
  NR > 4 {
    name = substr($0, length($1) + length($2) + length($3) + 4)
    # As lay_down_sdk.sh has it.
    mode = name ~ /^(bin|pkg\/tool\/.+)\/|(^|\/)go_[^\/]+_[^\/]+_exec$/ ? "0555" : "0444"
    if (length($1) != 64 || $1 ~ /[^0-9a-f]/ || $2 != mode || name == "" || ("/" name "/") ~ /\/\.?\.?\//) {
      print "line " NR " of its manifest is no file of an SDK: " $0 > "/dev/stderr"
      exit 1
    }
    sub(/^go\.mod$/, "_go.mod", name)
    sub(/\/go\.mod$/, "/_go.mod", name)
    print $1, $3 == "0" ? "-" : substr($1, 1, 2) "/" $1 (mode == "0555" ? ".x" : ""), name
  }')
printf '%s\n' "$files" | while read -r _ object name; do
  if [ "$object" != - ] && [ ! -r "$store/objects/$object" ]; then
    echo "it does not have the object $object now, $name" >&2
    exit 1
  fi
done
printf '%s\n' "$files" | sed -E "s#^([^ ]*) [^ ]* #\1  $prefix/#" | LC_ALL=C sort -k 2 | $sha256 | cut -d ' ' -f 1
printf '%s\n' "$files" | cut -d ' ' -f 2-
