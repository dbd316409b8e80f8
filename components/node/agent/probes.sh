### Probes

# passing FILE: prints the probes of FILE that pass. All at the same time, about 3 s at most.
passing() {
  while read -r kind address port; do
    if_it_passes "$kind" "$address" "$port" </dev/null &
  done <"$1" >"$work/passing"
  wait
  sort "$work/passing"
}
if_it_passes() {
  # One lost packet doesn't count: the kernel sends the first one of a connection again after 1 s, and so do we.
  # shellcheck disable=SC2016 # the inner shell's $0 and $1
  if [ "$1" = tcp ]; then
    timeout 3 bash -c ': <>"/dev/tcp/$0/$1"' "$2" "$3"
  else
    timeout 3 sh -c 'until ping -n -q -c 1 -W 1 "$0"; do sleep 0.2; done' "$2"
  fi >/dev/null 2>&1 && printf '%s\n' "$1 $2${3:+ $3}"
}

# The probes that passed before the change pass still; else a problem each.
probes_pass() {
  [ -s "$state/generations/$generation/passing" ] || return 0
  passing "$state/generations/$generation/passing" >"$work/still"
  grep -vxF -f "$work/still" "$state/generations/$generation/passing" >"$work/failed" || return 0
  while IFS= read -r probe; do problem "probe $probe" "worked before the change and fails after it"; done <"$work/failed"
  return 1
}
