check_files() {
  while read -r _ path; do
    case $path in
      "$state"/* | "$backups"/* | "$units"/plumbline*.service) problem "file $path" "belongs to Plumbline's agent" ;;
    esac
    if [ ! -f "$path" ] && { [ -e "$path" ] || [ -L "$path" ]; }; then problem "file $path" "is there and isn't a file; move it away"; fi
    parent=${path%/*}
    while [ -n "$parent" ] && [ ! -e "$parent" ]; do parent=${parent%/*}; done
    if [ ! -d "$parent/" ] || [ ! -w "$parent/" ]; then problem "file $path" "$parent/ isn't a directory that can be written to"; fi
  done <"$desired/files.list"
}

# original/files/NAME/ holds the file as `content`, with mode, owner and times, or nothing if there was none; `written` once we wrote ours.
take_file() {
  original="$state/original/files/$(flat "$1")"
  [ ! -d "$original" ] || return 0
  rm -rf "$state/original/new" && mkdir "$state/original/new" || return 1
  if [ -e "$1" ] || [ -L "$1" ]; then
    cp -a "$1" "$state/original/new/content" && sync "$state/original/new" || return 1
    [ -L "$1" ] || sync "$state/original/new/content" || return 1
  fi
  mv "$state/original/new" "$original"
}

# Keeps a copy of a file that we wrote and that isn't what we wrote any more, before it is replaced.
keep_foreign_change() {
  original="$state/original/files/$(flat "$1")"
  if [ ! -e "$original/written" ] || [ ! -f "$1" ] || cmp -s "$1" "$original/content"; then return 0; fi
  for set_before in $(get live); do
    if parts "$set_before" && cmp -s "$1" "$work/$set_before/files/$(flat "$1")"; then return 0; fi
  done
  mkdir -p "$backups" && cp -a "$1" "$backups/$(flat "$1").$(now)" || return 1
  remark "$1 had been changed by somebody else, that version is kept in $backups"
}

# As they were before us.
put_back_files() {
  unwanted files files.list 2 | while IFS= read -r path; do
    put_back_file "$path" 2>"$work/error" || problem "file $path" "can't be put back: $(tail -n 1 "$work/error")"
  done
}
put_back_file() {
  keep_foreign_change "$1" || return 1
  original="$state/original/files/$(flat "$1")"
  rm -f "$original/written"
  if [ -e "$original/content" ] || [ -L "$original/content" ]; then
    make_directory "${1%/*}" && cp -a "$original/content" "$1.plumbline-new" && mv -f "$1.plumbline-new" "$1"
  else
    rm -f "$1" "$1.plumbline-new"
  fi && printf '%s\n' "$1" >>"$work/changed"
}

set_files() {
  while read -r mode path; do
    set_file "$mode" "$path" 2>"$work/error" || problem "file $path" "can't be written: $(tail -n 1 "$work/error")"
  done <"$desired/files.list"
  ! takes_over cni-configurations || sed -n 's/^cni-winner //p' "$desired/requires" | while IFS= read -r own; do
    winners "$own" | while IFS= read -r other; do
      move_away "$other" 2>"$work/error" || problem "file $other" "can't be moved away: $(tail -n 1 "$work/error")"
    done
  done
}
# Its original is marked, since no bundle names it.
move_away() {
  take_file "$1" && : >"$state/original/files/$(flat "$1")/moved" && rm -f "$1" && remark "$1 is moved away until destroy"
}
set_file() {
  content="$desired/files/$(flat "$2")"
  if [ ! -L "$2" ] && cmp -s "$content" "$2" && [ "$(stat -c '0%a %u %g' "$2")" = "$1 0 0" ]; then return 0; fi
  keep_foreign_change "$2" && make_directory "${2%/*}" && cp "$content" "$2.plumbline-new" && chown 0:0 "$2.plumbline-new" &&
    chmod "$1" "$2.plumbline-new" && sync "$2.plumbline-new" && : >"$state/original/files/$(flat "$2")/written" &&
    mv -f "$2.plumbline-new" "$2" && printf '%s\n' "$2" >>"$work/changed"
}

# Programs that have to be told of a change of their files. One that doesn't run reads them when it starts. NetworkManager is told what it may not manage
# first: each time it reads all of its files.
tell_programs() {
  [ -e "$work/changed" ] || return 0
  while read -r unit path; do
    if ! grep -qxF "$path" "$work/changed" || ! systemctl is-active --quiet "$unit"; then continue; fi
    [ "$path" != "$unmanaged_settings" ] || keep_unmanaged
    timeout 30 systemctl reload-or-restart "$unit" 2>"$work/error" </dev/null || problem "file $path" "$unit can't be told of it: $(tail -n 1 "$work/error")"
  done <<END
systemd-resolved.service $resolved_settings
NetworkManager.service $unmanaged_settings
NetworkManager.service $network_manager_settings
END
  rm -f "$work/changed"
}

# A directory that isn't there yet is noted first: only those go again.
make_directory() {
  [ ! -d "$1/" ] || return 0
  make_directory "${1%/*}" && : >"$state/original/dirs/$(flat "$1")" && mkdir "$1" && chmod 0755 "$1"
}
# The deepest first; one with somebody else's file in it stays.
drop_directories() {
  for mark in "$state"/original/dirs/*; do printf '%s\n' "${mark##*/}"; done | sort -r | while IFS= read -r name; do
    path=$(unflat "$name")
    [ ! -d "$path/" ] || rmdir --ignore-fail-on-non-empty "$path" || problem "directory $path" "can't be removed"
    if [ ! -d "$path/" ] || [ "$generation" = nothing ]; then rm -f "$state/original/dirs/$name"; fi
  done
}
