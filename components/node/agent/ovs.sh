### Open vSwitch: its bridges and ports of ours. They have our mark in its database, where they outlive a reboot by themselves

ovs_mark=external_ids:plumbline=yes
ovs() { timeout 30 ovs-vsctl --timeout=10 "$@" 2>"$work/error"; }
ovs_error() { sed -n '1s/^[^:]*: //; 1s/  See .*//p; 1q' "$work/error"; }
# ovs_ours bridge|port: their names in $work/ovs-bridge, $work/ovs-port, with empty lines between them.
ovs_ours() { ovs --bare --columns=name find "$1" "$ovs_mark" >"$work/ovs-$1"; }

check_ovs() {
  [ -s "$desired/ovs-bridges" ] || return 0
  first=$(sed -n '1s/ .*//p' "$desired/ovs-bridges")
  if ! command -v ovs-vsctl >/dev/null; then
    problem "ovs-bridge $first" "needs Open vSwitch, and this host has no ovs-vsctl; install it (Debian and Ubuntu: openvswitch-switch)"
  elif ! timeout 10 ovs-appctl --target=ovs-vswitchd version >"$work/error" 2>&1 || ! ovs_ours bridge || ! ovs_ours port; then
    problem "ovs-bridge $first" "Open vSwitch doesn't answer ($(ovs_error)); start it: systemctl start openvswitch-switch"
  else
    check_ovs_bridges
    check_ovs_ports
  fi
}
check_ovs_bridges() {
  while read -r name _ datapath _; do
    if [ "$datapath" = system ] && ! has_module openvswitch; then
      problem "ovs-bridge $name" "this host's kernel hasn't got the module openvswitch; install it, or write datapath: netdev, which does without"
    fi
    if grep -qxF "$name" "$work/ovs-bridge"; then continue; fi
    if ovs br-exists "$name"; then
      problem "ovs-bridge $name" "Open vSwitch has a bridge of this name already and it isn't ours; remove that one or write another name"
    elif [ -e "/sys/class/net/$name" ]; then
      problem "ovs-bridge $name" "there is an interface of this name already and it isn't ours; remove it or write another name"
    fi
  done <"$desired/ovs-bridges"
}
check_ovs_ports() {
  while read -r name _ bridge type _; do
    if grep -qxF "$name" "$work/ovs-port"; then continue; fi
    if other=$(ovs iface-to-br "$name"); then
      problem "ovs-port $name" "is a port of Open vSwitch's bridge $other already; take it off that one first (ovs-vsctl del-port $other $name)"
    elif [ "$type" != type ]; then
      check_port "ovs-port $name" "$name" "$bridge"
    elif [ -e "/sys/class/net/$name" ]; then
      problem "ovs-port $name" "there is an interface of this name already and it isn't ours; remove it or write another name"
    fi
  done <"$desired/ovs-ports"
}

# All of it in one transaction of the database: what isn't wanted any more goes, then comes what is.
# original/ovs: something of ours may be there.
set_ovs() {
  [ -e "$state/original/ovs" ] || return 0
  if ! command -v ovs-vsctl >/dev/null; then
    if [ -s "$desired/ovs-bridges" ]; then problem ovs "Open vSwitch isn't installed any more"; else remark "Open vSwitch isn't installed any more, so its database is left as it is"; fi
    return
  fi
  if ! ovs_ours bridge || ! ovs_ours port; then
    problem ovs "Open vSwitch doesn't answer: $(ovs_error)"
    return
  fi
  { drop_ovs; want_ovs; } >"$work/batch"
  free_ovs_ports
  # shellcheck disable=SC2046 # the words
  if [ -s "$work/batch" ] && { ! ovs $(cat "$work/batch") || grep -q 'Error detected' "$work/error"; }; then problem ovs "$(ovs_error)"; fi
  awk '$4 != "type" || $5 == "internal" { print $1 }' "$desired/ovs-bridges" "$desired/ovs-ports" | while read -r name; do
    ip link set dev "$name" up 2>"$work/error" || problem "ovs-port $name" "can't be set up: $(tail -n 1 "$work/error")"
  done
  awk '$4 == "type" || $2 == "datapath" { print $1 }' "$desired/ovs-bridges" "$desired/ovs-ports" | while read -r name; do set_on_link "$name"; done
}
drop_ovs() {
  while read -r name; do
    [ -n "$name" ] || continue
    bridge=$(ovs port-to-br "$name")
    awk -v name="$name" -v bridge="$bridge" '$1 == name && $3 == bridge { found = 1 } END { exit !found }' "$desired/ovs-ports" || echo "-- --if-exists del-port $bridge $name"
  done <"$work/ovs-port"
  while read -r bridge; do
    [ -n "$bridge" ] || continue
    if awk -v name="$bridge" '$1 == name { found = 1 } END { exit !found }' "$desired/ovs-bridges"; then continue; fi
    others=$(ovs list-ports "$bridge" | grep -vxF -f "$work/ovs-port" | paste -s -d ' ')
    if [ -n "$others" ]; then
      problem "ovs-bridge $bridge" "stays, since it has ports of somebody else's; take them off it (ovs-vsctl del-port $bridge NAME): $others"
    else
      echo "-- --if-exists del-br $bridge"
    fi
  done <"$work/ovs-bridge"
}
want_ovs() {
  awk -v mark="$ovs_mark" '
    $2 == "datapath" {
      print "-- --may-exist add-br", $1, "-- set bridge", $1, "datapath_type=" $3, mark, "-- clear interface", $1, "mtu_request"
      if ($4 == "mtu") print "-- set interface", $1, "mtu_request=" $5
      next
    }
    {
      port = mark; interface = ""
      for (i = 4; i < NF; i += 2) {
        if ($i == "tag" || $i == "trunks") port = port " " $i "=" $(i + 1)
        else if ($i == "type") interface = interface " type=" $(i + 1)
        else if ($i == "mtu") interface = interface " mtu_request=" $(i + 1)
        else if ($i == "remote" || $i == "local") interface = interface " options:" $i "_ip=\"" $(i + 1) "\""
        else interface = interface " options:" ($i == "port" ? "dst_port" : $i) "=" $(i + 1)
      }
      print "-- --may-exist add-port", $3, $1, "-- clear port", $1, "tag trunks -- set port", $1, port
      if (interface != "") print "-- clear interface", $1, "options mtu_request -- set interface", $1 interface
    }' "$desired/ovs-bridges" "$desired/ovs-ports"
}
# A port that was one of a Linux bridge of ours leaves it first.
free_ovs_ports() {
  cut -d ' ' -f 1 "$desired/ovs-ports" >"$work/wanted"
  unwanted ports ports 1 | grep -xF -f "$work/wanted" | while IFS= read -r name; do
    [ ! -e "/sys/class/net/$name/master" ] || ip link set dev "$name" nomaster
  done
}
settle_ovs() { [ "$command" = boot ] || [ -s "$desired/ovs-bridges" ] || rm -f "$state/original/ovs"; }

set_checksums() {
  while read -r name _ namespace; do
    ${namespace:+ip netns exec "$namespace"} ethtool -K "$name" tx off >"$work/error" 2>&1 ||
      problem "software-checksums $name" "can't be set: $(tail -n 1 "$work/error")"
  done <"$desired/software-checksums"
}
