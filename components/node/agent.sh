#!/bin/sh
# Plumbline's host agent: makes the network of this host what a bundle says, or leaves it as it was.
#
#   apply GENERATION      the bundle comes on stdin; GENERATION is the first 12 hex digits of its sha256
#   confirm               GENERATION comes on stdin, over a NEW connection: the proof that nobody was locked out
#   rollback GENERATION   what the rollback timer runs when no confirmation came
#   boot, boot-routes     what our two systemd units run: the firewall before the network is up, the routes after
#   destroy [NODE]        everything back to what it was before Plumbline, then this directory goes too
#   status                what is applied
#
# The story of an apply. Take the lock. Check everything, and refuse with all the reasons at once, before anything is
# touched. Note which probes pass now. Install the boot units. Copy what will be replaced to original/. Start the rollback
# timer. Converge: put back what the bundle no longer names, set what it names. Run the probes again. Whatever goes wrong
# from then on (an error, a failed probe, no confirmation, a reboot) ends in the same place: converge to the last confirmed
# generation, or to the originals when there is none.
#
# One function changes the host, `converge`, and it is the same for apply, rollback, boot and destroy. It touches only what
# is ours: the files that a bundle names, the sysctls that it names (and those that the kernel changes with them), links
# that we made with what is on them, routes of our own protocol number in the main table, and the nftables table
# `inet plumbline`. It replaces a file by temp and
# rename, the table by one nft transaction, the routes by one ip batch. It never flushes anything.
#
# State, for root only:
#   current          the confirmed generation
#   pending          the generation that waits for its confirmation
#   live             the generation that is set; several while one is being replaced by another
#   generations/GEN  its bundle; `passing`: the probes that must keep passing; `rolled-back`: why it isn't in force
#   original/        what was there before our first change: a file or its absence, a sysctl, a directory or link that we made.
#                    Noted once, when first touched; dropped when it is put back for good. What is noted here is ours.
#   log              what was done, when, for whom
#
# Needs a POSIX sh, coreutils, awk, grep, sed, flock, ip, nft, systemd. A tcp probe runs bash, for its /dev/tcp: every
# distribution that kubeadm supports has bash (Debian and Ubuntu: essential), unlike nc, curl, perl or python.
# Exit: 0 done, 1 refused or rolled back (the reasons are on stderr), 2 wrong call.

set -u
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
umask 077
# When the connection breaks half-way: finish, and let the timer judge.
trap '' HUP PIPE

state=/var/lib/plumbline
# Unpacked bundles and notes of one run; in memory, so that a full disk doesn't stop a rollback.
work=/run/plumbline
units=/etc/systemd/system
# Where a file goes that somebody else changed after we wrote it, before we replace it.
backups=/var/backups/plumbline
table="inet plumbline"
# The mark of our routes. Free in iproute2's rt_protos (2 kernel, 4 static, 16 dhcp, 84 ovn, 99 openr, 186 bgp); Calico uses 80.
protocol=117
# Seconds that boot-routes waits for the addresses that gateways need. The kubelet waits for it too, so not for long.
boot_patience=30
keep_generations=5
kubelet_kubeconfig=/etc/kubernetes/kubelet.conf
command=${1:-}
node=$(uname -n)

### Words

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }
say() { printf 'plumbline: %s: %s\n' "$node" "$*"; }
log() { [ ! -d "$state" ] || printf '%s %s\n' "$(now)" "$*" >>"$state/log"; }

usage() {
  printf 'usage: agent apply GENERATION | confirm | rollback GENERATION | boot | boot-routes | destroy | status\n' >&2
  exit 2
}

# problem ITEM REASON: collected, so that all are reported at once. A short line, never a bundle.
problem() { printf '%s: %s\n' "$1" "$2" >>"$work/problems"; }
has_problems() { [ -s "$work/problems" ]; }
report() {
  has_problems || return 0
  cut -c1-400 "$work/problems" | awk -v prefix="plumbline: $node: " '
    NR <= 50 { print prefix $0 }
    END { if (NR > 50) print prefix "and " NR - 50 " more" }' | tee -a "$state/log" >&2
  rm -f "$work/problems"
}

# Something to know about a run that went well.
remark() { printf '; %s' "$*" >>"$work/remarks"; }
remarks() { [ ! -e "$work/remarks" ] || cat "$work/remarks"; }

# Ends the run; what was found before comes first.
die() {
  report
  log "$command: $*"
  say "$*" >&2
  exit 1
}

### Lock and state

