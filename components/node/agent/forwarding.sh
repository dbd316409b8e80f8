# Somebody else's filter that drops what pods send on, whatever our table accepts: every base chain has to accept a packet.

# check_pods_forwarded RANGE
check_pods_forwarded() {
  ! systemctl is-active --quiet firewalld 2>/dev/null || check_firewalld "$1"
  case $1 in *:*) tables=ip6tables ;; *) tables=iptables ;; esac
  filter_rules "$tables" >"$work/filter"
  grep -q '^:FORWARD DROP ' "$work/filter" || return 0
  if accepts -s "$1" && accepts -d "$1"; then return 0; fi
  # Docker keeps what is in DOCKER-USER, and sets the policy only when forwarding was off before it started.
  if grep -q '^:ufw6*-user-forward ' "$work/filter"; then
    problem "pods-forwarded $1" "ufw drops what this host forwards; run: ufw route allow from $1 && ufw route allow to $1"
  elif grep -q '^:DOCKER-USER ' "$work/filter"; then
    problem "pods-forwarded $1" "Docker drops what this host forwards; run: $tables -I DOCKER-USER -s $1 -j ACCEPT && $tables -I DOCKER-USER -d $1 -j ACCEPT"
  else
    problem "pods-forwarded $1" "the policy of $tables' chain FORWARD is DROP; run, and make permanent where that is set: $tables -I FORWARD -s $1 -j ACCEPT && $tables -I FORWARD -d $1 -j ACCEPT"
  fi
}
accepts() { grep -qE -- "^-A [^ ]+ $1 $2 (-m comment --comment [^ ]+ )?-j ACCEPT\$" "$work/filter"; }

# Without making the table where there is none, as a legacy iptables would.
filter_rules() {
  command -v "$1-save" >/dev/null || return 0
  "$1-save" --version 2>/dev/null | grep -q nf_tables || grep -qsx filter "/proc/net/${1%tables}_tables_names" || return 0
  timeout 10 "$1-save" -t filter 2>/dev/null
}

# firewalld rejects what is forwarded between zones. A zone whose target is ACCEPT lets out what comes from it, but nothing in: that takes a policy.
check_firewalld() {
  zone=$(timeout 10 firewall-cmd --get-zone-of-source="$1" 2>/dev/null)
  verb=${zone:+change}
  [ "$zone" = trusted ] ||
    problem "pods-forwarded $1" "firewalld rejects what pods send on${zone:+ (their zone is $zone)}; run: firewall-cmd --permanent --zone=trusted --${verb:-add}-source=$1 && firewall-cmd --reload"
  timeout 10 firewall-cmd --list-all-policies 2>/dev/null | awk '
    /^[^ ]/ { accept = any = 0 }
    $1 == "target:" { accept = $2 == "ACCEPT" }
    $1 == "ingress-zones:" { any = / ANY/ }
    $1 == "egress-zones:" && / (trusted|ANY)/ && accept && any { found = 1 }
    END { exit !found }' ||
    problem "pods-forwarded $1" "firewalld rejects what comes to pods from elsewhere; run: firewall-cmd --permanent --new-policy=to-pods && firewall-cmd --permanent --policy=to-pods --set-target=ACCEPT && firewall-cmd --permanent --policy=to-pods --add-ingress-zone=ANY && firewall-cmd --permanent --policy=to-pods --add-egress-zone=trusted && firewall-cmd --reload"
}
