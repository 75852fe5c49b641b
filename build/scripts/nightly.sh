#!/usr/bin/env bash
# `make nightly`: what takes too long for every change. 1,000 histories of each
# kind, new ones every night, 150 of each under the race detector, 100 of each on
# PostgreSQL and on a copy of it, 200 things that happen to computers with one
# database, a computer that takes over from another one, 300 kills, and the service in a systemd of its own.
set -euo pipefail
cd "$(dirname "$0")/../.."

export TELEHAB_SEED=${TELEHAB_SEED:-0} # 0: a random one, which a failure prints
session=build/scripts/private-session.sh
"$session" build/test-results/histories build/scripts/histories.sh "${HISTORIES:-1000}"
"$session" build/test-results/histories build/scripts/histories.sh "${RACE_HISTORIES:-150}" -race
# On PostgreSQL, and on a copy of it, a history takes several times as long: a tenth of them.
TELEHAB_HISTORIES=${HISTORIES:-1000} "${GO:-go}" test -tags "${TAGS-webkit2_41}" -timeout 3h -run '^TestHistoriesOn(PostgreSQL|ACopy)' ./backend/syncer
# What is sent to VALD Hub, through as many histories.
TELEHAB_HISTORIES=${HISTORIES:-1000} "${GO:-go}" test -tags "${TAGS-webkit2_41}" -timeout 1h -run '^TestHistories' ./backend/hubsend
TELEHAB_CHAOS=${CHAOS:-200} "${GO:-go}" test -tags "${TAGS-webkit2_41}" -timeout 30m -run '^TestChaos$' ./backend/replica
TELEHAB_CHAOS=1 "$session" build/test-results/takeover \
  "${GO:-go}" test -tags "${TAGS-webkit2_41}" -timeout 30m -run '^TestTakeOver$' ./backend/command
"$session" build/test-results/kill \
  "${GO:-go}" run -tags "${TAGS-webkit2_41}" ./backend/killtest -kills "${KILLS:-300}"
if [ "$(uname -s)" = Linux ]; then
  mkdir -p build/test-results/service
  "${GO:-go}" build -tags "desktop,production,${TAGS-webkit2_41}" -o build/test-results/service/telehab .
  "${GO:-go}" build -o build/test-results/service/clinic ./backend/cliniko/fakeclinic/serve
  build/scripts/service-test.sh build/test-results/service/{telehab,clinic}
fi