# lock SECONDS: how long to wait for another run.
lock() {
  mkdir -p "$state" && exec 9>>"$state/lock"
  if ! flock -w "$1" 9; then
    say "busy: $(cat "$state/lock")" >&2
    exit 1
  fi
  # A destroy that we waited for has removed the file that we hold.
  if [ "$(stat -L -c %i /proc/self/fd/9)" != "$(stat -c %i "$state/lock" 2>/dev/null)" ]; then
    lock "$1"
    return
  fi
  printf '%s since %s (pid %s)\n' "$command" "$(now)" "$$" >"$state/lock"
  name=$(cat "$state"/generations/*/bundle 2>/dev/null | sed -n 's/^node //p' | head -n 1)
  node=${name:-$node}
  rm -rf "$work"
  mkdir -p "$work" "$state/generations" "$state/original/files" "$state/original/sysctls" "$state/original/dirs" "$state/original/links" || exit 1
}

# put NAME TEXT: a whole state file or none.
put() { printf '%s\n' "$2" >"$state/$1.new" && sync "$state/$1.new" && mv -f "$state/$1.new" "$state/$1"; }
get() { [ ! -e "$state/$1" ] || cat "$state/$1"; }
confirmed_or_nothing() { cat "$state/current" 2>/dev/null || echo nothing; }

# A host on which nothing was ever confirmed and whose apply failed is left without a trace.
forget() {
  if [ -e "$state/current" ] || [ -e "$state/pending" ] || has_originals; then return; fi
  remove_units
  rm -rf "$state" "$work"
}
has_originals() {
  for original in "$state"/original/*/* "$state/original/nftables"; do [ ! -e "$original" ] || return 0; done
  return 1
}

generation_of() { sha256sum <"$1" | cut -c1-12; }
is_generation() { printf '%s\n' "$1" | grep -qxE '[0-9a-f]{12}'; }

# A path or a key as one file name; neither has a %.
flat() { printf '%s\n' "$1" | tr / %; }
unflat() { printf '%s\n' "$1" | tr % /; }

### The bundle

# unpack BUNDLE DIR: the parts of the bundle in DIR, one list per kind. Prints what is wrong with it.
unpack() {
  rm -rf "$2" && mkdir -p "$2/files" || return 1
  for list in node confirm-timeout requires probes sysctls files.list links foreign-links link-names link-mtus take-over addresses neighbours fdb routes; do : >"$2/$list" || return 1; done
  awk -v dir="$2" '
    function wrong(reason) { print "line " NR ": " reason }
    function name(path) { gsub("/", "%", path); return path }
    function add(list, text) { print text > (dir "/" list) }
    function once(what) { if (what in seen) wrong(what " is there twice"); seen[what] = 1 }
    function rest(text) { sub(/^[^ ]* /, "", text); return text }
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
    $1 == "require" && (NF == 3 && $2 ~ /^(cni-(conf-dir|plugin|winner)|kernel-(module|version)|node-pod-cidrs)$/ || NF == 4 && $2 == "lan-mtu") { add("requires", rest($0)); next }
    $1 == "probe" && (NF == 4 && $2 == "tcp" || NF == 3 && $2 == "icmp") { add("probes", rest($0)); next }
    $1 == "sysctl" && NF > 2 && $2 ~ /^[A-Za-z0-9_.\/@:-]+$/ && $2 !~ /\.\./ { once($1 " " $2); add("sysctls", rest($0)); next }
    $1 == "file" && NF == 3 && $2 ~ /^0[0-7][0-7][0-7]$/ && $3 ~ /^(\/[A-Za-z0-9_@:+,=.-]+)+$/ && $3 !~ /\/\.\.?(\/|$)/ {
      once($1 " " $3); add("files.list", rest($0)); content = dir "/files/" name($3); printf "" > content; next
    }
    $1 == "link" && NF > 7 && $3 == "mtu" && $5 == "address" && $7 == "type" && $0 !~ /[^a-zA-Z0-9 ._:\/-]/ { once("link " $2); add("links", rest($0)); add("link-names", $2); links[$2]; next }
    $1 == "foreign-link" && NF == 2 { once("link " $2); add("foreign-links", $2); add("link-names", $2); next }
    $1 == "link-mtu" && NF == 3 { once($1 " " $2); add("link-mtus", rest($0)); next }
    $1 == "take-over" && NF == 2 && $2 ~ /^(routes|cni-configurations)$/ { add("take-over", $2); next }
    $1 == "address" && NF == 4 && $3 == "dev" && $4 in links { add("addresses", rest($0)); next }
    $1 == "neighbour" && NF == 6 && $3 == "lladdr" && $6 in links { once($1 " " $2 " " $6); add("neighbours", rest($0)); next }
    $1 == "fdb" && NF == 6 && $3 == "dst" && $6 in links { once($1 " " $2 " " $6); add("fdb", rest($0)); next }
    $1 == "route" && $2 ~ /^[0-9a-f.:]+\/[0-9]+$/ && (NF == 4 && $3 == "via" || NF == 3 && $3 == "blackhole" || NF == 7 && $3 == "via" && $5 == "dev" && $6 in links && $7 == "onlink") {
      once($1 " " $2); add("routes", rest($0)); next
    }
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
  [ -n "$wrong" ] || return 0
  printf '%s\n' "$wrong" | while IFS= read -r line; do problem bundle "$line"; done
  return 1
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
      count("files.list", "file"); count("links", "link"); count("routes", "route"); count("sysctls", "sysctl")
      if ((getline line < (dir "/nftables")) > 0) out = out ", firewall"
      print out == "" ? "nothing" : substr(out, 3)
    }'
}

### Checks: nothing here changes the host

validate() {
  check_tools
  has_problems || {
    check_requires
    check_sysctls
    check_files
    check_links
    check_routes
    check_nftables
  }
  ! has_problems
}

