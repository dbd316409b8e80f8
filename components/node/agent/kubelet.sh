# What the kubelet really uses: its flags win over its drop-ins, those over its file. Nothing where there is no kubelet yet.

kubelet_file=/var/lib/kubelet/config.yaml

# Its arguments, one `--name=value` a line.
kubelet_arguments() {
  pid=$(systemctl show --property=MainPID --value kubelet.service 2>/dev/null)
  [ "${pid:-0}" != 0 ] && [ -r "/proc/$pid/cmdline" ] || return 0
  tr '\0' '\n' <"/proc/$pid/cmdline" | awk '
    name != "" && !/^-/ { print name "=" $0; name = ""; next }
    { name = /^--[^=]*$/ ? $0 : "" }
    /^--.*=/ { print }'
}
kubelet_flag() { sed -n "s/^--$1=//p" "$work/kubelet" | tail -n 1; }

# read_kubelet: false if there is none whose configuration could be read.
read_kubelet() {
  kubelet_arguments >"$work/kubelet"
  flag=$(kubelet_flag config)
  kubelet_file=${flag:-$kubelet_file}
  [ -r "$kubelet_file" ] || return 1
  drop_ins=$(kubelet_flag config-dir)
  for file in "$kubelet_file" ${drop_ins:+"$drop_ins"/*.conf}; do
    # JSON is YAML too, but nobody's installer writes it.
    [ ! -r "$file" ] || ! grep -q '^ *{' "$file" || return 1
    [ ! -r "$file" ] || cat "$file"
  done >"$work/kubelet.yaml"
}

# kubelet_setting FIELD FLAG: the value in force, a list joined by commas.
kubelet_setting() {
  flag=$(kubelet_flag "$2")
  if [ -n "$flag" ]; then
    printf '%s\n' "$flag"
    return
  fi
  awk -v field="$1" '
    /^[ \t]*(#|$)/ { next }
    { sub(/[ \t]+#.*/, "") }
    /^[^ \t-]/ { inside = 0 }
    index($0, field ":") == 1 { inside = 1; value = ""; sub(/^[^:]*:/, "") }
    inside { gsub(/[][" \t\047]/, ""); sub(/^-/, ""); if ($0 != "") value = value (value == "" ? "" : ",") $0 }
    END { print value }' "$work/kubelet.yaml"
}

# check_kubelet WHAT VALUE
check_kubelet() {
  if ! read_kubelet; then
    [ ! -e "$kubelet_file" ] || remark "the kubelet's $1 could not be compared"
    return 0
  fi
  case $1 in
    kubelet-cluster-dns) check_cluster_dns "$2" ;;
    kubelet-cluster-domain) check_cluster_domain "$2" ;;
    kubelet-resolv-conf) check_resolv_conf ;;
  esac
}
# A link-local address is NodeLocal DNSCache's.
check_cluster_dns() {
  found=$(kubelet_setting clusterDNS cluster-dns)
  others=$(printf '%s\n' "$found" | tr , '\n' | grep -vxF "$(printf '%s\n' "$1" | tr , '\n')" | grep -vE '^(169\.254\.|fe80:)')
  if [ -n "$found" ] && [ -z "$others" ]; then return 0; fi
  problem "kubelet-cluster-dns $1" "the kubelet gives pods ${found:-no} as their DNS server; write clusterDNS: [$1] in $kubelet_file and restart the kubelet, or cluster.serviceCIDRs as the cluster has it"
}
check_cluster_domain() {
  found=$(kubelet_setting clusterDomain cluster-domain)
  found=${found%.}
  [ "$found" = "$1" ] ||
    problem "kubelet-cluster-domain $1" "the kubelet gives pods ${found:-no domain}; write cluster.domain: ${found:-$1} if the cluster has it, else clusterDomain: $1 in $kubelet_file and restart the kubelet and all pods, since running ones keep the old one"
}
# CoreDNS's pod gets this file: a loopback address in it is the pod itself, and its queries go round.
check_resolv_conf() {
  found=$(kubelet_setting resolvConf resolv-conf)
  file=${found:-/etc/resolv.conf}
  server=$(loopback_server "$file")
  [ -n "$server" ] || return 0
  better=/run/systemd/resolve/resolv.conf
  if [ -r "$better" ] && [ -z "$(loopback_server "$better")" ]; then
    mend="write resolvConf: $better in $kubelet_file and restart the kubelet, or name resolvers in dns.upstream"
  else
    mend="name resolvers in dns.upstream, or in a file that resolvConf in $kubelet_file names"
  fi
  problem "kubelet-resolv-conf loop-free" "the kubelet gives CoreDNS $file, whose nameserver $server is CoreDNS's own pod there: queries would go round for ever; $mend"
}
loopback_server() { awk '$1 == "nameserver" && $2 ~ /^(127\.|::1$)/ { print $2; exit }' "$1" 2>/dev/null; }
