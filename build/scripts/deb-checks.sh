#!/usr/bin/env bash
# The part of deb-test.sh that runs inside the fresh system, as root. The
# package is /telehab.deb.
set -euo pipefail

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

quietly() { "$@" >/log 2>&1 || { tail -n 30 /log >&2; fail "$*"; }; }

echo '--- install'
quietly apt-get update
quietly apt-get install -y --no-install-recommends /telehab.deb
libraries=$(ldd /usr/bin/telehab)
! grep 'not found' <<<"$libraries" || fail 'the package does not depend on all that it needs'
telehab --version
for file in /usr/share/icons/hicolor/{48x48/apps/telehab.png,scalable/apps/telehab.svg} \
  /usr/share/metainfo/io.telehab.desktop.metainfo.xml /usr/share/bash-completion/completions/telehab \
  /usr/share/fish/vendor_completions.d/telehab.fish /usr/share/zsh/vendor-completions/_telehab; do
  [ -s "$file" ] || fail "$file is missing"
done

echo '--- tools for the test'
quietly apt-get install -y --no-install-recommends xvfb xauth x11-utils dbus dbus-x11 man-db bash-completion procps
man --where telehab telehab-sync >/dev/null || dpkg-query -S telehab-sync.1.gz >/dev/null || fail 'no manual'
useradd --create-home --shell /bin/bash person
home=$(getent passwd person | cut -d : -f 6)

person() { su - person -c "$*"; }

echo '--- links'
handler=$(person xdg-mime query default x-scheme-handler/telehab)
[ "$handler" = telehab.desktop ] || fail "the links open $handler"
quietly desktop-file-validate /usr/share/applications/telehab.desktop

echo '--- commands'
person 'telehab sync --demo --full --json' >/result || [ $? = 3 ] || fail "the demo: $(cat /result)"
grep -q '"read":20[0-9][0-9],' /result || fail "the demo: $(cat /result)"
cat >/complete.sh <<'SH'
. /usr/share/bash-completion/bash_completion
. /usr/share/bash-completion/completions/telehab
COMP_WORDS=(telehab st) COMP_CWORD=1 COMP_LINE='telehab st' COMP_POINT=10
__start_telehab 2>/dev/null # it complains that there is no line to complete
echo "${COMPREPLY[*]}"
SH
completed=$(person bash /complete.sh)
[[ $completed == status* ]] || fail "completion of st: $completed"

echo '--- window'
cat >/open.sh <<'SH'
#!/bin/bash
# A click on a link in a browser, as desktops pass it on.
xdg-open 'telehab://patient?patient_id=1' &
painted() { grep -qs 'the first screen is painted' ~/.local/share/TeleHab/logs/telehab.log; }
for _ in $(seq 600); do
  if xwininfo -root -tree | grep -q '"TeleHab"' && painted; then
    echo 'the window is there'
    break
  fi
  sleep 0.2
done
pgrep -u person -a telehab
pkill -u person -x telehab
wait
SH
chmod +x /open.sh
person 'mkdir -p -m 700 /tmp/run-person && XDG_RUNTIME_DIR=/tmp/run-person LIBGL_ALWAYS_SOFTWARE=1 timeout 300 dbus-run-session -- xvfb-run -a /open.sh' \
  >/window 2>&1 || true
grep -q 'the window is there' /window || fail "$(cat /window)"
grep -q -- '--link telehab://patient' /window || fail "the link did not arrive: $(cat /window)"
data=$home/.local/share/TeleHab
[ -d "$data/logs" ] || fail 'the program kept no log'

echo '--- removal'
dpkg-query -L telehab | sort >/files
quietly apt-get purge -y telehab
while IFS= read -r file; do
  [ -d "$file" ] || [ ! -e "$file" ] || fail "$file is left"
done </files
left=$(grep -rlIs telehab /usr/share/applications /usr/share/mime /etc /var/lib --exclude-dir=apt --exclude-dir=dpkg || true)
[ -z "$left" ] || fail "telehab is named in $left"
found=$(find / -xdev -iname '*telehab*' -not -path "$home/*" -not -path '/proc/*' -not -path '/telehab.deb' \
  -not -path '/tmp/telehab-demo-*' -not -path '/var/cache/*')
[ -z "$found" ] || fail "left: $found"
[ -d "$data" ] || fail "the person's data is gone"
echo "installed, used and removed on $(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)"