check_tools() {
  [ -d /run/systemd/system ] || problem host "systemd doesn't run here, and without it there is no rollback timer"
  tools="cmp sync systemctl systemd-run tee timeout"
  [ ! -s "$desired/routes" ] || tools="$tools ip"
  [ ! -s "$desired/links" ] || tools="$tools ip bridge"
  ! grep -q '^lan-mtu ' "$desired/requires" || tools="$tools ip"
  [ ! -e "$desired/nftables" ] || tools="$tools nft"
  ! grep -q '^tcp ' "$desired/probes" || tools="$tools bash"
  ! grep -q '^icmp ' "$desired/probes" || tools="$tools ping"
  for tool in $tools; do
    command -v "$tool" >/dev/null || problem host "needs $tool, which isn't installed"
  done
}

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
  takes_over cni-configurations || winners "$1" | while IFS= read -r other; do
    problem "cni-winner $1" "$other sorts before it, so the container runtime takes that one; remove it if nothing needs it, or write cni.takeover: true to have it moved away until destroy"
  done
}
check_kernel_version() {
  found=$(uname -r)
  [ "$(printf '%s\n' "$1" "$found" | sort -V | head -n 1)" = "$1" ] ||
    problem "kernel-version $1" "this host runs Linux $found, which kube-proxy refuses in this mode; upgrade it, or write another proxy.mode"
}
check_kernel_module() {
  [ -d "/sys/module/$1" ] || modprobe --dry-run --quiet "$1" 2>/dev/null ||
    problem "kernel-module $1" "this host's kernel hasn't got it, and kube-proxy needs it in this mode; install it, or write another proxy.mode"
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
kubelet_get() {
  kubelet_field() { sed -n "s/^ *$1: *//p" "$kubelet_kubeconfig" | head -n 1; }
  command -v curl >/dev/null || return 0
  kubelet_field certificate-authority-data | base64 -d >"$work/ca" &&
    curl --silent --max-time 5 --cacert "$work/ca" --cert "$(kubelet_field client-certificate)" --key "$(kubelet_field client-key)" "$(kubelet_field server)/$1"
}
find_plugin() {
  sed -n 's/^bin //p' "$work/cni" | while IFS= read -r bin_dir; do [ ! -x "${bin_dir%/}/$1" ] || echo found; done | grep -q found
}

# What the kubelet's runtime really uses, with its defaults and drop-ins, as lines `conf DIR` and `bin DIR`. containerd: conf_dir
# and bin_dir (2.1: bin_dirs) in the section of the CRI plugin that ends in .cni]; CRI-O: network_dir and plugin_dirs.
cni_directories() {
  if command -v crio >/dev/null && { ! command -v containerd >/dev/null || kubelet_uses_crio; }; then
    timeout 10 crio config 2>/dev/null | sed 's/^# *//' | awk -v sections=no "$directories_awk"
  elif command -v containerd >/dev/null; then
    timeout 10 containerd config dump 2>/dev/null | awk -v sections=yes "$directories_awk"
  fi | grep -E '^(conf|bin) /'
}
kubelet_uses_crio() { grep -qs 'crio\.sock' /var/lib/kubelet/kubeadm-flags.env /var/lib/kubelet/config.yaml; }
# shellcheck disable=SC2016 # awk's $
directories_awk='
  BEGIN { inside = sections == "no" }
  sections == "yes" && /^ *\[/ { inside = /cri.*\.cni\]$/ }
  inside && /^ *(conf_dir|network_dir) *=/ { list = "conf" }
  inside && /^ *(bin_dirs?|plugin_dirs?) *=/ { list = "bin" }
  list != "" {
    if (/= *\[/) open = 1
    closing = /\]/
    sub(/^[^=]*= */, ""); gsub(/[][",\047]/, " ")
    count = split($0, dirs, " ")
    for (i = 1; i <= count; i++) print list, dirs[i]
    if (!open || closing) { list = ""; open = 0 }
  }'

check_sysctls() {
  while read -r key _; do
    path=$(sysctl_path "$key")
    if [ ! -f "$path" ]; then
      problem "sysctl $key" "the kernel has no such setting; is a module or an interface missing?"
    elif [ ! -w "$path" ]; then
      problem "sysctl $key" "can't be written on this host"
    fi
  done <"$desired/sysctls"
}

check_files() {
  while read -r _ path; do
    case $path in
      "$state"/* | "$backups"/* | "$units"/plumbline*.service) problem "file $path" "belongs to Plumbline's agent" ;;
    esac
    if [ ! -f "$path" ] && { [ -e "$path" ] || [ -L "$path" ]; }; then problem "file $path" "is there and isn't a file; move it away"; fi
    parent=${path%/*}
    while [ -n "$parent" ] && [ ! -e "$parent" ]; do parent=${parent%/*}; done
    if [ ! -d "$parent/" ] || [ ! -w "$parent/" ]; then problem "file $path" "$parent/ isn't a directory that can be written to"; fi
  done <"$desired/files.list"
}

# A link of that name is ours, or there is none.
check_links() {
  while read -r name _; do
    if [ -e "/sys/class/net/$name" ] && [ ! -e "$state/original/links/$name" ]; then
      problem "link $name" "there is an interface of this name already and it isn't ours; remove it or change the plan"
    fi
  done <"$desired/links"
}

# Every destination is free, ours, or has just this route; every gateway is a neighbour. One ip process, however many routes.
check_routes() {
  [ -s "$desired/routes" ] || return 0
  foreign_routes >"$work/foreign"
  kept_routes >"$work/kept"
  awk -v takes_over="$(takes_over routes && echo yes)" '
    FILENAME == ARGV[1] { others[$1] = $0; same[$0] = 1; next }
    FILENAME == ARGV[2] { kept[$1] = 1; next }
    $1 in others && !($0 in same) && !($1 in kept) && !takes_over {
      other = others[$1]; sub(/^[^ ]* /, "", other)
      print "route " $1 ": there is a route of somebody else to it (" other "); remove that one or change the plan"
    }' "$work/foreign" "$work/kept" "$desired/routes" >>"$work/problems"
  awk '$2 == "via" && $NF != "onlink" { print "route get " $3 }' "$desired/routes" | sort -u | ip -o -force -batch - >"$work/neighbours" 2>/dev/null
  awk '
    FNR == NR { if ($1 == "local") own[$2] = 1; else neighbour[$1] = ($2 == "from" ? $4 : $2) == "dev"; next }
    $2 == "via" && $NF != "onlink" && !neighbour[$3] { print "route " $1 ": its gateway " $3 " is " ($3 in own ? "this host itself" : "in no network of this host") }
  ' "$work/neighbours" "$desired/routes" >>"$work/problems"
}

check_nftables() {
  [ -e "$desired/nftables" ] || return 0
  if awk '/^[^ \t#}]/ && $0 != "table inet plumbline {" { other = 1 } END { exit !other }' "$desired/nftables"; then
    problem "nftables $table" "says something that isn't in this table"
  fi
  if [ ! -e "$state/original/nftables" ] && nft list table "$table" >/dev/null 2>&1; then
    problem "nftables $table" "there is such a table already and it isn't ours; remove it: nft delete table $table"
  fi
  nft_transaction | timeout 30 nft -c -f - >"$work/nft" 2>&1 || nft_problems
}

### Probes

# passing FILE: prints the probes of FILE that pass. All at the same time, about 3 s at most.
passing() {
  while read -r kind address port; do
    if_it_passes "$kind" "$address" "$port" </dev/null &
  done <"$1" >"$work/passing"
  wait
  sort "$work/passing"
}
if_it_passes() {
  # One lost packet doesn't count: the kernel sends the first one of a connection again after 1 s, and so do we.
  # shellcheck disable=SC2016 # the inner shell's $0 and $1
  if [ "$1" = tcp ]; then
    timeout 3 bash -c ': <>"/dev/tcp/$0/$1"' "$2" "$3"
  else
    timeout 3 sh -c 'until ping -n -q -c 1 -W 1 "$0"; do sleep 0.2; done' "$2"
  fi >/dev/null 2>&1 && printf '%s\n' "$1 $2${3:+ $3}"
}

# The probes that passed before the change pass still; else a problem each.
probes_pass() {
  [ -s "$state/generations/$generation/passing" ] || return 0
  passing "$state/generations/$generation/passing" >"$work/still"
  grep -vxF -f "$work/still" "$state/generations/$generation/passing" >"$work/failed" || return 0
  while IFS= read -r probe; do problem "probe $probe" "worked before the change and fails after it"; done <"$work/failed"
  return 1
}

### Changing the host

# The one function that does. Goes on after an error, so that a rollback gets as far as it can; false if there was one.
converge() {
  put live "$(get live) $generation" || problem host "can't write to $state"
  put_back_files
  put_back_sysctls
  set_files
  # Early at boot there may be no way to make them yet; boot-routes does.
  [ "$command" = boot ] || set_links
  set_sysctls
  set_routes
  set_nftables
  drop_links
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
  [ ! -e "$desired/nftables" ] || : >"$state/original/nftables" || missing="$missing $table"
  [ -z "$missing" ] || problem host "can't note in $state what is to be replaced:$missing"
}

# After a confirmation or a rollback, not before: forgets the originals of what isn't wanted any more and so has been put back.
settle() {
  unwanted files files.list 2 | while IFS= read -r path; do rm -rf "$state/original/files/$(flat "$path")"; done
  unwanted sysctls sysctls 1 | while IFS= read -r key; do rm -f "$state/original/sysctls/$(flat "$key")"; done
  unwanted links link-names 1 | while IFS= read -r name; do rm -f "$state/original/links/$name"; done
  [ -e "$desired/nftables" ] || rm -f "$state/original/nftables"
}

# unwanted KIND LIST COLUMN: the paths or keys that are noted as ours and not in that column of the desired state's list.
unwanted() {
  for original in "$state/original/$1"/*; do
    if [ ! -e "$original" ] || { [ -e "$original/moved" ] && takes_over cni-configurations; }; then continue; fi
    unflat "${original##*/}"
  done >"$work/noted"
  cut -d ' ' -f "$3" "$desired/$2" | grep -vxF -f - "$work/noted"
}

# original/files/NAME/ holds the file as `content`, with mode, owner and times, or nothing if there was none; `written` once we wrote ours.
take_file() {
  original="$state/original/files/$(flat "$1")"
  [ ! -d "$original" ] || return 0
  rm -rf "$state/original/new" && mkdir "$state/original/new" || return 1
  if [ -e "$1" ] || [ -L "$1" ]; then
    cp -a "$1" "$state/original/new/content" && sync "$state/original/new" || return 1
    [ -L "$1" ] || sync "$state/original/new/content" || return 1
  fi
  mv "$state/original/new" "$original"
}

# Keeps a copy of a file that we wrote and that isn't what we wrote any more, before it is replaced.
keep_foreign_change() {
  original="$state/original/files/$(flat "$1")"
  if [ ! -e "$original/written" ] || [ ! -f "$1" ] || cmp -s "$1" "$original/content"; then return 0; fi
  for set_before in $(get live); do
    if parts "$set_before" && cmp -s "$1" "$work/$set_before/files/$(flat "$1")"; then return 0; fi
  done
  mkdir -p "$backups" && cp -a "$1" "$backups/$(flat "$1").$(now)" || return 1
  remark "$1 had been changed by somebody else, that version is kept in $backups"
}

# As they were before us.
put_back_files() {
  unwanted files files.list 2 | while IFS= read -r path; do
    put_back_file "$path" 2>"$work/error" || problem "file $path" "can't be put back: $(tail -n 1 "$work/error")"
  done
}
put_back_file() {
  keep_foreign_change "$1" || return 1
  original="$state/original/files/$(flat "$1")"
  rm -f "$original/written"
  if [ -e "$original/content" ] || [ -L "$original/content" ]; then
    make_directory "${1%/*}" && cp -a "$original/content" "$1.plumbline-new" && mv -f "$1.plumbline-new" "$1"
  else
    rm -f "$1" "$1.plumbline-new"
  fi
}

set_files() {
  while read -r mode path; do
    set_file "$mode" "$path" 2>"$work/error" || problem "file $path" "can't be written: $(tail -n 1 "$work/error")"
  done <"$desired/files.list"
  ! takes_over cni-configurations || sed -n 's/^cni-winner //p' "$desired/requires" | while IFS= read -r own; do
    winners "$own" | while IFS= read -r other; do
      move_away "$other" 2>"$work/error" || problem "file $other" "can't be moved away: $(tail -n 1 "$work/error")"
    done
  done
}
# Its original is marked, since no bundle names it.
move_away() {
  take_file "$1" && : >"$state/original/files/$(flat "$1")/moved" && rm -f "$1" && remark "$1 is moved away until destroy"
}
set_file() {
  content="$desired/files/$(flat "$2")"
  if [ ! -L "$2" ] && cmp -s "$content" "$2" && [ "$(stat -c '0%a %u %g' "$2")" = "$1 0 0" ]; then return 0; fi
  keep_foreign_change "$2" && make_directory "${2%/*}" && cp "$content" "$2.plumbline-new" && chown 0:0 "$2.plumbline-new" &&
    chmod "$1" "$2.plumbline-new" && sync "$2.plumbline-new" && : >"$state/original/files/$(flat "$2")/written" &&
    mv -f "$2.plumbline-new" "$2"
}

# A directory that isn't there yet is noted first: only those go again.
make_directory() {
  [ ! -d "$1/" ] || return 0
  make_directory "${1%/*}" && : >"$state/original/dirs/$(flat "$1")" && mkdir "$1" && chmod 0755 "$1"
}
# The deepest first; one with somebody else's file in it stays.
drop_directories() {
  for mark in "$state"/original/dirs/*; do printf '%s\n' "${mark##*/}"; done | sort -r | while IFS= read -r name; do
    path=$(unflat "$name")
    [ ! -d "$path/" ] || rmdir --ignore-fail-on-non-empty "$path" || problem "directory $path" "can't be removed"
    if [ ! -d "$path/" ] || [ "$generation" = nothing ]; then rm -f "$state/original/dirs/$name"; fi
  done
}

# Keys are dotted; a dot in an interface's name is written as a slash, as sysctl(8) has it.
sysctl_path() { printf '/proc/sys/%s\n' "$(printf '%s' "$1" | tr ./ /.)"; }
# Tabs, which the kernel prints, count as spaces, which people write.
read_sysctl() { tr -s '\t ' ' ' <"$1"; }
# write_sysctl PATH VALUE, unless it is so.
write_sysctl() { [ "$(read_sysctl "$1")" = "$2" ] || printf '%s\n' "$2" | tee "$1" >/dev/null; }

# What the kernel changes along with a key. ip_forward, also known as conf.all.forwarding, sets forwarding on all interfaces and
# resets accept_redirects of `all` (kernel, ip-sysctl.rst); other keys of `all` and `default` can reach the interfaces' own.
along_with() {
  case $1 in
    net.ipv4.ip_forward | net.ipv4.conf.all.forwarding)
      printf '%s\n' /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/*/forwarding /proc/sys/net/ipv4/conf/all/accept_redirects
      ;;
    net.ipv4.conf.all.* | net.ipv4.conf.default.*) printf '%s\n' /proc/sys/net/ipv4/conf/*/"${1##*.}" ;;
    net.ipv6.conf.all.* | net.ipv6.conf.default.*) printf '%s\n' /proc/sys/net/ipv6/conf/*/"${1##*.}" ;;
  esac
}

# original/sysctls/KEY: lines `PATH VALUE`, the key itself first.
take_sysctl() {
  original="$state/original/sysctls/$(flat "$1")"
  [ ! -e "$original" ] || return 0
  path=$(sysctl_path "$1")
  {
    printf '%s\n' "$path"
    along_with "$1" | grep -vxF "$path"
  } | while IFS= read -r path; do printf '%s %s\n' "$path" "$(read_sysctl "$path")"; done >"$state/original/new-sysctl" &&
    sync "$state/original/new-sysctl" && mv "$state/original/new-sysctl" "$original"
}

# Forwarding resets others, so it goes first.
forwarding_first() { awk '/forward/ { print; next } { later = later $0 "\n" } END { printf "%s", later }'; }

put_back_sysctls() {
  unwanted sysctls sysctls 1 | forwarding_first | while IFS= read -r key; do put_back_sysctl "$key"; done
}
# An interface that is gone took its settings along.
put_back_sysctl() {
  while read -r path value; do
    [ ! -e "$path" ] || write_sysctl "$path" "$value" 2>"$work/error" || problem "sysctl $1" "can't be put back: $(tail -n 1 "$work/error")"
  done <"$state/original/sysctls/$(flat "$1")"
}

set_sysctls() {
  forwarding_first <"$desired/sysctls" >"$work/sysctls"
  while read -r key value; do
    path=$(sysctl_path "$key")
    # Early at boot an interface may not be there yet; boot-routes comes back to it.
    if [ "$command" = boot ] && [ ! -e "$path" ]; then continue; fi
    write_sysctl "$path" "$value" 2>"$work/error" || problem "sysctl $key" "can't be set to $value: $(tail -n 1 "$work/error")"
  done <"$work/sysctls"
}

# original/links/NAME: the link is ours; in it, as what it was made; nothing if another program makes it.
set_links() {
  while read -r link; do
    name=${link%% *}
    if [ ! -e "/sys/class/net/$name" ] || [ "$(cat "$state/original/links/$name")" != "$link" ]; then
      make_link "$name" "$link" 2>"$work/error" || problem "link $name" "can't be made: $(tail -n 1 "$work/error")"
    fi
    set_on_link "$name"
  done <"$desired/links"
  # The CNI's bridge comes with the first pod, with the MTU of that time.
  while read -r name bytes; do
    if [ -e "/sys/class/net/$name" ] && [ "$(cat "/sys/class/net/$name/mtu")" != "$bytes" ]; then
      ip link set dev "$name" mtu "$bytes" 2>"$work/error" || problem "link-mtu $name" "can't be set to $bytes: $(tail -n 1 "$work/error")"
    fi
  done <"$desired/link-mtus"
}
make_link() {
  if [ -e "/sys/class/net/$1" ]; then ip link delete dev "$1" || return 1; fi
  # shellcheck disable=SC2086 # the words of the line
  ip link add $2 && ip link set dev "$1" up && printf '%s\n' "$2" >"$state/original/links/$1"
}
# What is on a link of ours: one batch each of what differs.
set_on_link() {
  [ -e "/sys/class/net/$1" ] || return 0
  ip -o address show dev "$1" scope global | awk '{ print $4, "dev", $2 }' >"$work/addresses"
  ip neighbour show dev "$1" nud permanent | awk -v dev="$1" '$2 == "lladdr" { print $1, $2, $3, "dev", dev }' >"$work/neighbours"
  bridge fdb show dev "$1" | awk -v dev="$1" '$2 == "dst" { print $1, $2, $3, "dev", dev }' >"$work/fdb"
  {
    differences addresses "$1" address add address del
    differences neighbours "$1" neighbour replace neighbour del
  } | on_link "$1" ip
  differences fdb "$1" fdb replace fdb del | on_link "$1" bridge
}
# differences LIST LINK ADD... DEL...: commands of two words each that make the link's LIST the desired one. What goes, goes first.
differences() {
  grep " dev $2\$" "$desired/$1" >"$work/wanted"
  grep -vxF -f "$work/wanted" "$work/$1" | sed "s/^/$5 $6 /"
  grep -vxF -f "$work/$1" "$work/wanted" | sed "s/^/$3 $4 /; /^address add .*:/s/\$/ nodad/; /^neighbour replace /s/\$/ nud permanent/; s/^fdb .*/& self permanent/"
}
on_link() {
  cat >"$work/batch"
  [ ! -s "$work/batch" ] || timeout 60 "$2" -force -batch "$work/batch" >"$work/error" 2>&1 ||
    problem "link $1" "$(grep -v '^Command failed' "$work/error" | head -n 1)"
}
# Those that aren't wanted any more. Their routes, neighbours and addresses go along.
drop_links() {
  for mark in "$state"/original/links/*; do
    name=${mark##*/}
    if [ ! -e "$mark" ] || grep -qxF "$name" "$desired/link-names"; then continue; fi
    if [ -e "/sys/class/net/$name" ]; then
      ip link delete dev "$name" 2>"$work/error" || problem "link $name" "can't be removed: $(tail -n 1 "$work/error")"
    fi
  done
}

