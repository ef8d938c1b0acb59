#!/bin/bash
# Every file says what it is, and every public function what it does: a comment
# stands above its declaration or behind it, or above the run of declarations it stands in.
# The verbs whose meaning is fixed for all objects (get, put, init, free) speak for themselves.
set -u
cd "$(dirname "$0")/../.." || exit 2
find lib sentry platform gofer runtime -name '*.[ch]' 2>/dev/null | sort | xargs awk '
  FNR == 1 {
    told = 0; in_comment = 0; continued = 0
    if ($0 !~ /^\/\*/) { print FILENAME ":1: no comment that says what this file is"; bad = 1 }
  }
  FILENAME !~ /\.h$/ { next }
  in_comment { if (/\*\//) { in_comment = 0; told = 1 } next }
  /^[ \t]*\/\*/ { told = 1; if (!/\*\//) in_comment = 1; next }
  /^$/ { continued = 0; next }
  continued { if (/[;{]/) continued = 0; next }
  /^[a-z].*[ *]\**[a-z_0-9]+\(/ && !/^(typedef|struct [a-z_]+ \{|enum|static|#|return)/ {
    if (!told && !/\/\*/ && !/_(get|put|init|fini|create|destroy|free)\(/) { print FILENAME ":" FNR ": nobody says what this does: " $0; bad = 1 }
    if (!/[;{]/) continued = 1
  }
  # Anything but declarations ends what a comment speaks for.
  /^(struct|enum|union) [a-z_]+ \{/ || /^\}/ || /^static/ { told = 0 }
  END { exit bad }'
