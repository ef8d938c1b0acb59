#!/bin/bash
# Sizes: a .c file up to 1,000 lines, a header up to 350, a function up to 100, a handler up to 60.
# tests/lint/size.allow lists `PATH REASON` for files that may be longer.
set -u
cd "$(dirname "$0")/../.." || exit 2
find lib sentry platform gofer runtime tests bench -name '*.[ch]' 2>/dev/null | sort | xargs awk '
  BEGIN {
    while ((getline line < "tests/lint/size.allow") > 0) {
      if (line ~ /^[ \t]*(#|$)/) continue
      if (split(line, w, " ") < 2) { print "tests/lint/size.allow: " w[1] " without a reason"; bad = 1 }
      allowed[w[1]] = 1
    }
  }
  function file_end() {
    if (file == "" || file in allowed || file ~ /^tests.*\.h$/) return
    limit = file ~ /\.h$/ ? 350 : 1000
    if (lines > limit) { print file ": " lines " lines, at most " limit; bad = 1 }
  }
  FNR == 1 { file_end(); file = FILENAME; start = 0 }
  { lines = FNR }
  /^[a-zA-Z_].*\(/ && !/;[ \t]*$/ { head = $0 }
  /^\{/ && head != "" { start = FNR; name = head }
  /^\}/ && start {
    size = FNR - start - 1
    limit = name ~ /^long sys_/ ? 60 : 100
    if (size > limit) { print FILENAME ":" start ": " size " lines, at most " limit ": " name; bad = 1 }
    start = 0; head = ""
  }
  END { file_end(); exit bad }'
