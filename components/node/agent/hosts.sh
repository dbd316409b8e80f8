### Our block of /etc/hosts: the rest of the file is everybody's, and stays as it is

hosts_begin="# BEGIN Plumbline: pulumi destroy takes these lines away"
hosts_end="# END Plumbline"

hosts_file() { readlink -m /etc/hosts; }

check_hosts() {
  [ -s "$desired/host-names" ] || return 0
  if [ ! -f /etc/hosts ]; then
    problem /etc/hosts "isn't there, or isn't a file; make one"
    return
  fi
  has_whole_block || return 0
  awk '
    FILENAME == ARGV[1] && /^# BEGIN Plumbline/ { ours = 1 }
    FILENAME == ARGV[1] && /^# END Plumbline/ { ours = 0; next }
    FILENAME == ARGV[1] {
      for (i = 2; !ours && $1 !~ /^#/ && i <= NF && $i !~ /^#/; i++) {
        name = ($1 ~ /:/ ? 6 : 4) " " tolower($i)
        same[name " " tolower($1)]
        if (!(name in first)) { first[name] = $1; place[name] = FNR }
      }
      next
    }
    {
      for (i = 2; i <= NF; i++) {
        name = ($1 ~ /:/ ? 6 : 4) " " $i
        if (name in first && !((name " " $1) in same))
          print "host-name " $i ": line " place[name] " of /etc/hosts gives it the address " first[name] ", not " $1 "; remove that line, or write that address in the stack"
      }
    }' /etc/hosts "$desired/host-names" >>"$work/problems"
}
# Half a block can't be told from what is somebody else's.
has_whole_block() {
  case $(awk '/^# (BEGIN|END) Plumbline/ { print $2 }' /etc/hosts | paste -s -d ' ') in "" | "BEGIN END") return 0 ;; esac
  problem /etc/hosts "the lines BEGIN Plumbline and END Plumbline around our block aren't both there; remove what is left of the block"
  return 1
}

# original/hosts: the file as it was.
take_hosts() {
  if [ ! -s "$desired/host-names" ] || [ -e "$state/original/hosts" ]; then return 0; fi
  cp -a "$(hosts_file)" "$state/original/hosts.new" && sync "$state/original/hosts.new" && mv "$state/original/hosts.new" "$state/original/hosts"
}

set_hosts() {
  if [ ! -e "$state/original/hosts" ] || [ ! -f /etc/hosts ] || ! has_whole_block; then return 0; fi
  {
    without_block
    if [ -s "$desired/host-names" ]; then
      printf '%s\n' "$hosts_begin"
      cat "$desired/host-names"
      printf '%s\n' "$hosts_end"
    fi
  } >"$work/hosts"
  ! cmp -s "$work/hosts" /etc/hosts || return 0
  write_hosts 2>"$work/error" || problem /etc/hosts "can't be written: $(tail -n 1 "$work/error")"
}
# The last line ends like the others.
without_block() { sed '/^# BEGIN Plumbline/,/^# END Plumbline/d' /etc/hosts | whole_lines; }
whole_lines() { awk '{ print }'; }
# Nobody changed the rest: then the file with its times, and with its last line as it was.
write_hosts() {
  path=$(hosts_file)
  if [ ! -s "$desired/host-names" ] && whole_lines <"$state/original/hosts" | cmp -s - "$work/hosts"; then
    cp -a "$state/original/hosts" "$path.plumbline-new"
  else
    cp -a "$path" "$path.plumbline-new" && cat "$work/hosts" >"$path.plumbline-new"
  fi && sync "$path.plumbline-new" && mv -f "$path.plumbline-new" "$path"
}
