### Our drop-ins for the kubelet, and its restart

# The generation's own files, beside its bundle, so that it is the same at boot and when it is rolled back to.
note_kubelet_files() {
  noted="$state/generations/$generation/kubelet"
  folder=$(foreign_folder)
  folder=${folder:-$kubelet_folder}
  mkdir -p "$noted" || return 1
  {
    printf '# Written by Plumbline. pulumi destroy takes it away.\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n'
    cat "$work/kubelet.lines"
  } >"$noted/$(flat "$folder/$kubelet_drop_in")" || return 1
  if [ -z "$(foreign_folder)" ]; then
    printf '# Written by Plumbline. pulumi destroy takes it away.\n[Service]\nEnvironment="KUBELET_CONFIG_ARGS=--config=%s --config-dir=%s"\n' \
      "$kubelet_file" "$folder" >"$noted/$(flat "$kubelet_unit/$kubelet_drop_in")" || return 1
  fi
  sync "$noted"/* && add_kubelet_files "$generation"
}
forget_kubelet_files() {
  rm -rf "$state/generations/$generation/kubelet"
  grep -v "/$kubelet_drop_in\$" "$desired/files.list" >"$work/files.list"
  cp "$work/files.list" "$desired/files.list"
}
# add_kubelet_files GENERATION: to its unpacked bundle.
add_kubelet_files() {
  for noted in "$state/generations/$1/kubelet"/*; do
    [ -e "$noted" ] || continue
    cp "$noted" "$work/$1/files/" && printf '0644 %s\n' "$(unflat "${noted##*/}")" >>"$work/$1/files.list" || return 1
  done
}

# What our drop-ins are now.
kubelet_files() {
  for original in "$state/original/files/"*"%$kubelet_drop_in"; do cat "$(unflat "${original##*/}")" 2>/dev/null; done | cksum
}

# restart_kubelet BEFORE: if our drop-ins are others than before. Pods go on running meanwhile. A kubelet that doesn't come back is a reason to go back.
restart_kubelet() {
  [ "$(kubelet_files)" != "$1" ] || return 0
  systemctl daemon-reload
  # At boot it comes later; on a host that hasn't joined, some day.
  if [ "$command" = boot ] || [ "$(systemctl show --property=ActiveState --value kubelet.service)" = inactive ]; then return 0; fi
  systemctl restart kubelet.service 2>"$work/error" || problem kubelet "can't be restarted: $(tail -n 1 "$work/error")"
  tries=0
  until kubelet_answers; do
    tries=$((tries + 1))
    if [ "$tries" -gt 20 ]; then
      problem kubelet "doesn't come back within 20 s of its restart; see journalctl -u kubelet"
      return 0
    fi
    sleep 1
  done
  remark "the kubelet was restarted with other DNS settings; pods that run keep theirs"
}
# Its health endpoint, by default at 10248 of loopback.
kubelet_answers() {
  systemctl is-active --quiet kubelet.service && read_kubelet || return 1
  port=$(kubelet_setting healthzPort healthz-port)
  # shellcheck disable=SC2016 # the inner shell's $0
  [ "${port:-10248}" = 0 ] || timeout 3 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0" && printf "GET /healthz HTTP/1.0\r\n\r\n" >&3 && head -n 1 <&3 | grep -q " 200 "' "${port:-10248}" 2>/dev/null
}
