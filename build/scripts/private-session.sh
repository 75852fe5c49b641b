#!/usr/bin/env bash
# Runs a command as a new user of this computer: with its own home folder and
# session bus, and an unlocked, empty system keyring. Tests run in it, so that
# they never touch a person's keyring or data.
#
#   private-session.sh DIR COMMAND [ARGUMENT...]
#
# DIR/home becomes the home folder and is not removed, so that its files can be
# inspected. Build caches are the caller's.
set -euo pipefail

dir=$(realpath -m "$1")
shift
scripts=$(dirname "$(realpath "$0")")

eval "$(go env GOCACHE GOMODCACHE GOPATH | {
  read -r cache && read -r modcache && read -r path
  printf 'export GOCACHE=%q GOMODCACHE=%q GOPATH=%q' "$cache" "$modcache" "$path"
})"
export npm_config_cache="${npm_config_cache:-$HOME/.npm}"

mkdir -p "$dir/home"
# Not inside DIR, since a socket's path may have at most 107 characters.
XDG_RUNTIME_DIR=$(mktemp -d /tmp/telehab.XXXXXX)
trap 'rm -rf "$XDG_RUNTIME_DIR"' EXIT
export HOME="$dir/home" XDG_RUNTIME_DIR
export NO_AT_BRIDGE=1 # no accessibility bus, which would outlive the session
unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_CACHE_HOME XDG_STATE_HOME
unset DBUS_SESSION_BUS_ADDRESS DISPLAY WAYLAND_DISPLAY

dbus-run-session -- "$scripts/with-keyring.sh" "$@"
