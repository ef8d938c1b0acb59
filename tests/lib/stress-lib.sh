# Words for the stress tests. The runner gives BAILEY and TOP.
. "$TOP/tests/lib/attack-lib.sh"

if [[ $$ == 1 ]]; then
  for dir in /tmp /run /dev/shm; do mount -t tmpfs tmpfs $dir || exit 2; done
fi
H=$(mktemp -d /tmp/stress.XXXXXX)
trap 'rm -rf "$H"' EXIT

# All that a sandbox could leave on this machine, one thing a line.
everything() {
  local p
  [[ $$ != 1 ]] || for p in /proc/[0-9]*; do
    # Ours are this shell and what it started to look around.
    [[ $(cat "$p/comm" 2>/dev/null) =~ ^(bash|sort|find|cut|)$ ]] || echo "process ${p#/proc/} $(cat "$p/comm" 2>/dev/null)"
  done
  cut -d' ' -f4- /proc/self/mountinfo
  find /sys/fs/cgroup -type d -name '*bailey*' 2>/dev/null
  [[ $$ != 1 ]] || find /tmp /run /dev/shm -path "$H" -prune -o -print | sort
}

# Says what is there now and was not when `before=$(everything)`; waits a little for what is just ending.
nothing_left() {
  local i now
  for i in $(seq 100); do
    now=$(everything)
    [[ $now == "$1" ]] && return 0
    sleep 0.02
  done
  die "left behind: $(diff <(echo "$1") <(echo "$now"))"
}
