# Fifty sandboxes at once, each with a Python program of its own that starts processes and threads.
. "$TOP/tests/lib/stress-lib.sh"

command -v python3 >/dev/null || exit 77
cat >"$H/p.py" <<'END'
import hashlib, os, subprocess, sys, threading
n = int(sys.argv[1])
got = []
ts = [threading.Thread(target=lambda i=i: got.append(i * n)) for i in range(4)]
[t.start() for t in ts]
[t.join() for t in ts]
open("/tmp/mine", "w").write(str(n))
up = subprocess.run(["cat", "/tmp/mine"], capture_output=True, text=True).stdout
print(sum(got), up, hashlib.sha256(up.encode()).hexdigest()[:8], os.listdir("/tmp").count("mine"))
END
before=$(everything)
for i in $(seq 50); do
  timeout -k 5 240 "$BAILEY" do -v "$H/p.py:/mnt/p.py:ro" --rootfs / -- python3 /mnt/p.py "$i" >"$H/out.$i" 2>&1 &
done
wait
for i in $(seq 50); do
  want="$((6 * i)) $i $(printf %s "$i" | sha256sum | cut -c1-8) 1"
  [[ $(cat "$H/out.$i") == "$want" ]] || die "sandbox $i: $(cat "$H/out.$i"), want $want"
done
nothing_left "$before"
