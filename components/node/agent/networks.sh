### What CNI plugins leave of a network of ours
#
# The bridge comes with the first pod. Addresses (host-local), results (libcni) and ports of the host (portmap) come with each pod, and go when the
# runtime takes the pod down by our configuration. Once that is gone they stay. What is of no pod any more is removed; running pods keep theirs.

leases=/var/lib/cni/networks
results=/var/lib/cni/results

# Names of the pods' sandboxes in the container runtime, running ones and others.
sandboxes() {
  if command -v crictl >/dev/null && timeout 10 crictl pods --quiet --no-trunc; then return 0; fi
  command -v ctr >/dev/null && timeout 10 ctr --namespace k8s.io containers list --quiet
}

# original/networks/NAME: the network is ours; in it, those of its bridges that weren't there before it.
take_networks() {
  while read -r network bridge; do
    mark="$state/original/networks/$network"
    [ -e "$mark" ] || : >"$mark" || return 1
    if [ -e "/sys/class/net/$bridge" ] || grep -qxF "$bridge" "$mark"; then continue; fi
    printf '%s\n' "$bridge" >>"$mark" || return 1
  done <"$desired/networks"
}

drop_networks() {
  [ "$command" != boot ] || return 0
  for mark in "$state"/original/networks/*; do
    [ -e "$mark" ] || continue
    network=${mark##*/}
    grep -q "^$network " "$desired/networks" || drop_pods_of "$network"
    while read -r bridge; do
      if ! grep -qxF "$network $bridge" "$desired/networks"; then
        drop_bridge "$bridge"
        # Whoever makes another of its name is the owner of that.
        [ -e "/sys/class/net/$bridge" ] || continue
      fi
      printf '%s\n' "$bridge"
    done <"$mark" >"$work/bridges"
    cmp -s "$work/bridges" "$mark" || cp "$work/bridges" "$mark" || problem host "can't write to $state"
  done
}
drop_bridge() {
  if [ ! -d "/sys/class/net/$1/brif" ] || [ -n "$(ls "/sys/class/net/$1/brif")" ]; then return 0; fi
  ip link delete dev "$1" 2>"$work/error" || problem "link $1" "can't be removed: $(tail -n 1 "$work/error")"
}

# The addresses of pods that are gone, and all of the folder once nobody has one.
drop_pods_of() {
  [ -d "$leases/$1" ] || return 0
  if ! sandboxes >"$work/sandboxes" 2>/dev/null || ! knows_pods "$1"; then
    remark "the addresses in $leases/$1 stay, since the container runtime doesn't say which pods run"
    return
  fi
  kept=0
  for file in "$leases/$1"/*[.:]*; do
    address=${file##*/}
    case $address in *[!0-9a-f.:]*) continue ;; esac
    id=$(head -n 1 "$file" | tr -d '\r')
    # A pod has its address before the runtime knows of it.
    if grep -qxF -- "$id" "$work/sandboxes" || [ -z "$(find "$file" -mmin +1)" ]; then
      kept=$((kept + 1))
    else
      { drop_ports_of "$1" "$id" && rm -f "$results/$1-$id"-* "$file"; } 2>"$work/error" ||
        problem "cni-network $1" "what the pod of $address left can't be removed: $(tail -n 1 "$work/error")"
    fi
  done
  if [ "$kept" = 0 ]; then
    rm -f "$leases/$1"/last_reserved_ip.* "$leases/$1/lock" && rmdir --ignore-fail-on-non-empty "$leases/$1"
  else
    remark "$kept addresses in $leases/$1 stay: their pods run, and keep them"
  fi
}

# A runtime that knows none of the pods, while something is on a bridge, may be the wrong one.
knows_pods() {
  for file in "$leases/$1"/*[.:]*; do head -n 1 "$file" 2>/dev/null | tr -d '\r'; done >"$work/pods"
  grep -qxF -f "$work/sandboxes" "$work/pods" || ! ls -d /sys/class/net/*/brport >/dev/null 2>&1
}

# drop_ports_of NETWORK ID: portmap's rules say whose they are, and lead to a chain of this pod alone.
drop_ports_of() {
  for program in $(filters 0.0.0.0/0) $(filters ::/0); do
    table_rules "$program" nat | awk -v mark="name: \\\\\"$1\\\\\" id: \\\\\"$2\\\\\"" '
      /^-A CNI-HOSTPORT-DNAT / && index($0, mark) { sub(/^-A/, "-D"); print; chain[$NF] }
      END { for (name in chain) print "-F " name "\n-X " name }' >"$work/ports"
    [ ! -s "$work/ports" ] || { echo "*nat" && cat "$work/ports" && echo COMMIT; } | timeout 30 "$program-restore" --wait=10 --noflush || return 1
  done
}