# Routes of the main table as bundles write them: `DESTINATION via GATEWAY [dev LINK onlink]`, `DESTINATION blackhole`; others as ip shows them.
list_routes() {
  for family in 4 6; do
    ip -"$family" route show table main "$@" 2>/dev/null | awk -v family="$family" '
      /^[ \t]/ { next }
      {
        kind = ""
        if ($1 ~ /^(blackhole|unreachable|prohibit|throw)$/) { kind = $1; sub(/^[^ ]* /, "") }
        if ($1 == "default") $1 = family == 4 ? "0.0.0.0/0" : "::/0"
        if ($1 !~ "/") $1 = $1 (family == 4 ? "/32" : "/128")
        if (kind != "") print $1, kind
        else if ($2 == "via") print $1, $2, $3 (/ onlink/ ? " dev " $5 " onlink" : "")
        else print
      }'
  done
}
our_routes() { list_routes protocol "$protocol"; }
foreign_routes() {
  our_routes >"$work/ours"
  list_routes | grep -vxF -f "$work/ours"
}

# Those of $work/foreign that are left to the program of the pod network whose links they are on.
kept_routes() {
  awk -v names="$(paste -s -d ' ' "$desired/foreign-links")" '
    BEGIN { split(names, list, " "); for (i in list) links[list[i]] }
    $4 == "dev" && $5 in links' "$work/foreign"
}

