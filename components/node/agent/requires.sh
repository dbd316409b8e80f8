check_requires() {
  [ -s "$desired/requires" ] || return 0
  runtime=yes
  if grep -q '^cni-' "$desired/requires" && ! cni_directories >"$work/cni"; then
    problem host "no container runtime whose CNI directories could be read; install containerd or CRI-O first"
    runtime=no
  fi
  while read -r what value; do
    case $what:$runtime in
      cni-conf-dir:yes)
        grep -qxF -e "conf ${value%/}" -e "conf ${value%/}/" "$work/cni" ||
          problem "cni-conf-dir $value" "the container runtime reads $(sed -n 's/^conf //p' "$work/cni" | head -n 1); make the two agree"
        ;;
      cni-plugin:yes)
        find_plugin "$value" ||
          problem "cni-plugin $value" "isn't in $(sed -n 's/^bin //p' "$work/cni" | paste -s -d ' '), where the container runtime looks; install the CNI plugins"
        ;;
      cni-winner:*) check_winner "$value" ;;
      node-pod-cidrs:*) check_node_pod_cidrs "$value" ;;
      kernel-version:*) check_kernel_version "$value" ;;
      kernel-module:*) check_kernel_module "$value" ;;
      program:*) command -v "$value" >/dev/null || problem "program $value" "isn't installed, and kube-proxy's service needs it" ;;
      kube-proxy*:*) check_kube_proxy "$what" "$value" ;;
      kubelet-*:*) check_kubelet "${what#kubelet-}" "$value" ;;
      node-ports:*) check_node_ports "$value" ;;
      lan-mtu:*) check_lan_mtu "${value% *}" "${value#* }" ;;
    esac
  done <"$desired/requires"
}

takes_over() { grep -qxF "$1" "$desired/take-over"; }

# winners FILE: the configurations that a runtime finds before it, as containerd and CRI-O sort them.
winners() {
  for other in "${1%/*}"/*.conf "${1%/*}"/*.conflist "${1%/*}"/*.json; do
    if [ -e "$other" ]; then printf '%s\n' "$other"; fi
  done | sort | awk -v own="$1" '$0 < own'
}
check_winner() {
  network=$(sed -n 's/^network //p' "$work/cni")
  own=$(sed -n 's/^  "name": "\(.*\)",*$/\1/p' "$desired/files/$(flat "$1")" 2>/dev/null)
  if [ -n "$network" ] && [ -n "$own" ]; then
    [ "$network" = "$own" ] ||
      problem "cni-winner $1" "CRI-O takes the network $network (cni_default_network), whatever sorts first; remove that setting and restart CRI-O"
    return
  fi
  takes_over cni-configurations || winners "$1" | while IFS= read -r other; do
    problem "cni-winner $1" "$other sorts before it, so the container runtime takes that one; remove it if nothing needs it, or write cni.takeover: true to have it moved away until destroy"
  done
}
check_kernel_version() {
  found=$(uname -r)
  [ "$(printf '%s\n' "$1" "$found" | sort -V | head -n 1)" = "$1" ] ||
    problem "kernel-version $1" "this host runs Linux $found, which kube-proxy refuses in this mode; upgrade it, or write another proxy.mode"
}
has_module() { [ -d "/sys/module/$1" ] || modprobe --dry-run --quiet "$1" 2>/dev/null; }
check_kernel_module() {
  has_module "$1" ||
    problem "kernel-module $1" "this host's kernel hasn't got it, and kube-proxy needs it in this mode; install it, or write another proxy.mode"
}

# Where kubeadm put the API server's flags; elsewhere nobody can say. 30000-32767 is its default.
check_node_ports() {
  [ -r "$api_server_manifest" ] || return 0
  found=$(sed -n 's/^ *- *"\{0,1\}--service-node-port-range=\([0-9-]*\).*/\1/p' "$api_server_manifest" | head -n 1)
  [ "${found:-30000-32767}" = "$1" ] ||
    problem "node-ports $1" "the API server here gives NodePorts ${found:-30000-32767} (--service-node-port-range), which the firewall would not let in; write proxy.nodePorts: ${found:-30000-32767}, or set the flag in $api_server_manifest (and apiServer.extraArgs of kubeadm's configuration)"
}

