#!/bin/bash
# Row 48: a flood of output arrives whole, or ends with the reader; memory of the helpers does not grow with it.
. "$(dirname "$0")/../lib/attack-lib.sh"

got=$($BAILEY do $FLAGS --cwd /tmp -- sh -c 'yes | head -c 30000000' | wc -c)
[[ $got == 30000000 ]] || die "$got bytes of 30000000"
"$AID/watch" -t 30 bash -c "$BAILEY do $FLAGS --cwd /tmp -- yes | head -c 100000" | wc -c >"$H/count"
[[ ${PIPESTATUS[0]} == 0 ]] || die "the flood into a closed pipe left something or did not end"
[[ $(cat "$H/count") == 100000 ]] || die "$(cat "$H/count") bytes of 100000"
# a reader that never reads holds up the program, not the sandbox, and costs no memory
mkfifo "$H/pipe"
$BAILEY do $FLAGS --cwd /tmp -- sh -c 'yes & sleep 1; echo alive >&2; kill %1' >"$H/pipe" 2>"$H/err" &
cli=$!
exec 5<"$H/pipe"
until_so grep -q alive "$H/err"
for p in $(descendants $cli); do
  rss=$(awk '/VmRSS/ { print $2 }' "/proc/$p/status" 2>/dev/null)
  [[ ${rss:-0} -lt 100000 ]] || die "$(role_of "$p") has grown to $rss kB"
done
exec 5<&-
wait $cli
exit 0
