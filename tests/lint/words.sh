#!/bin/bash
# Words that may not stand in the code, and pairs that may not stand together.
set -u
cd "$(dirname "$0")/../.." || exit 2
{
  find lib sentry platform gofer runtime tests bench -name '*.[chS]' 2>/dev/null
  find scripts tests .ci -type f \( -name '*.sh' -o -name '*.mk' -o -path '*/lib/*' -o -path '.ci/*' \) 2>/dev/null
} | grep -v '^tests/lint/' | sort -u | xargs awk '
  function say(why) { print FILENAME ":" FNR ": " why ": " $0; bad = 1 }
  FNR == 1 { owns = unwinds = 0; in_comment = 0; split("", pointer) }
  /(^|[^a-zA-Z_])(XXX|FIXME|HACK|TODO)([^a-zA-Z_]|$)/ && !/mktemp|XXXXXX/ { say("open work") }
  /\/work\/(main|wt|shared)/ { say("a path of one machine") }
  FILENAME !~ /\.[ch]$/ { next }
  {
    code = $0
    gsub(/"([^"\\]|\\.)*"/, "\"\"", code)
    if (in_comment && !sub(/^.*\*\//, "", code)) next
    in_comment = 0
    gsub(/\/\*([^*]|\*[^\/])*\*\//, "", code)
    if (code ~ /\/\*/) { in_comment = 1; sub(/\/\*.*/, "", code) }
  }
  code ~ /(^|[^:])\/\// { say("// comment") }
  # Owner variables and goto never meet in one function.
  /^\{/ { owns = unwinds = 0 }
  code ~ /(^|[ \t])cleanup_[a-z_]+ / { owns = 1 }
  code ~ /(^|[ \t])goto / { unwinds = 1 }
  /^\}/ { if (owns && unwinds) say("cleanup and goto in the function that ends here"); owns = unwinds = 0 }
  # Host calls of the sentry go through host/.
  FILENAME ~ /^sentry\// && FILENAME !~ /^sentry\/host\// {
    if (code ~ /(^|[^a-zA-Z_.>])errno([^a-zA-Z_]|$)/) say("errno outside host/")
    if (code ~ /(^|[^a-zA-Z_.>])syscall\(/) say("a bare host call")
    # A name that the file uses for a function pointer is its own.
    if (match(code, /_fn [a-z0-9]+[,)]/)) pointer[substr(code, RSTART + 4, RLENGTH - 5)] = 1
    rest = code
    while (match(rest, /\(\*[a-z0-9]+\)\(/)) {
      pointer[substr(rest, RSTART + 2, RLENGTH - 4)] = 1
      rest = substr(rest, RSTART + RLENGTH)
    }
    if (match(code, /(^|[^a-zA-Z0-9_.>*])(open|openat|read|write|pread|pwrite|close|socket|connect|ioctl|fcntl|mmap|munmap|fork|kill|execve|dup|dup2|pipe|pipe2)\(/)) {
      called = substr(code, RSTART, RLENGTH - 1)
      gsub(/[^a-z0-9]/, "", called)
      if (!(called in pointer)) say("a bare host call")
    }
  }
  END { exit bad }'
