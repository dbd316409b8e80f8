### The story

# go_back REASON: from whatever is set to the confirmed generation, or to the originals.
go_back() {
  report
  failed=$(get pending)
  load "$(confirmed_or_nothing)" || load nothing
  if converge; then settle; else remark "not all of it could be put back"; fi
  disarm
  if [ -n "$failed" ]; then printf '%s\n' "$1" >"$state/generations/$failed/rolled-back"; fi
  rm -f "$state/pending"
  log "rolled back ${failed:-to it}, $1$(remarks); now $generation"
}

# transact GENERATION SECONDS: from the checks of a loaded generation to a running rollback timer. False if it was refused.
transact() {
  validate || return 1
  passing "$desired/probes" >"$state/generations/$1/passing"
  rm -f "$state/generations/$1/rolled-back"
  if prepare "$1" && arm "$1" "$2" && converge && probes_pass; then return 0; fi
  go_back "$(head -n 1 "$work/problems" | cut -c1-400)"
  say "generation $1 failed and is rolled back$(remarks)" >&2
  if has_problems; then
    report
  elif [ "$command" = apply ]; then
    forget
  fi
  exit 1
}

# What has to be on disk before anything is touched.
prepare() {
  take_originals
  { install_agent && install_units && put pending "$1"; } 2>"$work/error" || problem host "can't install the agent: $(tail -n 1 "$work/error")"
  ! has_problems
}

apply() {
  lock 30
  incoming="$state/generations/new"
  rm -rf "$incoming"
  { mkdir "$incoming" && cat >"$incoming/bundle" && sync "$incoming/bundle"; } || die "can't write to $state"
  node=$(sed -n 's/^node //p' "$incoming/bundle" | head -n 1)
  if [ "$(generation_of "$incoming/bundle")" != "$1" ]; then
    refuse "the bundle arrived damaged: it isn't generation $1; nothing was changed"
  fi
  { mkdir -p "$state/generations/$1" && mv "$incoming/bundle" "$state/generations/$1/bundle" && rmdir "$incoming"; } || die "can't write to $state"
  if [ "$(get current)" = "$1" ]; then
    apply_current "$1"
    return
  fi
  load "$1" || refuse "the bundle can't be read; nothing was changed"
  timeout=$(cat "$desired/confirm-timeout")
  transact "$1" "$timeout" || refuse "generation $1 is refused; nothing was changed"
  message="generation $1 applied: $(summary); rolls back in $timeout s unless confirmed$(remarks)"
  log "$message; for ${SUDO_USER:-root}"
  say "$message"
}

# The confirmed generation once more: nothing to do, unless another one is set.
apply_current() {
  install_agent || die "can't install the agent"
  if [ ! -e "$state/pending" ] && [ "$(get live)" = "$1" ]; then
    say "generation $1 is applied and confirmed already; nothing to do"
    return
  fi
  go_back "the confirmed generation was applied again"
  ! has_problems || die "generation $1 is not wholly back"
  say "back at the confirmed generation $1$(remarks)"
}

refuse() {
  report
  log "$command: $*"
  say "$*" >&2
  rm -rf "$state/generations/new"
  forget
  exit 1
}

confirm() {
  read -r wanted || true
  is_generation "$wanted" || usage
  [ -d "$state" ] || die "nothing of Plumbline is on this host; run the apply first"
  lock 30
  if [ "$(get pending)" = "$wanted" ]; then
    accept "$wanted"
  elif [ -e "$state/pending" ]; then
    die "generation $wanted can't be confirmed: it is generation $(get pending) that waits for its confirmation"
  elif [ "$(get current)" = "$wanted" ]; then
    say "generation $wanted is confirmed already"
  elif [ -e "$state/generations/$wanted/bundle" ]; then
    apply_again "$wanted"
  else
    die "generation $wanted isn't on this host; replace its apply: pulumi up --replace"
  fi
}

accept() {
  load "$1" || die "generation $1 can't be confirmed"
  if ! probes_pass; then
    go_back "a probe failed at the confirmation"
    die "generation $1 is rolled back, a probe failed at the confirmation$(remarks)"
  fi
  put current "$1" || die "can't write to $state"
  rm -f "$state/pending"
  disarm
  settle
  prune
  log "generation $1 confirmed for ${SUDO_USER:-root}"
  say "generation $1 confirmed"
}

# Pulumi has recorded the apply as done, so its next run repeats only this confirmation. This connection may be older than the
# change, so it proves nothing; the next one will. The timer runs longer, since a person has to start that run.
apply_again() {
  reason=$(get "generations/$1/rolled-back")
  load "$1" || die "generation $1 can't be applied again"
  seconds=$((5 * $(cat "$desired/confirm-timeout")))
  transact "$1" "$seconds" || die "generation $1 had been rolled back (${reason:-unknown}) and is refused now; nothing was changed"
  die "generation $1 had been rolled back (${reason:-unknown}). It is applied again: run pulumi up within $seconds s to confirm it"
}

# Old generations, but for the newest and those in force; and old lines of the log.
prune() {
  # shellcheck disable=SC2012 # generations are named by hex digits
  ls -t "$state/generations" | tail -n +$((keep_generations + 1)) | while IFS= read -r old; do
    case " $(get current) $(get live) " in *" $old "*) ;; *) rm -rf "$state/generations/$old" ;; esac
  done
  tail -n 1000 "$state/log" >"$work/log" && cp "$work/log" "$state/log"
}

rollback() {
  [ -d "$state" ] || return 0
  lock 600
  [ "$(get pending)" = "$1" ] || return 0
  go_back "no confirmation came in time"
  ! has_problems || die "not all of it could be put back"
}
