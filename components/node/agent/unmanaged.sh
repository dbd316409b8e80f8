### NetworkManager, which is told to leave interfaces alone

unmanaged_settings=/etc/NetworkManager/conf.d/10-plumbline.conf
# The interfaces of this host that those settings name.
unmanaged_interfaces() {
  names=$(sed -n 's/^unmanaged-devices+=//p' "$unmanaged_settings" 2>/dev/null | tr ';' '\n' | sed -n 's/^interface-name://p')
  for link in /sys/class/net/*; do
    printf '%s\n' "$names" | while IFS= read -r name; do
      # shellcheck disable=SC2254 # a pattern
      case ${link##*/} in $name) printf '%s\n' "${link##*/}" ;; esac
    done
  done
}
# NetworkManager takes the addresses off an interface that it begins to manage, and pods may be behind it: those that are here stay unmanaged until they go.
keep_unmanaged() {
  unmanaged_interfaces >"$work/named"
  grep -vxF -f "$work/named" "$work/unmanaged" | while IFS= read -r name; do
    nmcli device set "$name" managed no 2>"$work/error" </dev/null || problem "link $name" "NetworkManager can't be told to leave it alone: $(tail -n 1 "$work/error")"
  done
}
