#!/bin/bash
# Rows 5, 8: whichever part is killed in the middle, the sandbox fails closed: the caller gets a status and, where
# bailey itself failed, one clear line; nothing is left. The twin: the next sandbox works.
. "$(dirname "$0")/../lib/attack-lib.sh"

# All processes of a role: one sentry, one gofer, every guest there is at this moment.
pids_of_role() {
  local p
  for p in $(descendants "$1"); do [[ $(role_of "$p") == "$2" ]] && echo "$p"; done
}

for victim in sentry gofer guest cli; do
  for round in 1 2 3; do
    "$AID/watch" -t 20 $BAILEY do $FLAGS --cwd /tmp -- sh -c 'echo up; while :; do echo x | cat >/tmp/f; done' \
      >"$H/up" 2>"$H/err" &
    watch=$!
    until_so grep -q up "$H/up"
    sleep "0.$round" # somewhere in the middle of its work, each time elsewhere
    # The kernel's list of children may miss some while others come and go.
    for ((try = 0; try < 100; try++)); do
      cli=$(cat /proc/$watch/task/$watch/children); cli=${cli%% *}
      case $victim in
        cli) targets=$cli ;;
        *) targets=$(pids_of_role "$cli" $victim) ;;
      esac
      [[ -n $targets ]] && break
      sleep 0.02
    done
    [[ -n $targets ]] || die "no $victim to kill"
    kill -9 $targets
    wait $watch; status=$?
    [[ $status == 98 ]] && die "$victim killed: never ended"
    [[ $status == 99 ]] && die "$victim killed: $(cat "$H/err")"
    [[ $status == 0 ]] && die "$victim killed, and status 0"
    if [[ $victim == sentry || $victim == gofer ]]; then
      [[ $status == 125 ]] || die "$victim killed: status $status, want 125: $(cat "$H/err")"
      [[ $(grep '^bailey: ' "$H/err" | grep -vc '^bailey: warning: without') == 1 ]] || die "$victim killed: want one line of bailey's, got: $(cat "$H/err")"
    fi
  done
done
[[ $($BAILEY do $FLAGS --cwd /tmp -- echo twin) == twin ]] || die "the next sandbox does not work"
