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
  case $1 in
    tcp) timeout 3 bash -c ': <>"/dev/tcp/$0/$1"' "$2" "$3" ;;
    icmp) timeout 3 sh -c 'until ping -n -q -c 1 -W 1 "$0"; do sleep 0.2; done' "$2" ;;
    api-name) api_answers_by_name ;;
    resolver) resolver_answers ;;
  esac >/dev/null 2>&1 && printf '%s\n' "$1${2:+ $2}${3:+ $3}"
}

# An address in the kubelet's file needs no name.
api_answers_by_name() {
  server=$(sed -n 's,^ *server: *https://\([^/ ]*\).*,\1,p' "$kubelet_kubeconfig" | head -n 1)
  case $server in "" | \[* | *[!0-9.:]*) ;; *) return 1 ;; esac
  # shellcheck disable=SC2016 # the inner shell's
  [ -n "$server" ] && timeout 3 bash -c ': <>"/dev/tcp/$0/$1"' "${server%:*}" "${server##*:}"
}

# Whether one of the nameservers in force answers anything but SERVFAIL (RCODE 2, in the 4th byte of RFC 1035's header) to a question for the root's.
resolver_answers() {
  sed -n 's/^nameserver *\([^ ]*\).*/\1/p' /etc/resolv.conf | while IFS= read -r server; do
    # shellcheck disable=SC2016 # the inner shell's
    timeout 2 bash -c 'exec 3<>"/dev/udp/$0/53" && printf "PL\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0\\0\\0\\2\\0\\1" >&3 && dd bs=512 count=1 <&3' "$server" </dev/null |
      od -An -tu1 -j3 -N1 | awk '{ exit !($1 != "" && $1 % 16 != 2) } END { if (NR == 0) exit 1 }' && echo "$server"
  done | grep -q .
}

# The probes that passed before the change pass still; else a problem each.
probes_pass() {
  [ -s "$state/generations/$generation/passing" ] || return 0
  passing "$state/generations/$generation/passing" >"$work/still"
  grep -vxF -f "$work/still" "$state/generations/$generation/passing" >"$work/failed" || return 0
  while IFS= read -r probe; do problem "probe $probe" "worked before the change and fails after it"; done <"$work/failed"
  return 1
}
