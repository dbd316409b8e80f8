### Changing the host

# The one function that does. Goes on after an error, so that a rollback gets as far as it can; false if there was one.
converge() {
  put live "$(get live) $generation" || problem host "can't write to $state"
  stop_services
  kubelet_before=$(kubelet_files)
  unmanaged_interfaces >"$work/unmanaged"
  put_back_files
  put_back_sysctls
  set_files
  set_hosts
  set_resolver
  tell_programs
  # Early at boot there may be no way to make them yet; boot-routes does.
  [ "$command" = boot ] || set_links
  set_sysctls
  set_routes
  set_static_routes
  set_rules
  set_forwarded
  set_nftables
  set_services
  restart_kubelet "$kubelet_before"
  drop_ports
  drop_links
  drop_namespaces
  drop_networks
  drop_directories
  if has_problems; then return 1; fi
  put live "$generation" || problem host "can't write to $state"
}

# What will be replaced.
take_originals() {
  missing=
  while read -r _ path; do take_file "$path" || missing="$missing $path"; done <"$desired/files.list"
  while read -r key _; do take_sysctl "$key" || missing="$missing $key"; done <"$desired/sysctls"
  while read -r name; do [ -e "$state/original/links/$name" ] || : >"$state/original/links/$name" || missing="$missing $name"; done <"$desired/link-names"
  while read -r name; do [ -e "$state/original/namespaces/$name" ] || : >"$state/original/namespaces/$name" || missing="$missing $name"; done <"$desired/namespaces"
  while read -r name _; do : >"$state/original/ports/$name" || missing="$missing $name"; done <"$desired/ports"
  while read -r name _; do take_service "$name" || missing="$missing $name"; done <"$desired/services"
  take_networks || missing="$missing networks"
  [ ! -e "$desired/nftables" ] || : >"$state/original/nftables" || missing="$missing $table"
  take_hosts || missing="$missing /etc/hosts"
  [ ! -s "$desired/ovs-bridges" ] || : >"$state/original/ovs" || missing="$missing ovs"
  take_resolver || missing="$missing resolver"
  [ ! -s "$desired/forwarded" ] || : >"$state/original/forwarded" || missing="$missing $own_chain"
  [ -z "$missing" ] || problem host "can't note in $state what is to be replaced:$missing"
}

# After a confirmation or a rollback, not before: forgets the originals of what isn't wanted any more and so has been put back.
settle() {
  unwanted files files.list 2 | while IFS= read -r path; do rm -rf "$state/original/files/$(flat "$path")"; done
  unwanted sysctls sysctls 1 | while IFS= read -r key; do rm -f "$state/original/sysctls/$(flat "$key")"; done
  unwanted links link-names 1 | while IFS= read -r name; do rm -f "$state/original/links/$name"; done
  unwanted namespaces namespaces 1 | while IFS= read -r name; do rm -f "$state/original/namespaces/$name"; done
  unwanted ports ports 1 | while IFS= read -r name; do rm -f "$state/original/ports/$name"; done
  unwanted services services 1 | while IFS= read -r name; do rm -f "$state/original/services/$name"; done
  # Pods of a former network may run on, so what they leave is looked for at later applies too.
  unwanted networks networks 1 | while IFS= read -r name; do
    if [ "$generation" = nothing ] || [ ! -d "$leases/$name" ]; then rm -f "$state/original/networks/$name"; fi
  done
  [ -e "$desired/nftables" ] || rm -f "$state/original/nftables"
  [ -s "$desired/host-names" ] || rm -f "$state/original/hosts"
  [ -e "$desired/resolver" ] || rm -f "$state/original/resolver"
  settle_ovs
  [ -s "$desired/forwarded" ] || rm -f "$state/original/forwarded"
}

# unwanted KIND LIST COLUMN: the paths or keys that are noted as ours and not in that column of the desired state's list.
unwanted() {
  for original in "$state/original/$1"/*; do
    if [ ! -e "$original" ] || { [ -e "$original/moved" ] && takes_over cni-configurations; }; then continue; fi
    unflat "${original##*/}"
  done >"$work/noted"
  cut -d ' ' -f "$3" "$desired/$2" | grep -vxF -f - "$work/noted"
}
