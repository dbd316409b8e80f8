check_sysctls() {
  while read -r key _; do
    path=$(sysctl_path "$key")
    if [ ! -f "$path" ]; then
      problem "sysctl $key" "the kernel has no such setting; is a module or an interface missing?"
    elif [ ! -w "$path" ]; then
      problem "sysctl $key" "can't be written on this host"
    fi
  done <"$desired/sysctls"
}

# Keys are dotted; a dot in an interface's name is written as a slash, as sysctl(8) has it.
sysctl_path() { printf '/proc/sys/%s\n' "$(printf '%s' "$1" | tr ./ /.)"; }
# Tabs, which the kernel prints, count as spaces, which people write.
read_sysctl() { tr -s '\t ' ' ' <"$1"; }
# write_sysctl PATH VALUE, unless it is so.
write_sysctl() { [ "$(read_sysctl "$1")" = "$2" ] || printf '%s\n' "$2" | tee "$1" >/dev/null; }

# What the kernel changes along with a key. ip_forward, also known as conf.all.forwarding, sets forwarding on all interfaces and
# resets accept_redirects of `all` (kernel, ip-sysctl.rst); other keys of `all` and `default` can reach the interfaces' own.
along_with() {
  case $1 in
    net.ipv4.ip_forward | net.ipv4.conf.all.forwarding)
      printf '%s\n' /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/*/forwarding /proc/sys/net/ipv4/conf/all/accept_redirects
      ;;
    net.ipv4.conf.all.* | net.ipv4.conf.default.*) printf '%s\n' /proc/sys/net/ipv4/conf/*/"${1##*.}" ;;
    net.ipv6.conf.all.* | net.ipv6.conf.default.*) printf '%s\n' /proc/sys/net/ipv6/conf/*/"${1##*.}" ;;
  esac
}

# original/sysctls/KEY: lines `PATH VALUE`, the key itself first.
take_sysctl() {
  original="$state/original/sysctls/$(flat "$1")"
  [ ! -e "$original" ] || return 0
  path=$(sysctl_path "$1")
  {
    printf '%s\n' "$path"
    along_with "$1" | grep -vxF "$path"
  } | while IFS= read -r path; do printf '%s %s\n' "$path" "$(read_sysctl "$path")"; done >"$state/original/new-sysctl" &&
    sync "$state/original/new-sysctl" && mv "$state/original/new-sysctl" "$original"
}

# Forwarding resets others, so it goes first.
forwarding_first() { awk '/forward/ { print; next } { later = later $0 "\n" } END { printf "%s", later }'; }

put_back_sysctls() {
  unwanted sysctls sysctls 1 | forwarding_first | while IFS= read -r key; do put_back_sysctl "$key"; done
}
# An interface that is gone took its settings along.
put_back_sysctl() {
  while read -r path value; do
    [ ! -e "$path" ] || write_sysctl "$path" "$value" 2>"$work/error" || problem "sysctl $1" "can't be put back: $(tail -n 1 "$work/error")"
  done <"$state/original/sysctls/$(flat "$1")"
}

# with_originals KEY LIST: the list, behind what the host's own holds.
with_originals() {
  own=$(head -n 1 "$state/original/sysctls/$(flat "$1")" | sed 's|^[^ ]* *||')
  printf '%s\n' "${own:+$own,}$2"
}

set_sysctls() {
  forwarding_first <"$desired/sysctls" >"$work/sysctls"
  while read -r key value; do
    path=$(sysctl_path "$key")
    # Early at boot an interface may not be there yet; boot-routes comes back to it.
    if [ "$command" = boot ] && [ ! -e "$path" ]; then continue; fi
    case $value in +*) value=$(with_originals "$key" "${value#+}") ;; esac
    write_sysctl "$path" "$value" 2>"$work/error" || problem "sysctl $key" "can't be set to $value: $(tail -n 1 "$work/error")"
  done <"$work/sysctls"
}
