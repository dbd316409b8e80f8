### The bundle

# unpack BUNDLE DIR: the parts of the bundle in DIR, one list per kind. Prints what is wrong with it.
unpack() {
  rm -rf "$2" && mkdir -p "$2/files" || return 1
  for list in node confirm-timeout requires kubelet probes sysctls files.list links foreign-links networks link-names link-mtus take-over addresses neighbours fdb routes namespaces peers ports software-checksums ovs-bridges ovs-ports namespace-addresses namespace-routes static-routes rules host-names forwarded services; do : >"$2/$list" || return 1; done
  awk -v dir="$2" '
    function wrong(reason) { print "line " NR ": " reason }
    function name(path) { gsub("/", "%", path); return path }
    function add(list, text) { print text > (dir "/" list) }
    function once(what) { if (what in seen) wrong(what " is there twice"); seen[what] = 1 }
    function rest(text) { sub(/^[^ ]* /, "", text); return text }
    BEGIN { odd = "[^a-zA-Z0-9 ._:/-]" }
    NR == 1 { if ($0 == "plumbline bundle 1") next; wrong("not a bundle that this agent can read"); exit }
    /^\|/ {
      if (content == "") wrong("content that belongs to no file")
      else if ($0 == "|") print "" > content
      else if (substr($0, 2, 1) == " ") print substr($0, 3) > content
      else wrong("content without a space after the bar")
      next
    }
    { if (content != "") close(content); content = "" }
    $1 == "node" && NF == 2 { once("node"); add("node", $2); next }
    $1 == "confirm-timeout" && NF == 2 && $2 ~ /^[1-9][0-9]*$/ { once("confirm-timeout"); add("confirm-timeout", $2); next }
    $1 == "require" && (NF == 3 && $2 ~ /^(cni-(conf-dir|plugin|winner)|kernel-(module|version)|kube-proxy-(alone|kubeconfig)|program|kubelet-(cluster-dns|cluster-domain|resolv-conf)|node-(pod-cidrs|ports))$/ || NF == 4 && $2 ~ /^(lan-mtu|kube-proxy)$/) { add("requires", rest($0)); next }
    $1 == "kubelet" && NF == 3 && $2 ~ /^(cluster-dns|node-local-dns|cluster-domain|resolv-conf)$/ { once($1 " " $2); add("kubelet", rest($0)); next }
    $1 == "probe" && (NF == 4 && $2 == "tcp" || NF == 3 && $2 == "icmp" || NF == 2 && $2 ~ /^(api-name|resolver)$/) { add("probes", rest($0)); next }
    $1 == "sysctl" && NF > 2 && $2 ~ /^[A-Za-z0-9_.\/@:-]+$/ && $2 !~ /\.\./ { once($1 " " $2); add("sysctls", rest($0)); next }
    $1 == "file" && (NF == 3 || NF == 5 && $4 == "where" && $5 ~ /^\//) && $2 ~ /^0[0-7][0-7][0-7]$/ && $3 ~ /^(\/[A-Za-z0-9_@:+,=.-]+)+$/ && $3 !~ /\/\.\.?(\/|$)/ {
      once($1 " " $3); add("files.list", rest($0)); content = dir "/files/" name($3); printf "" > content; next
    }
    $1 == "link" && NF > 3 && / type [a-z]/ && $0 !~ odd { once("link " $2); add("links", rest($0)); add("link-names", $2); links[$2]; next }
    $1 == "namespace" && NF == 2 && $0 !~ odd { once($1 " " $2); add("namespaces", $2); next }
    $1 == "link-peer" && NF == 2 && $0 !~ odd { once("link " $2); add("peers", $2); add("link-names", $2); links[$2]; next }
    $1 == "link-peer" && NF == 4 && $3 == "netns" && $0 !~ odd { add("peers", rest($0)); next }
    $1 == "software-checksums" && (NF == 2 || NF == 4 && $3 == "netns") && $0 !~ odd { once($0); add("software-checksums", rest($0)); next }
    $1 == "ovs-bridge" && (NF == 4 || NF == 6 && $5 == "mtu") && $3 == "datapath" && $4 ~ /^(system|netdev)$/ && $0 !~ odd { once("link " $2); add("ovs-bridges", rest($0)); links[$2]; switches[$2]; next }
    $1 == "ovs-port" && NF > 3 && NF % 2 == 0 && $3 == "bridge" && $4 in switches && $0 !~ /[^a-zA-Z0-9 .,_:-]/ {
      once("port " $2); add("ovs-ports", rest($0))
      if ($5 == "type") { once("link " $2); links[$2] }
      next
    }
    $1 == "port" && NF == 4 && $3 == "master" && $4 in links { once($1 " " $2); add("ports", rest($0)); next }
    $1 == "address" && NF == 6 && $3 == "dev" && $5 == "netns" && $0 !~ odd { add("namespace-addresses", rest($0)); next }
    $1 == "namespace-route" && NF == 6 && $3 == "via" && $5 == "netns" && $0 !~ odd { add("namespace-routes", rest($0)); next }
    $1 == "foreign-link" && NF == 2 { once("link " $2); add("foreign-links", $2); add("link-names", $2); next }
    $1 == "cni-network" && NF == 4 && $3 == "bridge" && $0 !~ odd { once($1 " " $2); add("networks", $2 " " $4); next }
    $1 == "link-mtu" && NF == 3 { once($1 " " $2); add("link-mtus", rest($0)); next }
    $1 == "take-over" && NF == 2 && $2 ~ /^(routes|cni-configurations)$/ { add("take-over", $2); next }
    $1 == "address" && NF == 4 && $3 == "dev" && $4 in links { add("addresses", rest($0)); next }
    $1 == "neighbour" && NF == 6 && $3 == "lladdr" && $6 in links { once($1 " " $2 " " $6); add("neighbours", rest($0)); next }
    $1 == "fdb" && NF == 6 && $3 == "dst" && $6 in links { once($1 " " $2 " " $6); add("fdb", rest($0)); next }
    $1 == "route" && $2 ~ /^[0-9a-f.:]+\/[0-9]+$/ && (NF == 4 && $3 ~ /^(via|nexthop)$/ || NF == 3 && $3 == "blackhole" || NF == 7 && $3 ~ /^(via|nexthop)$/ && $5 == "dev" && $6 in links && $7 == "onlink") {
      once($1 " " $2); add("routes", rest($0)); next
    }
    $1 == "static-route" && $2 ~ /^[0-9a-f.:]+\/[0-9]+$/ && $3 == "table" && $5 == "metric" && $0 !~ odd && NF > 6 { once($1 " " $2 " " $4 " " $6); add("static-routes", rest($0)); next }
    $1 == "rule" && $2 ~ /^[46]$/ && $3 ~ /^[0-9]+:$/ && $(NF - 1) == "lookup" && $0 !~ odd { once($0); add("rules", rest($0)); next }
    $1 == "host-name" && NF > 2 && $0 !~ odd { add("host-names", rest($0)); next }
    $0 == "resolver" { once($0); content = dir "/resolver"; printf "" > content; next }
    $1 == "accept-forwarded" && NF == 2 && $2 ~ /^[0-9a-f.:]+\/[0-9]+$/ { once($0); add("forwarded", $2); next }
    $1 == "service" && NF > 2 && $2 ~ /^[A-Za-z0-9@_.-]+\.(service|socket)$/ { once($1 " " $2); add("services", rest($0)); next }
    $0 == "nftables inet plumbline" { once($0); content = dir "/nftables"; printf "" > content; next }
    { wrong("unknown or malformed item " $1) }
    END { if (NR > 1 && !("node" in seen)) wrong("no node"); if (NR > 1 && !("confirm-timeout" in seen)) wrong("no confirm-timeout") }' "$1"
}

