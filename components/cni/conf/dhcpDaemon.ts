import type { HostItem } from "../../../core/host";
import { fileHeader } from "../../node/fileHeader";

export const defaultSocket = "/run/cni/dhcp.sock";
/** What the rules of `dhcp` say, and need not where the plan brings the daemon. */
export const daemonNeeded = "needs a daemon on every node, which gets and renews the leases.";
/** A path that can stand in a unit and in a shell as it is. */
export const isPlainSocket = (socket: string) => /^(\/[\w.@+-]+)+$/.test(socket);
/** Where runtimes have their plugins, by default and in Debian's and Fedora's packages. The agent's preflight has found the plugin in the runtime's own. */
const pluginDirs = "/opt/cni/bin:/usr/lib/cni:/usr/libexec/cni";

/**
 * The daemon of the `dhcp` plugin as a service: it gets the pods' leases and renews them. Every `daemonSocketPath` of the configurations has one. The
 * daemon leaves its socket behind when it is killed, and can't start beside one. It is up when the socket is there.
 */
export function dhcpDaemons(sockets: readonly string[]): HostItem[] {
  return [...new Set(sockets.filter(isPlainSocket))].flatMap((socket, index): HostItem[] => {
    const unit = `cni-dhcp${index === 0 ? "" : `-${index + 1}`}.service`;
    const path = `/etc/systemd/system/${unit}`;
    return [
      { kind: "file", path, mode: "0644", content: dhcpDaemonUnit(socket) },
      { kind: "service", name: unit, files: [path] },
    ];
  });
}

function dhcpDaemonUnit(socket: string): string {
  return `${fileHeader}[Unit]
Description=DHCP leases of pods (CNI plugin dhcp)
After=network.target
Before=kubelet.service

[Service]
Environment=PATH=${pluginDirs}
ExecStartPre=/bin/rm -f ${socket}
ExecStart=/bin/sh -c 'exec dhcp daemon --socketpath ${socket}'
ExecStartPost=/bin/sh -c 'until [ -S ${socket} ]; do kill -0 $MAINPID || exit 1; sleep 0.1; done'
TimeoutStartSec=30
Restart=on-failure

[Install]
WantedBy=multi-user.target
`;
}
