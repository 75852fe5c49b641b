#!/usr/bin/env bash
# Sourced by the tests that run Windows programs. Creates a fresh Wine prefix in
# a temporary folder, so that nothing of the caller's is touched:
#
#   $dir         the folder; $WINEPREFIX is the computer's drive and registry
#   on_windows   runs one program in it, for five minutes at most
#   logged       runs any command, with its output in the file $programs_log
#   wait_for     waits until a command succeeds
#
# A script that fails prints the end of $programs_log, which stays.
set -euo pipefail

# Wine before 9 is loaded at 0x7d000000 and needs the page at 0x7ffe0000. Where
# the kernel puts its heap at a random place behind it, some starts in a thousand
# find that page taken and fail with c0000018. So nothing is random here, unless
# this computer forbids that.
if [ "$(setarch -R cat /proc/self/personality 2>/dev/null)" = 00040000 ] &&
  [ "$(cat /proc/self/personality)" != 00040000 ]; then
  exec setarch -R bash "build/scripts/$(basename "$0")" "$@"
fi

windows_limit=${windows_limit:-300} # seconds for each program

missing=()
command -v wine >/dev/null || missing+=(wine wine64)
command -v wineserver >/dev/null || [ -x /usr/lib/wine/wineserver64 ] || missing+=(wine64)
command -v x86_64-w64-mingw32-gcc >/dev/null || missing+=(gcc-mingw-w64-x86-64)
if [ ${#missing[@]} -gt 0 ]; then
  echo "The Windows tests did not run, because these packages are missing: ${missing[*]}" >&2
  exit 1
fi
wineserver=$(command -v wineserver || echo /usr/lib/wine/wineserver64)

programs_log=$PWD/build/test-results/logs/$(basename "$0" .sh)-programs.log
mkdir -p "$(dirname "$programs_log")"
: >"$programs_log"

dir=$(mktemp -d)
# Wine reports errors on stderr, such as a window that it cannot create.
export WINEPREFIX=$dir/prefix WINEARCH=win64 WINEDEBUG=-all,err+all
export WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe=' # no downloads, no menu entries
unset DISPLAY WAYLAND_DISPLAY

# logged logs a command, its output and its exit code, which it returns.
logged() {
  local code=0
  printf '\n$ %s\n' "$*" >>"$programs_log"
  "$@" >>"$programs_log" 2>&1 || code=$?
  [ "$code" = 0 ] || echo "ended with $code" >>"$programs_log"
  return "$code"
}

# wait_for fails after far longer than a busy computer needs.
wait_for() { # command, argument...
  local end=$((SECONDS + 120))
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}

stop_wine() { # wineserver ends the programs of this prefix only
  timeout 60 "$wineserver" -k || true
  timeout 60 "$wineserver" -w || true
}

others=() # processes of this computer that shall end as well

end_wine() {
  local status=$?
  [ ${#others[@]} = 0 ] || kill "${others[@]}" 2>/dev/null || true
  stop_wine
  if [ "$status" != 0 ]; then
    printf '\nThe end of %s:\n' "$programs_log"
    tail -n 40 "$programs_log"
  fi >&2
  rm -rf "$dir"
}
trap end_wine EXIT

on_windows() {
  # No process of Wine may keep our output open, or a reader would wait for it.
  HOME=$dir/home timeout "$windows_limit" wine "$@" </dev/null
}

# Go needs this library for random numbers, and Wine before 9 lacks it.
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
logged on_windows wineboot -i
[ -e "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" ] ||
  cp "$dir/bcryptprimitives.dll" "$WINEPREFIX/drive_c/windows/system32/"
logged on_windows winecfg -v win10

# Windows without a screen, which programs may open nevertheless. The desktop
# that is running by now looked for a screen, found none, and would refuse every
# window until it ends, a second after the last program. So end it here.
logged on_windows reg add 'HKCU\Software\Wine\Drivers' /v Graphics /d null /f
stop_wine

# One server for all programs from here on. Without -p it ends soon after the
# last program, and cuts off a program that starts at that moment: "recvmsg:
# Connection reset by peer".
logged timeout 60 "$wineserver" -p
