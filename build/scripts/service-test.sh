#!/usr/bin/env bash
# Tries the service in a systemd of its own: boots a container over this
# computer's own system, whose files stay as they are, and there installs the
# service for a person, syncs against the simulated clinic, kills, stops and
# removes it. Needs root and systemd-nspawn; where that cannot run, it says so and
# does nothing.
#
#   service-test.sh PROGRAM CLINIC     CLINIC is backend/cliniko/fakeclinic/serve
set -euo pipefail
set -E # the trap below is for functions as well
cd "$(dirname "$0")/../.."
program=$(realpath "$1") clinic=$(realpath "$2")

skip() {
  echo "SKIPPED: $*, so the service was not tried under a real systemd"
  exit 0
}
[ "$(id -u)" = 0 ] || skip 'this needs root'
for tool in systemd-nspawn gnome-keyring-daemon python3 nsenter; do
  command -v "$tool" >/dev/null || skip "$tool is not installed"
done
for file in /lib/systemd/systemd /usr/lib/systemd/user/dbus.socket; do
  [ -e "$file" ] || skip "$file is not there"
done

person=dana home=/home/$person
dir=$(mktemp -d)
container=
clean() {
  # Its first process takes all others with it, whom systemd-nspawn would leave.
  [ -z "$container" ] || { kill -KILL "$(leader)" "$container" && wait "$container"; } 2>/dev/null || true
  umount "$dir/root" 2>/dev/null || true
  rm -rf --one-file-system "$dir"
}
trap clean EXIT
mkdir "$dir"/{root,upper,work}
root=$dir/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$dir/upper,workdir=$dir/work" "$root" 2>/dev/null || skip 'no overlay file system can be mounted'

fail() {
  trap - ERR
  echo "FAILED: $*" >&2
  inside journalctl --no-pager -n 60 -u telehab-dana -u user@4321 >&2 || true
  exit 1
}

trap 'fail "line $LINENO"' ERR

# inside runs a command in the container, as root; dana as the person.
leader() { pgrep -P "$container" | head -n 1 || true; }
inside() { nsenter -t "$(leader)" -m -u -i -n -p -C -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root "$@"; }
dana() {
  inside setpriv --reuid 4321 --regid 4321 --clear-groups env HOME="$home" USER=dana XDG_RUNTIME_DIR=/run/user/4321 \
    DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/4321/bus TELEHAB_CLINIKO_URL=http://127.0.0.1:4000/v1 TELEHAB_PASSWORD='correct horse battery' "$@"
}

# waits until a condition holds, for two minutes.
waits() {
  local what=$1 end=$((SECONDS + 120))
  shift
  until "$@" >"$dir/wait.log" 2>&1; do
    [ "$SECONDS" -lt "$end" ] || fail "waited in vain: $what: $(tail -n 5 "$dir/wait.log")"
    [ -n "$(leader)" ] || fail "the container ended: $(tail -n 20 "$dir/boot.log")"
    sleep 0.3
  done
}

boot() {
  systemd-nspawn --quiet --boot --register=no --keep-unit --private-network --machine=telehab-test -D "$root" >"$dir/boot.log" 2>&1 </dev/null &
  container=$!
  local end=$((SECONDS + 120))
  until [ -n "$(leader)" ] && booted 2>/dev/null; do
    kill -0 "$container" 2>/dev/null && [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.3
  done
}
booted() { inside systemctl is-system-running | grep -Eq 'running|degraded'; }
property() { inside systemctl show --value --property="$1" telehab-dana; }
state() { [ "$(property ActiveState)" = "$1" ]; }
# query asks the store, which has no personal value in clear.
query() {
  inside python3 -c 'import sqlite3,sys; print(sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute(sys.argv[2]).fetchone()[0])' \
    "$home/.local/share/TeleHab/telehab.db" "$1"
}
good() { query "SELECT count(*) FROM pass WHERE ended_at IS NOT NULL AND error = ''"; }
more_than() { [ "$(good)" -gt "$1" ]; }
serve() { # latency; the journal must not have the key from here
  inside systemctl stop clinic 2>/dev/null || true
  inside systemd-run --quiet --collect --unit=clinic --description=clinic --property=StandardOutput=null /usr/bin/telehab-clinic -addr 127.0.0.1:4000 -patients 1500 -seed 5 -key "$key" -latency "$1"
}
sign_in() {
  inside systemctl start user@4321
  dana systemd-run --user --quiet --collect --unit=keyring --property=StandardInput=file:/etc/keyring-password \
    gnome-keyring-daemon --foreground --unlock --components=secrets
  waits 'the keyring' dana busctl --user status org.freedesktop.secrets
}

echo '--- boot'
rm -f "$root"/etc/systemd/system/*.wants/* # nothing of this computer's starts there
cp "$program" "$root/usr/bin/telehab"
cp "$clinic" "$root/usr/bin/telehab-clinic"
printf test >"$root/etc/keyring-password"
mkdir -p "$root/etc/systemd/system/telehab-dana.service.d"
printf '[Service]\nEnvironment=TELEHAB_CLINIKO_URL=http://127.0.0.1:4000/v1\n' >"$root/etc/systemd/system/telehab-dana.service.d/clinic.conf"
useradd --root "$root" --create-home --uid 4321 --user-group $person
boot || {
  tail -n 20 "$dir/boot.log" >&2
  skip 'systemd does not boot in a container here'
}
inside systemctl --version | head -n 1

echo '--- the person connects the clinic'
key=MS0xLTVrZXlvZnRoZWNsaW5pY29mdGhlc2VydmljZQ-au1
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
