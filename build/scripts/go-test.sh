#!/usr/bin/env bash
# go test with the race detector, but for unraced.sh. Prints each package's line
# and the output of failing tests. Writes every event to
# build/test-results/go-test.jsonl, and the app's files to
# build/test-results/artifacts, for the search for personal values.
set -euo pipefail
cd "$(dirname "$0")/../.."
. build/scripts/unraced.sh

read -ra packages <<<"${PACKAGES:-. ./backend/... ./build/...}"
[ $# = 0 ] || packages=("$@")

artifacts=$PWD/build/test-results/artifacts
rm -rf "$artifacts"
mkdir -p "$artifacts"

${GO:-go} test -race -tags "${TAGS-webkit2_41}" -timeout 20m -artifacts -outputdir "$artifacts" -json \
  -skip "^($unraced)\$" "${packages[@]}" |
  tee build/test-results/go-test.jsonl |
  node build/scripts/go-report.mjs
