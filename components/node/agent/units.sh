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
# These programs set iptables anew, or may. Whenever one of them starts or restarts, ours comes after it.
boot_forwarded_unit() {
  setters="docker.service netfilter-persistent.service iptables.service ip6tables.service"
  cat <<END
# Written by Plumbline; see $state/agent.
[Unit]
Description=Plumbline: pods pass the other filters of this host
After=plumbline.service $setters
PartOf=$setters

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh $state/agent boot-forwarded
TimeoutStartSec=90

[Install]
WantedBy=$setters
END
}
our_units="plumbline.service plumbline-routes.service plumbline-forwarded.service"
install_units() {
  boot_unit >"$work/plumbline.service"
  boot_routes_unit >"$work/plumbline-routes.service"
  boot_forwarded_unit >"$work/plumbline-forwarded.service"
  changed=
  for unit in $our_units; do
    if ! cmp -s "$work/$unit" "$units/$unit"; then
      changed=yes
      cp "$work/$unit" "$units/$unit.new" && chmod 0644 "$units/$unit.new" && mv -f "$units/$unit.new" "$units/$unit" || return 1
    fi
  done
  # shellcheck disable=SC2086 # the names
  [ -z "$changed" ] || systemctl --quiet enable $our_units
}
remove_units() {
  present=
  for unit in $our_units; do [ ! -e "$units/$unit" ] || present="$present $unit"; done
  [ -n "$present" ] || return 0
  # shellcheck disable=SC2086 # the names
  systemctl --quiet disable --now $present || problem unit "Plumbline's units can't be disabled"
  for unit in $present; do rm -f "$units/$unit"; done
  systemctl daemon-reload
}

install_agent() {
  cmp -s "$0" "$state/agent" || { cp "$0" "$state/agent.new" && mv -f "$state/agent.new" "$state/agent"; }
}
