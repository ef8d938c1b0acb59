#!/bin/bash
# A commit that deletes files says so: one made from a stale tree (a soft reset onto a branch that
# has moved on) silently turns the work of others back.
# Looks at what stands between `main` and HEAD, or at HEAD alone.
set -u
cd "$(dirname "$0")/../.." || exit 2
git rev-parse -q --verify HEAD >/dev/null 2>&1 || exit 0
range=$(git rev-list --no-merges main..HEAD 2>/dev/null || true)
[[ -n $range ]] || range=$(git rev-list -1 HEAD)
bad=0
for commit in $range; do
  git rev-parse -q --verify "$commit^" >/dev/null || continue
  gone=$(git diff -M --diff-filter=D --name-only "$commit^" "$commit")
  [[ -n $gone ]] || continue
  git log -1 --format=%B "$commit" |
    grep -qiE 'remov|delet|gone|replac|renam|mov(e|ing)|drop|split|merge' && continue
  echo "$(git log -1 --format='%h %s' "$commit"): deletes files, and its message does not say so:"
  echo "${gone//$'\n'/ }" | cut -c1-300
  bad=1
done
exit $bad
