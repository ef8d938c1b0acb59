#!/bin/bash
# Headers: #pragma once; a source includes its own header first; no cycles.
set -u
cd "$(dirname "$0")/../.." || exit 2
bad=0
while read -r h; do
  grep -q '^#pragma once$' "$h" || { echo "$h: no #pragma once"; bad=1; }
done < <(find lib sentry platform gofer runtime -name '*.h' -not -path 'platform/stub/*' 2>/dev/null | sort)
while read -r c; do
  own=${c%.c}.h
  [[ -f $own ]] || continue
  first=$(grep -m1 '^#include' "$c")
  [[ $first == "#include \"${own#sentry/}\"" || $first == "#include \"$own\"" ]] ||
    { echo "$c: its own header comes first"; bad=1; }
done < <(find lib sentry platform gofer runtime -name '*.c' 2>/dev/null | sort)
cycle=$(find lib sentry platform gofer runtime -name '*.h' 2>/dev/null | xargs awk '
  /^#include "/ {
    inc = $2
    gsub(/"/, "", inc)
    if (inc !~ /^(lib|platform|gofer|runtime|gen)\//) inc = "sentry/" inc
    print FILENAME, inc
  }' | tsort 2>&1 >/dev/null | sed 's/^tsort: -: //; s/^tsort: //')
[[ -z $cycle ]] || { echo "headers include each other:"; echo "$cycle"; bad=1; }
exit $bad
