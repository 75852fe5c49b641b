#!/usr/bin/env bash
# Fails for a program that was built without cgo. Without a C compiler Go builds
# one silently, which fails at the first use of its store.
#
#   has-store.sh FILE
set -euo pipefail

settings=$("${GO:-go}" version -m "$1")
if ! grep -q 'CGO_ENABLED=1' <<<"$settings"; then
  echo "$(basename "$1") was built without cgo, so it has no store." >&2
  exit 1
fi