# One batch of what differs. A route of somebody else's that does the same is left to its owner.
set_routes() {
  foreign_routes >"$work/foreign"
  kept_routes >"$work/kept"
  # Early at boot there are no addresses to reach a gateway by: boot-routes adds the routes.
  awk -v protocol="$protocol" -v adding="$([ "$command" = boot ] || echo yes)" -v takes_over="$(takes_over routes && echo yes)" '
    FILENAME == ARGV[1] { ours[$1] = $0; next }
    FILENAME == ARGV[2] { foreign[$0] = 1; other[$1] = $0; next }
    FILENAME == ARGV[3] { kept[$1] = 1; next }
    { wanted[$1] = 1 }
    ours[$1] == $0 || !adding { next }
    takes_over && $1 in other { sub(/ onlink$/, "", other[$1]); print "route del " other[$1] }
    !takes_over && ($0 in foreign || $1 in kept) { next }
    { verb = ours[$1] == "" ? "add" : "replace" }
    # The kernel refuses an IPv6 gateway behind our link while the old route to it leads elsewhere.
    verb == "replace" && $NF == "onlink" { print "route del " $1 " protocol " protocol; verb = "add" }
    $2 == "via" { print "route " verb " " $0 " protocol " protocol }
    $2 == "blackhole" { print "route " verb " blackhole " $1 " protocol " protocol }
    END {
      for (to in ours) if (ours[to] != "" && !(to in wanted)) print "route del " (ours[to] ~ / blackhole$/ ? "blackhole " : "") to " protocol " protocol
    }' "$work/ours" "$work/foreign" "$work/kept" "$desired/routes" >"$work/batch"
  [ ! -s "$work/batch" ] || timeout 60 ip -force -batch "$work/batch" >"$work/error" 2>&1 || route_problems
}
# ip says the reason, then `Command failed FILE:LINE`.
route_problems() {
  awk '
    FNR == NR { line[FNR] = $0; next }
    /^Command failed/ { sub(/.*:/, ""); text = line[$0]; sub(/ protocol .*/, "", text); print text ": " reason; found = 1; next }
    { reason = $0; sub(/^(RTNETLINK answers|Error): /, "", reason) }
    END { if (!found) print "routes: " (reason == "" ? "took too long" : reason) }
  ' "$work/batch" "$work/error" >>"$work/problems"
}

