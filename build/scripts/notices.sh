#!/usr/bin/env bash
# Writes the licences of everything that is inside the programs: Go itself, the
# Go modules on Windows and Linux, and the npm packages in the page.
#
#   notices.sh FILE
set -euo pipefail
cd "$(dirname "$0")/../.."

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

for target in linux:desktop,production,webkit2_41 windows:desktop,production; do
  # Its warnings are about assembler files, which have no licence of their own.
  GOOS=${target%%:*} GOFLAGS="-tags=${target#*:}" build/tools/go-licenses save . \
    --ignore telehab.io/desktop --save_path "$dir/${target%%:*}" >"$dir/log" 2>&1 || {
    cat "$dir/log" >&2
    exit 1
  }
done
mkdir -p "$dir/all/Go" "$dir/all/SQLite"
cp -R "$dir/windows/." "$dir/all"
cp -R "$dir/linux/." "$dir/all"
cp "$("${GO:-go}" env GOROOT)/LICENSE" "$dir/all/Go" 2>/dev/null ||
  cp "/usr/share/doc/golang-$("${GO:-go}" env GOVERSION | sed 's/go\([0-9]*\.[0-9]*\).*/\1/')-go/copyright" "$dir/all/Go"
echo 'SQLite is in the public domain: https://www.sqlite.org/copyright.html' >"$dir/all/SQLite/LICENSE"
# Not linked, but backend/directory/numbering.tsv is made from its data.
phones=github.com/nyaruka/phonenumbers
mkdir -p "$dir/all/$phones"
cp "$("${GO:-go}" list -m -f '{{.Dir}}' "$phones")/LICENSE" "$dir/all/$phones"
mkdir "$dir/all/libphonenumber"
echo 'The numbering plans are those of libphonenumber, under the Apache License 2.0: https://www.apache.org/licenses/LICENSE-2.0' >"$dir/all/libphonenumber/LICENSE"
node build/scripts/page-licences.mjs "$dir/all"

cd "$dir/all"
find . -type f | LC_ALL=C sort | while IFS= read -r file; do
  name=${file#./}
  printf '%s\n%s\n\n' "${name%/*}" "$(printf '%*s' 72 '' | tr ' ' -)"
  tr -d '\r' <"$file"
  printf '\n\n'
done >"$dir/notices"
cd - >/dev/null
install -m 644 "$dir/notices" "$1"
echo "licences of $(grep -c '^-\{72\}$' "$1") works"
