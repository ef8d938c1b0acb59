# A caller with few descriptors, closed streams, a long command, a full disk, or an old kernel: one clear line where it
# cannot work, and the native result where it can.
. "$TOP/tests/lib/stress-lib.sh"

want() { # STATUS OUTPUT COMMAND...
  local status=$1 out=$2 got
  shift 2
  timeout 20 "$@" >"$H/out" 2>"$H/err"; got=$?
  [[ $got == "$status" && $(cat "$H/out") == "$out" ]] ||
    die "$*: status $got, want $status: $(head -c 500 "$H/out" "$H/err")"
  [[ $status != 125 || $(wc -l <"$H/err") == 1 ]] || die "$*: not one line: $(cat "$H/err")"
}

export PATH=/usr/bin:/bin # no directory on it that this user may not search
before=$(everything)
for n in 16 64 256; do
  want 0 "hi
$n" bash -c "ulimit -Sn $n; '$BAILEY' do -- sh -c 'echo hi | cat; ulimit -n'"
done
for n in 3 8 16 32; do want 125 "" bash -c "ulimit -n $n; '$BAILEY' do -- echo hi"; done
want 0 hi bash -c "ulimit -n 64; '$BAILEY' do -- sh -c 'echo hi | cat'"

want 1 "" bash -c "'$BAILEY' do -- cat <&-"
want 1 "" bash -c "'$BAILEY' do -- /bin/echo hi >&-"
want 0 hi bash -c "'$BAILEY' do -- echo hi 2>&-"
want 0 hi bash -c "'$BAILEY' do -- echo hi <&- 2>&-"
want 127 "" bash -c "'$BAILEY' do -- no-such-program 2>&-"
want 0 "y
141 0" bash -c "'$BAILEY' do -- yes | head -n 1; echo \${PIPESTATUS[*]}"

(echo a; "$BAILEY" do -- echo b; echo c) >"$H/three"
[[ $(cat "$H/three") == "a
b
c" ]] || die "shared offset: $(cat "$H/three")"
for n in 1 2 6 9 11 13 15; do want $((128 + n)) "" "$BAILEY" do -- sh -c "kill -$n \$\$"; done

mapfile -t words < <(yes y | head -n 100000)
want 0 100000 "$BAILEY" do -- sh -c "echo \$#" sh "${words[@]}"
long=$(head -c 100000 /dev/zero | tr '\0' x)
want 0 "100000 100000" env LONG="$long" "$BAILEY" do --env-all -- sh -c 'echo ${#1} ${#LONG}' sh "$long"

if [[ $(id -u) == 0 ]]; then
  mkdir "$H/small" "$H/unreadable"
  chmod 0 "$H/unreadable"
  want 125 "" "$BAILEY" do --rootfs "$H/unreadable" -- true
  grep -q "$H/unreadable" "$H/err" || die "unreadable root: $(cat "$H/err")"
  mount -t tmpfs -o size=64k tmpfs "$H/small"
  want 0 "1
ok" "$BAILEY" do -v "$H/small:/mnt:rw" -- \
    sh -c 'head -c 200000 /dev/zero >/mnt/big; echo $?; rm /mnt/big; echo ok >/mnt/ok; cat /mnt/ok'
  grep -q "No space left on device" "$H/err" || die "full disk: $(cat "$H/err")"
  umount "$H/small"
fi

if command -v python3 >/dev/null && [[ $(uname -m) == x86_64 ]]; then
  for refused in "0 38" "8 22" "8 16" "32 22"; do # seccomp, its listener, a listener taken, a kick that waits
    want 125 "" python3 "$TOP/tests/stress/refuse_seccomp.py" $refused "$BAILEY" do --platform=notify -- true
    grep -q "user notification" "$H/err" || die "seccomp $refused: $(cat "$H/err")"
  done
fi
want 0 twin "$BAILEY" do -- echo twin
nothing_left "$before"
