#!/usr/bin/env bash
# Builds the packages for Windows and Linux; on a Mac, those for macOS. `make
# package` first builds what it needs: build/tools, the bindings and the page.
#
#   package.sh DIST [windows]     windows: only that, for the installer's test
#
# Signs the Windows files if TELEHAB_SIGN_CERT is set: see sign-windows.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
scripts=build/scripts

dist=$1
rm -rf "$dist"
mkdir -p "$dist"
dist=$(cd "$dist" && pwd)
[ "$(uname -s)" != Darwin ] || exec $scripts/package-macos.sh "$dist"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

VERSION=$($scripts/version.sh)
PACKAGE_VERSION=$($scripts/version.sh package)
SOURCE_DATE_EPOCH=$($scripts/version.sh epoch)
export VERSION PACKAGE_VERSION SOURCE_DATE_EPOCH
# One set of flags for all: another one would compile SQLite once more.
export GOFLAGS='-trimpath -buildvcs=false' CGO_ENABLED=1

echo "TeleHab $VERSION"
if [ "${2:-}" = windows ]; then
  cp LICENSE "$work/NOTICES.txt"
  $scripts/package-windows.sh "$work" "$dist"
  exit
fi
$scripts/notices.sh "$work/NOTICES.txt"
cp "$work/NOTICES.txt" "$dist"
$scripts/package-linux.sh "$work" "$dist"
$scripts/package-windows.sh "$work" "$dist"
$scripts/sbom.sh "$dist"

cd "$dist"
sha256sum -- * >"$work/SHA256SUMS"
mv "$work/SHA256SUMS" .

# Downloads have a size limit, so that they do not grow unnoticed.
status=0
within() { # limit in MB (of a million bytes), file
  local size
  size=$(wc -c <"$2")
  awk -v size="$size" -v limit="$1" -v name="$2" 'BEGIN {
    printf "%6.1f of %2d MB  %s\n", size / 1e6, limit, name
    exit size > limit * 1e6
  }' || status=1
}
within 20 "telehab-$VERSION-windows-x64-portable.exe"
within 12 "telehab-$VERSION-windows-x64-setup.exe"
within 8 "telehab_$PACKAGE_VERSION-1_amd64.deb"
[ "$status" = 0 ] || echo 'A file is larger than it may be.' >&2
exit "$status"
