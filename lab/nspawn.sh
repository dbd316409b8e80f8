#!/bin/sh
# systemd-nspawn with its run-time files in a file system of its own, which goes with it however it ends.
# usage: nspawn.sh NSPAWN-ARGUMENT...
exec unshare --mount --propagation=slave sh -euc '
  mkdir -p /run/systemd/nspawn
  mount -t tmpfs -o mode=755 nspawn /run/systemd/nspawn
  exec systemd-nspawn "$@"' systemd-nspawn "$@"
