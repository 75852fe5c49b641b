#!/usr/bin/env bash
# Runs tests as Windows programs under Wine: of links (the parser, the
# registration in a real registry, opening through Windows' shell, the hand-over
# between processes), the clipboard, notifications, the network (Windows' proxy settings and
# scripts, its socket error numbers), a store that another program has open, and
# the service, in Wine's service manager.
#
#   wine-test.sh [FLAG...]      flags for the tests, such as -test.v
#
# Needs the packages wine, wine64 and gcc-mingw-w64-x86-64.
set -euo pipefail
cd "$(dirname "$0")/../.."
. build/scripts/wine.sh

packages=(deeplink deeplink/handover clipboard notifier reach/proxy cliniko service)
for package in "${packages[@]}"; do
  GOOS=windows GOARCH=amd64 CGO_ENABLED=0 \
    "${GO:-go}" test -c -o "$dir/$(basename "$package").test.exe" "./backend/$package"
done

# The workspace has SQLite, and so needs cgo.
GOOS=windows GOARCH=amd64 CGO_ENABLED=1 CC=x86_64-w64-mingw32-gcc \
  "${GO:-go}" test -c -o "$dir/workspace.test.exe" ./backend/workspace

failed=()
run() { # PACKAGE FLAG...
  local package=$1
  shift
  echo "--- $package under $(wine --version 2>/dev/null)"
  (cd "backend/$package" && TELEHAB_TEST_REGISTRY=1 \
    on_windows "$dir/$(basename "$package").test.exe" -test.timeout 280s "$@" >"$dir/out" 2>&1) || failed+=("$package, which ended with $?")
  tr -d '\r' <"$dir/out"
}
for package in "${packages[@]}"; do run "$package" "$@"; done
run workspace "$@" -test.run '^TestResetOfAStoreThatIsOpen$'
[ ${#failed[@]} = 0 ] || printf 'FAILED: %s\n' "${failed[@]}" >&2
[ ${#failed[@]} = 0 ]
