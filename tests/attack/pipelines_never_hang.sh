#!/bin/bash
# Row 7: a hundred pipelines of three programs, with a shell that gets SIGCHLD without SA_RESTART, never hang.
. "$(dirname "$0")/../lib/attack-lib.sh"

shell=$(command -v dash || command -v sh)
out=$(timeout 60 $BAILEY do $FLAGS --cwd /tmp -- $shell -c \
  'i=0; while [ $i -lt 100 ]; do echo $i | cat | cat; i=$((i+1)); done') || die "status $?"
[[ $out == "$(seq 0 99)" ]] || die "the output is not 0 to 99"
