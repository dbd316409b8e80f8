# What `plumbline doctor` runs instead of the agent's story: the checks of an apply, then facts. The bundle comes on stdin. Each finding is a line:
# `refused ITEM: REASON` is what an apply would refuse, `remark TEXT` what it would say besides.
look() {
  command=apply
  work=$(mktemp -d /run/plumbline-look.XXXXXX) || exit 1
  trap 'rm -rf "$work"' EXIT
  desired="$work/desired"
  cat >"$work/bundle"
  wrong=$(unpack "$work/bundle" "$desired") || exit 1
  if [ -n "$wrong" ]; then
    printf '%s\n' "$wrong" >&2
    exit 1
  fi
  only_where "$desired" && resolver_files "$desired" || exit 1
  validate
  [ ! -e "$work/problems" ] || sed 's/^/refused /' "$work/problems"
  [ ! -e "$work/remarks" ] || sed 's/; /\n/g' "$work/remarks" | sed -n 's/^./remark &/p'
  facts
}

# An apply keeps the kubelet's drop-ins with its generation (kubeletFiles.sh). A look has none, and writes nothing.
note_kubelet_files() { remark "the kubelet would be restarted with $(paste -s -d ' ' "$work/kubelet.lines")"; }
forget_kubelet_files() { :; }

if [ "$(id -u)" != 0 ]; then
  printf 'must run as root; use sudo\n' >&2
  exit 1
fi
look
