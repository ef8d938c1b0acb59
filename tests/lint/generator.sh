#!/bin/bash
# gensyscalls stops at every kind of bad line, and names it; under each awk that is installed.
set -u
cd "$(dirname "$0")/../.." || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
bad=0
good='  0 read full trap desc,block size fd:fd out(u8,count):buf size:count'

# refuse WORDS LINE... - the message must contain WORDS
refuse() {
  local want=$1 awk
  shift
  printf '%s\n' "$@" >"$tmp/table"
  for awk in mawk gawk original-awk busybox; do
    command -v $awk >/dev/null || continue
    [[ $awk != busybox ]] || awk="busybox awk"
    if $awk -v dir="$tmp" -f sentry/sys/gensyscalls sentry/sys/syscall_desc.h "$tmp/table" 2>"$tmp/err"; then
      echo "$awk: accepted: $*"
      bad=1
    elif ! grep -qF "$want" "$tmp/err"; then
      echo "$awk: wanted '$want' for: $*"
      cat "$tmp/err"
      bad=1
    fi
  done
}

refuse "out of order" "$good" '0 write full trap desc size fd:fd'
refuse "out of order" '5 write full trap desc size fd:fd' "$good"
refuse "second name" "$good" '1 read full trap desc size fd:fd'
refuse "unknown status" '0 read maybe trap desc size fd:fd'
refuse "unknown status" '0 read full there desc size fd:fd'
refuse "unknown status" '0 read full trap desc byte fd:fd'
refuse "unknown flag" '0 read full trap disk size fd:fd'
refuse "part without a note" '0 read part trap desc size fd:fd'
refuse "stub without a note" '0 read stub trap desc size fd:fd ;'
refuse "path enosys" '0 read full enosys desc size fd:fd'
refuse "a line is" '0 read full trap desc size'
refuse "more than six" '0 read full trap desc size int:a int:b int:c int:d int:e int:f int:g'
refuse "more than six" '0 read full trap desc size - int:a'
refuse "unknown kind" '0 read full trap desc size file:fd'
refuse "malformed" '0 read full trap desc size fd'
refuse "two arguments" '0 read full trap desc size fd:fd int:fd'
refuse "unknown type" '0 read full trap desc size fd:fd out(u9,count):buf size:count'
refuse "unknown flag set" '0 read full trap desc size flags(nosuch):x'
refuse "without a set" '0 read full trap desc size flags:x'
refuse "nothing in brackets" '0 read full trap desc size int(open):x'
refuse "names no argument" '0 read full trap desc size fd:fd out(u8,n):buf size:count'
refuse "is no number" '0 read full trap desc size fd:fd out(u8,fd):buf size:count'
refuse "no pointer to a number" '0 read full trap desc size fd:fd out(u8,*count):buf size:count'
refuse "makes no sense" '0 read full trap desc size fd?:fd'
exit $bad
