### Static routes and rules, as the stack file has them: known by a protocol number of their own, in whatever table

# Routes as bundles write them, `DESTINATION table TABLE metric METRIC HOW`.
# shellcheck disable=SC2016 # awk's $
static_routes_awk='
  function take(word,   i, value) {
    for (i = 2; i < NF; i++) if ($i == word) { value = $(i + 1); $i = $(i + 1) = ""; return value }
  }
  /^[ \t]/ { next }
  {
    kind = ""
    if ($1 ~ /^[0-9]+$/) { kind = $1; $1 = ""; sub(/^ +/, "") }
    if (kind != "" && kind !~ /^[678]$/) next
    if ($1 == "default") $1 = family == 4 ? "0.0.0.0/0" : "::/0"
    if ($1 !~ "/") $1 = $1 (family == 4 ? "/32" : "/128")
    via = take("via"); dev = take("dev"); table = take("table"); metric = take("metric"); src = take("src")
    how = kind != "" ? " blackhole" : (via != "" ? " via " via : "") (dev != "" ? " dev " dev : "") (src != "" ? " src " src : "") (/ onlink/ ? " onlink" : "")
    print $1 " table " (table == "" ? 254 : table) " metric " (metric == "" ? 0 : metric) how
  }'
list_static_routes() {
  for family in 4 6; do
    ip -N -"$family" route show table all "$@" 2>/dev/null | awk -v family="$family" "$static_routes_awk"
  done
}

# What was there before us under the same destination, table and metric is left alone; an equal one does what we want.
# shellcheck disable=SC2016 # awk's $
same_route_awk='
  # Whether the route that is there does all that the wanted one says.
  function does(there, wanted,   words, count, i) {
    if (wanted ~ / blackhole$/ || there ~ / blackhole$/) return there == wanted
    count = split(wanted, words, " ")
    for (i = 6; i <= count; i++) if (words[i] == "onlink" ? there !~ / onlink$/ : index(there " ", " " words[i] " " words[i + 1] " ") == 0) return 0; else if (words[i] != "onlink") i++
    return 1
  }
  function key() { return $1 " " $3 " " $5 }'
foreign_static_routes() {
  list_static_routes protocol "$static_protocol" >"$work/ours"
  list_static_routes | grep -vxF -f "$work/ours"
}
check_static_routes() {
  [ -s "$desired/static-routes" ] || return 0
  foreign_static_routes >"$work/foreign"
  awk "$same_route_awk"'
    FNR == NR { other[key()] = $0; next }
    key() in other && !does(other[key()], $0) { print "static-route " $0 ": there is a route of somebody else to it (" other[key()] "); write another metric, or remove that one" }
  ' "$work/foreign" "$desired/static-routes" >>"$work/problems"
  awk '{ for (i = 6; i < NF; i++) if ($i == "dev") print $(i + 1) }' "$desired/static-routes" | sort -u | while IFS= read -r name; do
    [ -e "/sys/class/net/$name" ] || grep -qxF "$name" "$desired/link-names" || problem "static-route dev $name" "this host has no such interface"
  done
}

# What goes, goes first. A route that isn't as wanted is replaced in one step.
set_static_routes() {
  # Early at boot there is nothing to send packets through yet; boot-routes does it.
  [ "$command" != boot ] || return 0
  foreign_static_routes >"$work/foreign"
  [ -s "$work/ours" ] || [ -s "$desired/static-routes" ] || return 0
  awk -v protocol="$static_protocol" "$same_route_awk"'
    FILENAME == ARGV[1] { ours[key()] = $0; next }
    FILENAME == ARGV[2] { foreign[key()] = 1; next }
    { wanted[key()] = 1 }
    key() in foreign || key() in ours && does(ours[key()], $0) { next }
    { print "route replace " ($NF == "blackhole" ? "blackhole " : "") substr($0, 1, length($0) - ($NF == "blackhole" ? 10 : 0)) " protocol " protocol }
    END { for (to in ours) if (!(to in wanted)) { $0 = ours[to]; print "route del " ($NF == "blackhole" ? "blackhole " : "") $1, $2, $3, $4, $5, "protocol", protocol } }
  ' "$work/ours" "$work/foreign" "$desired/static-routes" | sort >"$work/batch"
  [ ! -s "$work/batch" ] || timeout 60 ip -force -batch "$work/batch" >"$work/error" 2>&1 || route_problems
}

set_rules() {
  [ "$command" != boot ] || return 0
  for family in 4 6; do
    ip -N -"$family" rule show 2>/dev/null |
      awk -v family="$family" -v mark=" proto $static_protocol\$" '$0 ~ mark { sub(mark, ""); sub(/ \[detached\]/, ""); print family, $0 }' | tr '\t' ' ' >"$work/rules"
    grep "^$family " "$desired/rules" >"$work/wanted"
    {
      grep -vxF -f "$work/wanted" "$work/rules" | sed 's/^[46] \([0-9]*\): /rule del priority \1 /'
      grep -vxF -f "$work/rules" "$work/wanted" | sed 's/^[46] \([0-9]*\): /rule add priority \1 /'
    } | sed "s/\$/ protocol $static_protocol/" >"$work/batch"
    [ ! -s "$work/batch" ] || timeout 60 ip -"$family" -force -batch "$work/batch" >"$work/error" 2>&1 || route_problems
  done
}
