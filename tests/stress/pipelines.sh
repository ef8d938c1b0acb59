# A hundred runs of a three-stage pipeline, each in a sandbox of its own; that many in one is an attack test.
. "$TOP/tests/lib/stress-lib.sh"

shell=sh; command -v dash >/dev/null && shell=dash
for i in $(seq "${ROUNDS:-100}"); do
  [[ $(timeout 20 "$BAILEY" do -- $shell -c "seq 1 2000 | grep 7 | wc -l") == 542 ]] || die "run $i"
done
