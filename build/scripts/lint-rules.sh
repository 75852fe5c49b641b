#!/usr/bin/env bash
# Proves that the linter enforces the import rules: creates a small module in
# which every package breaks its rule at least once, and expects exactly those
# reports. Then the same for the rule that only datafolder opens and deletes
# files.
#
#   lint-rules.sh LINTER
set -euo pipefail
cd "$(dirname "$0")/../.."
linter=$(realpath "$1")
config=$PWD/.golangci.yml

# part and what it imports: forbidden
broken="
profile logging
staff logging
syncer cliniko
syncer staff
cliniko sqlite
cliniko staff
cliniko/fakeclinic profile
valdhub cliniko
valdhub/contract profile
valdhub/fakehub profile
workspace valdhub/contract
workspace valdhub/fakehub
hubcompare sqlite
hubcompare valdhub/fakehub
session valdhub
command valdhub
window valdhub
reach sqlite
reach staff
reach/proxy profile
cliniko/contract profile
contract profile
workspace contract
workspace cliniko/contract
sqlite directory
postgres sqlite
postgres postgres/postgrestest
postgres/postgrestest unruled
workspace postgres/postgrestest
directory keyring
keyring deeplink
deeplink account
account logging
logging unruled
launch unruled
atomicfile unruled
atomicfile profile
clipboard unruled
datafolder unruled
console unruled
coredump unruled
screenlock unruled
notifier unruled
service unruled
service workspace
uptime unruled
webview unruled
webview profile
placement unruled
export unruled
preview sqlite
runner account
runner leaktest
session uptime
session sqlite
workspace unruled
command unruled
command sqlite
command uptime
window sqlite
window/host account
window/host directory
command keyring/keyringtest
bench unruled
killtest unruled
leaktest unruled
keyring/keyringtest unruled
storetest unruled
sqlite storetest
storerules seal
seal unruled
"
# allowed: the tests of the engine may use everything
fine="
syncer profile
staff profile
sqlite profile
sqlite staff
account staff
preview syncer
cliniko reach
valdhub reach
valdhub/contract contract
hubcompare valdhub
workspace valdhub
workspace hubcompare
session hubcompare
command hubcompare
cliniko/contract contract
command preview
runner workspace
placement datafolder
atomicfile datafolder
webview datafolder
logging datafolder
sqlite datafolder
deeplink datafolder
service atomicfile
keyring datafolder
command service
workspace datafolder
workspace directory
workspace uptime
command webview
command session
session workspace
session account
session directory
runner syncer
window session
window window/host
window/host session
storetest staff
storerules profile
sqlite seal
sqlite storerules
postgres seal
postgres storerules
postgres staff
"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp "$config" "$dir"
cd "$dir"
printf 'module telehab.io/desktop\n\ngo 1.26\n' >go.mod

import() { # part, path, file
  mkdir -p "backend/$1"
  printf 'package %s\n\nimport _ "%s"\n' "$(basename "$1")" "$2" >"backend/$1/$3"
}

mkdir -p backend/unruled # which nobody may import
echo 'package unruled' >backend/unruled/unruled.go
while read -r part other; do
  [ -z "$part" ] || import "$part" "telehab.io/desktop/backend/$other" "broken-${other//\//-}.go"
done <<<"$broken"
while read -r part other; do
  [ -z "$part" ] || import "$part" "telehab.io/desktop/backend/$other" "fine-${other//\//-}.go"
done <<<"$fine"
import syncer telehab.io/desktop/backend/sqlite fine_test.go
import sqlite telehab.io/desktop/backend/storetest fine_test.go

# The window's library, as an empty module of the same name.
mkdir -p wails
printf 'module github.com/wailsapp/wails/v2\n\ngo 1.26\n' >wails/go.mod
echo 'package wails' >wails/wails.go
printf '\nrequire github.com/wailsapp/wails/v2 v2.0.0\nreplace github.com/wailsapp/wails/v2 => ./wails\n' >>go.mod
import command github.com/wailsapp/wails/v2 broken-wails.go
import window/host github.com/wailsapp/wails/v2 broken-wails.go
import window github.com/wailsapp/wails/v2 fine-wails.go
import emptywindow github.com/wailsapp/wails/v2 wails.go
mkdir build && mv backend/emptywindow build/
# The root has two files, so that each can break one rule only.
printf 'package main\n\nimport (\n\t_ "github.com/wailsapp/wails/v2"\n\t_ "telehab.io/desktop/backend/command"\n)\n\nfunc main() {}\n' >main.go
printf 'package main\n\nimport (\n\t_ "telehab.io/desktop/backend/window"\n\t_ "telehab.io/desktop/backend/window/host"\n\t_ "telehab.io/desktop/backend/workspace"\n)\n' >app.go

export GOFLAGS=-mod=mod GOPROXY=off
go build ./... # otherwise errors in the module itself would count
"$linter" run --enable-only depguard ./... >report || true

found=$(sed -n 's/^\([^ :]*\.go\):.*(depguard)$/\1/p' report | sort -u)
expected=$( (find . -name 'broken*.go' -printf '%P\n'; printf 'app.go\nmain.go\n') | sort)
if [ "$found" != "$expected" ]; then
  echo 'The import rules are not held as they should be (< expected, > found):'
  diff <(echo "$expected") <(echo "$found") || true
  cat report
  exit 1
fi
echo "$(wc -l <<<"$found") broken imports found, and nothing else"

# Every function that opens or deletes files, in packages that may not.
functions='os.Chmod os.Chown os.Chtimes os.CopyFS os.Create os.CreateTemp os.DirFS os.Lchown os.Link os.Mkdir os.MkdirAll
os.MkdirTemp os.Open os.OpenFile os.OpenInRoot os.OpenRoot os.ReadDir os.ReadFile os.Remove os.RemoveAll os.Rename
os.Symlink os.Truncate os.WriteFile syscall.Open syscall.Unlink syscall.Rename syscall.Chmod syscall.Mkdir syscall.Rmdir'
touching() { # folder, file
  mkdir -p "$1"
  {
    printf 'package %s\n\nimport (\n\tother "os"\n\t"syscall"\n)\n\nvar _ = []any{\n' "$(basename "$1")"
    for function in $functions; do printf '\t%s,\n' "${function/os./other.}"; done
    printf '}\n'
  } >"$1/$2"
}
rm -r -- backend app.go main.go build
mayNot='workspace sqlite postgres deeplink deeplink/handover placement logging webview export account window window/host command session runner cliniko keyring atomicfile service'
for part in $mayNot; do touching "backend/$part" files.go; done
touching backend/datafolder files.go
touching backend/killtest files.go
touching backend/sqlite files_test.go
go vet ./... # otherwise errors in the module itself would count
"$linter" run --enable-only forbidigo ./... >report || true
for part in $mayNot; do
  for function in $functions; do echo "backend/$part/files.go $function"; done
done | sort >expected
sed -n 's/^\([^ :]*\.go\):.*use of .\([a-zA-Z.]*\). forbidden.*(forbidigo)$/\1 \2/p' report | sed 's/ other\./ os./' | sort >found
if ! diff expected found; then
  echo 'Packages may open and delete files past datafolder (< expected to be found, > found)'
  cat report
  exit 1
fi
echo "$(wc -l <found) calls past datafolder found, and nothing else"
