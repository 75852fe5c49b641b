#!/usr/bin/env bash
# go test with the race detector. Prints each package's line and the output of
# failing tests. Writes every event to build/test-results/go-test.jsonl, and the
# app's files to build/test-results/artifacts, for the search for personal
# values.
#
# The tests of unraced.txt go through so many passes, or through the demo's month,
# that the race detector makes them eight times as long. The stage histories runs
# them without it, and `make nightly` with it; their goroutines are those of the
# histories and of the other tests of the demo, some of which run here.
set -euo pipefail
cd "$(dirname "$0")/../.."

read -ra packages <<<"${PACKAGES:-. ./backend/... ./build/...}"
[ $# = 0 ] || packages=("$@")

# With the race detector each program sleeps for a second before it ends, and the
# tests start hundreds.
export GORACE="atexit_sleep_ms=50 ${GORACE-}"

artifacts=$PWD/build/test-results/artifacts
rm -rf "$artifacts"
mkdir -p "$artifacts"

${GO:-go} test -race -tags "${TAGS-webkit2_41}" -timeout 20m -artifacts -outputdir "$artifacts" -json \
  -skip "^($(paste -sd "|" build/scripts/unraced.txt))\$" "${packages[@]}" |
  tee build/test-results/go-test.jsonl |
  node build/scripts/go-report.mjs