# check_lan_mtu ADDRESS BYTES
check_lan_mtu() {
  link=$(ip -o address show to "$1" | awk '{ print $2; exit }')
  if [ -z "$link" ]; then
    problem "lan-mtu $1" "no interface of this host has this address; is it the right host, and the right address of it?"
    return
  fi
  found=$(cat "/sys/class/net/$link/mtu")
  [ "$found" -ge "$2" ] || problem "lan-mtu $1" "$link carries packets of $found bytes, the plan counts on $2; write cluster.mtu: $found"
}

# The Node object says which pods' addresses the cluster expects here. Asked with the kubelet's own credentials, where kubeadm put them.
check_node_pod_cidrs() {
  [ -r "$kubelet_kubeconfig" ] || return 0
  found=$(kubelet_get "api/v1/nodes/$node" | tr -d ' \n"' | sed -n 's/.*podCIDRs:\[\([^]]*\)\].*/\1/p')
  if [ -z "$found" ]; then
    remark "the Node object's pod ranges could not be compared"
  elif [ "$found" != "$1" ]; then
    problem "node-pod-cidrs $1" "the cluster gave this node $found; plumbline adopt writes that into the stack"
  fi
}
kubelet_get() { api_get "$kubelet_kubeconfig" "$1"; }

# api_get KUBECONFIG PATH OPTION...: asks the API server with the credentials of a kubeconfig of one user. The options are curl's. Prints nothing without curl.
api_get() {
  command -v curl >/dev/null || return 0
  api_field() { sed -n "s/^[- ]*$1: *//p" "$asking" | head -n 1 | tr -d '"'; }
  # The file of a credential, or a copy of the credential.
  api_credential() {
    if [ -z "$(api_field "$1-data")" ]; then
      api_field "$1"
    else
      api_field "$1-data" | base64 -d >"$work/$1" 2>/dev/null
      echo "$work/$1"
    fi
  }
  asking=$1
  asked=$2
  shift 2
  set -- "$@" --cacert "$(api_credential certificate-authority)"
  if [ -n "$(api_field token)" ]; then
    printf 'Authorization: Bearer %s\n' "$(api_field token)" >"$work/client-key"
    set -- "$@" --header "@$work/client-key"
  else
    set -- "$@" --cert "$(api_credential client-certificate)" --key "$(api_credential client-key)"
  fi
  curl --silent --max-time 5 "$@" "$(api_field server)/$asked"
  rm -f "$work/client-key"
}
find_plugin() {
  sed -n 's/^bin //p' "$work/cni" | while IFS= read -r bin_dir; do [ ! -x "${bin_dir%/}/$1" ] || echo found; done | grep -q found
}

# What the kubelet's runtime really uses, with its defaults and drop-ins, as lines `conf DIR` and `bin DIR`. containerd: conf_dir
# and bin_dir (2.1: bin_dirs) in the section of the CRI plugin that ends in .cni]; CRI-O: network_dir and plugin_dirs, and `network NAME` where
# cni_default_network says which of the configurations it takes. `crio config` prints settings that are CRI-O's defaults behind a #.
cni_directories() {
  if command -v crio >/dev/null && { ! command -v containerd >/dev/null || kubelet_uses_crio; }; then
    timeout 10 crio config 2>/dev/null | sed 's/^# *//' | awk -v sections=no "$directories_awk"
  elif command -v containerd >/dev/null; then
    timeout 10 containerd config dump 2>/dev/null | awk -v sections=yes "$directories_awk"
  fi | grep -E '^((conf|bin) /|network )'
}
kubelet_uses_crio() { grep -qs 'crio\.sock' /var/lib/kubelet/kubeadm-flags.env /var/lib/kubelet/config.yaml; }
# shellcheck disable=SC2016 # awk's $
directories_awk='
  BEGIN { inside = sections == "no" }
  sections == "yes" && /^ *\[/ { inside = /cri.*\.cni\]$/ }
  inside && /^ *(conf_dir|network_dir) *=/ { list = "conf" }
  inside && /^ *(bin_dirs?|plugin_dirs?) *=/ { list = "bin" }
  inside && /^ *cni_default_network *=/ { list = "network" }
  list != "" {
    if (/= *\[/) open = 1
    closing = /\]/
    sub(/^[^=]*= */, ""); gsub(/[][",\047]/, " ")
    count = split($0, dirs, " ")
    for (i = 1; i <= count; i++) print list, dirs[i]
    if (!open || closing) { list = ""; open = 0 }
  }'
