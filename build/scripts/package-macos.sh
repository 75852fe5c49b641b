#!/usr/bin/env bash
# Builds TeleHab.app for both kinds of Mac, signs it, packs it in a disk image
# and has Apple notarise that. For package.sh, on a Mac with Xcode's tools. It
# has not been run yet.
#
#   package-macos.sh DIST
#
#   TELEHAB_SIGN_IDENTITY    "Developer ID Application: ...", in the keychain;
#                            without it, the app is signed for this Mac only
#   TELEHAB_NOTARY_PROFILE   what `xcrun notarytool store-credentials` called
#                            the account; without it, nothing is notarised
set -euo pipefail
cd "$(dirname "$0")/../.."

dist=$1
version=$(build/scripts/version.sh)
numeric=$(build/scripts/version.sh numeric)
identity=${TELEHAB_SIGN_IDENTITY:--}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

build/tools/wails build -nocolour -clean -s -skipbindings -m -nosyncgomod -trimpath -platform darwin/universal \
  -ldflags "-s -w -X main.version=$version"
app=$work/image/TeleHab.app
mkdir -p "$work/image"
mv build/bin/telehab.app "$app"
ln -s /Applications "$work/image/Applications"

plist=$app/Contents/Info.plist
plutil -replace CFBundleShortVersionString -string "${numeric%.*}" "$plist"
plutil -replace CFBundleVersion -string "$numeric" "$plist"
plutil -lint "$plist" build/darwin/entitlements.plist

timestamp=(--timestamp)
[ "$identity" != - ] || timestamp=()
codesign --force --options runtime --entitlements build/darwin/entitlements.plist \
  ${timestamp[@]+"${timestamp[@]}"} --sign "$identity" "$app"
codesign --verify --strict --verbose=2 "$app"

image=$dist/telehab-$version-macos-universal.dmg
hdiutil create -quiet -volname TeleHab -srcfolder "$work/image" -format UDZO -ov "$image"
if [ "$identity" != - ]; then
  codesign --timestamp --sign "$identity" "$image"
fi
if [ -n "${TELEHAB_NOTARY_PROFILE:-}" ]; then
  xcrun notarytool submit "$image" --keychain-profile "$TELEHAB_NOTARY_PROFILE" --wait
  xcrun stapler staple "$image"
fi
(cd "$dist" && shasum -a 256 -- *.dmg >SHA256SUMS)
