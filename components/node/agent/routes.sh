# Every destination is free, ours, or has just this route; every gateway is a neighbour. One ip process, however many routes.
check_routes() {
  [ -s "$desired/routes" ] || return 0
  foreign_routes >"$work/foreign"
  kept_routes >"$work/kept"
  awk -v takes_over="$(takes_over routes && echo yes)" '
    function plain(route) { sub(/ nexthop /, " via ", route); return route }
    FILENAME == ARGV[1] { others[$1] = $0; same[plain($0)] = 1; next }
    FILENAME == ARGV[2] { kept[$1] = 1; next }
    $1 in others && !(plain($0) in same) && !($1 in kept) && !takes_over {
      other = others[$1]; sub(/^[^ ]* /, "", other)
      print "route " $1 ": there is a route of somebody else to it (" other "); remove that one or change the plan"
    }' "$work/foreign" "$work/kept" "$desired/routes" >>"$work/problems"
  list_neighbours
  awk '
    FNR == NR { if ($1 == "local") own[$2] = 1; else neighbour[$1] = ($2 == "from" ? $4 : $2) == "dev"; next }
    $2 ~ /^(via|nexthop)$/ && $NF != "onlink" && !neighbour[$3] { print "route " $1 ": its gateway " $3 " is " ($3 in own ? "this host itself" : "in no network of this host") }
  ' "$work/neighbours" "$desired/routes" >>"$work/problems"
  ! grep -q ' nexthop ' "$desired/routes" || ip nexthop show >/dev/null 2>&1 ||
    problem routes "so many need nexthop objects, which came with Linux 5.3 and iproute2 5.3; upgrade this host"
}
# How this host reaches each gateway.
list_neighbours() {
  awk '$2 ~ /^(via|nexthop)$/ && $NF != "onlink" { print "route get " $3 }' "$desired/routes" | sort -u | ip -o -force -batch - >"$work/neighbours" 2>/dev/null
}

# Routes of the main table as bundles write them: `DESTINATION via|nexthop GATEWAY [dev LINK onlink]`, `DESTINATION blackhole`; others as ip shows them.
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
        else if ($2 == "nhid" && $4 == "via") print $1, "nexthop", $5 (/ onlink/ ? " dev " $7 " onlink" : "")
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

# One batch of what differs; a route that leads elsewhere now is replaced at once, so that no packet finds none. A route of somebody else's that does
# the same is left to its owner.
set_routes() {
  foreign_routes >"$work/foreign"
  kept_routes >"$work/kept"
  set_nexthops
  # Early at boot there are no addresses to reach a gateway by: boot-routes adds the routes.
  awk -v protocol="$protocol" -v adding="$([ "$command" = boot ] || echo yes)" -v takes_over="$(takes_over routes && echo yes)" '
    function plain(route) { sub(/ nexthop /, " via ", route); return route }
    function gateway(line) { sub(/^[^ ]* [^ ]* /, "", line); return line }
    FILENAME == ARGV[1] { ours[$1] = $0; next }
    FILENAME == ARGV[2] { foreign[plain($0)] = 1; other[$1] = $0; next }
    FILENAME == ARGV[3] { kept[$1] = 1; next }
    FILENAME == ARGV[4] { id[gateway($0)] = $1; next }
    { wanted[$1] = 1 }
    ours[$1] == $0 || !adding { next }
    !takes_over && (plain($0) in foreign || $1 in kept) { next }
    { was = ours[$1] != "" ? ours[$1] : takes_over ? other[$1] : ""; verb = was == "" ? "add" : "replace" }
    # Linux refuses an IPv6 nexthop object in the place of a gateway,
    verb == "replace" && /:/ && ($2 == "nexthop") != (was ~ / nexthop /) { print "route del " $1 (ours[$1] == "" ? "" : " protocol " protocol); verb = "add" }
    # and an IPv6 gateway behind our link while a route to the gateway itself leads elsewhere. No pod has its address.
    { way = verb == "replace" && /:/ && $2 == "via" && $NF == "onlink" ? $3 "/128 dev " $5 " protocol " protocol : "" }
    way { print "route replace " way; ours[$3 "/128"] = "" }
    $2 == "via" { print "route " verb " " $0 " protocol " protocol }
    $2 == "nexthop" { print "route " verb " " $1 " nhid " id[gateway($0)] " protocol " protocol }
    $2 == "blackhole" { print "route " verb " blackhole " $1 " protocol " protocol }
    way { print "route del " way }
    END {
      for (to in ours) if (ours[to] != "" && !(to in wanted)) print "route del " (ours[to] ~ / blackhole$/ ? "blackhole " : "") to " protocol " protocol
    }' "$work/ours" "$work/foreign" "$work/kept" "$work/nexthops" "$desired/routes" >"$work/batch"
  run_routes
  if takes_over routes && [ "$command" != boot ]; then drop_foreign_routes; fi
  drop_nexthops
}
# Those that ours didn't replace, since their metric is another one.
drop_foreign_routes() {
  foreign_routes | awk '
    FILENAME == ARGV[1] { wanted[$1] = 1; next }
    $1 in wanted { sub(/( nexthop .*| onlink)$/, ""); print "route del " $0 }' "$desired/routes" - >"$work/batch"
  run_routes
}
run_routes() { [ ! -s "$work/batch" ] || timeout 60 ip -force -batch "$work/batch" >"$work/error" 2>&1 || route_problems; }
# ip says the reason, then `Command failed FILE:LINE`.
route_problems() {
  awk '
    FNR == NR { line[FNR] = $0; next }
    /^Command failed/ { sub(/.*:/, ""); text = line[$0]; sub(/ protocol .*/, "", text); print text ": " reason; found = 1; next }
    { reason = $0; sub(/^(RTNETLINK answers|Error): /, "", reason) }
    END { if (!found) print "routes: " (reason == "" ? "took too long" : reason) }
  ' "$work/batch" "$work/error" >>"$work/problems"
}
