#!/bin/bash
# The tree below a sandbox's root changes while it is read for the first time: files are replaced by others, by
# directories and by links that lead out, directories are moved away under a walk. What the guest sees of it is
# nobody's promise, but it is never what a link leads to, nor a file of another name, and the sandbox goes on. The
# twin: a tree beside it that nobody changes is read whole.
#
# A link is followed by the sandbox, in its own tree: there something else stands where it leads to.
. "$(dirname "$0")/../lib/attack-lib.sh"

command -v python3 >/dev/null || { echo "no python3 here"; exit 77; }
t=$(mktemp -d "$AID/lower.XXXXXX") || exit 1
trap 'touch "$t/stop"; wait; rm -rf "$t"' EXIT
chmod 755 "$t"
grow() { # a tree of files that say where they are
  mkdir -p "$1"/{a,b}/{c,d,e}
  for d in "$1"/{a,b}/{c,d,e}; do
    for f in 1 2 3 4 5 6; do echo "in ${d##*/} is $f" >"$d/$f"; done
  done
}
grow "$t/still"
for i in 0 1 2 3 4 5 6 7; do grow "$t/moves$i"; done
python3 - "$t" "$H/outside" <<'PY' &
import os, sys
top, outside = sys.argv[1:]

def write(path):
    d, f = path.split("/")[-2:]
    with open(path + ".new", "w") as new:
        new.write("in %s is %s\n" % (d, f))
    os.rename(path + ".new", path)

def away(path):
    os.rename(path, path + "-away")
    os.symlink(outside, path)
    os.unlink(path)
    os.rename(path + "-away", path)

def replace(path):
    os.unlink(path)
    os.mkdir(path)
    os.rmdir(path)
    os.symlink(outside + "/secret", path)
    os.unlink(path)
    write(path)

while not os.path.exists(top + "/stop"):
    for i in range(8):
        m = "%s/moves%d" % (top, i)
        away(m + "/a")
        away(m + "/b/d")
        for f in range(1, 7):
            write("%s/b/e/%d" % (m, f))
            replace("%s/a/c/%d" % (m, f))
            os.truncate("%s/a/d/%d" % (m, f), 0)
            write("%s/a/d/%d" % (m, f))
PY
# shellcheck disable=SC2016
for round in 1 2 3 4; do
  $BAILEY do $FLAGS -v "$H/ro:$H/outside" --cwd /tmp -- sh -c '
    cd "$1"
    for i in 0 1 2 3 4 5 6 7; do
      case $(($2 + i & 3)) in
        0) grep -r . moves$i ;;
        1) ls -laR moves$i; head -c 100 moves$i/*/*/* ;;
        2) for d in a b; do for e in c d e; do for f in 1 2 3 4 5 6; do cat moves$i/$d/$e/$f; done; done; done ;;
        3) du -a moves$i; find moves$i -type f | xargs grep .; stat moves$i/a/c/* moves$i/b/d/* ;;
      esac
    done 2>&1
    find still -type f | sort | xargs cat | md5sum
    echo alive' - "$t" $round >"$H/out" 2>"$H/err" || die "status $?: $(tail -n 5 "$H/err")"
  grep -q '^alive$' "$H/out" || die "it did not go on: $(tail -n 5 "$H/out" "$H/err")"
  ! grep -aq "$ATTACK_SECRET" "$H/out" || die "a link that leads out was followed"
  want=$(cd "$t" && find still -type f | sort | xargs cat | md5sum)
  grep -q "^$want\$" "$H/out" || die "what nobody changes was read otherwise"
  # "moves1/a/c/1:in c is 1": a file says its own name.
  bad=$(grep -aE '^moves[0-9]/[ab]/[cde]/[0-9]:in' "$H/out" | awk -F'[/:]' '$5 != "in " $3 " is " $4' | head -n 3)
  [[ -z $bad ]] || die "one file for another: $bad"
done
exit 0
