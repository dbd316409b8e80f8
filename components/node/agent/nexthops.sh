### Nexthop objects: what routes with a gateway of their own are made of where they are many, since Linux finds a gateway among thousands slowly

# Those that are ours, as `ID via GATEWAY [dev LINK onlink]`.
our_nexthops() {
  ip nexthop show 2>/dev/null | awk -v mark="proto $protocol" '
    index($0 " ", mark " ") && $3 == "via" { print $2, "via", $4 (/ onlink/ ? " dev " $6 " onlink" : ""), $6 }'
}

# $work/nexthops: `ID via GATEWAY [dev LINK onlink]` of every gateway that is wanted. What is there keeps its number, also behind another interface.
set_nexthops() {
  our_nexthops >"$work/set-nexthops"
  : >"$work/nexthops"
  if [ "$command" = boot ] || ! grep -q ' nexthop ' "$desired/routes"; then return; fi
  list_neighbours
  ip nexthop show | awk '{ print $2 }' >"$work/numbers"
  awk -v protocol="$protocol" -v first="$first_nexthop" -v list="$work/nexthops" '
    function gateway(line) { sub(/^[^ ]* [^ ]* /, "", line); return line }
    FILENAME == ARGV[1] { link = $NF; $NF = ""; sub(/ $/, ""); id[gateway($0)] = $1; behind[$1] = link; next }
    FILENAME == ARGV[2] { taken[$1] = 1; next }
    FILENAME == ARGV[3] { for (i = 1; i < NF; i++) if ($i == "dev") reached[$1] = $(i + 1); next }
    $2 != "nexthop" || gateway($0) in done { next }
    {
      way = gateway($0)
      done[way] = 1
      link = $NF == "onlink" ? $5 : reached[$3]
      if (!(way in id)) {
        while (first in taken) first++
        id[way] = first++
      }
      print id[way], "via", way > list
      if (behind[id[way]] != link) print "nexthop replace id " id[way] " via " $3 " dev " link ($NF == "onlink" ? " onlink" : "") " protocol " protocol
    }' "$work/set-nexthops" "$work/numbers" "$work/neighbours" "$desired/routes" >"$work/batch"
  run_routes
}

# Those that no route is made of any more. Linux drops routes with their nexthop, so the routes go first.
drop_nexthops() {
  [ "$command" != boot ] || return 0
  awk '
    FILENAME == ARGV[1] { wanted[$1] = 1; next }
    !($1 in wanted) { print "nexthop del id " $1 }' "$work/nexthops" "$work/set-nexthops" >"$work/batch"
  run_routes
}
