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
