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
    set_hosts
    set_resolver
    set_sysctls
    set_routes
    set_static_routes
    set_rules
    set_forwarded
    has_problems && [ "$tries" -lt "$boot_patience" ]
  do
    tries=$((tries + 1))
    rm -f "$work/problems"
    sleep 1
  done
  # What a generation that was dropped at boot had left in the database of Open vSwitch, which didn't run then, is gone now.
  has_problems || settle_ovs
  booted
}

# After a program that may have set the host's filters anew.
boot_forwarded() {
  lock 60
  load "$(confirmed_or_nothing)" && set_forwarded
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
  rm -rf "$state" "$work" "$started" || die "can't remove $state"
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
    boot-forwarded:1) boot_forwarded ;;
    *) usage ;;
  esac
}

main "$@"