set_nftables() {
  [ -e "$state/original/nftables" ] || return 0
  nft_transaction | timeout 30 nft -f - >"$work/nft" 2>&1 || nft_problems
}
# Our table replaced in one transaction; or removed, when none is wanted.
nft_transaction() {
  printf 'add table %s; delete table %s\n' "$table" "$table"
  [ ! -e "$desired/nftables" ] || cat "$desired/nftables"
}
# nft says `FILE:LINE:COLUMNS: Error: …`; line 1 is ours, so its line N is the table's N - 1.
nft_problems() {
  awk -v item="nftables $table" '
    match($0, /:[0-9]+:[0-9-]+: /) {
      split(substr($0, RSTART + 1), place, ":"); print item ": line " place[1] - 1 ": " substr($0, RSTART + RLENGTH); found = 1
    }
    { last = $0 }
    END { if (!found) print item ": " (last == "" ? "nft took too long" : last) }' "$work/nft" >>"$work/problems"
}

### Timer and units

# arm GENERATION SECONDS. A rollback that already waits for our lock belongs to an earlier apply and ends here too.
arm() {
  disarm && systemctl stop 'plumbline-rollback-*.service'
  systemd-run --quiet --collect --unit="plumbline-rollback-$1" --description="Plumbline: rolls back $1 unless it is confirmed" \
    --on-active="${2}s" --timer-property=AccuracySec=200ms sh "$state/agent" rollback "$1" 2>"$work/error" ||
    problem host "the rollback timer can't be started: $(tail -n 1 "$work/error")"
  ! has_problems
}
disarm() { systemctl stop 'plumbline-rollback-*.timer'; }

