#!/bin/bash
# Rows 41, 46: twenty sandboxes at once, each with its own processes, names and ports, do not see one another.
. "$(dirname "$0")/../lib/attack-lib.sh"

for i in $(seq 20); do
  timeout 60 $BAILEY do $FLAGS --cwd /tmp -- sh -c "echo $i >/tmp/mine-$$; sleep 0.2; ls /tmp | grep -c mine-$$; cat /tmp/mine-$$" \
    >"$H/out.$i" 2>&1 &
done
wait
for i in $(seq 20); do
  [[ $(grep -v '^bailey: warning: without' "$H/out.$i") == "1
$i" ]] || die "sandbox $i: $(cat "$H/out.$i")"
done
[[ ! -e /tmp/mine-$$ ]] || die "a file came out"
