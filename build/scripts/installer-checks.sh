#!/usr/bin/env bash
# Sourced by installer-test.sh, after wine.sh: its building blocks. A failing
# check ends the test and prints what was expected.
# shellcheck disable=SC2154 # dir, version, class, other: the sourcing script's
set -euo pipefail

checks=0
background=

step() { echo "--- $1"; }

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

passed() { checks=$((checks + 1)); }

like() { # pattern, text
  # shellcheck disable=SC2053 # a pattern
  [[ $2 == $1 ]] || fail "expected $1, got: ${2:0:2000}"
  passed
}

there() {
  local path
  for path; do [ -e "$path" ] || fail "$path is missing"; passed; done
}

is_gone() { [ ! -e "$1" ]; }

gone() { # eventually: an uninstaller continues in a copy of itself
  local path
  for path; do
    wait_for is_gone "$path" ||
      fail "$path is still there, in: $(ls -laR "${path%/*}"), beside: $(pgrep -ai '[.]exe')"
  done
  passed
}

same() {
  cmp -s "$1" "$2" || fail "$1 is not $2"
  passed
}

# run starts a program of ours with its input and output, and logs its standard
# error and Wine's messages.
run() {
  printf '\n$ %s\n' "$*" >>"$programs_log"
  HOME=$dir/home TELEHAB_PASSWORD='correct horse battery' TELEHAB_CLINIKO_URL=$clinic \
    timeout "$windows_limit" wine "$@" 2>>"$programs_log" | tr -d '\r'
}

works() { # program, argument...
  run "$@" >"$dir/log" || fail "${*##*/}: $(cat "$dir/log")"
  passed
}

says() { # line, program, argument...
  local want=$1
  shift
  like "$want" "$(run "$@")"
}

installs() { # exit code, installer, argument...
  local want=$1 code=0
  shift
  logged on_windows "$@" || code=$?
  [ "$code" = "$want" ] || fail "${*##*/} ended with $code, not $want"
  passed
}

removes() { # folder, argument...
  local folder=$1
  shift
  logged on_windows "$folder/uninstall.exe" /S "$@" || fail "the uninstaller ended with $?"
  gone "$folder/uninstall.exe" "$folder/telehab.exe"
}

# query prints a key of the registry, or nothing if there is none.
query() {
  local found
  found=$(on_windows reg query "$@" 2>>"$programs_log") || return 0
  tr -d '\r' <<<"$found"
}

setup_entry() { query "$1\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\TeleHab"; }

