#!/usr/bin/env bash
# Sourced by the tests of the service in a systemd of its own: a container over
# the system in the folder $system, whose files stay as they are, with a person
# who has a real keyring, and the simulated clinic. Where that cannot run, it says
# so and the test ends well. It needs root and systemd-nspawn.
#
#   $system $program $clinic    are set by the caller: the system, and the
#                               programs telehab and fakeclinic/serve
# shellcheck disable=SC2154 # system, program, clinic: the sourcing script's
set -euo pipefail
set -E # the trap below is for functions as well

skip() {
  echo "SKIPPED: $*, so the service was not tried under a real systemd"
  exit 0
}
[ "$(id -u)" = 0 ] || skip 'this needs root'
for tool in systemd-nspawn nsenter; do
  command -v "$tool" >/dev/null || skip "$tool is not installed"
done
for file in lib/systemd/systemd usr/lib/systemd/user/dbus.socket usr/bin/gnome-keyring-daemon usr/bin/python3; do
  [ -e "$system/$file" ] || skip "$system/$file is not there"
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
mount -t overlay overlay -o "lowerdir=$system,upperdir=$dir/upper,workdir=$dir/work" "$root" 2>/dev/null || skip 'no overlay file system can be mounted'

fail() {
  trap - ERR
  echo "FAILED: $*" >&2
  inside journalctl --no-pager -n 60 -u telehab-dana -u telehab -u user@4321 >&2 || true
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

key=MS0xLTVrZXlvZnRoZWNsaW5pY29mdGhlc2VydmljZQ-au1

# start boots the container, with the programs and a person in it. A unit, such as
# system/telehab-dana.service, is told where the simulated clinic is.
start() { # unit
  rm -f "$root"/etc/systemd/system/*.wants/* # nothing of this computer's starts there
  cp "$program" "$root/usr/bin/telehab"
  cp "$clinic" "$root/usr/bin/telehab-clinic"
  printf test >"$root/etc/keyring-password"
  mkdir -p "$root/etc/systemd/$1.d"
  printf '[Service]\nEnvironment=TELEHAB_CLINIKO_URL=http://127.0.0.1:4000/v1\n' >"$root/etc/systemd/$1.d/clinic.conf"
  useradd --root "$root" --create-home --uid 4321 --user-group $person
  boot || {
    tail -n 20 "$dir/boot.log" >&2
    skip 'systemd does not boot in a container here'
  }
  inside systemctl --version | head -n 1
}