# parts GENERATION: unpacks it into $work/GENERATION, once per run. `nothing` is the host without Plumbline.
parts() {
  [ ! -d "$work/$1" ] || return 0
  bundle="$state/generations/$1/bundle"
  if [ "$1" = nothing ]; then
    bundle="$work/nothing.bundle"
    printf 'plumbline bundle 1\nnode %s\nconfirm-timeout 1\n' "$node" >"$bundle"
  elif [ "$(generation_of "$bundle")" != "$1" ]; then
    problem "generation $1" "its bundle on this host is damaged"
    return 1
  fi
  wrong=$(unpack "$bundle" "$work/$1") || return 1
  if [ -z "$wrong" ]; then
    only_where "$work/$1" && resolver_files "$work/$1" && add_kubelet_files "$1"
    return
  fi
  printf '%s\n' "$wrong" | while IFS= read -r line; do problem bundle "$line"; done
  return 1
}

# only_where DIR: leaves out the files of programs that this host hasn't got.
only_where() {
  while read -r mode path _ where; do
    if [ -z "$where" ] || [ -d "$where/" ]; then printf '%s %s\n' "$mode" "$path"; fi
  done <"$1/files.list" >"$1/files.here" && mv "$1/files.here" "$1/files.list"
}

# load GENERATION: makes it the desired state.
load() {
  parts "$1" || return 1
  generation=$1
  desired="$work/$1"
  node=$(cat "$desired/node")
}

# `3 files, 4 routes, 2 sysctls, firewall`
summary() {
  awk -v dir="$desired" '
    function count(list, word,   n, line) { while ((getline line < (dir "/" list)) > 0) n++; if (n) out = out ", " n " " word (n > 1 ? "s" : "") }
    BEGIN {
      count("files.list", "file"); count("namespaces", "namespace"); count("links", "link"); count("ovs-bridges", "Open vSwitch bridge"); count("routes", "route"); count("static-routes", "static route"); count("rules", "routing rule"); count("host-names", "host name"); count("sysctls", "sysctl"); count("services", "service")
      if ((getline line < (dir "/resolver")) > 0) out = out ", resolver"
      if ((getline line < (dir "/nftables")) > 0) out = out ", firewall"
      print out == "" ? "nothing" : substr(out, 3)
    }'
}
