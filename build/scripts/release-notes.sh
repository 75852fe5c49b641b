#!/usr/bin/env bash
# Prints a version's section of CHANGELOG.md, or fails if there is none.
#
#   release-notes.sh VERSION [CHANGELOG]
set -euo pipefail
cd "$(dirname "$0")/../.."

notes=$(awk -v heading="## $1" '
  /^## / { inside = $0 == heading || index($0, heading " ") == 1; next }
  inside { print }
' "${2:-CHANGELOG.md}" | sed '/./,$!d')
[ -n "$notes" ] || {
  echo "CHANGELOG.md has no section \"## $1\"." >&2
  exit 1
}
printf '%s\n' "$notes"
