### Facts about this host, a line each, for `plumbline doctor`. Nothing here changes the host.

facts() {
  printf 'hostname %s\n' "$(uname -n)"
  printf 'kernel %s\n' "$(uname -r)"
  [ ! -s /etc/machine-id ] || printf 'machine-id %s\n' "$(cat /etc/machine-id)"
  # In a container it is that of the machine below, the same for all.
  systemd-detect-virt --quiet --container || [ ! -r /sys/class/dmi/id/product_uuid ] || printf 'product-uuid %s\n' "$(cat /sys/class/dmi/id/product_uuid)"
  link_facts
  ip -o address show scope global | awk '{ print "address", $2, $4 }'
  route_facts
  docker_facts
  libvirt_facts
  cni_facts
  lease_facts
  bgp_facts
}

# link NAME MAC KIND; `-` for what isn't known. A tunnel made by a VPN's program is a tun.
link_facts() {
  for path in /sys/class/net/*; do
    kind=$(sed -n 's/^DEVTYPE=//p' "$path/uevent")
    [ ! -e "$path/tun_flags" ] || kind=tun
    mac=$(cat "$path/address" 2>/dev/null)
    printf 'link %s %s %s\n' "${path##*/}" "${mac:--}" "${kind:--}"
  done
}

# route DESTINATION DEV PROTOCOL, without those of connected networks, and Plumbline's own. iproute2 leaves out `boot`.
route_facts() {
  for family in 4 6; do
    ip -"$family" route show table main 2>/dev/null | awk -v family="$family" -v ours="$protocol" -v static="$static_protocol" '
      /^[ \t]/ || $1 ~ /^(blackhole|unreachable|prohibit|throw|nexthop)$/ { next }
      {
        dev = "-"; by = "boot"
        for (i = 2; i < NF; i++) { if ($i == "dev") dev = $(i + 1); if ($i == "proto") by = $(i + 1) }
        if (by == "kernel" || by == ours || by == static || $1 ~ /^fe80:/) next
        if ($1 == "default") $1 = family == 4 ? "0.0.0.0/0" : "::/0"
        if ($1 !~ "/") $1 = $1 (family == 4 ? "/32" : "/128")
        print "route", $1, dev, by
      }'
  done
}

# range docker NETWORK CIDR: its networks are there before their bridges have an address.
docker_facts() {
  command -v docker >/dev/null || return 0
  timeout 5 docker network ls --quiet 2>/dev/null | while IFS= read -r network; do
    timeout 5 docker network inspect --format '{{ range .IPAM.Config }}range docker {{ $.Name }} {{ .Subnet }}{{ "\n" }}{{ end }}' "$network" 2>/dev/null
  done | grep .
}
# range libvirt NETWORK ADDRESS/PREFIX-OR-NETMASK, also of networks that aren't started.
libvirt_facts() {
  for file in /etc/libvirt/qemu/networks/*.xml; do
    [ ! -r "$file" ] || sed -n "s/.*<name>\([^<]*\)<.*/name \1/p; s/.*<ip .*address=['\"]\([^'\"]*\)['\"].*\(netmask\|prefix\)=['\"]\([^'\"]*\)['\"].*/ip \1\/\3/p" "$file" |
      awk '$1 == "name" { name = $2 } $1 == "ip" { print "range libvirt", name, $2 }'
  done
}

# cni conf|bin DIR, as the container runtime has it; cni winner FILE, which it takes.
cni_facts() {
  cni_directories >"$work/cni" || return 0
  sed 's/^/cni /' "$work/cni"
  directory=$(sed -n 's/^conf //p' "$work/cni" | head -n 1)
  winners "${directory%/}/~" | head -n 1 | sed 's/^/cni winner /'
}

# lease NETWORK ADDRESS live|stale|unknown: host-local's, a file per address with the sandbox's id in its first line.
lease_facts() {
  ls -d /var/lib/cni/networks/*/ >/dev/null 2>&1 || return 0
  if ! sandboxes >"$work/sandboxes" 2>/dev/null; then : >"$work/no-sandboxes"; fi
  for file in /var/lib/cni/networks/*/*; do
    address=${file##*/}
    network=${file%/*}
    case $address in *[!0-9a-f.:]* | lock) continue ;; esac
    id=$(head -n 1 "$file" 2>/dev/null | tr -d '\r')
    state=stale
    if [ -e "$work/no-sandboxes" ]; then
      state=unknown
    elif grep -qxF -- "$id" "$work/sandboxes"; then
      state=live
    fi
    printf 'lease %s %s %s\n' "${network##*/}" "$address" "$state"
  done
}

# bgp ADDRESS, of the other side, whichever opened the connection.
bgp_facts() {
  ss -Hnt state established '( dport = :179 or sport = :179 )' 2>/dev/null |
    awk '{ sub(/:[0-9]+$/, "", $4); gsub(/^\[(::ffff:)?|\]$/, "", $4); print "bgp", $4 }' | sort -u
}
