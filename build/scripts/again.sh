#!/usr/bin/env bash
# Repeats stages of `make test` on what it has built, every second round with
# one core kept busy. Prints a line for each, ends with a table, and fails if
# one failed; it saves the logs and pictures of failures.
#
#   again.sh ROUNDS STAGE...       such as: again.sh 10 wine e2e-window
#
# BUSY=always or BUSY=never makes all rounds alike.
set -euo pipefail
cd "$(dirname "$0")/../.."
results=build/test-results
red=$results/again

rounds=$1
shift
[ $# -gt 0 ]
[ -d $results/bin ] || {
  echo 'There is nothing to repeat. Run make test first.' >&2
  exit 1
}
rm -rf $red
mkdir -p $red
unset MAKEFLAGS MFLAGS MAKELEVEL
read -ra known <<<"$(${MAKE:-make} --no-print-directory -s stage-names)"

busy=
idle() {
  [ -z "$busy" ] || kill "$busy" 2>/dev/null || true
  busy=
}
trap idle EXIT

occupy() {
  case ${BUSY:-} in
  always) ;;
  never) return ;;
  *) [ $(($1 % 2)) = 0 ] || return 0 ;;
  esac
  # In a process of its own, which ends with this script in any case.
  bash -c 'while kill -0 "$0" 2>/dev/null; do for _ in {1..100000}; do :; done; done' $$ &
  busy=$!
}

# again runs one stage alone, in the homes of a fresh start.
again() {
  local name=$1 other others=()
  for other in "${known[@]}"; do
    [ "$other" = "$name" ] || others+=(-o "stage-$other")
  done
  rm -rf $results/*/home $results/logs $results/screenshots
  "${MAKE:-make}" --no-print-directory "${others[@]}" "stage-$name" >$results/again.log 2>&1
}

save_logs() { # folder to save to
  mkdir -p "$1"
  cp -r $results/again.log $results/logs $results/screenshots "$1" 2>/dev/null || true
  # The programs' own logs, which contain no personal data.
  (cd $results && find . -path '*/home/*' -name telehab.log -exec cp --parents {} "again/$(basename "$1")" \;)
  tail -n 20 "$1/again.log"
}

green=0 failed=0
for round in $(seq "$rounds"); do
  occupy "$round"
  for stage; do
    start=$SECONDS
    if again "$stage"; then
      how=green green=$((green + 1))
    else
      how=RED failed=$((failed + 1))
      save_logs "$red/$round-$stage"
    fi
    printf '%2d  %-5s %-15s %-5s %5d s  load %s\n' "$round" "${busy:+busy}" "$stage" "$how" $((SECONDS - start)) \
      "$(cut -d ' ' -f 1 /proc/loadavg)" | tee -a $red/table
  done
  idle
done

printf '\nround      stage           how   seconds\n'
cat $red/table
echo "$green green, $failed red"
[ "$failed" = 0 ] || {
  echo "The logs of failures: $red" >&2
  exit 1
}
