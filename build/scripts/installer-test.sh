#!/usr/bin/env bash
# Installs, upgrades and removes TeleHab with the installer that `make package`
# built, silently and for both scopes, under Wine, and runs its service there.
# Wine cannot test the prompt for administrator rights, WebView2, the window, and
# of the service its own account and that Windows starts it again by itself.
#
#   installer-test.sh [DIST]
set -euo pipefail
cd "$(dirname "$0")/../.."
dist=$(realpath "${1:-build/dist}")
setup=$(echo "$dist"/*-setup.exe)
program=$(echo "$dist"/*-portable.exe)
[ -f "$setup" ] || {
  echo 'There is no installer to test. Run make package first.' >&2
  exit 1
}
version=${setup##*/telehab-} version=${version%-windows-x64-setup.exe}
. build/scripts/wine.sh
. build/scripts/installer-checks.sh

home=$WINEPREFIX/drive_c/users/$(id -un)
person="$home/AppData/Local/Programs/TeleHab"
machine="$WINEPREFIX/drive_c/Program Files/TeleHab"
data="$home/AppData/Local/TeleHab"
link='AppData/Roaming/Microsoft/Windows/Start Menu/Programs/TeleHab.lnk'
# shellcheck disable=SC2034 # for the checks
class='Software\Classes\telehab'
# shellcheck disable=SC2034
other='"C:\Program Files\Other\other.exe" "%1"'

make_old_installer "$dir/old" # version 0.0.1, whose program is a small one that we can watch
have_webview
start_clinic

step 'a program without a store would not have been packed'
printf 'package main\n\nfunc main() {}\n' >"$dir/main.go"
GOOS=windows CGO_ENABLED=0 "${GO:-go}" build -o "$dir/no-store.exe" "$dir/main.go"
build/scripts/has-store.sh "$program"
if logged build/scripts/has-store.sh "$dir/no-store.exe"; then fail 'a program without cgo passes'; fi

step 'versions and icon, as Windows shows them'
for file in "$program" "$setup"; do
  logged build/tools/go-winres extract --dir "$dir/resources" "$file"
  # The commit that was built, whatever has changed here since.
  [[ $version =~ ^([0-9.]+)(-rc[^-]*)?(-([0-9]+)-g)? ]]
  numeric=${BASH_REMATCH[1]}.${BASH_REMATCH[4]:-0}
  like "*\"file_version\": \"$numeric\"*\"product_version\": \"$numeric\"*\"ProductVersion\": \"$version\"*" \
    "$(<"$dir/resources/winres.json")"
  [ "$file" != "$program" ] || like '*"RT_GROUP_ICON"*"#3"*' "$(<"$dir/resources/winres.json")" # where Wails looks
  rm -r "$dir/resources"
done

step 'for one person'
installs 0 "$setup" /S
same "$person/telehab.exe" "$program"
there "$home/$link"
registered HKCU "C:\\users\\$(id -un)\\AppData\\Local\\Programs\\TeleHab"
unregistered HKLM
says "telehab $version" "$person/telehab.exe" --version
demo=$(run "$person/telehab.exe" sync --demo --full --json) || true
like '{"read":20[0-9][0-9],*' "$demo"

step 'people, key and clients'
works "$person/telehab.exe" people add --email owner@example.com --name Owner
works "$person/telehab.exe" connect --as owner@example.com <"$dir/key"
like '{"read":300,*' "$(run "$person/telehab.exe" sync --json || true)"
there "$data/telehab.db"

step 'an upgrade keeps data and key'
installs 0 "$dir/old-setup.exe" /S
like '*DisplayVersion*0.0.1*' "$(setup_entry HKCU)"
run_in_background "$person/telehab.exe" # opens a window as TeleHab's
installs 0 "$setup" /S                  # asks it to close
closed_background
same "$person/telehab.exe" "$program"
like "*DisplayVersion*$version*" "$(setup_entry HKCU)"
like '*"synced":0,*' "$(run "$person/telehab.exe" sync --json || true)"

step 'a program that does not close is left alone'
installs 0 "$dir/old-setup.exe" /S
run_in_background "$person/telehab.exe" deaf
installs 32 "$setup" /S
same "$person/telehab.exe" "$dir/old/telehab.exe"
end_background
installs 0 "$setup" /S

step 'removal keeps data and key'
removes "$person"
gone "$person" "$home/$link"
unregistered HKCU
there "$data/telehab.db"
credentials | grep -q TeleHab

