#!/usr/bin/env bash
# Sourced by the tests that run Windows programs. Makes a fresh Wine in a folder
# that is thrown away at the end, so nothing of the caller's is touched:
#
#   $dir         the folder; $WINEPREFIX is the computer's drive and registry
#   on_windows   runs one program in it, for two minutes at most
set -euo pipefail

windows_limit=${windows_limit:-120} # seconds for each program

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

end_wine() { # wineserver ends the programs of this prefix only
  timeout 20 "$wineserver" -k || true
  timeout 20 "$wineserver" -w || true
  rm -rf "$dir"
}
trap end_wine EXIT

on_windows() {
  # Nothing of Wine's may hold our output open, or a reader would wait for it.
  HOME=$dir/home timeout "$windows_limit" wine "$@" </dev/null
}

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

mkdir "$dir/home" # Wine makes links into it
on_windows wineboot -i >"$dir/boot.log" 2>&1 || {
  cat "$dir/boot.log" >&2
  exit 1
}
[ -e "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" ] ||
  cp "$dir/bcryptprimitives.dll" "$WINEPREFIX/drive_c/windows/system32/"
on_windows winecfg -v win10 >>"$dir/boot.log" 2>&1
