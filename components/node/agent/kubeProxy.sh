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

check_kube_proxy_kubeconfig() {
  if [ ! -r "$1" ]; then
    problem "kube-proxy-kubeconfig $1" "isn't there; make it on a control plane (kubeadm kubeconfig user --client-name=system:kube-proxy) and copy it here, or write proxy.host.kubeconfig"
  elif ! grep -q '^ *server: *[^ ]' "$1"; then
    problem "kube-proxy-kubeconfig $1" "names no API server (clusters[0].cluster.server)"
  fi
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
