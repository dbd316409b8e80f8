### Words

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }
say() { printf 'plumbline: %s: %s\n' "$node" "$*"; }
log() { [ ! -d "$state" ] || printf '%s %s\n' "$(now)" "$*" >>"$state/log"; }

usage() {
  printf 'usage: agent apply GENERATION | confirm | rollback GENERATION | boot | boot-routes | boot-forwarded | destroy | status\n' >&2
  exit 2
}

# problem ITEM REASON: collected, so that all are reported at once. A short line, never a bundle.
problem() { printf '%s: %s\n' "$1" "$2" >>"$work/problems"; }
has_problems() { [ -s "$work/problems" ]; }
report() {
  has_problems || return 0
  cut -c1-400 "$work/problems" | awk -v prefix="plumbline: $node: " '
    NR <= 50 { print prefix $0 }
    END { if (NR > 50) print prefix "and " NR - 50 " more" }' | tee -a "$state/log" >&2
  rm -f "$work/problems"
}

# Something to know about a run that went well.
remark() { printf '; %s' "$*" >>"$work/remarks"; }
remarks() { [ ! -e "$work/remarks" ] || cat "$work/remarks"; }

# Ends the run; what was found before comes first.
die() {
  report
  log "$command: $*"
  say "$*" >&2
  exit 1
}
