#!/usr/bin/env bash
# Installs missing system packages.
#
#   packages.sh run    what building and opening the app needs
#   packages.sh package   that, and what `make package` needs: a compiler and an
#                         installer maker for Windows, a signer, icon sizes
#   packages.sh test   both, and what `make test` needs: a virtual display, a
#                      keyring, a password manager, two browsers, Wine, a
#                      clean Debian, a spreadsheet, a database server
#
# Supports Debian, Ubuntu and their derivatives. Elsewhere it says what to install.
set -euo pipefail

wanted_for_run=(gcc libc6-dev pkg-config libgtk-3-dev dbus xdg-utils)
wanted_for_package=(gcc-mingw-w64-x86-64-win32 nsis osslsigncode imagemagick xz-utils)
wanted_for_test=(xvfb gnome-keyring keepassxc webkit2gtk-driver shellcheck desktop-file-utils
  libglib2.0-bin wine wine64 appstream debootstrap debian-archive-keyring rpm openssl libreoffice-calc postgresql)

die() {
  printf '%s\n' "$@" >&2
  exit 1
}

installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# The web view comes in two builds. The newer one needs the build tag
# webkit2_41, which the Makefile sets by what pkg-config finds.
have_web_view() {
  pkg-config --exists webkit2gtk-4.1 2>/dev/null || pkg-config --exists webkit2gtk-4.0 2>/dev/null
}

web_view_package() {
  if apt-cache show libwebkit2gtk-4.1-dev >/dev/null 2>&1; then
    echo libwebkit2gtk-4.1-dev
  else
    echo libwebkit2gtk-4.0-dev
  fi
}

have_chromium() {
  "$(dirname "$0")/chromium.sh" >/dev/null 2>&1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "These packages are missing: ${missing[*]}" \
      'Install them as root (apt-get install), or install sudo, and try again.'
  fi
}

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@"
}

set_name=${1:-run}
case $set_name in run | package | test) ;; *) die "usage: $0 run|package|test" ;; esac
[ "$(uname -s)" = Linux ] || exit 0 # elsewhere the system's own web view is used: see the README

wanted=("${wanted_for_run[@]}")
[ "$set_name" = run ] || wanted+=("${wanted_for_package[@]}")
[ "$set_name" != test ] || wanted+=("${wanted_for_test[@]}")

if ! command -v apt-get >/dev/null; then
  have_web_view || die 'The headers of GTK 3 and WebKitGTK 4.1 are missing.' \
    "On Debian they would be in: ${wanted[*]} libwebkit2gtk-4.1-dev" \
    'Install what your distribution calls them, and try again.'
  exit 0
fi

missing=()
for package in "${wanted[@]}"; do
  installed "$package" || missing+=("$package")
done
have_web_view || missing+=(webview)
[ "$set_name" != test ] || have_chromium || missing+=(chromium)
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Installing system packages: ${missing[*]}"
apt update >/dev/null
for i in "${!missing[@]}"; do
  [ "${missing[i]}" != webview ] || missing[i]=$(web_view_package)
done
apt install -y --no-install-recommends "${missing[@]}"
