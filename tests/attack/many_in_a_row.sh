#!/bin/bash
# Invariant 6: three hundred sandboxes one after the other leave no process, file, mount or memory file.
. "$(dirname "$0")/../lib/attack-lib.sh"

places() { find /dev/shm /tmp /run /var/tmp -maxdepth 1 -iname '*bailey*' ! -name 'bailey-ci.*' ! -name 'bailey-accept*' 2>/dev/null | sort; }
before=$(places); mounts=$(wc -l </proc/self/mounts)
"$AID/watch" -t 100 bash -c "for i in \$(seq 300); do $BAILEY do $FLAGS --cwd /tmp -- true || exit 1; done" || die "status $?"
[[ $(places) == "$before" ]] || die "left behind: $(diff <(echo "$before") <(places))"
[[ $(wc -l </proc/self/mounts) == "$mounts" ]] || die "mounts are left"
