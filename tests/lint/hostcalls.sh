#!/bin/bash
# Every host call of the sentry's table is made somewhere: what nobody needs, the filter need not let through.
set -u
cd "$(dirname "$0")/../.." || exit 2
bad=0
for call in $(grep -o '\bX([a-z0-9_]*, [A-Z]' sentry/host/calls.h | sed 's/X(//; s/, .//'); do
  grep -rqw "HOST_$call" sentry/host/*.c || { echo "sentry/host/calls.h: nobody makes $call"; bad=1; }
done
for fn in $(grep -o '\bhost_[a-z0-9_]*(' sentry/host/host.h | tr -d '(' | sort -u); do
  grep -rqw --include=*.c "$fn" sentry platform || { echo "sentry/host/host.h: there is no $fn()"; bad=1; continue; }
  [[ $(grep -rwl --include=*.c --include=*.h "$fn" sentry platform | grep -vc '^sentry/host/host[a-z_]*\.[ch]$') != 0 ]] ||
    { echo "sentry/host/host.h: nobody calls $fn()"; bad=1; }
done
exit $bad
