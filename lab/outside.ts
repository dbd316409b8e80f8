import { isIPv6 } from "node:net";
import type { HostFile } from "./hostFiles";
import type { LabHost } from "./topology";

/** The zone that only the lab's own resolver knows: what a pod can ask for that isn't the cluster's. */
export const outsideZone = "outside.test";
export const outsideName = `www.${outsideZone}`;

/** A zone of a second name server of the outside, on the same host at a port of its own: the other one doesn't know it. */
export const stubZone = "corp.test";
export const stubPort = 5353;

/** The autonomous systems of the outside's router and of the nodes that it takes routes from. */
export const routerAsNumber = 64513;
export const nodesAsNumber = 64512;
/** Where `birdc -s` asks the router. */
export const routerSocket = "/run/bird.ctl";

/**
 * The world outside of the cluster, on the client: a name server at port 53, another one at port 5353, for the name that it gives out a web server at port 80 that
 * says who asks (`/clientip`, `/hostname`, `/echo?msg=...`), and a router that goes by what nodes tell it by BGP.
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
    { path: "/etc/bird/lab.conf", content: router(client) },
    {
      path: "/etc/systemd/system/outside-bgp.service",
      content: unit("Router of the outside", `/usr/sbin/bird -f -c /etc/bird/lab.conf -s ${routerSocket}`),
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

/** Takes sessions from the whole LAN, and spreads packets over all nodes that tell it the same. */
function router({ address }: LabHost): string {
  const [lan, id, channel] = isIPv6(address)
    ? [address.replace(/::.*/, "::/64"), "192.0.2.9", "ipv6"]
    : [address.replace(/\.\d+$/, ".0/24"), address, "ipv4"];
  return `router id ${id};
protocol device {
}
protocol kernel {
    merge paths yes;
    ${channel} { export all; };
}
protocol bgp nodes {
    local as ${routerAsNumber};
    neighbor range ${lan} as ${nodesAsNumber};
    ${channel} { import all; export none; };
}
`;
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
export const outsideUnits: readonly string[] = ["outside-bgp.service", "outside-dns.service", "outside-http.service"];

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
