#!/usr/bin/env bash
# Opens the window of build/bin/telehab. Without a display it does the same in
# the terminal, with the demo clinic.
set -euo pipefail
cd "$(dirname "$0")/../.."
app=build/bin/telehab

if [ "$(uname -s)" != Linux ]; then
  if [ -d build/bin/telehab.app ]; then
    exec build/bin/telehab.app/Contents/MacOS/telehab "$@"
  fi
  exec "$app" "$@"
fi

if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  cat <<'TEXT'
There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so this
syncs the demo clinic in the terminal. For the window, run `make run` in a
desktop session, or over `ssh -X`.

TEXT
  status=0
  "$app" sync --demo || status=$?
  # 3 means that some profiles need attention, as in the demo.
  [ "$status" = 3 ] || exit "$status"
  exit 0
fi

# A window needs a session bus for the keyring, and so that a second start finds
# the first. Desktops have one; a container may not.
if [ -z "${DBUS_SESSION_BUS_ADDRESS:-}" ] && [ ! -S "${XDG_RUNTIME_DIR:-/nonexistent}/bus" ]; then
  exec dbus-run-session -- "$app" "$@"
fi
exec "$app" "$@"
