#!/bin/bash
# Words for attack tests that look at a sandbox from the host. The runner gives BAILEY, FLAGS, RUN, H and AID.
set -u

die() { echo "$*" >&2; exit 1; }

# Every process below $1, one a line, itself left out.
descendants() {
  local kid
  for kid in $(cat /proc/"$1"/task/*/children 2>/dev/null); do echo "$kid"; descendants "$kid"; done
}

# The role a process of ours plays: cli, sentry, gofer, or guest for those that have a stub in their memory.
role_of() {
  case $( { tr "\0" " " <"/proc/$1/cmdline"; } 2>/dev/null) in # it may be gone already
    'bailey sentry '*) echo sentry ;;
    'bailey gofer '*) echo gofer ;;
    *) if grep -qs '^7ff000000000-' "/proc/$1/maps"; then echo guest; else echo other; fi ;;
  esac
}

# Waits until something is so; the words are a command.
until_so() {
  for _ in $(seq 500); do "$@" >/dev/null 2>&1 && return 0; sleep 0.02; done
  die "never so: $*"
}

status_field() { awk -v f="$2:" '$1 == f { print $2 }' "/proc/$1/status" 2>/dev/null; }
