#!/usr/bin/env bash
# Proves that programs contain no path of the computer that built them.
#
#   no-paths.sh FILE...
set -euo pipefail
cd "$(dirname "$0")/../.."

go=${GO:-go}
status=0
for path in "$PWD" "$("$go" env GOMODCACHE)" "$("$go" env GOCACHE)" "$("$go" env GOROOT)"; do
  for file; do
    # A short path, such as that of a container, may be a part of other words.
    if [ ${#path} -gt 6 ] && grep -qaF -- "$path/" "$file"; then
      echo "$(basename "$file") contains a path of this computer:" >&2
      strings -- "$file" | grep -F -- "$path/" | head -n 3 >&2
      status=1
    fi
  done
done
exit "$status"
