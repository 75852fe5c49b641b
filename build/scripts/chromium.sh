#!/usr/bin/env bash
# Prints the path of a Chromium that tests can drive, or fails. Ubuntu's package
# is a snap, which does not run in a container: set CHROMIUM there.
set -euo pipefail

for name in "${CHROMIUM:-}" chromium google-chrome google-chrome-stable chromium-browser; do
  if [ -n "$name" ] && command -v "$name"; then
    exit 0
  fi
done
echo 'No Chromium found: install one, or set CHROMIUM to its path.' >&2
exit 1
