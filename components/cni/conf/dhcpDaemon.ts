import type { HostItem } from "../../../core/host";
import { fileHeader } from "../../node/fileHeader";

export const defaultSocket = "/run/cni/dhcp.sock";
/** What the rules of `dhcp` say, and need not where the plan brings the daemon. */
export const daemonNeeded = "needs a daemon on every node, which gets and renews the leases.";
/** A path that can stand in a unit as it is. */
export const isPlainSocket = (socket: string) => /^(\/[\w.@+-]+)+$/.test(socket);
/** Where runtimes have their plugins, by default and in Debian's and Fedora's packages. The agent's preflight has found the plugin in the runtime's own. */
const pluginDirs = "/opt/cni/bin:/usr/lib/cni:/usr/libexec/cni";

/**
 * The daemon of the `dhcp` plugin as a service: it gets the pods' leases and renews them. Every `daemonSocketPath` of the configurations has one, on a
 * socket of systemd's, which is there before the daemon. The units' names are upstream's: Debian has them too, so its own make way, and come back.
 */
export function dhcpDaemons(sockets: readonly string[]): HostItem[] {
  return [...new Set(sockets.filter(isPlainSocket))].flatMap((socket, index): HostItem[] => {
    const name = `cni-dhcp${index === 0 ? "" : `-${index + 1}`}`;
    const socketFile = `/etc/systemd/system/${name}.socket`;
    const serviceFile = `/etc/systemd/system/${name}.service`;
    return [
      { kind: "file", path: socketFile, mode: "0644", content: `${fileHeader}${socketUnit(socket)}` },
      { kind: "file", path: serviceFile, mode: "0644", content: `${fileHeader}${serviceUnit(name)}` },
      { kind: "service", name: `${name}.socket`, files: [socketFile] },
      { kind: "service", name: `${name}.service`, files: [serviceFile, socketFile] },
    ];
  });
}

const socketUnit = (socket: string) => `[Unit]
Description=Requests for pods' DHCP leases (CNI plugin dhcp)

[Socket]
ListenStream=${socket}
SocketMode=0600
RemoveOnStop=true

[Install]
WantedBy=sockets.target
`;

/** A shell looks for the program, since systemd itself does so from version 250 only (ExecSearchPath=). */
const serviceUnit = (name: string) => `[Unit]
Description=Pods' DHCP leases (CNI plugin dhcp)
Requires=${name}.socket
After=${name}.socket network.target
Before=kubelet.service

[Service]
Environment=PATH=${pluginDirs}
ExecStartPre=/bin/sh -c 'command -v dhcp || { echo "error: there is no program dhcp in $PATH"; exit 1; }'
ExecStart=/bin/sh -c 'exec dhcp daemon'
Restart=on-failure

[Install]
WantedBy=multi-user.target
`;
