# A terminal behaves as natively: job control of the caller's shell and of one inside, sizes, raw mode.
. "$TOP/tests/lib/stress-lib.sh"

command -v python3 >/dev/null || exit 77
before=$(everything)
timeout 100 python3 "$TOP/tests/stress/terminal.py" "$BAILEY" || die "status $?"
nothing_left "$before"
