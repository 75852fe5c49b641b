#!/usr/bin/env bash
# Runs the sync engine through N random histories over sockets and N more with
# simulated time, and what a dry run says through half as many (docs/TESTING.md),
# and prints their number; then wrong engines, which the histories must catch, and
# the other tests of unraced.txt, some of which open a window's clinic and want a
# session of their own (private-session.sh). Arguments after N are passed to go test, such as
# -race or -rapid.seed.
# They are the same N each time, unless TELEHAB_SEED is 0.
#
#   histories.sh N [ARGUMENT...]
set -euo pipefail
cd "$(dirname "$0")/../.."

histories=$1
shift
results=build/test-results/histories.jsonl
mkdir -p "$(dirname "$results")"

status=0
TELEHAB_HISTORIES=$histories ${GO:-go} test -tags "${TAGS-webkit2_41}" -timeout 3h -json \
  -run "^(TestHistories|TestHistoriesInNoTime|TestPreviewHistories|$(paste -sd "|" build/scripts/unraced.txt))\$" \
  ./backend/syncer ./backend/session ./backend/window "$@" |
  tee "$results" | node build/scripts/go-report.mjs || status=$?
sed -nE 's/.*"Test":"([A-Za-z]+)".*\[rapid\] OK, passed ([0-9]+) tests \(([^)]*)\).*/\1: \2 histories in \3/p' "$results"
exit "$status"
