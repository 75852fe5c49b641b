#!/usr/bin/env bash
# Runs the tests of the links as a Windows program under Wine: the parser, the
# registration in a real registry, opening through Windows' shell, and the
# hand-over between processes. Nothing of the caller's is touched: the registry
# and its drive are made here and thrown away.
#
#   wine-test.sh [FLAG...]      flags for the tests, such as -test.v
#
# Needs the packages wine, wine64 and gcc-mingw-w64-x86-64.
set -euo pipefail
cd "$(dirname "$0")/../.."

limit=120 # seconds for each of Wine's programs

missing=()
command -v wine >/dev/null || missing+=(wine wine64)
command -v wineserver >/dev/null || [ -x /usr/lib/wine/wineserver64 ] || missing+=(wine64)
command -v x86_64-w64-mingw32-gcc >/dev/null || missing+=(gcc-mingw-w64-x86-64)
if [ ${#missing[@]} -gt 0 ]; then
  echo "The Windows tests did not run, because these packages are missing: ${missing[*]}" >&2
  exit 1
fi
wineserver=$(command -v wineserver || echo /usr/lib/wine/wineserver64)

dir=$(mktemp -d)
export WINEPREFIX=$dir/prefix WINEARCH=win64 WINEDEBUG=-all
export WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe=' # no downloads, no menu entries
unset DISPLAY WAYLAND_DISPLAY

# wineserver ends the programs of this prefix only.
trap 'timeout 20 "$wineserver" -k || true; timeout 20 "$wineserver" -w || true; rm -rf "$dir"' EXIT

# Go asks this library for randomness, and Wine before 9 does not have it.
cat >"$dir/bcryptprimitives.c" <<'C'
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE p, SIZE_T n) {
  while (n) {
    ULONG some = n > 0x10000000 ? 0x10000000 : (ULONG)n;
    if (!SystemFunction036(p, some)) return FALSE;
    p += some;
    n -= some;
  }
  return TRUE;
}
C
x86_64-w64-mingw32-gcc -shared -O2 -o "$dir/bcryptprimitives.dll" "$dir/bcryptprimitives.c" -ladvapi32

packages=(deeplink deeplink/handover)
for package in "${packages[@]}"; do
  GOOS=windows GOARCH=amd64 CGO_ENABLED=0 \
    "${GO:-go}" test -c -o "$dir/$(basename "$package").test.exe" "./backend/$package"
done

mkdir "$dir/home"
export HOME=$dir/home # Wine makes links into it

# Nothing of Wine's may hold our output open, or a reader would wait for it.
timeout "$limit" wine wineboot -i >"$dir/boot.log" 2>&1 </dev/null || {
  cat "$dir/boot.log" >&2
  exit 1
}
[ -e "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" ] ||
  cp "$dir/bcryptprimitives.dll" "$WINEPREFIX/drive_c/windows/system32/"
timeout "$limit" wine winecfg -v win10 >>"$dir/boot.log" 2>&1 </dev/null

status=0
for package in "${packages[@]}"; do
  echo "--- $package under $(wine --version 2>/dev/null)"
  (cd "backend/$package" && TELEHAB_TEST_REGISTRY=1 timeout "$limit" \
    wine "$dir/$(basename "$package").test.exe" -test.timeout 100s "$@" </dev/null >"$dir/out" 2>&1) || status=1
  tr -d '\r' <"$dir/out"
done
exit "$status"
