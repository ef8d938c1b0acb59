#!/bin/bash
# docs/security.md says which test tries what: it names every attack test, and none that is not there.
set -u
cd "$(dirname "$0")/../.." || exit 2
bad=0
for test in tests/attack/*.c tests/attack/*.sh; do
  name=$(basename "$test"); name=${name%.*}
  grep -q "\`$name\`" docs/security.md || { echo "docs/security.md: does not name tests/attack/$name"; bad=1; }
done
for name in $(awk '/^## Invariants/ { on = 1; next } /^## / { on = 0 } on' docs/security.md | grep -o '`[a-z0-9_]*`' | tr -d '`'); do
  [[ -e tests/attack/$name.c || -e tests/attack/$name.sh ]] || { echo "docs/security.md: there is no tests/attack/$name"; bad=1; }
done
exit $bad
