#!/usr/bin/env bash
# Tries the service that a person installs without an administrator, as
# service-test.sh tries that of the system. It needs systemd 258 or newer, so it
# boots a container over another system, in the folder SYSTEM, whose files stay as
# they are. This makes one, of Debian 13 with the systemd of the next, forky:
#
#   debootstrap --variant=minbase --include=dbus-user-session,gnome-keyring,libwebkit2gtk-4.1-0,procps,python3 trixie SYSTEM
#   sed 's/trixie/forky/' SYSTEM/etc/apt/sources.list >SYSTEM/etc/apt/sources.list.d/forky.list
#   chroot SYSTEM sh -c 'apt-get update && apt-get install -y -t forky systemd-sysv libpam-systemd'
#
#   user-service-test.sh PROGRAM CLINIC SYSTEM
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$(realpath "$1") clinic=$(realpath "$2") system=$(realpath "$3")
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 # such a systemd knows no other control groups
. build/scripts/service-container.sh

data=$home/.local/share/TeleHab
unit=$home/.config/systemd/user/telehab.service sealed=$home/.config/credstore.encrypted/telehab.keyring

echo '--- boot'
start user/telehab.service

echo '--- the person connects the clinic'
serve 0
sign_in
dana telehab people add --email dana@example.com --name Dana
dana telehab connect --as dana@example.com <<<"$key"

echo '--- install'
dana telehab service install
waits 'the first sync' more_than 0
dana telehab service status --json | tee "$dir/status"
grep -q '"installed":true,"running":true,"since":"20' "$dir/status" || fail 'the status'
[ "$(stat -c %a "$root$sealed")" = 600 ] || fail 'others may read the credential'
! grep -rqaF "${key%-au1}" "$root$data" "$root$unit" "$root$sealed" || fail 'the API key lies in a file'

echo '--- nobody is signed in, and the computer starts anew'
inside loginctl enable-linger $person # where the installation may not
inside systemctl stop user@4321
before=$(good)
inside systemctl poweroff || true
wait "$container" || true
boot || fail "the container did not start again: $(tail -n 20 "$dir/boot.log")"
serve 0
waits 'a sync with nobody signed in' more_than "$before"
! inside pgrep -u dana gnome-keyring || fail 'somebody is signed in'
dana telehab service status --json | grep -q '"running":true.*"at_start":true' || fail 'the status after a start'

echo '--- remove'
dana telehab service remove
for file in "$unit" "$sealed" "$data/service"; do
  [ ! -e "$root$file" ] || fail "$file is left"
done
! inside pgrep -f 'telehab sync' || fail 'the service still runs'
echo "the service of a person was installed, used and removed under a real systemd"
