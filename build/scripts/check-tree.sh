#!/usr/bin/env bash
# Checks that no linter makes: long files, files that do not belong in the
# repository, addresses that are valid on one machine only, and unsafe scripts.
set -euo pipefail
cd "$(dirname "$0")/../.."
status=0

complain() { # what is wrong, list of places
  [ -n "$2" ] || return 0
  status=1
  printf '%s:\n  %s\n' "$1" "${2//$'\n'/$'\n  '}"
}

tracked() { # like git ls-files, without files that are deleted in the work tree
  git ls-files -- "$@" | while IFS= read -r file; do [ ! -f "$file" ] || echo "$file"; done
}

# 1. "Files under 400 lines."
long=$(tracked '*.go' '*.ts' '*.js' '*.mjs' '*.svelte' '*.css' '*.html' '*.sh' '*.c' '*.mk' '*.nsi' Makefile |
  while IFS= read -r file; do
    lines=$(wc -l <"$file")
    [ "$lines" -le 400 ] || echo "$file has $lines lines"
  done)
complain 'Files of more than 400 lines' "$long"

# 2. No build results. Pictures and fonts are the only binary files.
built=$(tracked 'build/bin' 'build/tools' 'build/dist' 'build/test-results' \
  'frontend/dist' 'frontend/wailsjs' 'frontend/node_modules' '*.db' '*.exe' '*.so' '*.o' '*.log' |
  grep -v '/\.gitkeep$' || true)
complain 'Files that a build makes' "$built"
binary=$(git ls-files --eol | awk -F '\t' '$1 ~ /^i\/-text/ { print $2 }' |
  grep -vE '\.(png|ico|icns|woff2|ttf|jpg|webp)$' || true)
complain 'Binary files that are neither pictures nor fonts' "$binary"
big=$(tracked . | while IFS= read -r file; do
  [ "$(wc -c <"$file")" -le 1500000 ] || echo "$file"
done)
complain 'Files of more than 1.5 MB' "$big"

# 3. No folders and package registries of one machine.
paths=$(git grep -nIE '(^|[^[:alnum:]._~/-])/(home|Users|work|root)/[[:alnum:]._-]' -- . ':!*.md' || true)
complain 'Paths of one machine' "$paths"
registries=$(git grep -nIE '"resolved": *"http|https?://(registry|proxy|sum|deb|archive|security)\.|^ *registry *=' -- . |
  grep -vE '://proxy\.(example\.com|invalid|clinic\.lan)' || true) # proxies that our sentences and tests speak of
complain 'Addresses of package registries' "$registries"
downloads=$(git grep -nIE '(curl|wget)[^|]*https?://' -- '*.sh' '*.mk' Makefile .ci | grep -v 127.0.0.1 || true)
complain 'Downloads past the package managers' "$downloads"

# 4. Scripts.
mapfile -t scripts < <(tracked '*.sh' '.ci/run')
shellcheck "${scripts[@]}" || status=1
loose=$(for file in "${scripts[@]}"; do
  grep -q '^set -euo pipefail$' "$file" || echo "$file does not stop at errors"
  [ -x "$file" ] || echo "$file is not executable"
done)
complain 'Scripts' "$loose"
desktop-file-validate build/linux/*.desktop || status=1

[ "$status" != 0 ] || echo 'the tree is clean'
exit "$status"
