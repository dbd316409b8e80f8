#!/bin/sh
# Plumbline's host agent: makes the network of this host what a bundle says, or leaves it as it was.
#
#   apply GENERATION      the bundle comes on stdin; GENERATION is the first 12 hex digits of its sha256
#   confirm               GENERATION comes on stdin, over a NEW connection: the proof that nobody was locked out
#   rollback GENERATION   what the rollback timer runs when no confirmation came
#   boot, boot-routes     what our systemd units run: the firewall before the network is up, the routes after
#   boot-forwarded        the same after Docker, or what restores iptables, has started: lets pods through its filter
#   destroy [NODE]        everything back to what it was before Plumbline, then this directory goes too
#   status                what is applied
#
# The story of an apply. Take the lock. Check everything, and refuse with all the reasons at once, before anything is
# touched. Note which probes pass now. Install the boot units. Copy what will be replaced to original/. Start the rollback
# timer. Converge: put back what the bundle no longer names, set what it names. Run the probes again. Whatever goes wrong
# from then on (an error, a failed probe, no confirmation, a reboot) ends in the same place: converge to the last confirmed
# generation, or to the originals when there is none.
#
# One function changes the host, `converge`, and it is the same for apply, rollback, boot and destroy. It touches only what
# is ours: the files that a bundle names, the sysctls that it names (and those that the kernel changes with them), links
# and namespaces that we made with what is on them, routes, nexthop objects and rules of our own protocol numbers, the nftables table
# `inet plumbline`, and the iptables chain PLUMBLINE-FORWARD with its jump. It replaces a file by temp and
# rename, the table by one nft transaction, the routes by one ip batch. It never flushes anything.
#
# State, for root only:
#   current          the confirmed generation
#   pending          the generation that waits for its confirmation
#   live             the generation that is set; several while one is being replaced by another
#   generations/GEN  its bundle; `passing`: the probes that must keep passing; `rolled-back`: why it isn't in force
#   original/        what was there before our first change: a file or its absence, a sysctl, a directory or link that we made.
#                    Noted once, when first touched; dropped when it is put back for good. What is noted here is ours.
#   log              what was done, when, for whom
#
# Needs a POSIX sh, coreutils, awk, grep, sed, flock, ip, nft, systemd. A tcp probe runs bash, for its /dev/tcp: every
# distribution that kubeadm supports has bash (Debian and Ubuntu: essential), unlike nc, curl, perl or python.
# Exit: 0 done, 1 refused or rolled back (the reasons are on stderr), 2 wrong call.

set -u
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
umask 077
# When the connection breaks half-way: finish, and let the timer judge.
trap '' HUP PIPE

state=/var/lib/plumbline
# Unpacked bundles and notes of one run; in memory, so that a full disk doesn't stop a rollback.
work=/run/plumbline
units=/etc/systemd/system
# Where a file goes that somebody else changed after we wrote it, before we replace it.
backups=/var/backups/plumbline
table="inet plumbline"
# The mark of our routes. Free in iproute2's rt_protos (2 kernel, 4 static, 16 dhcp, 84 ovn, 99 openr, 186 bgp); Calico uses 80.
protocol=117
# Numbers of our nexthop objects, from here on: far from those that Linux and routing daemons give out.
first_nexthop=1170000000
# The mark of the routes and rules that the stack file asks for. Free there, too.
static_protocol=118
# Seconds that boot-routes waits for the addresses that gateways need. The kubelet waits for it too, so not for long.
boot_patience=30
keep_generations=5
kubelet_kubeconfig=/etc/kubernetes/kubelet.conf
api_server_manifest=/etc/kubernetes/manifests/kube-apiserver.yaml
command=${1:-}
node=$(uname -n)
