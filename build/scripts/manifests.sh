#!/usr/bin/env bash
# Fills in the manifests of winget and Homebrew for a release, from the files
# that were built for it.
#
#   manifests.sh DIST ADDRESS     ADDRESS is where the files will be, without /
set -euo pipefail
cd "$(dirname "$0")/../.."

dist=$1 address=$2
out=$dist/manifests
version=$(build/scripts/version.sh)
mkdir -p "$out/winget" "$out/homebrew"

sum() { # file, "" when it was not built
  [ ! -f "$1" ] || sha256sum "$1" | cut -d ' ' -f 1
}

fill() { # template, file, checksum
  sed -e "s|@VERSION@|$version|g" -e "s|@ADDRESS@|$address|g" -e "s|@SHA256@|$3|g" "$1" >"$2"
  ! grep -n '@[A-Z0-9]*@' "$2"
}

for template in build/winget/*.yaml; do
  fill "$template" "$out/winget/$(basename "$template")" "$(sum "$dist/telehab-$version-windows-x64-setup.exe" | tr a-f A-F)"
done
image=$dist/telehab-$version-macos-universal.dmg
[ ! -f "$image" ] || fill build/homebrew/telehab.rb "$out/homebrew/telehab.rb" "$(sum "$image")"
