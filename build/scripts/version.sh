#!/usr/bin/env bash
# Prints the version that a build carries, from the latest tag (v1.2.3) and the
# distance from it. Everything that shows a version uses it.
#
#   version.sh            1.2.3, or 1.2.3-5-gabc1234 five commits later; what
#                         the window, --version and the User-Agent say
#   version.sh package    1.2.3, or 1.2.3+5.gabc1234: as .deb and .rpm sort it
#   version.sh numeric    1.2.3.5: what Windows wants in a file's properties
#   version.sh epoch      seconds since 1970 of the commit, the time of every
#                         file in a package
#
# Before the first tag it counts from 0.0.0; outside a git checkout it is
# 0.0.0-dev, of no time. A tree with changes adds "dirty".
set -euo pipefail
cd "$(dirname "$0")/../.."

tag=v0.0.0 distance=0 commit='' dirty=''
if commit=$(git rev-parse --short HEAD 2>/dev/null); then
  if described=$(git describe --tags --long --match 'v[0-9]*' 2>/dev/null); then
    tag=${described%-*-g*}
    distance=${described#"$tag"-}
    distance=${distance%-g*}
  else
    distance=$(git rev-list --count HEAD)
  fi
  # Unlike diff-index, status ignores files of which only the time changed.
  [ -z "$(git status --porcelain --untracked-files=no)" ] || dirty=dirty
fi
number=${tag#v}      # 1.2.3 or 1.2.3-rc.1
plain=${number%%-*}  # 1.2.3

case ${1:-} in
'')
  [ -n "$commit" ] || number+=-dev
  [ "$distance" = 0 ] || number+=-$distance-g$commit
  echo "$number${dirty:+-$dirty}"
  ;;
package)
  number=${number/-/\~} # a release candidate comes before its release
  [ -n "$commit" ] || number+='~dev'
  [ "$distance" = 0 ] || number+=+$distance.g$commit
  if [ -n "$dirty" ]; then
    case $number in *+*) number+=.$dirty ;; *) number+=+$dirty ;; esac
  fi
  echo "$number"
  ;;
numeric)
  # Each part has 16 bits.
  echo "$plain.$((distance < 65536 ? distance : 65535))"
  ;;
epoch)
  git log -1 --format=%ct 2>/dev/null || echo 0
  ;;
*)
  echo "usage: $0 [package|numeric|epoch]" >&2
  exit 2
  ;;
esac
