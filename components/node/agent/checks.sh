### Checks: nothing here changes the host

validate() {
  check_tools
  has_problems || {
    check_requires
    check_kubelet_changes
    check_sysctls
    check_files
    check_hosts
    check_resolver
    check_links
    check_namespaces
    check_ovs
    check_routes
    check_static_routes
    check_forwarded
    check_nftables
    check_services
  }
  ! has_problems
}

check_tools() {
  [ -d /run/systemd/system ] || problem host "systemd doesn't run here, and without it there is no rollback timer"
  tools="cmp sync systemctl systemd-run tee timeout"
  if [ -s "$desired/routes" ] || [ -s "$desired/static-routes" ] || [ -s "$desired/rules" ] || [ -s "$desired/namespaces" ]; then tools="$tools ip"; fi
  [ ! -s "$desired/links" ] || tools="$tools ip bridge"
  [ ! -s "$desired/ovs-bridges" ] || tools="$tools ip bridge"
  [ ! -s "$desired/software-checksums" ] || tools="$tools ethtool"
  ! grep -q '^lan-mtu ' "$desired/requires" || tools="$tools ip"
  [ ! -e "$desired/nftables" ] || tools="$tools nft"
  ! grep -qv '^icmp ' "$desired/probes" || tools="$tools bash"
  [ ! -s "$desired/kubelet" ] || tools="$tools bash cksum"
  ! grep -q '^icmp ' "$desired/probes" || tools="$tools ping"
  for tool in $tools; do
    command -v "$tool" >/dev/null || problem host "needs $tool, which isn't installed"
  done
}
