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
