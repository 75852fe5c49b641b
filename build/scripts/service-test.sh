#!/usr/bin/env bash
# Tries the service in a systemd of its own: boots a container over this
# computer's own system, whose files stay as they are, and there installs the
# service for a person, syncs against the simulated clinic, kills, stops and
# removes it. Needs root and systemd-nspawn; where that cannot run, it says so and
# does nothing.
#
#   service-test.sh PROGRAM CLINIC     CLINIC is backend/cliniko/fakeclinic/serve
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$(realpath "$1") clinic=$(realpath "$2") system=/
. build/scripts/service-container.sh

property() { inside systemctl show --value --property="$1" telehab-dana; }
state() { [ "$(property ActiveState)" = "$1" ]; }

echo '--- boot'
start system/telehab-dana.service

echo '--- the person connects the clinic'
serve 0
sign_in
dana telehab people add --email dana@example.com --name Dana
dana telehab connect --as dana@example.com <<<"$key"
dana telehab service status --json | grep -q '"installed":false' || fail 'a service before any was installed'
! dana telehab service install --system --user dana || fail 'a person installed a service of the system'

echo '--- install'
serve 1500ms
inside telehab service install --system --user dana

echo '--- stop in the middle of the first import, and resume'
open_pass() { [ "$(query 'SELECT count(*) FROM pass WHERE ended_at IS NULL')" = 1 ]; }
stored() { [ "$(query 'SELECT count(*) FROM profile')" -gt 0 ]; }
waits 'the first clients' stored
open_pass || fail 'the import ended before the service was stopped'
began=$SECONDS
inside systemctl stop telehab-dana
[ $((SECONDS - began)) -lt 15 ] || fail 'it took too long to stop'
[ "$(property Result)" = success ] || fail "it ended with $(property Result), $(property ExecMainStatus)"
open_pass || fail 'the import ended'
dana telehab service status --json | grep -q '"running":false' || fail 'a stopped service runs'
serve 0
inside systemctl start telehab-dana
waits 'the first sync' more_than 0

echo '--- status'
inside telehab service status --system --user dana
dana telehab service status --json | tee "$dir/status"
grep -q '"installed":true,"running":true,"since":"20' "$dir/status" || fail 'the status'
inside systemd-analyze verify --man=no telehab-dana.service
inside systemd-analyze security --no-pager telehab-dana.service | tail -n 1

echo '--- nobody is signed in, and the computer starts anew'
inside systemctl stop user@4321
before=$(good)
inside systemctl poweroff || true
wait "$container" || true
boot || fail "the container did not start again: $(tail -n 20 "$dir/boot.log")"
serve 0
waits 'the service after a start of the computer' state active
waits 'a sync with nobody signed in' more_than "$before"
! inside pgrep -u dana gnome-keyring || fail 'somebody is signed in'

echo '--- kill'
pid=$(property MainPID)
inside kill -KILL "$pid"
again() { state active && [ "$(property MainPID)" != "$pid" ] && [ "$(property MainPID)" != 0 ]; }
waits 'the service after a kill' again

sign_in

echo '--- keys that change'
dana telehab connect --as dana@example.com <<<"$key"
dana telehab disconnect --as dana@example.com --yes
[ ! -e "$root$home/.local/share/TeleHab/service/Cliniko API key" ] || fail 'a copy of the API key after Disconnect'
dana telehab connect --as dana@example.com <<<"$key"
inside systemctl restart telehab-dana
waits 'a sync with other keys' more_than 0

echo '--- what was written'
mkdir "$dir/written"
cp -a "$root$home/.local/share/TeleHab" "$dir/written/data"
cp "$root/etc/systemd/system/telehab-dana.service" "$dir/written/unit"
cp "$root/etc/credstore.encrypted/telehab-dana.keyring" "$dir/written/credential"
inside journalctl --no-pager -o export >"$dir/written/journal"
inside journalctl --no-pager -u telehab-dana >"$dir/written/journal-of-the-service"
canaries=$(inside curl -s -u "$key:" 'http://127.0.0.1:4000/v1/patients?per_page=100' | python3 -c '
import json, sys
for p in json.load(sys.stdin)["patients"]:
    for value in (p.get("last_name"), p.get("email"), p.get("date_of_birth")):
        if value and len(value) > 5: print(value)')
[ "$(wc -l <<<"$canaries")" -gt 50 ] || fail "only these canaries: $canaries"
password=$(inside cat /run/credentials/telehab-dana.service/telehab-keyring)
[ "${#password}" = 43 ] || fail 'the credential is not there'
printf '%s\n' "$canaries" "$key" "${key%-au1}" "$password" 'correct horse battery' >"$dir/canaries"
if grep -rlaF -f "$dir/canaries" "$dir/written"; then
  grep -rhaoF -f "$dir/canaries" "$dir/written" | sort | uniq -c >&2
  fail 'these files have personal values or keys'
fi
[ "$(stat -c %a "$root/etc/credstore.encrypted/telehab-dana.keyring")" = 600 ] || fail 'others may read the credential'

echo '--- remove'
inside telehab service remove --system --user dana
for file in /etc/systemd/system/telehab-dana.service /etc/credstore.encrypted/telehab-dana.keyring "$home/.local/share/TeleHab/service"; do
  [ ! -e "$root$file" ] || fail "$file is left"
done
! inside pgrep -f 'telehab sync' || fail 'the service still runs'
dana telehab status

echo '--- of everybody, and purge'
inside telehab service install --system --user dana
dana telehab purge --yes
[ ! -e "$root$home/.local/share/TeleHab" ] || fail 'purge left data'
inside telehab service remove --system --all
[ ! -e "$root/etc/systemd/system/telehab-dana.service" ] || fail 'the unit is left'
[ ! -e "$root/etc/credstore.encrypted/telehab-dana.keyring" ] || fail 'the credential is left'
echo 'the service was installed, used and removed under a real systemd'
