#!/bin/sh
# Takes files of the SDK store into a folder: as reflinks, else as hard links, else as copies.
#
# Usage: take_store_files.sh LINKS FOLDER hard|copies
#
# LINKS is a folder of symlinks to the files, and of empty files; FOLDER is a new one.
# Hard links only if it says "hard": no file of FOLDER may then be changed, nor its mode.
set -eu
links=$1 folder=$2 how=$3
umask 022
find "$links" -type f -exec chmod 444 {} +

# Whether cp can do what these options say, from the one file system to the other.
can() {
  can=
  cp "$@" "$(find "$links" -type l | head -n 1)" "$folder.try" 2>/dev/null || can=not
  rm -f "$folder.try"
  [ -z "$can" ]
}

if can --reflink=always -L; then
  cp --reflink=always -RL "$links" "$folder" && exit
elif [ "$how" = hard ] && can -lL; then
  # Fails where an object has as many links as it can have. On some systems, cp links the symlinks.
  if cp -lRL "$links" "$folder" 2>/dev/null && [ -z "$(find "$folder" ! -type d ! -perm 444 ! -perm 555 | head -n 1)" ]; then
    exit
  fi
elif can -c -L; then
  cp -cRL "$links" "$folder" && exit # macOS
fi
rm -rf "$folder"
cp -RL "$links" "$folder"
