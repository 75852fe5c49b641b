#!/usr/bin/env bash
# Starts an unlocked keyring on the current session bus, runs a command, and
# ends the keyring. For private-session.sh.
set -euo pipefail

has_keyring() {
  dbus-send --session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
    org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets 2>/dev/null | grep -q 'boolean true'
}

log=${HOME%/home}/keyring.log # beside the home of private-session.sh
: >"$log"

# The password of a temporary, empty keyring. No newline after it.
gnome-keyring-daemon --foreground --unlock --components=secrets \
  < <(printf test) >"$log" 2>&1 &
keyring=$!
trap 'kill "$keyring" 2>/dev/null || true; wait "$keyring" 2>/dev/null || true' EXIT

until has_keyring; do
  if ! kill -0 "$keyring" 2>/dev/null || [ "$SECONDS" -gt 120 ]; then
    echo 'The keyring did not start:' >&2
    cat "$log" >&2
    exit 1
  fi
  sleep 0.1
done
status=0
"$@" || status=$?
kill -0 "$keyring" 2>/dev/null || echo 'The keyring ended before the command did.' >&2
[ "$status" = 0 ] || sed 's/^/keyring: /' "$log" >&2
exit "$status"
