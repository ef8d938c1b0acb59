#!/bin/bash
# Tables of pointers in sentry/, platform/ and runtime/bench/ are not relocated in a gofer, nor in the
# command line of `do` (lib/start/libc_start.c).  So nothing else may refer to what is there, but for
# the two functions that begin those parts.  Looks at the objects of a release build, if there are any.
set -u
cd "$(dirname "$0")/../.." || exit 2
shopt -s nullglob globstar
users=(out/rel/lib/**/*.o out/rel/gofer/**/*.o out/rel/runtime/*.o out/rel/runtime/oci/*.o
  out/rel/gen/gofer_proto.o out/rel/gen/gofer_serve.o)
late=(out/rel/sentry/**/*.o out/rel/platform/**/*.o out/rel/gen/sys_*.o out/rel/gen/gofer_calls.o
  out/rel/runtime/bench/*.o)
((${#users[@]} && ${#late[@]})) || exit 0
found=$(comm -12 <(nm -A --undefined-only "${users[@]}" | awk '{ print $NF }' | sort -u) \
  <(nm --defined-only "${late[@]}" 2>/dev/null | awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }' | sort -u) |
  grep -vxE 'sentry_main|cmd_bench')
[[ -z $found ]] && exit 0
echo "used outside of the part whose tables are relocated (tests/lint/late.sh): ${found//$'\n'/ }"
exit 1
