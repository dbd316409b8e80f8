### Other firewalls of the host
#
# What is forwarded from and to pods has to be accepted by each of them, whatever our own table accepts. Where iptables drops in the end what nobody
# accepted (Docker sets that policy), a chain of ours accepts it, and its jump stands there: the rules of Docker, kube-proxy and the site are asked
# before. What ufw and firewalld drop somebody chose to drop: they are asked to be told.

own_chain=PLUMBLINE-FORWARD

check_forwarded() {
  while read -r range; do
    ! systemctl is-active --quiet firewalld 2>/dev/null || check_firewalld "$range"
    for program in $(filters "$range"); do
      table_rules "$program" filter >"$work/filter"
      check_ufw "$range"
      if [ ! -e "$state/original/forwarded" ] && grep -q "^:$own_chain " "$work/filter"; then
        problem "accept-forwarded $range" "there is a chain $own_chain already and it isn't ours; remove it"
      fi
    done
  done <"$desired/forwarded"
  ! has_problems || return 0
  change_filters --test
}

# Accepts the ranges where it is needed, and takes our chain away where it isn't.
set_forwarded() {
  [ ! -e "$state/original/forwarded" ] || change_filters
}

# change_filters [--test]: each iptables in one transaction.
change_filters() {
  for family in 0.0.0.0/0 ::/0; do
    for program in $(filters "$family"); do
      table_rules "$program" filter >"$work/filter"
      filter_change "$family" >"$work/filter-change"
      [ ! -s "$work/filter-change" ] || timeout 30 "$program-restore" --wait=10 --noflush "$@" <"$work/filter-change" 2>"$work/error" ||
        problem accept-forwarded "$program: $(grep -v '^#' "$work/error" | head -n 1)"
    done
  done
}

# filters CIDR: the iptables of its family. nft and legacy are two filters, whichever of them is the default.
filters() {
  case $1 in *:*) tables=ip6tables ;; *) tables=iptables ;; esac
  found=
  for program in "$tables-nft" "$tables-legacy"; do
    if command -v "$program-save" >/dev/null; then found="$found $program"; fi
  done
  if [ -z "$found" ] && command -v "$tables-save" >/dev/null; then found=$tables; fi
  echo "$found"
}

# table_rules PROGRAM TABLE: without making the table where there is none, as a legacy iptables would.
table_rules() {
  "$1-save" --version 2>/dev/null | grep -q nf_tables || grep -qsx "$2" "/proc/net/${1%%tables*}_tables_names" || return 0
  timeout 10 "$1-save" -t "$2" 2>/dev/null
}

# filter_change CIDR: what iptables-restore has to be told of the rules in $work/filter, for the ranges of this family.
filter_change() {
  case $1 in *:*) ranges=$(grep : "$desired/forwarded") ;; *) ranges=$(grep -v : "$desired/forwarded") ;; esac
  awk -v chain="$own_chain" -v ranges="$(echo "$ranges" | paste -s -d ' ')" '
    $1 == ":" chain { is_there = 1 }
    /^:ufw6?-user-forward / { is_ufw = 1 }
    $0 == "-A FORWARD -j " chain { jumps++; next }
    /^:FORWARD DROP / { place = "-A FORWARD" }
    /^-A FORWARD / && ++rules && !last && /^-A FORWARD -j (DROP|REJECT)( |$)/ { last = rules }
    END {
      if (last) place = "-I FORWARD " last
      count = place == "" || is_ufw ? 0 : split(ranges, range, " ")
      if (!count && !is_there) exit
      print "*filter"
      if (count) print ":" chain " - [0:0]"
      while (jumps-- > 0) print "-D FORWARD -j " chain
      for (i = 1; i <= count; i++) print "-A " chain " -s " range[i] " -j ACCEPT\n-A " chain " -d " range[i] " -j ACCEPT"
      print count ? place " -j " chain : "-F " chain "\n-X " chain
      print "COMMIT"
    }' "$work/filter"
}

check_ufw() {
  if ! grep -q '^:ufw6*-user-forward ' "$work/filter" || ! grep -q '^:FORWARD DROP ' "$work/filter"; then return 0; fi
  if accepts -s "$1" && accepts -d "$1"; then return 0; fi
  problem "accept-forwarded $1" "ufw drops what this host forwards; run: ufw route allow from $1 && ufw route allow to $1"
}
accepts() { grep -v "^-A $own_chain " "$work/filter" | grep -qE -- "^-A [^ ]+ $1 $2 (-m comment --comment [^ ]+ )?-j ACCEPT\$"; }

# firewalld rejects what is forwarded between zones. A zone whose target is ACCEPT lets out what comes from it, but nothing in: that takes a policy.
check_firewalld() {
  zone=$(timeout 10 firewall-cmd --get-zone-of-source="$1" 2>/dev/null)
  verb=${zone:+change}
  [ "$zone" = trusted ] ||
    problem "accept-forwarded $1" "firewalld rejects what pods send on${zone:+ (their zone is $zone)}; run: firewall-cmd --permanent --zone=trusted --${verb:-add}-source=$1 && firewall-cmd --reload"
  timeout 10 firewall-cmd --list-all-policies 2>/dev/null | awk '
    /^[^ ]/ { accept = any = 0 }
    $1 == "target:" { accept = $2 == "ACCEPT" }
    $1 == "ingress-zones:" { any = / ANY/ }
    $1 == "egress-zones:" && / (trusted|ANY)/ && accept && any { found = 1 }
    END { exit !found }' ||
    problem "accept-forwarded $1" "firewalld rejects what comes to pods from elsewhere; run: firewall-cmd --permanent --new-policy=to-pods && firewall-cmd --permanent --policy=to-pods --set-target=ACCEPT && firewall-cmd --permanent --policy=to-pods --add-ingress-zone=ANY && firewall-cmd --permanent --policy=to-pods --add-egress-zone=trusted && firewall-cmd --reload"
}
