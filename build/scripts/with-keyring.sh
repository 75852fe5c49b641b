#!/usr/bin/env bash
# Starts an unlocked keyring on the present session bus, runs a command, and
# ends the keyring. For private-session.sh.
set -euo pipefail

has_keyring() {
  dbus-send --session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
    org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets 2>/dev/null | grep -q 'boolean true'
}

# The password of an empty keyring that is thrown away. No newline after it.
gnome-keyring-daemon --foreground --unlock --components=secrets \
  < <(printf test) >"$XDG_RUNTIME_DIR/keyring.log" 2>&1 &
keyring=$!
trap 'kill "$keyring" 2>/dev/null || true; wait "$keyring" 2>/dev/null || true' EXIT

for _ in $(seq 100); do
  if has_keyring; then
    "$@"
    exit
  fi
  sleep 0.1
done
echo 'The keyring did not start:' >&2
cat "$XDG_RUNTIME_DIR/keyring.log" >&2
exit 1
