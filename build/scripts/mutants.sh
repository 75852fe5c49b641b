#!/usr/bin/env bash
# Mutation tests (docs/TESTING.md): changes one operator at a time and expects
# the package's own tests to fail. Prints, for each package, how many mutants
# were killed and which survived; exits 1 if a package misses its floor. The
# output of gremlins is in build/test-results/mutants.
#
#   mutants.sh GREMLINS [PACKAGE...]
#
# A mutant on a line that no test runs survives. One whose tests do not end
# in time, and one that does not compile, count neither way.
#
# MUTANT_WORKERS is how many mutants are tried at a time (all cores). A large
# MUTANT_TIMEOUT is for slow machines: a mutant's tests may take this many times
# as long as the package's tests took before.
set -euo pipefail
cd "$(dirname "$0")/../.."

gremlins=$(realpath "$1")
shift
[ $# -gt 0 ] || set -- profile staff account directory export cliniko syncer runner

# The smallest share of killed mutants, in percent. No floor: read the list.
declare -A floor=([profile]=90 [staff]=90 [account]=85 [directory]=85 [export]=85)

results=$PWD/build/test-results/mutants
mkdir -p "$results"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# gremlins copies the whole module for each worker, so it gets one without
# node_modules and build results.
mkdir "$work/module" "$work/bin"
git ls-files -coz --exclude-standard | while IFS= read -rd '' file; do
  [ -f "$file" ] && printf '%s\0' "$file"
done | tar --null -T - -cf - | tar -xf - -C "$work/module"

# gremlins counts any failure of `go test` as a kill, a compile error too. It
# derives its time limit from the first run, which must not come from the cache.
# And it tries no mutant outside of Go's coverage: the conditions behind `case`,
# and values outside of functions. So the profile is changed to cover whole
# files.
go=$(command -v "${GO:-go}")
cat >"$work/bin/go" <<WRAPPER
#!/usr/bin/env bash
[ "\$1" = test ] || exec '$go' "\$@"
shift
log=\$(mktemp '$work/log.XXXXXX')
trap 'rm -f "\$log"' EXIT
'$go' test -count=1 "\$@" >"\$log" 2>&1 </dev/null &
tests=\$!
trap 'kill \$tests; rm -f "\$log"; exit 1' TERM INT
status=0
wait \$tests || status=\$?
cat "\$log"
if grep -qF '[build failed]' "\$log"; then exit 2; fi
for ((i = 1; i < \$#; i++)); do
  [ "\${!i}" = -coverprofile ] || continue
  j=\$((i + 1))
  sed -n 's/\(.*\.go\):[0-9].*/\1:1.1,100000.1 1 1/p' "\${!j}" | sort -u >"\$log"
  cat "\$log" >>"\${!j}"
done
exit \$status
WRAPPER
chmod +x "$work/bin/go"

export TELEHAB_HISTORIES=${TELEHAB_HISTORIES:-5} # of the engine's tests

missed=()
for package in "$@"; do
  report=$results/$package.txt
  if ! (cd "$work/module" &&
    PATH="$work/bin:$PATH" "$gremlins" unleash --tags "${TAGS-webkit2_41}" \
      --invert-logical --exclude-files fakeclinic/ --exclude-files _generate.go \
      --workers "${MUTANT_WORKERS:-0}" --timeout-coefficient "${MUTANT_TIMEOUT:-4}" \
      "./backend/$package") >"$report" 2>&1; then
    echo "The mutation test of $package did not run:"
    tail -n 40 "$report"
    exit 1
  fi
  awk -v package="$package" -v floor="${floor[$package]:-0}" -v sorted='sort -V' '
    / at .*\.go:[0-9]+:[0-9]+$/ {
      status = $0
      sub(/ +[A-Z_]+ at .*/, "", status)
      gsub(/^ +/, "", status)
      count[status]++
      if (status == "LIVED" || status == "NOT COVERED") print "  survived  " $NF "  " $(NF-2) | sorted
      if (status == "TIMED OUT") print "  timed out " $NF "  " $(NF-2) | sorted
    }
    END {
      close(sorted)
      killed = count["KILLED"]
      all = killed + count["LIVED"] + count["NOT COVERED"]
      share = all ? 100 * killed / all : 0
      printf "%s: %d of %d mutants killed, %.1f %%", package, killed, all, share
      if (count["TIMED OUT"]) printf ", %d timed out", count["TIMED OUT"]
      if (count["NOT VIABLE"]) printf ", %d do not compile", count["NOT VIABLE"]
      if (floor) printf " (floor %d %%)", floor
      print ""
      exit !all || share < floor
    }' "$report" || missed+=("$package")
done

if [ ${#missed[@]} -gt 0 ]; then
  echo "Below the floor: ${missed[*]}"
  exit 1
fi
