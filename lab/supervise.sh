#!/bin/sh
# Runs one host of the lab until it is switched off, and again after each reboot from inside.
# usage: supervise.sh CGROUP LOG NSPAWN-ARGUMENT...
set -u
cgroup=$1 log=$2
shift 2

# The host's control group in every hierarchy: version 2 has one, version 1 one per controller.
groups=$(ls -d /sys/fs/cgroup/"$cgroup" /sys/fs/cgroup/*/"$cgroup" 2> /dev/null)
if [ -z "$groups" ]; then exit 1; fi

# Moves the (sub)shell that calls this.
join() {
  for group in $groups; do echo 0 > "$group/$1/cgroup.procs" || return 1; done
}

# A machine that starts has no groups left from before; in version 2, one that had groups below takes no process any more.
clean() {
  for group in $groups; do
    find "$group/machine" -mindepth 1 -depth -type d -exec rmdir {} +
    if [ "$group" = "/sys/fs/cgroup/$cgroup" ]; then rmdir "$group/machine" && mkdir "$group/machine"; fi
  done
}

join supervisor || exit 1
# systemd-nspawn ends with 133 when the machine in it reboots.
status=133
while [ "$status" -eq 133 ]; do
  (clean && join machine && exec sh "$(dirname "$0")/nspawn.sh" "$@") < /dev/null >> "$log" 2>&1
  status=$?
done
exit "$status"
