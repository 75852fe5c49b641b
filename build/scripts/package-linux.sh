#!/usr/bin/env bash
# Builds the .deb and the .rpm. For package.sh, which sets VERSION,
# PACKAGE_VERSION, SOURCE_DATE_EPOCH and the flags of Go.
#
#   package-linux.sh WORK DIST     WORK has NOTICES.txt
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$1/linux dist=$2
mkdir -p "$work/icons"

# Ubuntu 22.04, the oldest that we promise, has glibc 2.35.
newest_glibc=2.35

"${GO:-go}" build -tags desktop,production,webkit2_41 -ldflags "-s -w -X main.version=$VERSION" -o "$work/telehab" .
build/scripts/has-store.sh "$work/telehab"
build/scripts/no-paths.sh "$work/telehab"
needs=$(objdump -T "$work/telehab" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -n 1)
if [ "$(printf '%s\n' "$needs" "GLIBC_$newest_glibc" | sort -V | tail -n 1)" != "GLIBC_$newest_glibc" ]; then
  echo "telehab needs $needs, which Ubuntu 22.04 does not have. Build on an older system." >&2
  exit 1
fi

"${GO:-go}" run -tags webkit2_41 ./build/manual "$work" "$VERSION"
gzip -9n "$work"/man1/*.1
gzip -9nc CHANGELOG.md >"$work/changelog.gz"
for size in 16 24 32 48 64 128 256 512; do
  # Without the picture's times and settings, which differ between builds.
  convert build/appicon.png -resize "${size}x$size" -strip -define png:exclude-chunks=date,time "$work/icons/$size.png"
done
sed -e "s/@VERSION@/$PACKAGE_VERSION/" -e "s/@DATE@/$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)/" \
  build/linux/io.telehab.desktop.metainfo.xml >"$work/io.telehab.desktop.metainfo.xml"
if command -v appstreamcli >/dev/null; then
  appstreamcli validate --no-net "$work/io.telehab.desktop.metainfo.xml" >"$work/log" || {
    cat "$work/log" >&2
    exit 1
  }
fi
{
  cat LICENSE
  printf '\n\nTeleHab contains the following works of others.\n\n'
  cat "$1/NOTICES.txt"
} >"$work/copyright"

export WORK=$work
sed "s|@WORK@|$work|; s|@TIME@|$(date -u -d "@$SOURCE_DATE_EPOCH" +%FT%TZ)|" build/linux/nfpm.yaml >"$work/nfpm.yaml"
for format in deb rpm; do
  build/tools/nfpm package --config "$work/nfpm.yaml" --packager "$format" --target "$dist" >/dev/null
done

# xz itself makes the .deb a fifth smaller than nfpm's xz does.
deb=$(realpath "$dist/telehab_$PACKAGE_VERSION-1_amd64.deb")
(
  cd "$work"
  ar x "$deb" debian-binary control.tar.gz data.tar
  xz -9e data.tar
  rm "$deb"
  ar rcD "$deb" debian-binary control.tar.gz data.tar.xz
)
