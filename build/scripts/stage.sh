#!/usr/bin/env bash
# Runs one stage of `make test`, logs its output, and records the result for the
# summary. Prints one line at the end; if it failed also the tests that failed and
# the end of the log.
#
#   stage.sh [--check | --count KIND[:FILE]] NAME -- COMMAND [ARGUMENT...]
#
# --check counts the stage as one test. --count counts the tests inside: see
# count.mjs for the kinds. With neither, only a failure counts.
set -euo pipefail
cd "$(dirname "$0")/../.."
results=build/test-results

counting=none
case $1 in
--check)
  counting=check
  shift
  ;;
--count)
  counting=$2
  shift 2
  ;;
esac
name=$1
shift 2

log=$results/logs/$name.log
mkdir -p "$results/logs" "$results/stages"
unset MAKEFLAGS MFLAGS MAKELEVEL # a make inside is its own, not a part of the outer one

start=$(date +%s.%N)
status=0
"$@" >"$log" 2>&1 </dev/null || status=$?
end=$(date +%s.%N)
printf '%s\t%s\t%s\t%s\t%s\n' "$name" "$status" "$start" "$end" "$counting" >"$results/stages/$name"

seconds=$(awk -v a="$start" -v b="$end" 'BEGIN { printf "%.0f", b - a }')
if [ "$status" = 0 ]; then
  printf 'ok      %-15s %4s s\n' "$name" "$seconds"
  exit 0
fi
printf 'FAILED  %-15s %4s s\n' "$name" "$seconds"
grep -h -B 12 -A 6 -E -- '--- FAIL|^FAILED: |^panic: |^fatal error: |^WARNING: DATA RACE' "$log" | head -n 120 | sed 's/^/    /' || true
printf '  the end of %s:\n' "$log"
tail -n 80 "$log" | sed 's/^/    /'
exit "$status"
