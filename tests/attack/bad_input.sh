#!/bin/bash
# Invariant 5: what a user can get wrong ends in one clear line and the right status, and the next sandbox works.
. "$(dirname "$0")/../lib/attack-lib.sh"

export PATH=/usr/bin:/bin # no directory on it that this user may not search

want() { # STATUS, then arguments of do
  local status=$1 got
  shift
  timeout 20 $BAILEY do $FLAGS "$@" >"$H/out" 2>"$H/err" </dev/null; got=$?
  [[ $got == "$status" ]] || die "do $*: status $got, want $status: $(cat "$H/err")"
  [[ $status -lt 125 || $status -gt 127 || -s $H/err ]] || die "do $*: no message"
  grep -qiE 'assert|abort|segfault|backtrace|core dumped' "$H/err" && die "do $*: $(cat "$H/err")"
  return 0
}
want 0 -- true
want 127 -- no-such-program
want 127 -- /no/such/program
want 126 -- /etc
want 126 -- /etc/passwd
printf '\177ELF\2\1\1' >"$H/cut"; chmod 755 "$H/cut"
want 126 -- "$H/cut"
head -c 70 /bin/true >"$H/cut"; chmod 755 "$H/cut"
want 126 -- "$H/cut"
want 125 --no-such-flag -- true
want 125 --rootfs "$H/nowhere" -- true
want 125 --rootfs "$H/ro/file" -- true
want 125 -v "$H/nowhere:/mnt" -- true
want 125 --platform=nonsense -- true
want 125 --cwd /no/such/directory -- true
want 125 --user nonsense -- true
want 125
want 3 -- sh -c 'exit 3'
want 143 -- sh -c "kill -TERM \$\$"
want 137 -- sh -c "kill -KILL \$\$"
want 0 -- true
