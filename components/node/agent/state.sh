### Lock and state

# lock SECONDS: how long to wait for another run.
lock() {
  mkdir -p "$state" && exec 9>>"$state/lock"
  if ! flock -w "$1" 9; then
    say "busy: $(cat "$state/lock")" >&2
    exit 1
  fi
  # A destroy that we waited for has removed the file that we hold.
  if [ "$(stat -L -c %i /proc/self/fd/9)" != "$(stat -c %i "$state/lock" 2>/dev/null)" ]; then
    lock "$1"
    return
  fi
  printf '%s since %s (pid %s)\n' "$command" "$(now)" "$$" >"$state/lock"
  name=$(cat "$state"/generations/*/bundle 2>/dev/null | sed -n 's/^node //p' | head -n 1)
  node=${name:-$node}
  rm -rf "$work"
  mkdir -p "$work" "$state/generations" "$state/original/files" "$state/original/sysctls" "$state/original/dirs" "$state/original/links" "$state/original/namespaces" "$state/original/ports" "$state/original/services" "$state/original/networks" || exit 1
}

# put NAME TEXT: a whole state file or none.
put() { printf '%s\n' "$2" >"$state/$1.new" && sync "$state/$1.new" && mv -f "$state/$1.new" "$state/$1"; }
get() { [ ! -e "$state/$1" ] || cat "$state/$1"; }
confirmed_or_nothing() { cat "$state/current" 2>/dev/null || echo nothing; }

# A host on which nothing was ever confirmed and whose apply failed is left without a trace.
forget() {
  if [ -e "$state/current" ] || [ -e "$state/pending" ] || has_originals; then return; fi
  remove_units
  rm -rf "$state" "$work" "$started"
}
has_originals() {
  for original in "$state"/original/*/* "$state/original/nftables" "$state/original/hosts" "$state/original/resolver" "$state/original/forwarded" "$state/original/ovs"; do [ ! -e "$original" ] || return 0; done
  return 1
}

generation_of() { sha256sum <"$1" | cut -c1-12; }
is_generation() { printf '%s\n' "$1" | grep -qxE '[0-9a-f]{12}'; }

# A path or a key as one file name; neither has a %.
flat() { printf '%s\n' "$1" | tr / %; }
unflat() { printf '%s\n' "$1" | tr % /; }