size_of() { # folder as Windows writes it: its size in KiB, as the registry shows it
  local folder=$WINEPREFIX/drive_c/${1#C:\\}
  printf '0x%x' $(($(find "${folder//\\//}" -type f -printf '%s+')0 >> 10))
}

registered() { # root, folder as Windows writes it
  local entry links want command="\"$2\\telehab.exe\" --link \"%1\""
  entry=$(setup_entry "$1")
  for want in 'DisplayName    REG_SZ    TeleHab' "DisplayVersion    REG_SZ    $version" "InstallLocation    REG_SZ    $2" \
    "UninstallString    REG_SZ    \"$2\\uninstall.exe\"" "QuietUninstallString    REG_SZ    \"$2\\uninstall.exe\" /S" \
    "DisplayIcon    REG_SZ    $2\\telehab.exe" "EstimatedSize    REG_DWORD    $(size_of "$2")"; do
    grep -qF "$want" <<<"$entry" || fail "the entry in the list of apps lacks $want: $entry"
  done
  links=$(query "$1\\$class" /s)
  [ "$(grep -cF "REG_SZ    $command" <<<"$links")" = 2 ] || fail "the command is not $command: $links"
  for want in "TeleHabCommand    REG_SZ    $command" 'URL Protocol    REG_SZ' "REG_SZ    \"$2\\telehab.exe\",0"; do
    grep -qF "$want" <<<"$links" || fail "the registration lacks $want: $links"
  done
  passed
}

unregistered_scheme() {
  [ -z "$(query "$1\\$class" /s)" ] || fail "$1 has a registration: $(query "$1\\$class" /s)"
  passed
}

unregistered() {
  unregistered_scheme "$1"
  [ -z "$(setup_entry "$1")" ] || fail "$1 has an entry in the list of apps"
  passed
}

take_scheme() {
  logged on_windows reg add "$1\\$class" /v 'URL Protocol' /d '' /f
  logged on_windows reg add "$1\\$class\\shell\\open\\command" /ve /d "$other" /f
}

taken() { # the other program's registration is untouched, and nothing of ours beside it
  local links
  links=$(query "$1\\$class" /s)
  grep -qF "$other" <<<"$links" || fail "the other program lost its links: $links"
  ! grep -qi telehab.exe <<<"$links" || fail "ours is beside the other program's: $links"
  passed
}

free_scheme() { logged on_windows reg delete "$1\\$class" /f; }

# Wine keeps its credentials in the registry.
credentials() { query 'HKCU\Software\Wine\Credential Manager' /s; }

webview='HKLM\SOFTWARE\WOW6432Node\Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}'
have_webview() { logged on_windows reg add "$webview" /v pv /d 120.0.0.0 /f; }
no_webview() { logged on_windows reg delete "$webview" /f; }

start_clinic() {
  "${GO:-go}" build -tags "${TAGS:-webkit2_41}" -o "$dir/fakeclinic" ./backend/cliniko/fakeclinic/serve
  "$dir/fakeclinic" --addr 127.0.0.1:0 --patients 300 --limit 0 --seed 1 >"$dir/clinic.log" 2>&1 &
  clinic_process=$!
  others+=("$clinic_process")
  wait_for grep -q '^key ' "$dir/clinic.log" || fail "the simulated clinic: $(cat "$dir/clinic.log")"
  clinic=$(sed -n 's/^address //p' "$dir/clinic.log")
  sed -n 's/^key //p' "$dir/clinic.log" >"$dir/key"
}

# run_in_background starts the old version's program, and returns when that
# reports that it is ready: with its window, if it has one.
run_in_background() {
  rm -f "$WINEPREFIX/drive_c/stands.txt"
  printf '\n$ %s &\n' "$*" >>"$programs_log"
  HOME=$dir/home wine "$@" >>"$programs_log" 2>&1 </dev/null &
  background=$!
  wait_for stands_or_ended || fail "${1##*/} does not stand"
  there "$WINEPREFIX/drive_c/stands.txt"
}

stands_or_ended() { [ -e "$WINEPREFIX/drive_c/stands.txt" ] || ! kill -0 "$background" 2>/dev/null; }

# hold keeps a file open, as a program that is about to end does, until release.
hold() {
  cat >"$dir/hold.c" <<'C'
#include <stdio.h>
#include <windows.h>
int main(int n, char **arguments) {
  if (CreateFileA(arguments[1], GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL) == INVALID_HANDLE_VALUE) return 1;
  fclose(fopen("C:\\stands.txt", "w"));
  while (GetFileAttributesA("C:\\release.txt") == INVALID_FILE_ATTRIBUTES) Sleep(50);
  return 0;
}
C
  x86_64-w64-mingw32-gcc -O2 -o "$dir/hold.exe" "$dir/hold.c"
  run_in_background "$dir/hold.exe" "Z:${1//\//\\}"
}

release() {
  touch "$WINEPREFIX/drive_c/release.txt"
  closed_background
}

closed_background() { # it ended because it was asked to
  local code=0
  wait "$background" || code=$?
  [ "$code" = 0 ] || fail "the program ended with $code when it was asked to close"
  passed
}

end_background() {
  logged on_windows taskkill /F /IM telehab.exe || fail 'the program had ended'
  wait "$background" || true # with the code of what was ended
}

make_installer() { # version, folder, installer, option...
  local version=$1 files=$2 out=$3
  shift 3
  logged makensis -V2 -WX "-DVERSION=$version" "-DVERSION_NUMERIC=$version.0" "-DFILES=$files" "-DOUT=$out" "$@" \
    build/windows/installer/telehab.nsi || fail "$out was not made"
}

# The old version's program has a window as Wails makes it, and ends when that
# is closed; "deaf" has none and runs until it is killed. Both report when they
# are ready.
make_old_installer() {
  mkdir -p "$1"
  cat >"$dir/old.c" <<'C'
#include <stdio.h>
#include <windows.h>
static void stand(void) { fclose(fopen("C:\\stands.txt", "w")); }
static LRESULT CALLBACK answer(HWND window, UINT message, WPARAM w, LPARAM l) {
  if (message == WM_DESTROY) PostQuitMessage(0);
  return DefWindowProcA(window, message, w, l);
}
int WINAPI WinMain(HINSTANCE me, HINSTANCE before, LPSTR arguments, int show) {
  if (arguments[0]) {
    stand();
    Sleep(INFINITE);
  }
  WNDCLASSA class = {.lpfnWndProc = answer, .hInstance = me, .lpszClassName = "wailsWindow"};
  RegisterClassA(&class);
  if (!CreateWindowA("wailsWindow", "TeleHab", WS_OVERLAPPEDWINDOW, 0, 0, 100, 100, NULL, NULL, me, NULL)) return 1;
  stand();
  MSG message;
  while (GetMessageA(&message, NULL, 0, 0) > 0) DispatchMessageA(&message);
  return 0;
}
C
  x86_64-w64-mingw32-gcc -O2 -mwindows -o "$1/telehab.exe" "$dir/old.c"
  echo licence | tee "$1/LICENSE.txt" >"$1/NOTICES.txt"
  # Instead of Microsoft's: records its arguments, and downloads nothing.
  cat >"$dir/fetch.c" <<'C'
#include <stdio.h>
int main(int n, char **arguments) {
  FILE *file = fopen("C:\\fetch.txt", "w");
  fprintf(file, "%s %s", n > 1 ? arguments[1] : "", n > 2 ? arguments[2] : "");
  return fclose(file);
}
C
  x86_64-w64-mingw32-gcc -O2 -o "$1/MicrosoftEdgeWebview2Setup.exe" "$dir/fetch.c"
  make_installer 0.0.1 "$1" "$dir/old-setup.exe"
}

make_certificate() {
  logged openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/key.pem" -out "$dir/cert.pem" -days 2 \
    -subj '/CN=TeleHab test' -addext extendedKeyUsage=codeSigning
  openssl pkcs12 -export -inkey "$dir/key.pem" -in "$dir/cert.pem" -passout pass:test -out "$dir/cert.pfx"
}

# The program with the PEM pair, the installer and uninstaller with the .pfx.
make_signed_installer() {
  TELEHAB_SIGN_CERT=$dir/cert.pem TELEHAB_SIGN_KEY=$dir/key.pem build/scripts/sign-windows.sh "$dir/old/telehab.exe"
  TELEHAB_SIGN_CERT=$dir/cert.pfx TELEHAB_SIGN_PASSWORD=test \
    make_installer 0.0.2 "$dir/old" "$dir/signed-setup.exe" "-DSIGN=$PWD/build/scripts/sign-windows.sh"
}

signed() {
  local file
  for file; do
    logged osslsigncode verify -CAfile "$dir/cert.pem" -in "$file" || fail "$file is not signed"
    passed
  done
}

# service_finds_clinic tells services where the simulated clinic is. Wine's manager
# knows no variables of one service, and takes those of the computer at its start.
service_finds_clinic() {
  logged on_windows reg add 'HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment' \
    /v TELEHAB_CLINIKO_URL /d "$clinic" /f
  stop_wine
  logged timeout 60 "$wineserver" -p
}

service_state() { run "$1/telehab.exe" service status --json; } # folder

# last_sync prints when the last good sync was.
last_sync() { run "$1/telehab.exe" status --json | sed -n 's/.*"last_sync":"\([^"]*\)".*/\1/p'; } # folder

has_synced_since() { [[ $(last_sync "$1") > $2 ]]; } # folder, time

syncs() { # folder, time
  wait_for has_synced_since "$1" "$2" || fail "the service has not synced since $2: $(run "$1/telehab.exe" status --json)"
  passed
}

# asks_clinic says that a program is connected to the simulated clinic.
asks_clinic() {
  local port=${clinic#*//*:}
  port=$(printf ':%04X' "${port%%/*}")
  awk -v port="$port" '$3 ~ port "$" && $4 == "01" { found = 1 } END { exit !found }' /proc/net/tcp
}

nothing_of_the_service() {
  [ -z "$(query 'HKLM\SYSTEM\CurrentControlSet\Services\TeleHab')" ] || fail 'the service is still there'
  [ -z "$(query 'HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\TeleHab')" ] || fail 'its event source is still there'
  ! credentials | grep 'TeleHab service' || fail 'the password of its keys is still there'
  passed
}