# The firewall before there is a network, and after nftables.service, since Debian's flushes everything.
boot_unit() {
  cat <<END
# Written by Plumbline; see $state/agent.
[Unit]
Description=Plumbline: files, sysctls and firewall of this host
DefaultDependencies=no
RequiresMountsFor=$state
Wants=network-pre.target
After=local-fs.target systemd-sysctl.service nftables.service
Before=network-pre.target kubelet.service shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh $state/agent boot
TimeoutStartSec=90

[Install]
WantedBy=sysinit.target
END
}
boot_routes_unit() {
  cat <<END
# Written by Plumbline; see $state/agent.
[Unit]
Description=Plumbline: routes of this host
After=plumbline.service network.target
Before=kubelet.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh $state/agent boot-routes
TimeoutStartSec=90

[Install]
WantedBy=multi-user.target
END
}
install_units() {
  boot_unit >"$work/plumbline.service"
  boot_routes_unit >"$work/plumbline-routes.service"
  changed=
  for unit in plumbline.service plumbline-routes.service; do
    if ! cmp -s "$work/$unit" "$units/$unit"; then
      changed=yes
      cp "$work/$unit" "$units/$unit.new" && chmod 0644 "$units/$unit.new" && mv -f "$units/$unit.new" "$units/$unit" || return 1
    fi
  done
  [ -z "$changed" ] || systemctl --quiet enable plumbline.service plumbline-routes.service
}
remove_units() {
  [ -e "$units/plumbline.service" ] || [ -e "$units/plumbline-routes.service" ] || return 0
  systemctl --quiet disable --now plumbline.service plumbline-routes.service || problem unit "plumbline.service can't be disabled"
  rm -f "$units/plumbline.service" "$units/plumbline-routes.service"
  systemctl daemon-reload
}

install_agent() {
  cmp -s "$0" "$state/agent" || { cp "$0" "$state/agent.new" && mv -f "$state/agent.new" "$state/agent"; }
}

### The story

# go_back REASON: from whatever is set to the confirmed generation, or to the originals.
go_back() {
  report
  failed=$(get pending)
  load "$(confirmed_or_nothing)" || load nothing
  if converge; then settle; else remark "not all of it could be put back"; fi
  disarm
  if [ -n "$failed" ]; then printf '%s\n' "$1" >"$state/generations/$failed/rolled-back"; fi
  rm -f "$state/pending"
  log "rolled back ${failed:-to it}, $1$(remarks); now $generation"
}

# transact GENERATION SECONDS: from the checks of a loaded generation to a running rollback timer. False if it was refused.
transact() {
  validate || return 1
  passing "$desired/probes" >"$state/generations/$1/passing"
  rm -f "$state/generations/$1/rolled-back"
  if prepare "$1" && arm "$1" "$2" && converge && probes_pass; then return 0; fi
  go_back "$(head -n 1 "$work/problems" | cut -c1-400)"
  say "generation $1 failed and is rolled back$(remarks)" >&2
  if has_problems; then
    report
  elif [ "$command" = apply ]; then
    forget
  fi
  exit 1
}

# What has to be on disk before anything is touched.
prepare() {
  take_originals
  { install_agent && install_units && put pending "$1"; } 2>"$work/error" || problem host "can't install the agent: $(tail -n 1 "$work/error")"
  ! has_problems
}

apply() {
  lock 30
  incoming="$state/generations/new"
  rm -rf "$incoming"
  { mkdir "$incoming" && cat >"$incoming/bundle" && sync "$incoming/bundle"; } || die "can't write to $state"
  node=$(sed -n 's/^node //p' "$incoming/bundle" | head -n 1)
  if [ "$(generation_of "$incoming/bundle")" != "$1" ]; then
    refuse "the bundle arrived damaged: it isn't generation $1; nothing was changed"
  fi
  { mkdir -p "$state/generations/$1" && mv "$incoming/bundle" "$state/generations/$1/bundle" && rmdir "$incoming"; } || die "can't write to $state"
  if [ "$(get current)" = "$1" ]; then
    apply_current "$1"
    return
  fi
  load "$1" || refuse "the bundle can't be read; nothing was changed"
  timeout=$(cat "$desired/confirm-timeout")
  transact "$1" "$timeout" || refuse "generation $1 is refused; nothing was changed"
  message="generation $1 applied: $(summary); rolls back in $timeout s unless confirmed$(remarks)"
  log "$message; for ${SUDO_USER:-root}"
  say "$message"
}

