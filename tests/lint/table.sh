#!/bin/bash
# syscalls.tbl against the handlers: each of its full, part and stub lines has one, no other has.
# (That the arguments agree is the compiler's business.)
set -u
cd "$(dirname "$0")/../.." || exit 2
handlers=$(find sentry/sys -name '*.c' | xargs -r sed -nE 's/^long sys_([a-z0-9_]+)\(.*/\1/p' | sort)
listed=$(awk '!/^[ \t]*(#|$)/ && $3 != "none" { print $2 }' syscalls.tbl | sort)
bad=0
for name in $(comm -23 <(echo "$handlers" | uniq) <(echo "$listed")); do
  echo "syscalls.tbl: $name has a handler, but status none"; bad=1
done
for name in $(comm -13 <(echo "$handlers" | uniq) <(echo "$listed")); do
  echo "syscalls.tbl: $name has no handler in sentry/sys/"; bad=1
done
for name in $(echo "$handlers" | uniq -d); do
  echo "sentry/sys/: two handlers for $name"; bad=1
done
exit $bad