step 'removal waits for the program that started it'
installs 0 "$setup" /S
hold "$person/uninstall.exe"
logged on_windows "$person/uninstall.exe" /S || fail "the uninstaller ended with $?"
gone "$person/telehab.exe" # the last file but the licences and the held one
there "$person/uninstall.exe"
release
gone "$person"

step "another program's links stay its own"
take_scheme HKCU
installs 0 "$setup" /S
taken HKCU
removes "$person"
taken HKCU
free_scheme HKCU
take_scheme HKLM
installs 0 "$setup" /S
unregistered_scheme HKCU
removes "$person"
installs 0 "$setup" /S /ALLUSERS
taken HKLM
removes "$machine"
taken HKLM
free_scheme HKLM

step 'for everyone'
installs 0 "$setup" /S /ALLUSERS
same "$machine/telehab.exe" "$program"
there "$WINEPREFIX/drive_c/ProgramData/Microsoft/Windows/Start Menu/Programs/TeleHab.lnk"
registered HKLM 'C:\Program Files\TeleHab'
unregistered HKCU
installs $((1638 % 256)) "$setup" /S # no second copy beside it
gone "$person"
like '*"synced":0,*' "$(run "$machine/telehab.exe" sync --json || true)" # key and store of before
installs 0 "$dir/old-setup.exe" /S /ALLUSERS
installs 0 "$setup" /S /ALLUSERS
same "$machine/telehab.exe" "$program"

step 'a service, which syncs with nobody signed in'
service_finds_clinic
before=$(last_sync "$machine")
works "$machine/telehab.exe" service install
like '{"installed":true,"running":true,*' "$(service_state "$machine")"
credentials | grep -q 'TeleHab service:service password'
gone "$data/service-password" # handed over
syncs "$machine" "$before"

step 'it is stopped in the middle of a pass, and goes on'
logged on_windows net stop TeleHab
kill -STOP "$clinic_process"
before=$(last_sync "$machine")
logged on_windows net start TeleHab
wait_for asks_clinic || fail 'the service asks nothing'
logged on_windows net stop TeleHab || fail 'the service does not stop'
kill -CONT "$clinic_process"
like '{"installed":true,"running":false,*' "$(service_state "$machine")"
logged on_windows net start TeleHab
syncs "$machine" "$before"

step 'it is killed, and starts again'
before=$(last_sync "$machine")
logged on_windows taskkill /F /IM telehab.exe
wait_for logged on_windows net start TeleHab || fail 'the service does not start again' # which Windows does by itself
syncs "$machine" "$before"

step 'it is stopped for an upgrade, and removed with the program'
installs 0 "$setup" /S /ALLUSERS
like '{"installed":true,"running":true,*' "$(service_state "$machine")"
removes "$machine"
nothing_of_the_service
there "$data/telehab.db"
installs 0 "$setup" /S /ALLUSERS
works "$machine/telehab.exe" service install
works "$machine/telehab.exe" service remove
nothing_of_the_service
like '{"installed":false,*' "$(service_state "$machine")"
works "$machine/telehab.exe" service install

step 'removal with everything'
removes "$machine" /PURGE
nothing_of_the_service
gone "$machine" "$data" "$data Demo" "$WINEPREFIX/drive_c/ProgramData/Microsoft/Windows/Start Menu/Programs/TeleHab.lnk"
unregistered HKLM
if credentials | grep TeleHab; then fail 'keys are left in the keyring'; fi

step 'a folder of its own choice, with spaces; others'"'"' files stay'
# Through the command line, because the switch must not be in quotes.
installs 0 cmd /c "Z:${setup//\//\\} /S /D=C:\\Clinic Tools\\Tele Hab"
registered HKCU 'C:\Clinic Tools\Tele Hab'
touch "$WINEPREFIX/drive_c/Clinic Tools/Tele Hab/notes.txt"
removes "$WINEPREFIX/drive_c/Clinic Tools/Tele Hab"
there "$WINEPREFIX/drive_c/Clinic Tools/Tele Hab/notes.txt"

step 'a computer without WebView2 and without a way to fetch it'
gone "$WINEPREFIX/drive_c/fetch.txt" # it was there all the time
no_webview
installs 10 "$dir/old-setup.exe" /S
like '/silent /install' "$(cat "$WINEPREFIX/drive_c/fetch.txt")"
have_webview
installs 0 "$setup" /S
removes "$person"

step 'signed'
make_certificate
make_signed_installer
signed "$dir/old/telehab.exe" "$dir/signed-setup.exe"
installs 0 "$dir/signed-setup.exe" /S
signed "$person/telehab.exe" "$person/uninstall.exe"
removes "$person"

echo "$checks checks passed under $(wine --version 2>/dev/null)"
