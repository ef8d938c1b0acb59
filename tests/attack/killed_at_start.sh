#!/bin/bash
# Rows 5, 46: SIGKILL of the command line, the sentry or the gofer at any moment from the first on, and of the whole
# process group: nothing is left, and the caller gets a status. The twin: the next sandbox works.
. "$(dirname "$0")/../lib/attack-lib.sh"

shm_before=$(ls -A /dev/shm | sort)
for i in $(seq 60); do
  "$AID/watch" -t 40 setsid $BAILEY do $FLAGS --cwd /tmp -- sh -c 'echo x | cat >/tmp/f; sleep 60' >"$H/out" 2>"$H/err" &
  watch=$!
  sleep "0.0$((RANDOM % 60 + 10))"
  cli=$(cat /proc/$watch/task/$watch/children 2>/dev/null); cli=${cli%% *}
  [[ -n $cli ]] || { kill -9 $watch; wait $watch; continue; }
  case $((i % 4)) in
    0) targets=$cli ;;
    1) targets=$(for p in $(descendants "$cli"); do [[ $(role_of "$p") == sentry ]] && echo "$p"; done) ;;
    2) targets=$(for p in $(descendants "$cli"); do [[ $(role_of "$p") == gofer ]] && echo "$p"; done) ;;
    3) targets=-$cli ;;
  esac
  # Not there yet, or not any more (a group before its setsid, a role that is being made): then it is the command line's turn.
  kill -9 ${targets:-$cli} 2>/dev/null || kill -9 "$cli" 2>/dev/null
  wait $watch; status=$?
  [[ $status == 98 ]] && die "round $i: never ended after a kill of $targets: $(cat "$H/err")"
  [[ $status == 99 ]] && die "round $i: $(cat "$H/err")"
  [[ $status == 0 ]] && die "round $i: status 0"
done
[[ $(ls -A /dev/shm | sort) == "$shm_before" ]] || die "something is left in /dev/shm"
[[ $($BAILEY do $FLAGS --cwd /tmp -- echo twin) == twin ]] || die "the next sandbox does not work"
