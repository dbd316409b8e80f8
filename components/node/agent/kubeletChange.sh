### What the kubelet tells pods, changed by drop-ins of ours; its own files stay as they are

kubelet_unit=/etc/systemd/system/kubelet.service.d
# Of our drop-in, where the kubelet has no --config-dir of somebody else's.
kubelet_folder=/etc/kubernetes/kubelet.conf.d

# Decides which files this generation has for it: none where the kubelet says all of it by itself.
check_kubelet_changes() {
  [ -s "$desired/kubelet" ] || return 0
  forget_kubelet_files
  if ! read_kubelet; then
    [ ! -e "$kubelet_file" ] || remark "the kubelet's settings could not be compared"
    return 0
  fi
  : >"$work/kubelet.lines"
  while read -r setting value; do
    if ! kubelet_lacks "$setting" "$value"; then continue; fi
    obstacle=$(kubelet_obstacle "$setting" "$value")
    if [ -n "$obstacle" ]; then
      refuse_kubelet "$setting" "$value" "$obstacle"
    else
      kubelet_line "$setting" "$value" >>"$work/kubelet.lines"
    fi
  done <"$desired/kubelet"
  [ ! -s "$work/kubelet.lines" ] || has_problems || note_kubelet_files || problem kubelet "can't write to $state"
}

# Why we can't or shouldn't change it; nothing where we can.
kubelet_obstacle() {
  case $1 in
    cluster-dns | node-local-dns) flag=cluster-dns ;;
    *) flag=$1 ;;
  esac
  if [ -n "$(kubelet_flag "$flag")" ]; then
    echo "its flag --$flag wins over its files; remove that"
  elif ! kubelet_takes_drop_ins; then
    echo "it is older than 1.30, which takes drop-ins first"
  elif [ -z "$(foreign_folder)" ] && ! systemctl cat kubelet.service 2>/dev/null | grep -qE '^ExecStart=.*\$\{?KUBELET_CONFIG_ARGS'; then
    # shellcheck disable=SC2016 # systemd's $
    echo 'its unit has no $KUBELET_CONFIG_ARGS, as kubeadm has it, and no --config-dir'
  else
    case $1 in
      cluster-dns) service_obstacle "$2" ;;
      resolv-conf) has_uplinks || echo "$uplinks is no help" ;;
    esac
  fi
}
# The cluster's own word for the address that pods would be given.
service_obstacle() {
  live=$(system_services)
  if [ -z "$live" ]; then
    echo "the cluster could not be asked which services have it"
  elif [ -z "$(common "$1" "$live")" ]; then
    echo "no service of kube-system has it; those there have $live"
  fi
}
# Their addresses: kubeadm calls the one of CoreDNS kube-dns, kubespray coredns, and their labels differ too.
system_services() {
  [ ! -r "$kubelet_kubeconfig" ] || kubelet_get api/v1/namespaces/kube-system/services |
    tr -d ' \n"' | grep -o 'clusterIPs:\[[^]]*\]' | sed 's/^clusterIPs:\[//; s/\]$//' | paste -s -d , -
}
# common LIST LIST: what is in both, joined by commas, in the order of the first.
common() { printf '%s\n' "$1" | tr , '\n' | grep -xF "$(printf '%s\n' "$2" | tr , '\n')" | paste -s -d , -; }

# By the program that runs, under the name that it was called by.
kubelet_takes_drop_ins() {
  version=$("$(kubelet_program)" --version 2>/dev/null | sed -n 's/.* v\([0-9.]*\).*/\1/p')
  [ -n "$version" ] && [ "$(printf '1.30\n%s\n' "$version" | sort -V | head -n 1)" = 1.30 ]
}
kubelet_program() {
  pid=$(systemctl show --property=MainPID --value kubelet.service 2>/dev/null)
  program=$(tr '\0' '\n' 2>/dev/null <"/proc/${pid:-0}/cmdline" | head -n 1)
  printf '%s\n' "${program:-kubelet}"
}

# The folder of drop-ins that somebody else has given the kubelet.
foreign_folder() { [ -e "$(original_of "$kubelet_unit/$kubelet_drop_in")" ] || kubelet_flag config-dir; }
original_of() { printf '%s\n' "$state/original/files/$(flat "$1")"; }

kubelet_line() {
  case $1 in
    cluster-dns) printf 'clusterDNS: [%s]\n' "$(common "$2" "$(system_services)" | sed 's/,/, /g; s/[^, ][^,]*/"&"/g')" ;;
    node-local-dns) printf 'clusterDNS: [%s]\n' "$(printf '%s\n' "$2" | sed 's/,/, /g; s/[^, ][^,]*/"&"/g')" ;;
    cluster-domain) printf 'clusterDomain: %s\n' "$2" ;;
    resolv-conf) printf 'resolvConf: %s\n' "$uplinks" ;;
  esac
}
