#!/bin/bash
# Which folder may include which (docs: the tree).  Reads the #include lines.
#   abi <- lib <- host <- sched <- {mm kernel fs net ipc policy control} <- sys
# platform.h is for kernel/ and mm/ (and the sentry's main); gofer/ and runtime/ share lib/,
# abi/ and generated code with the sentry, nothing more; internal.h stays in its folder
# and the one above.
set -u
cd "$(dirname "$0")/../.." || exit 2
find lib sentry platform gofer runtime -name '*.[ch]' 2>/dev/null | sort | xargs awk '
  function folder(path) {
    if (path ~ /^sentry\/[^\/]+$/) return "main"
    sub(/^sentry\//, "", path)
    sub(/\/.*/, "", path)
    return path
  }
  function target(inc) {
    if (inc !~ /\//) return "main"
    sub(/\/.*/, "", inc)
    return inc
  }
  function allow(from, list, n, i, w) {
    n = split(list, w, " ")
    for (i = 1; i <= n; i++) may[from, w[i]] = 1
  }
  BEGIN {
    middle = "mm kernel fs net ipc policy control"
    allow("lib", "lib abi gen")
    allow("abi", "abi lib")
    allow("host", "host lib abi")
    allow("sched", "sched host lib abi")
    n = split(middle, m, " ")
    for (i = 1; i <= n; i++) allow(m[i], middle " sched host lib abi")
    allow("kernel", "platform gen")
    allow("control", "boot") # a command starts programs
    allow("fs", "gen")
    allow("mm", "platform")
    allow("sys", "sys gen platform host sched lib abi " middle)
    allow("main", "main boot sys gen platform gofer host sched lib abi " middle)
    allow("boot", "boot main gen platform host sched lib abi " middle)
    allow("platform", "platform host sched lib abi gen")
    allow("gofer", "gofer lib abi gen")
    allow("runtime", "runtime lib abi gen")
  }
  /^#[ \t]*include "/ {
    inc = $0
    sub(/^[^"]*"/, "", inc); sub(/".*/, "", inc)
    if (inc ~ /(^|\/)internal\.h$/) {
      if (inc ~ /\//) {
        owner = inc; sub(/\/internal\.h$/, "", owner)
        dir = FILENAME; sub(/^sentry\//, "", dir)
        up = owner; sub(/\/[^\/]*$/, "", up); sub(/\/[^\/]*$/, "", dir)
        if (index(dir "/", owner "/") != 1 && dir != up) { print FILENAME ":" FNR ": " inc " belongs to another folder"; bad = 1 }
      }
      next
    }
    # The shapes of the calls are the contract between dispatch and handlers.
    if (inc == "sys/syscall_desc.h") next
    # The protocol of the gofer is shared by its two ends.
    if (inc ~ /^gofer\/proto[a-z_]*\.h$/) next
    from = folder(FILENAME); to = target(inc)
    if (!((from, to) in may)) { print FILENAME ":" FNR ": " from "/ may not include " inc; bad = 1 }
  }
  END { exit bad }'
