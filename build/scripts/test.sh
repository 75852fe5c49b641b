#!/usr/bin/env bash
# `make test`: runs the stages of build/test.mk, two at a time, until one fails;
# with KEEP_GOING=1, all that do not depend on a failed one. Ends with the
# stages' times, go test's own lines, and the count of tests.
set -euo pipefail
cd "$(dirname "$0")/../.."

rm -rf build/test-results
mkdir -p build/test-results
unset MAKEFLAGS MFLAGS MAKELEVEL

status=0
"${MAKE:-make}" --no-print-directory -j2 ${KEEP_GOING:+-k} "${@:-stages}" || status=$?
node build/scripts/summary.mjs || status=1
exit "$status"
