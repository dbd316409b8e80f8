# What the kubelet really uses: its flags win over its drop-ins, those over its file. Nothing where there is no kubelet yet.

kubelet_file=/var/lib/kubelet/config.yaml
# Our drop-in for its configuration and the one for its unit; it sorts behind others.
kubelet_drop_in=99-plumbline.conf

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

# read_kubelet: false if there is none whose configuration could be read. Without our own drop-in: what it would use if we weren't here.
read_kubelet() {
  kubelet_arguments >"$work/kubelet"
  flag=$(kubelet_flag config)
  kubelet_file=${flag:-$kubelet_file}
  [ -r "$kubelet_file" ] || return 1
  drop_ins=$(kubelet_flag config-dir)
  for file in "$kubelet_file" ${drop_ins:+"$drop_ins"/*.conf}; do
    case $file in */"$kubelet_drop_in") continue ;; esac
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

# check_kubelet SETTING VALUE
check_kubelet() {
  if ! read_kubelet; then
    [ ! -e "$kubelet_file" ] || remark "the kubelet's $1 could not be compared"
  elif kubelet_lacks "$1" "$2"; then
    refuse_kubelet "$1" "$2"
  fi
}

# kubelet_lacks SETTING VALUE: whether the kubelet says something else; that is $found.
kubelet_lacks() {
  case $1 in
    cluster-dns)
      found=$(kubelet_setting clusterDNS cluster-dns)
      # A link-local address is NodeLocal DNSCache's.
      others=$(printf '%s\n' "$found" | tr , '\n' | grep -vxF "$(printf '%s\n' "$2" | tr , '\n')" | grep -vE '^(169\.254\.|fe80:)')
      [ -z "$found" ] || [ -n "$others" ]
      ;;
    node-local-dns)
      found=$(kubelet_setting clusterDNS cluster-dns)
      [ "$found" != "$2" ]
      ;;
    cluster-domain)
      found=$(kubelet_setting clusterDomain cluster-domain)
      found=${found%.}
      [ "$found" != "$2" ]
      ;;
    resolv-conf)
      # CoreDNS's pod gets this file: a loopback address in it is the pod itself, and its queries go round.
      found=$(kubelet_setting resolvConf resolv-conf)
      found=${found:-/etc/resolv.conf}
      server=$(loopback_server "$found")
      [ -n "$server" ]
      ;;
  esac
}
loopback_server() { awk '$1 == "nameserver" && $2 ~ /^(127\.|::1$)/ { print $2; exit }' "$1" 2>/dev/null; }
# systemd-resolved's list of the servers that it asks itself.
uplinks=/run/systemd/resolve/resolv.conf
has_uplinks() { [ -r "$uplinks" ] && [ -z "$(loopback_server "$uplinks")" ]; }

# refuse_kubelet SETTING VALUE [OBSTACLE]: $found is what it says, OBSTACLE why we don't change it.
refuse_kubelet() {
  why=${3:+ ($3)}
  case $1 in
    cluster-dns | node-local-dns)
      problem "kubelet-$1 $2" "the kubelet gives pods ${found:-no} as their DNS server; write clusterDNS: [$2] in $kubelet_file and restart the kubelet, or cluster.serviceCIDRs as the cluster has it$why"
      ;;
    cluster-domain)
      problem "kubelet-$1 $2" "the kubelet gives pods ${found:-no domain}; write cluster.domain: ${found:-$2} if the cluster has it, else dns.acknowledgeDomainChange: true to have it changed: running pods keep the old one, so all of them have to be made anew$why"
      ;;
    resolv-conf)
      if has_uplinks; then
        mend="write resolvConf: $uplinks in $kubelet_file and restart the kubelet, or name resolvers in dns.upstream"
      else
        mend="name resolvers in dns.upstream, or in a file that resolvConf in $kubelet_file names"
      fi
      problem "kubelet-$1 $2" "the kubelet gives CoreDNS $found, whose nameserver $server is CoreDNS's own pod there: queries would go round for ever; $mend$why"
      ;;
  esac
}
