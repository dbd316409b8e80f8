### Network namespaces of ours, what is in them, and the ports of our bridges

is_namespace() { ip netns list | cut -d ' ' -f 1 | grep -qxF "$1"; }

check_namespaces() {
  while IFS= read -r name; do
    if [ ! -e "$state/original/namespaces/$name" ] && is_namespace "$name"; then
      problem "namespace $name" "there is a network namespace of this name already and it isn't ours; remove it or write another name"
    fi
  done <"$desired/namespaces"
  while read -r name; do
    case $name in *\ netns\ *) continue ;; esac
    if [ -e "/sys/class/net/$name" ] && [ ! -e "$state/original/links/$name" ]; then
      problem "link-peer $name" "there is an interface of this name already and it isn't ours; remove it or write another name"
    fi
  done <"$desired/peers"
  while read -r name _ bridge; do
    check_port "port $name" "$name" "$bridge"
  done <"$desired/ports"
}
# check_port ITEM NAME BRIDGE: NAME can become a port of BRIDGE.
check_port() {
  if grep -qxF "$2" "$desired/link-names"; then return; fi
  if [ ! -e "/sys/class/net/$2" ]; then
    problem "$1" "this host has no such interface"
  elif [ -e "/sys/class/net/$2/master" ] && [ ! -e "$state/original/ports/$2" ]; then
    problem "$1" "is a port of $(basename "$(readlink "/sys/class/net/$2/master")") already"
  elif [ -n "$(ip -o address show dev "$2" scope global)" ]; then
    problem "$1" "has addresses of its own, and would be cut off from them as a port of $3; move them to the bridge first"
  fi
}

# original/namespaces/NAME: it is ours; in it, the routes that we set there.
set_namespaces() {
  while IFS= read -r name; do
    if ! is_namespace "$name"; then
      { ip netns add "$name" && : >"$state/original/namespaces/$name"; } 2>"$work/error" || problem "namespace $name" "can't be made: $(tail -n 1 "$work/error")"
    fi
  done <"$desired/namespaces"
}
set_inside_namespaces() {
  while read -r name rest; do
    [ -z "$rest" ] || continue
    ip link set dev "$name" up 2>"$work/error" || problem "link-peer $name" "can't be set up: $(tail -n 1 "$work/error")"
    set_on_link "$name"
  done <"$desired/peers"
  while IFS= read -r namespace; do
    ip -n "$namespace" -o address show scope global 2>/dev/null | awk '{ print $4, "dev", $2 }' | sort >"$work/addresses"
    sed -n "s/ netns $namespace\$//p" "$desired/namespace-addresses" | sort >"$work/wanted"
    {
      echo "link set dev lo up"
      sed -n "s/^\(.*\) netns $namespace\$/link set dev \1 up/p" "$desired/peers"
      comm -23 "$work/addresses" "$work/wanted" | sed 's/^/address del /'
      comm -13 "$work/addresses" "$work/wanted" | sed 's/^/address add /; /:/s/$/ nodad/'
    } | on_link "$namespace" ip -n "$namespace"
    sed -n "s/ netns $namespace\$//p" "$desired/namespace-routes" >"$work/wanted"
    {
      grep -vxF -f "$work/wanted" "$state/original/namespaces/$namespace" | sed 's/^/route del /'
      sed 's/^/route replace /' "$work/wanted"
    } | on_link "$namespace" ip -n "$namespace"
    cp "$work/wanted" "$state/original/namespaces/$namespace"
  done <"$desired/namespaces"
}
drop_namespaces() {
  for mark in "$state"/original/namespaces/*; do
    name=${mark##*/}
    if [ ! -e "$mark" ] || grep -qxF "$name" "$desired/namespaces" || ! is_namespace "$name"; then continue; fi
    ip netns delete "$name" 2>"$work/error" || problem "namespace $name" "can't be removed: $(tail -n 1 "$work/error")"
  done
}

set_ports() {
  while read -r name _ bridge; do
    if [ "$(readlink "/sys/class/net/$name/master" | sed 's,.*/,,')" = "$bridge" ]; then continue; fi
    { ip link set dev "$name" master "$bridge" && ip link set dev "$name" up; } 2>"$work/error" ||
      problem "port $name" "can't be joined to $bridge: $(tail -n 1 "$work/error")"
  done <"$desired/ports"
}
# One that is somebody else's stays, and leaves our bridge.
drop_ports() {
  unwanted ports ports 1 | while IFS= read -r name; do
    [ ! -e "/sys/class/net/$name/master" ] || ip link set dev "$name" nomaster 2>"$work/error" || problem "port $name" "can't be released: $(tail -n 1 "$work/error")"
  done
}
