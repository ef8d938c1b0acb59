#!/bin/bash
# Invariant 2, seen from the host: a guest process has no descriptor, no capability, no way to gain one, and lives
# under a filter; so do the helpers, descriptors aside. Where the machine gives every layer and root can look, none is
# in a namespace of ours, and the root of each is empty and read-only. The twin: the program inside runs all the while.
. "$(dirname "$0")/../lib/attack-lib.sh"

$BAILEY do $FLAGS --cwd /tmp -- sh -c 'echo up; sleep 30 & sleep 30 & wait' >"$H/up" 2>&1 &
cli=$!
trap 'kill -9 $cli 2>/dev/null' EXIT
until_so grep -q up "$H/up"
three_guests() { [[ $(for p in $(descendants $cli); do role_of "$p"; done | grep -c guest) -ge 3 ]]; }
until_so three_guests
sleep 0.3 # what follows is about processes at rest: nothing waits for this
seen=
layers=
[[ $(id -u) != 0 ]] || layers=$($BAILEY doctor 2>/dev/null | grep '^every layer is in force')
isolated() {
  local ns
  for ns in mnt net ipc uts cgroup; do
    [[ $(readlink "/proc/$2/ns/$ns") != "$(readlink "/proc/self/ns/$ns")" ]] || die "$1 $2 is in our $ns namespace"
  done
  [[ -z $(ls -A "/proc/$2/root/") ]] || die "the root of $1 $2 is not empty: $(ls -A "/proc/$2/root/")"
  ! touch "/proc/$2/root/made" 2>/dev/null || die "$1 $2 has a root to write to"
}
for p in $(descendants $cli); do
  role=$(role_of "$p")
  [[ $role == other ]] && continue
  seen+=" $role"
  [[ $(status_field "$p" CapEff) == 0000000000000000 ]] || die "$role $p has capabilities: $(status_field "$p" CapEff)"
  [[ $(status_field "$p" CapPrm) == 0000000000000000 ]] || die "$role $p may gain capabilities: $(status_field "$p" CapPrm)"
  [[ $(status_field "$p" CapInh) == 0000000000000000 ]] || die "$role $p has capabilities to hand on: $(status_field "$p" CapInh)"
  [[ $(status_field "$p" CapAmb) == 0000000000000000 ]] || die "$role $p has ambient capabilities: $(status_field "$p" CapAmb)"
  [[ $(status_field "$p" NoNewPrivs) == 1 ]] || die "$role $p may gain privileges"
  [[ $(status_field "$p" Seccomp) == 2 ]] || die "$role $p has no filter"
  [[ -z $layers ]] || isolated "$role" "$p"
  if [[ $role == guest ]]; then
    fds=$(ls "/proc/$p/fd" | tr '\n' ' ')
    [[ -z $fds ]] || die "guest $p has descriptors: $(ls -l "/proc/$p/fd")"
    [[ $(tr -d '\0' <"/proc/$p/environ" | wc -c) == 0 ]] || die "guest $p has an environment of the host's"
  fi
done
for role in sentry gofer guest; do [[ $seen == *$role* ]] || die "no $role was seen:$seen"; done
exit 0
