#!/bin/bash
# Row 44: a guest on the caller's terminal cannot type for the caller (TIOCSTI), nor take the terminal over for good.
. "$(dirname "$0")/../lib/attack-lib.sh"

command -v script >/dev/null || { echo "script is not installed"; exit 77; }
command -v python3 >/dev/null || { echo "python3 is not installed"; exit 77; }
cat >"$H/guest.py" <<'P'
import fcntl, termios, struct, sys
for c in b"echo typed\n":
    try:
        fcntl.ioctl(0, termios.TIOCSTI, struct.pack("B", c))
    except OSError:
        pass
try:
    fcntl.ioctl(0, 0x541C, struct.pack("B", 2))  # TIOCLINUX: paste
except OSError:
    pass
print("tried")
P
python=$(python3 -c 'import sys; print(sys.executable)')
out=$(script -qec "$BAILEY do $FLAGS --cwd /tmp -v $H/guest.py:/tmp/guest.py:ro -- $python /tmp/guest.py; stty -a | head -1; read -t 1 line; echo \"got:\$line\"" /dev/null </dev/null | tr -d '\r')
grep -q tried <<<"$out" || die "the guest did not run: $out"
grep -q '^got:$' <<<"$out" || die "the guest typed for the caller: $out"
grep -q speed <<<"$out" || die "the terminal is not what it was: $out"
