#!/usr/bin/env bash
# Runs each fuzz target for FUZZTIME. go test takes one target at a time. By
# default it would spend almost all of the time minimising new inputs.
set -euo pipefail
cd "$(dirname "$0")/../.."

found=0
while IFS=: read -r file line; do
  target=$(sed -E 's/^func (Fuzz[A-Za-z0-9_]*).*/\1/' <<<"$line")
  found=$((found + 1))
  echo "--- $target in $(dirname "$file"), for ${FUZZTIME:-20s}"
  "${GO:-go}" test -tags "${TAGS-webkit2_41}" -run '^$' -fuzz "^$target\$" \
    -fuzztime "${FUZZTIME:-20s}" -fuzzminimizetime 500x "./$(dirname "$file")"
done < <(git grep -E '^func Fuzz[A-Za-z0-9_]*\(' -- '*_test.go')

echo "$found fuzz targets ran without a finding"
