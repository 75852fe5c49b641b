#!/usr/bin/env bash
# Builds the packages of the last commit twice, in two folders, each from
# scratch (page, programs, packages), and compares the bytes. Takes minutes,
# because the second build uses no cache.
set -euo pipefail
cd "$(dirname "$0")/../.."

dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
tools=$PWD/build/tools

build() { # folder, below $dir; what to clone
  git clone -q "$2" "$dir/$1"
  mkdir -p "$dir/$1/build/tools"
  cp "$tools"/{nfpm,go-winres,go-licenses,cyclonedx-gomod} "$dir/$1/build/tools"
  (cd "$dir/$1" && unset MAKEFLAGS MAKELEVEL SOURCE_DATE_EPOCH && "${MAKE:-make}" package) >"$dir/log" 2>&1 || {
    tail -n 40 "$dir/log" >&2
    exit 1
  }
  grep ' MB ' "$dir/log" || true
}

build one .
GOCACHE=$dir/cache build a/second/folder "$dir/one" # the same commit, whatever was committed meanwhile

status=0
for file in "$dir"/one/build/dist/*; do
  name=$(basename "$file")
  if cmp -s "$file" "$dir/a/second/folder/build/dist/$name"; then
    echo "same bytes   $name"
  else
    echo "DIFFERENT    $name"
    status=1
  fi
done
exit "$status"
