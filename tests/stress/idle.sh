# An idle sandbox uses no processor time and wakes nobody; all its helpers together are smaller than 12 MB.
. "$TOP/tests/lib/stress-lib.sh"

# Processor ticks and context switches of the processes $@.
busy() {
  local p
  for p in "$@"; do
    awk '{ print $14 + $15 }' "/proc/$p/stat"
    grep ctxt "/proc/$p/status"
  done
}

"$BAILEY" do -- sh -c 'echo up; exec sleep 1000' >"$H/out" &
cli=$!
until_so grep -q up "$H/out"
sleep 2
pids=($cli $(descendants $cli))
before=$(busy "${pids[@]}")
sleep "${IDLE:-30}"
after=$(busy "${pids[@]}")
size=0
for p in "${pids[@]}"; do
  size=$((size + $(awk '$1 == "Pss:" { print $2 }' "/proc/$p/smaps_rollup")))
done
kill -9 $cli
wait $cli 2>/dev/null
echo "  ${#pids[@]} processes, $size KiB in all"
[[ $after == "$before" ]] || die "not idle: $(diff <(echo "$before") <(echo "$after"))"
[[ $size -lt 12288 ]] || die "$size KiB"
