#!/usr/bin/env bash
# Builds the portable program and the installer for Windows. For package.sh,
# which sets VERSION and the flags of Go.
#
#   package-windows.sh WORK DIST     WORK has NOTICES.txt
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$1/windows dist=$2
mkdir -p "$work"
numeric=$(build/scripts/version.sh numeric)

# Icon, manifest and version. Go takes the file because of its name.
resource=rsrc_windows_amd64.syso
trap 'rm -f "$resource"' EXIT
sed -e "s/@NUMERIC@/$numeric/g; s/@VERSION@/$VERSION/" build/windows/winres.json >"$work/winres.json"
cp build/windows/icon.ico "$work"
build/tools/go-winres make --in "$work/winres.json" --arch amd64 --out "$work/rsrc"
mv "$work/$resource" .

# The installer contains the program that downloads WebView2; the portable one
# downloads that first, after asking. To stay below its limit it is compiled for
# size, except for the packages in which an import spends its time.
small=(-gcflags=all=-l)
for fast in telehab.io/desktop/... golang.org/x/crypto/... runtime/... strings bytes; do
  small+=("-gcflags=$fast=")
done
GOOS=windows GOARCH=amd64 CC=x86_64-w64-mingw32-gcc CGO_CFLAGS=-Os \
  "${GO:-go}" build "${small[@]}" -tags desktop,production \
  -ldflags "-s -w -H windowsgui -X main.version=$VERSION" -o "$work/telehab.exe" .

build/scripts/has-store.sh "$work/telehab.exe"
build/scripts/no-paths.sh "$work/telehab.exe"
build/scripts/sign-windows.sh "$work/telehab.exe"

wails=$("${GO:-go}" list -m -f '{{.Dir}}' github.com/wailsapp/wails/v2)
install -m 644 "$wails/internal/webview2runtime/MicrosoftEdgeWebview2Setup.exe" "$work"
install -m 644 LICENSE "$work/LICENSE.txt"
install -m 644 "$1/NOTICES.txt" "$work"

signing=()
[ -z "${TELEHAB_SIGN_CERT:-}" ] || signing=("-DSIGN=$PWD/build/scripts/sign-windows.sh")
makensis -V2 -WX "-DVERSION=$VERSION" "-DVERSION_NUMERIC=$numeric" "-DFILES=$work" \
  "-DOUT=$dist/telehab-$VERSION-windows-x64-setup.exe" "${signing[@]}" build/windows/installer/telehab.nsi
install -m 755 "$work/telehab.exe" "$dist/telehab-$VERSION-windows-x64-portable.exe"
