### Services whose units are files of ours

# Which files they were started with; in memory, since all of them start anew with the host.
started=/run/plumbline-services
# At boot systemd starts nothing before our unit is done: who waited for that would wait for ever.
how=--quiet
[ "$command" != boot ] || how=--no-block

check_services() {
  while read -r name files; do
    for file in $files; do
      cut -d ' ' -f 2 "$desired/files.list" | grep -qxF "$file" || problem "service $name" "its file $file is no file of the bundle"
    done
  done <"$desired/services"
}

# What systemd made of it before us: its unit file's state (none: there was none), and whether it ran.
take_service() {
  note="$state/original/services/$1"
  [ ! -e "$note" ] || return 0
  printf '%s %s\n' "$(systemctl is-enabled "$1" 2>/dev/null | grep . || echo none)" "$(systemctl is-active "$1")" >"$note.new" && mv "$note.new" "$note"
}

# Those that aren't wanted any more, before their units go.
stop_services() {
  unwanted services services 1 >"$work/stopped"
  while IFS= read -r name; do
    rm -f "$started/$name"
    # Neither is known where an apply failed before it wrote the unit file.
    if systemctl cat "$name" >/dev/null 2>&1; then try_service "$name" "can't be disabled" --quiet disable; fi
    [ "$(systemctl show --property=ActiveState --value "$name")" != inactive ] || continue
    try_service "$name" "can't be stopped" "$how" stop
    # Else systemd lists one that failed as long as the host runs.
    systemctl reset-failed "$name" 2>/dev/null
  done <"$work/stopped"
}

set_services() {
  if [ ! -s "$desired/services" ] && [ ! -s "$work/stopped" ]; then return 0; fi
  systemctl daemon-reload || problem host "systemd can't read its units anew"
  while IFS= read -r name; do
    read -r enabled active <"$state/original/services/$name"
    [ "$enabled" != enabled ] || try_service "$name" "can't be enabled, as it was before Plumbline" --quiet enable
    [ "$active" != active ] || try_service "$name" "doesn't start, as it did before Plumbline" "$how" restart
  done <"$work/stopped"
  while read -r name files; do set_service "$name" "$files"; done <"$desired/services"
}
# set_service NAME FILES: systemctl waits until the unit says that it is up; at boot, nobody does.
set_service() {
  try_service "$1" "can't be enabled" --quiet enable
  # shellcheck disable=SC2086 # the paths
  files=$(cat $2 | sha256sum)
  if [ "$(cat "$started/$1" 2>/dev/null)" = "$files" ] && systemctl is-active --quiet "$1"; then return 0; fi
  rm -f "$started/$1"
  if timeout 120 systemctl "$how" restart "$1" 2>"$work/error" </dev/null; then
    mkdir -p "$started" && printf '%s\n' "$files" >"$started/$1"
  else
    problem "service $1" "doesn't come up: $(last_words "$1")"
  fi
}
last_words() {
  journalctl --sync 2>/dev/null
  words=$(journalctl --unit="$1" --lines=20 --output=cat --quiet 2>/dev/null | grep -E '^[EF][0-9]{4} |rror' | tail -n 1)
  printf '%s\n' "${words:-see journalctl --unit=$1}"
}

# try_service NAME PROBLEM COMMAND...: of systemctl.
try_service() {
  name=$1
  reason=$2
  shift 2
  systemctl "$@" "$name" 2>"$work/error" </dev/null || problem "service $name" "$reason: $(tail -n 1 "$work/error")"
}
