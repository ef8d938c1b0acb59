# SIGKILL of the command line, sentry, gofer, zygote, or any other guest process at random moments, from the first
# instruction on: the caller gets a status, and one line where bailey failed; nothing is left, and the next sandbox works.
. "$TOP/tests/lib/stress-lib.sh"

RANDOM=${SEED:=$$$SECONDS}
kinds=(cli sentry gofer guest zygote)
declare -A hits=() codes=()

# One process of kind $2 below the command line $1, drawn at random.
draw() {
  local p role=$2 found=()
  [[ $2 == cli ]] && { echo "$1"; return; }
  [[ $role != zygote ]] || role=guest
  for p in $(descendants "$1"); do [[ $(role_of "$p") == "$role" ]] && found+=("$p"); done
  [[ ${#found[@]} == 0 ]] && return
  # The zygote is the first of the guests, and all others are drawn from those after it.
  if [[ $2 == zygote ]]; then echo "${found[0]}"; return; fi
  [[ $2 != guest || ${#found[@]} == 1 ]] || found=("${found[@]:1}")
  echo "${found[RANDOM % ${#found[@]}]}"
}

before=$(everything)
for i in $(seq "${ROUNDS:-200}"); do
  kind=${kinds[i % 5]}
  # Half of the time while the sandbox starts, half while it works.
  delay=$(printf 0.%03d $((i % 8 < 4 ? RANDOM % 40 : RANDOM % 300)))
  "$BAILEY" do -- sh -c 'while :; do echo x | cat >/tmp/f; done' >"$H/out" 2>"$H/err" &
  cli=$!
  sleep "$delay"
  victim=$(draw $cli "$kind")
  if [[ -z $victim ]]; then kind=cli victim=$cli; fi
  role=$(role_of "$victim")
  kill -9 "$victim" 2>/dev/null || kind=gone
  if [[ $kind == guest || $kind == gone ]]; then # it may be one the shell goes on without
    sleep 0.05; kill -TERM $cli 2>/dev/null
  fi
  for ((t = 0; t < 1000; t++)); do [[ -e /proc/$cli && $(status_field $cli State) != Z ]] || break; sleep 0.01; done
  [[ $t -lt 1000 ]] || die "round $i, $kind ($role) after $delay s: the command line never ends (seed $SEED)"
  wait $cli 2>/dev/null; status=$?
  [[ $status != 0 ]] || die "round $i, $kind after $delay s: status 0 (seed $SEED)"
  if [[ $kind == sentry || $kind == gofer || $kind == zygote ]]; then
    [[ $status == 125 && $(grep '^bailey: ' "$H/err" | grep -vc '^bailey: warning: ') == 1 ]] ||
      die "round $i, $kind after $delay s: status $status, $(cat "$H/err") (seed $SEED)"
  fi
  hits[$kind]=$((${hits[$kind]:-0} + 1)) codes[$kind.$status]=$((${codes[$kind.$status]:-0} + 1))
  nothing_left "$before"
done
for c in "${!codes[@]}"; do echo "  $c: ${codes[$c]}"; done | sort
[[ $("$BAILEY" do -- echo twin) == twin ]] || die "the next sandbox does not work"
