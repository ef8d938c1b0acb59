# A thousand sandboxes one after another leave nothing: no process, mount, control group, descriptor, file.
. "$TOP/tests/lib/stress-lib.sh"

"$BAILEY" do -- true || die "status $?"
before=$(everything)
for i in $(seq "${ROUNDS:-1000}"); do
  [[ $("$BAILEY" do -- sh -c "echo $i >/tmp/f; cat /tmp/f | cat") == "$i" ]] || die "sandbox $i"
done
nothing_left "$before"
