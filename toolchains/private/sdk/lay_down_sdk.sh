#!/bin/sh
# Makes a GOROOT of the unpacked module zip of an SDK, in the current folder.
#
# Usage: lay_down_sdk.sh ZIP|COUNT FOLDER PREFIX full|slim [SUM]
#
# FOLDER holds what was unpacked from ZIP, without the PREFIX that all names have
# there, or COUNT files of another origin, which may be hard links: none is changed whose
# mode is right. Prints the sum of the files as the checksum database has it (h1: in hex
# instead of base64; golang.org/x/mod/sumdb/dirhash), and fails where there is no tool for
# it, and before anything is in the current folder if it is not SUM. Made for any POSIX
# system; others do without.
set -eu
from=$1 folder=$2 prefix=$3 layout=$4 expected=${5:-}

odd=$(find "$folder" ! -type f ! -type d | head -n 1)
if [ -n "$odd" ]; then
  echo "$odd is neither a file nor a folder, as if it were a link" >&2
  exit 1
fi

# An entry whose name leads out of the folder, or is that of another on this file
# system, was dropped or overwritten: as many files as entries.
# A zip ends with a record of 22 bytes and a comment, whose length is the last thing in the record.
case $from in
*[!0-9]*) entries=$(tail -c 65557 "$from" | od -A n -v -t u1 | awk '
  { for (i = 1; i <= NF; i++) byte[n++] = $i }
  END {
    for (i = n - 22; i >= 0; i--) {
      if (byte[i] == 80 && byte[i + 1] == 75 && byte[i + 2] == 5 && byte[i + 3] == 6 &&
          byte[i + 20] + byte[i + 21] * 256 == n - i - 22) {
        print byte[i + 10] + byte[i + 11] * 256
        exit
      }
    }
  }') ;;
*) entries=$from ;;
esac
if [ -z "$entries" ]; then
  echo "the zip has no end: it is cut off, or no zip" >&2
  exit 1
fi
files=$(find "$folder" -type f | wc -l)
if [ "$entries" -ne "$files" ]; then
  echo "the zip has $entries entries, but $files files could be unpacked:" \
    "some have a name that leads elsewhere, or the same name but for upper and lower case" >&2
  exit 1
fi

if command -v sha256sum >/dev/null; then
  sha256="sha256sum"
elif command -v shasum >/dev/null; then
  sha256="shasum -a 256"
else
  sha256=
fi
if [ -n "$sha256" ]; then
  sum=$( (cd "$folder" && find . -type f -exec $sha256 {} +) | sed "s#  \\./#  $prefix/#" | LC_ALL=C sort -k 2 |
    $sha256 | cut -d ' ' -f 1)
else
  echo "there is neither sha256sum nor shasum to tell its sum by" >&2
  exit 1
fi
if [ "$sum" != "${expected:-$sum}" ]; then
  echo "the files have the sum $sum, expected $expected" >&2
  exit 1
fi
echo "$sum"

if [ "$layout" = slim ]; then
  find "$folder/src" -name testdata -prune -exec rm -rf {} +
  find "$folder/src" -name '*_test.go' -exec rm -f {} +
fi

# In a module, go.mod would begin another one.
find "$folder" -name _go.mod -exec sh -c 'for f; do mv "$f" "${f%_go.mod}go.mod"; done' sh {} +

# What builds share must not be changed by any of them. The marks of the zip are not
# part of its sum: what is executable is what the go command takes for it.
for program in "$folder"/bin/* "$folder"/pkg/tool/*/*; do
  if [ ! -e "$program" ]; then
    echo "there is no $program, as an SDK has it" >&2
    exit 1
  fi
done
set -- -path "$folder/bin/*" -o -path "$folder/pkg/tool/*/*" -o -name 'go_?*_?*_exec'
find "$folder" -type f ! -perm 555 \( "$@" \) -exec chmod 555 {} +
find "$folder" -type f ! -perm 444 ! \( "$@" \) -exec chmod 444 {} +

# A pattern that matches nothing stands for itself.
for entry in "$folder"/* "$folder"/.[!.]* "$folder"/..?*; do
  [ ! -e "$entry" ] || mv "$entry" .
done
rmdir "$folder"