# The confirmed generation once more: nothing to do, unless another one is set.
apply_current() {
  install_agent || die "can't install the agent"
  if [ ! -e "$state/pending" ] && [ "$(get live)" = "$1" ]; then
    say "generation $1 is applied and confirmed already; nothing to do"
    return
  fi
  go_back "the confirmed generation was applied again"
  ! has_problems || die "generation $1 is not wholly back"
  say "back at the confirmed generation $1$(remarks)"
}

refuse() {
  report
  log "$command: $*"
  say "$*" >&2
  rm -rf "$state/generations/new"
  forget
  exit 1
}

confirm() {
  read -r wanted || true
  is_generation "$wanted" || usage
  [ -d "$state" ] || die "nothing of Plumbline is on this host; run the apply first"
  lock 30
  if [ "$(get pending)" = "$wanted" ]; then
    accept "$wanted"
  elif [ -e "$state/pending" ]; then
    die "generation $wanted can't be confirmed: it is generation $(get pending) that waits for its confirmation"
  elif [ "$(get current)" = "$wanted" ]; then
    say "generation $wanted is confirmed already"
  elif [ -e "$state/generations/$wanted/bundle" ]; then
    apply_again "$wanted"
  else
    die "generation $wanted isn't on this host; replace its apply: pulumi up --replace"
  fi
}

accept() {
  load "$1" || die "generation $1 can't be confirmed"
  if ! probes_pass; then
    go_back "a probe failed at the confirmation"
    die "generation $1 is rolled back, a probe failed at the confirmation$(remarks)"
  fi
  put current "$1" || die "can't write to $state"
  rm -f "$state/pending"
  disarm
  settle
  prune
  log "generation $1 confirmed for ${SUDO_USER:-root}"
  say "generation $1 confirmed"
}

# Pulumi has recorded the apply as done, so its next run repeats only this confirmation. This connection may be older than the
# change, so it proves nothing; the next one will. The timer runs longer, since a person has to start that run.
apply_again() {
  reason=$(get "generations/$1/rolled-back")
  load "$1" || die "generation $1 can't be applied again"
  seconds=$((5 * $(cat "$desired/confirm-timeout")))
  transact "$1" "$seconds" || die "generation $1 had been rolled back (${reason:-unknown}) and is refused now; nothing was changed"
  die "generation $1 had been rolled back (${reason:-unknown}). It is applied again: run pulumi up within $seconds s to confirm it"
}

# Old generations, but for the newest and those in force; and old lines of the log.
prune() {
  # shellcheck disable=SC2012 # generations are named by hex digits
  ls -t "$state/generations" | tail -n +$((keep_generations + 1)) | while IFS= read -r old; do
    case " $(get current) $(get live) " in *" $old "*) ;; *) rm -rf "$state/generations/$old" ;; esac
  done
  tail -n 1000 "$state/log" >"$work/log" && cp "$work/log" "$state/log"
}

rollback() {
  [ -d "$state" ] || return 0
  lock 600
  [ "$(get pending)" = "$1" ] || return 0
  go_back "no confirmation came in time"
  ! has_problems || die "not all of it could be put back"
}

# A generation that waited for its confirmation is dropped; the confirmed one is set, but for its routes.
boot() {
  lock 60
  if [ -e "$state/pending" ]; then
    go_back "the host restarted before the confirmation"
  else
    load "$(confirmed_or_nothing)" && converge
  fi
  booted
}

# Links, the routes as soon as their gateways can be reached, and sysctls of interfaces that were not there before.
boot_routes() {
  lock 60
  load "$(confirmed_or_nothing)" || booted
  tries=0
  while
    set_links
    set_sysctls
    set_routes
    has_problems && [ "$tries" -lt "$boot_patience" ]
  do
    tries=$((tries + 1))
    rm -f "$work/problems"
    sleep 1
  done
  booted
}
booted() {
  ! has_problems || die "not all of generation $(confirmed_or_nothing) could be set"
  log "$command: $(confirmed_or_nothing) is set"
}

# The node that this host is, by the bundle that is in force or waits for its confirmation.
owner() {
  for name in pending current; do
    if [ -e "$state/$name" ]; then
      sed -n 's/^node //p' "$state/generations/$(get $name)/bundle"
      return
    fi
  done
}

destroy() {
  if [ ! -d "$state" ]; then
    say "nothing of Plumbline is here"
    return
  fi
  lock 30
  # A node that was renamed in the stack is applied under its new name before the old one is destroyed.
  if [ -n "${1:-}" ] && [ -n "$(owner)" ] && [ "$(owner)" != "$1" ]; then
    say "is the host of $(owner) now, no longer of $1; left as it is"
    return
  fi
  load nothing || die "can't write to $work"
  disarm
  systemctl stop 'plumbline-rollback-*.service'
  converge
  remove_units
  ! has_problems || die "not all of it could be put back; mend that and run destroy again"
  message="everything is as it was before Plumbline$(remarks)"
  rm -rf "$state" "$work" || die "can't remove $state"
  say "$message"
}

status() {
  if [ ! -d "$state" ]; then
    say "nothing of Plumbline is here"
    return
  fi
  for name in current pending live; do printf '%s %s\n' "$name" "$(cat "$state/$name" 2>/dev/null || echo none)"; done
  systemctl --no-legend --no-pager list-timers 'plumbline-rollback-*'
}

main() {
  if [ "$(id -u)" != 0 ]; then
    say "must run as root; use sudo" >&2
    exit 1
  fi
  case $command:$# in
    apply:2 | rollback:2)
      is_generation "$2" || usage
      "$command" "$2"
      ;;
    confirm:1 | boot:1 | destroy:1 | status:1) "$command" ;;
    destroy:2) destroy "$2" ;;
    boot-routes:1) boot_routes ;;
    *) usage ;;
  esac
}

main "$@"
