#!/bin/bash
# Shell scripts are sound (shellcheck, where it is installed) and executable.
set -u
cd "$(dirname "$0")/../.." || exit 2
bad=0
scripts=()
while read -r f; do
  read -r first <"$f"
  [[ $first == '#!'*sh ]] || continue
  scripts+=("$f")
  [[ -x $f ]] || { echo "$f: not executable"; bad=1; }
done < <(find scripts tests .ci bench -type f -not -name '*.[ch]' 2>/dev/null | sort)
if command -v shellcheck >/dev/null; then
  shellcheck -S warning -e SC1007,SC1010,SC2038,SC2155 "${scripts[@]}" || bad=1
fi
exit $bad
