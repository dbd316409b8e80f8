import { type Conflist, conflist, ipam, type Plugin, plugin } from "../../../../components/cni/conf/build";

const addresses = ipam.hostLocal({ ranges: [[{ subnet: "10.244.1.0/24" }]], routes: [{ dst: "0.0.0.0/0" }] });
const bridge = plugin.bridge({ bridge: "cni0", isGateway: true, hairpinMode: true, ipam: addresses });
const network = (...plugins: readonly Plugin[]): Conflist => conflist({ name: "pods", plugins });

/** A network for each plugin, with the settings that a real plugin is to be seen taking. */
export const runs: Readonly<Record<string, Conflist>> = {
  bridge: network(
    plugin.bridge({
      bridge: "pods0",
      isGateway: true,
      forceAddress: true,
      ipMasq: true,
      ipMasqBackend: "nftables",
      mtu: 1450,
      hairpinMode: true,
      portIsolation: true,
      enabledad: true,
      ipam: ipam.hostLocal({
        ranges: [[{ subnet: "10.244.1.0/24", rangeStart: "10.244.1.10", rangeEnd: "10.244.1.20" }], [{ subnet: "fd00:1::/64" }]],
        routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }],
      }),
    }),
  ),
  ptp: network(plugin.ptp({ ipMasq: true, mtu: 1400, ipam: addresses })),
  macvlan: network(plugin.macvlan({ master: "eth0", mode: "bridge", mtu: 1400, mac: "02:42:ac:11:00:02", ipam: addresses })),
  tap: network(plugin.tap({ multiQueue: true, mtu: 1400, owner: 0, group: 0, ipam: addresses })),
  "host-device": network(plugin.hostDevice({ device: "eth1", ipam: addresses })),
  loopback: network(plugin.loopback({})),
  static: network(
    plugin.bridge({
      isGateway: true,
      ipam: ipam.static({
        addresses: [{ address: "10.1.0.5/24", gateway: "10.1.0.1" }],
        routes: [{ dst: "10.9.0.0/16", gw: "10.1.0.1", mtu: 1400 }],
      }),
    }),
  ),
  portmap: network(bridge, plugin.portmap({ backend: "iptables", snat: true, markMasqBit: 14, capabilities: { portMappings: true } })),
  "portmap by nftables": network(bridge, plugin.portmap({ backend: "nftables", capabilities: { portMappings: true } })),
  bandwidth: network(
    bridge,
    plugin.bandwidth({ ingressRate: 10_000_000, ingressBurst: 1_000_000, egressRate: 10_000_000, egressBurst: 1_000_000 }),
  ),
  tuning: network(
    bridge,
    plugin.tuning({ sysctl: { "net.core.somaxconn": "500" }, mtu: 1400, promisc: true, allmulti: true, txQLen: 500 }),
  ),
  firewall: network(bridge, plugin.firewall({ backend: "iptables", ingressPolicy: "same-bridge" })),
  sbr: network(bridge, plugin.sbr({ table: 200 })),
};

/** What this kernel may not have: the plugin gets as far as asking it. */
export const asks: Readonly<Record<string, Conflist>> = {
  "bridge with VLANs": network(plugin.bridge({ vlan: 5, ipam: addresses })),
  vlan: network(plugin.vlan({ master: "eth0", vlanId: 5, mtu: 1400, ipam: addresses })),
  ipvlan: network(plugin.ipvlan({ master: "eth0", mode: "l3", ipam: addresses })),
  dummy: network(plugin.dummy({ ipam: addresses })),
  vrf: network(bridge, plugin.vrf({ vrfname: "blue", table: 100 })),
};

/** What runs elsewhere: on Windows, or beside a daemon. */
export const elsewhere: Readonly<Record<string, Conflist>> = {
  dhcp: network(plugin.macvlan({ master: "eth0", ipam: ipam.dhcp({ request: [{ option: "routers" }] }) })),
  "win-bridge": network(plugin.winBridge({ apiVersion: 2, ipMasqNetwork: "10.244.0.0/16", ipam: addresses })),
  "win-overlay": network(plugin.winOverlay({ apiVersion: 2, endpointMacPrefix: "0E-2A", ipam: addresses })),
};
