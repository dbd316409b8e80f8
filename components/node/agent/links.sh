# A link of that name is ours, or there is none.
check_links() {
  while read -r name _; do
    if [ -e "/sys/class/net/$name" ] && [ ! -e "$state/original/links/$name" ]; then
      problem "link $name" "there is an interface of this name already and it isn't ours; remove it or change the plan"
    fi
  done <"$desired/links"
}

# original/links/NAME: the link is ours; in it, as what it was made; nothing if another program makes it.
set_links() {
  set_namespaces
  while read -r link; do
    name=${link%% *}
    if [ ! -e "/sys/class/net/$name" ] || [ "$(cat "$state/original/links/$name")" != "$link" ]; then
      make_link "$name" "$link" 2>"$work/error" || problem "link $name" "can't be made: $(tail -n 1 "$work/error")"
    fi
    set_on_link "$name"
  done <"$desired/links"
  set_ovs
  set_ports
  set_inside_namespaces
  set_checksums
  # The CNI's bridge comes with the first pod, with the MTU of that time; also after a reboot.
  take_networks || problem host "can't write to $state"
  while read -r name bytes; do
    if [ -e "/sys/class/net/$name" ] && [ "$(cat "/sys/class/net/$name/mtu")" != "$bytes" ]; then
      ip link set dev "$name" mtu "$bytes" 2>"$work/error" || problem "link-mtu $name" "can't be set to $bytes: $(tail -n 1 "$work/error")"
    fi
  done <"$desired/link-mtus"
}
make_link() {
  if [ -e "/sys/class/net/$1" ]; then ip link delete dev "$1" || return 1; fi
  # shellcheck disable=SC2086 # the words of the line
  ip link add $2 && ip link set dev "$1" up && printf '%s\n' "$2" >"$state/original/links/$1"
}
# What is on a link of ours: one batch each of what differs.
set_on_link() {
  [ -e "/sys/class/net/$1" ] || return 0
  ip -o address show dev "$1" scope global | awk '{ print $4, "dev", $2 }' >"$work/addresses"
  ip neighbour show dev "$1" nud permanent | awk -v dev="$1" '$2 == "lladdr" { print $1, $2, $3, "dev", dev }' >"$work/neighbours"
  bridge fdb show dev "$1" | awk -v dev="$1" '$2 == "dst" { print $1, $2, $3, "dev", dev }' >"$work/fdb"
  {
    differences addresses "$1" address add address del
    differences neighbours "$1" neighbour replace neighbour del
  } | on_link "$1" ip
  differences fdb "$1" fdb replace fdb del | on_link "$1" bridge
}
# differences LIST LINK ADD... DEL...: commands of two words each that make the link's LIST the desired one. What goes, goes first.
differences() {
  grep " dev $2\$" "$desired/$1" >"$work/wanted"
  grep -vxF -f "$work/wanted" "$work/$1" | sed "s/^/$5 $6 /"
  grep -vxF -f "$work/$1" "$work/wanted" | sed "s/^/$3 $4 /; /^address add .*:/s/\$/ nodad/; /^neighbour replace /s/\$/ nud permanent/; s/^fdb .*/& self permanent/"
}
# on_link NAME COMMAND...: gives it a batch.
on_link() {
  on=$1
  shift
  cat >"$work/batch"
  [ ! -s "$work/batch" ] || timeout 60 "$@" -force -batch "$work/batch" >"$work/error" 2>&1 ||
    problem "link $on" "$(grep -v '^Command failed' "$work/error" | head -n 1)"
}
# Those that aren't wanted any more. Their routes, neighbours and addresses go along.
drop_links() {
  for mark in "$state"/original/links/*; do
    name=${mark##*/}
    if [ ! -e "$mark" ] || grep -qxF "$name" "$desired/link-names"; then continue; fi
    if [ -e "/sys/class/net/$name" ]; then
      ip link delete dev "$name" 2>"$work/error" || problem "link $name" "can't be removed: $(tail -n 1 "$work/error")"
    fi
  done
}
