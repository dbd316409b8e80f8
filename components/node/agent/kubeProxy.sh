### What kube-proxy needs to be a service of the host

# check_kube_proxy WHAT VALUE
check_kube_proxy() {
  case $1 in
    kube-proxy) check_kube_proxy_program "${2% *}" "${2#* }" ;;
    kube-proxy-kubeconfig) check_kube_proxy_kubeconfig "$2" ;;
    kube-proxy-alone) check_kube_proxy_alone "$2" ;;
  esac
}

# Source: kubernetes.io, "Version Skew Policy".
check_kube_proxy_program() {
  if [ ! -f "$1" ] || [ ! -x "$1" ]; then
    problem "kube-proxy $1" "isn't there, or can't be run; install kube-proxy $2 there, or write proxy.host.binary"
    return
  fi
  found=$(timeout 20 "$1" --version 2>/dev/null | sed -n 's/^Kubernetes v\([0-9]*\.[0-9]*\).*/\1/p')
  if [ -z "$found" ]; then
    problem "kube-proxy $1" "doesn't say its version; is it kube-proxy, and for this processor?"
  elif [ "${found%.*}" != "${2%.*}" ] || [ "${found#*.}" -gt "${2#*.}" ] || [ $((${2#*.} - ${found#*.})) -gt 3 ]; then
    problem "kube-proxy $1" "is of Kubernetes $found, the cluster is of $2; install one that isn't newer, and at most three minor versions older"
  fi
}

# With credentials that the API server doesn't take kube-proxy would run, and do nothing.
check_kube_proxy_kubeconfig() {
  anew="on a control plane (kubeadm kubeconfig user --client-name=system:kube-proxy)"
  if [ ! -r "$1" ]; then
    problem "kube-proxy-kubeconfig $1" "isn't there; make it $anew and copy it here, or write proxy.host.kubeconfig"
    return
  elif ! grep -q '^ *server: *[^ ]' "$1"; then
    problem "kube-proxy-kubeconfig $1" "names no API server (clusters[0].cluster.server)"
    return
  fi
  # Of several clusters or users only kube-proxy knows which are current.
  if [ "$(grep -c '^ *server: ' "$1")" != 1 ] || [ "$(grep -cE '^ *(token|client-key|client-key-data): ' "$1")" != 1 ]; then return; fi
  answer=$(api_get "$1" 'api/v1/services?limit=1' --output /dev/null --write-out '%{http_code}')
  case $answer in
    200 | '') ;;
    401) problem "kube-proxy-kubeconfig $1" "the API server doesn't know these credentials (HTTP 401): another cluster's, or expired; make them anew $anew" ;;
    403) problem "kube-proxy-kubeconfig $1" "its user may not list services (HTTP 403); make it $anew" ;;
    *) remark "the credentials in $1 could not be tried: the API server gives no answer here (HTTP $answer)" ;;
  esac
}

# A container's is a process of the host too.
check_kube_proxy_alone() {
  own=$(systemctl show --property=MainPID --value "$1" 2>/dev/null)
  for process in /proc/[0-9]*; do
    pid=${process#/proc/}
    if [ "$(cat "$process/comm" 2>/dev/null)" != kube-proxy ] || [ "$pid" = "${own:-0}" ]; then continue; fi
    if grep -q '/kubepods' "$process/cgroup" 2>/dev/null; then
      mend="delete the DaemonSet: kubectl -n kube-system delete daemonset kube-proxy (the rules stay in force; \`kubeadm init phase addon kube-proxy\` makes it again), or write proxy.runs: daemonset"
      problem "kube-proxy-alone $1" "a pod's kube-proxy runs here (pid $pid), and two would undo each other's rules; $mend"
    else
      problem "kube-proxy-alone $1" "another kube-proxy runs here (pid $pid), and two would undo each other's rules; stop and disable it"
    fi
    return
  done
}
