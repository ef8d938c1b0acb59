#!/bin/bash
# A file of the host that is replaced by another while a sandbox runs, which has seen it but does not have it open: it gets
# the other one, by whatever way it opens it, and the sandbox goes on. The twin: what it has open stays what it was.
. "$(dirname "$0")/../lib/attack-lib.sh"

d=$(mktemp -d "$AID/replace.XXXXXX") || exit 1
trap 'rm -rf "$d"' EXIT
for name in read append open; do echo old >"$d/$name"; done
printf '#!/bin/sh\necho old\n' >"$d/run"
chmod +x "$d/run"
mkfifo "$H/in"
# shellcheck disable=SC2016
$BAILEY do $FLAGS --cwd / -- sh -c '
  cd "$1" && exec 3<open && stat -c %s read append run || exit 1
  echo ready
  read -r line
  cat read
  ./run
  cat <&3
  echo more >>append && cat append
  echo alive' - "$d" <"$H/in" >"$H/out" 2>"$H/err" &
cli=$!
exec 4>"$H/in"
until_so grep -q ready "$H/out"
for name in read append open; do
  echo "new $name" >"$d/.new"
  mv "$d/.new" "$d/$name"
done
printf '#!/bin/sh\necho new run\n' >"$d/.new"
chmod +x "$d/.new"
mv "$d/.new" "$d/run"
echo go >&4
wait $cli || die "status $?: $(cat "$H/err")"
said=$(sed '1,/ready/d' "$H/out" | tr '\n' ' ')
[[ $said == "new read new run old new append more alive " ]] || die "it said '$said': $(cat "$H/err")"
exit 0
