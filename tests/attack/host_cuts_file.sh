#!/bin/bash
# A file of the host that is cut and grows again while the sandbox reads it, which has it mapped by then: reads get what
# is there, the sandbox goes on. The twin: a file that nobody cuts is read whole.
. "$(dirname "$0")/../lib/attack-lib.sh"

f=$(mktemp "$AID/cut.XXXXXX") || exit 1
trap 'rm -f "$f" "$f.whole"' EXIT
head -c 1M /dev/urandom | tee "$f" >"$f.whole"
# shellcheck disable=SC2016
$BAILEY do $FLAGS --cwd /tmp -- sh -c '
  cmp "$1.whole" "$1" || exit 1
  echo ready
  for i in $(seq 40); do
    dd if="$1" bs=512 of=/dev/null 2>/dev/null
    dd if="$1" bs=64k of=/dev/null 2>/dev/null
  done
  dd if="$1.whole" bs=512 2>/dev/null | cmp - "$1.whole" && echo alive' - "$f" >"$H/out" 2>"$H/err" &
cli=$!
until_so grep -q ready "$H/out"
while kill -0 $cli 2>/dev/null; do
  truncate -s 0 "$f"
  truncate -s 1M "$f"
done
wait $cli || die "status $?: $(cat "$H/err")"
grep -q alive "$H/out" || die "it did not go on: $(cat "$H/out" "$H/err")"
exit 0
