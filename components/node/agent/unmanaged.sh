### NetworkManager, which is told to leave interfaces alone

unmanaged_settings=/etc/NetworkManager/conf.d/10-plumbline.conf
# The interfaces of this host that those settings name: `*` is the only wildcard there.
unmanaged_interfaces() {
  sed -n 's/^unmanaged-devices+=//p' "$unmanaged_settings" 2>/dev/null | tr ';' '\n' |
    sed 's/^interface-name://; s/\./\\./g; s/\*/.*/g; s/.*/^&$/' >"$work/patterns"
  [ ! -s "$work/patterns" ] || printf '%s\n' /sys/class/net/* | sed 's,.*/,,' | grep -f "$work/patterns"
}
# NetworkManager takes the addresses off an interface that it begins to manage, and pods may be behind it: those that are here stay unmanaged until they go.
keep_unmanaged() {
  unmanaged_interfaces >"$work/named"
  grep -vxF -f "$work/named" "$work/unmanaged" | while IFS= read -r name; do
    nmcli device set "$name" managed no 2>"$work/error" </dev/null || problem "link $name" "NetworkManager can't be told to leave it alone: $(tail -n 1 "$work/error")"
  done
}
