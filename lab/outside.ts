import { isIPv6 } from "node:net";
import type { HostFile } from "./hostFiles";
import type { LabHost } from "./topology";

/** The zone that only the lab's own resolver knows: what a pod can ask for that isn't the cluster's. */
export const outsideZone = "outside.test";
export const outsideName = `www.${outsideZone}`;

/** A zone of a second name server of the outside, on the same host at a port of its own: the other one doesn't know it. */
export const stubZone = "corp.test";
export const stubPort = 5353;

/**
 * The world outside of the cluster, on the client: a name server at port 53, another one at port 5353, and, for the name that it gives out, a web server at port 80 that
 * says who asks (`/clientip`, `/hostname`, `/echo?msg=...`).
 */
export function outsideFiles(client: LabHost): HostFile[] {
  return [
    {
      path: "/etc/coredns/Corefile",
      content: `${outsideZone} {
    file /etc/coredns/${outsideZone}.zone
}
${stubZone}:${stubPort} {
    file /etc/coredns/${stubZone}.zone
}
. {
    template ANY ANY {
        rcode NXDOMAIN
    }
}
`,
    },
    {
      path: `/etc/coredns/${outsideZone}.zone`,
      content: zone(outsideZone, client, "www"),
    },
    {
      path: `/etc/coredns/${stubZone}.zone`,
      content: zone(stubZone, client, "db"),
    },
    {
      path: "/etc/systemd/system/outside-dns.service",
      content: unit("Name server of the outside", "/usr/bin/coredns -conf /etc/coredns/Corefile"),
    },
    {
      path: "/etc/systemd/system/outside-http.service",
      content: unit("Web server of the outside", "/usr/bin/agnhost netexec --http-port=80 --udp-port=-1"),
    },
  ];
}

function zone(name: string, { address }: LabHost, host: string): string {
  const type = isIPv6(address) ? "AAAA" : "A";
  return `$ORIGIN ${name}.
@   60 IN SOA ns hostmaster 1 3600 600 86400 60
@   60 IN NS  ns
ns  60 IN ${type} ${address}
${host.padEnd(3)} 60 IN ${type} ${address}
`;
}

/** The units that the client starts at boot. */
export const outsideUnits: readonly string[] = ["outside-dns.service", "outside-http.service"];

function unit(description: string, command: string): string {
  return `[Unit]
Description=${description}
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=${command}
Restart=always

[Install]
WantedBy=multi-user.target
`;
}
