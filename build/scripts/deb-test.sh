#!/usr/bin/env bash
# Installs the .deb with apt in a fresh Debian, starts the program there as an
# unprivileged user, follows a link, and removes it again. Needs root, and
# Debian's mirror.
#
#   deb-test.sh [SUITE [DIST]]     SUITE is bookworm, trixie, ...
set -euo pipefail
cd "$(dirname "$0")/../.."
suite=${1:-bookworm}
package=$(realpath "$(echo "${2:-build/dist}"/*.deb)")

if [ "$(id -u)" != 0 ]; then
  exec sudo --preserve-env=GO,MAKE "$0" "$suite" "$(dirname "$package")"
fi
dir=$(mktemp -d)
trap 'rm -rf --one-file-system "$dir"' EXIT
root=$dir/root

echo "--- a fresh Debian $suite"
debootstrap --variant=minbase "$suite" "$root" >"$dir/log" 2>&1 || {
  tail -n 20 "$dir/log" >&2
  exit 1
}
cp "$package" "$root/telehab.deb"
cp build/scripts/deb-checks.sh "$root/checks.sh"
cp --dereference /etc/resolv.conf "$root/etc/resolv.conf"
# As in a container: packages start no services.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"

# In a name space of its own, so that neither mounts nor processes are left.
# shellcheck disable=SC2016 # expanded inside
unshare --mount --pid --fork --kill-child bash -euo pipefail -c '
  mount -t proc proc "$1/proc"
  mount -t tmpfs tmpfs "$1/dev/shm" 2>/dev/null || { mkdir -p "$1/dev/shm" && mount -t tmpfs tmpfs "$1/dev/shm"; }
  mount --rbind /sys "$1/sys"
  exec chroot "$1" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive ${http_proxy:+http_proxy="$http_proxy"} \
    bash /checks.sh
' -- "$root"
