/** A CNI list around one or more plugins. */
const list = (...plugins: object[]) => ({ cniVersion: "1.0.0", name: "pods", plugins });
const route = [{ dst: "0.0.0.0/0" }];
const hostLocal = (ranges: object[][], more: object = {}) => ({ type: "host-local", ranges, routes: route, ...more });
const bridge = (more: object = {}) => ({
  type: "bridge",
  bridge: "cni0",
  isGateway: true,
  ipam: hostLocal([[{ subnet: "10.1.0.0/24" }]]),
  ...more,
});
const portmap = { type: "portmap", capabilities: { portMappings: true } };
const withIpam = (ipam: object) => list(bridge({ ipam }));

/** What containernetworking/plugins v1.9.1 or libcni v1.3.1 refuses, with what the finding has to say. */
export const refused: [string, object, RegExp][] = [
  ["no name", { cniVersion: "1.0.0", plugins: [bridge()] }, /name/],
  ["a name with a slash", { ...list(bridge()), name: "a/b" }, /a\/b/],
  ["no plugins", list(), /plugins/],
  ["a plugin without a type", list({ bridge: "cni0" }), /type/],
  ["a gateway that isn't an address", withIpam(hostLocal([[{ subnet: "10.1.0.0/24", gateway: "one" }]])), /gateway/],
  ["a subnet with bits of a host", withIpam(hostLocal([[{ subnet: "10.1.0.7/24" }]])), /10\.1\.0\.0\/24/],
  ["a range that begins outside of its subnet", withIpam(hostLocal([[{ subnet: "10.1.0.0/24", rangeStart: "10.2.0.1" }]])), /10\.2\.0\.1/],
  ["a subnet without room", withIpam(hostLocal([[{ subnet: "10.1.0.0/31" }]])), /10\.1\.0\.0\/31/],
  ["ranges that overlap", withIpam(hostLocal([[{ subnet: "10.1.0.0/24" }], [{ subnet: "10.1.0.0/16" }]])), /overlap/],
  ["both families in one set", withIpam(hostLocal([[{ subnet: "10.1.0.0/24" }, { subnet: "fd00::/64" }]])), /famil/],
  ["a number in quotes", list(bridge({ mtu: "1500" })), /mtu/],
  ["hairpin and promiscuous mode", list(bridge({ hairpinMode: true, promiscMode: true })), /hairpin|promisc/i],
  ["a VLAN that there is not", list(bridge({ vlan: 5000 })), /vlan/i],
];

/** What works. */
export const accepted: [string, object][] = [
  ["a bridge with host-local", list(bridge())],
  ["with portmap", list(bridge(), portmap)],
  [
    "two families, a set for each",
    withIpam({ ...hostLocal([[{ subnet: "10.1.0.0/24" }], [{ subnet: "fd00:1::/64" }]]), routes: [...route, { dst: "::/0" }] }),
  ],
  [
    "a range within the subnet",
    withIpam(hostLocal([[{ subnet: "10.1.0.0/24", rangeStart: "10.1.0.10", rangeEnd: "10.1.0.20", gateway: "10.1.0.1" }]])),
  ],
  ["static addresses", withIpam({ type: "static", addresses: [{ address: "10.1.0.5/24", gateway: "10.1.0.1" }], routes: route })],
  ["point to point", list({ type: "ptp", ipMasq: true, ipam: hostLocal([[{ subnet: "10.1.0.0/24" }]]) })],
  [
    "traffic shaping and settings after it",
    list(
      bridge(),
      { type: "bandwidth", ingressRate: 1000000, ingressBurst: 1000000 },
      { type: "tuning", sysctl: { "net.core.somaxconn": "500" } },
    ),
  ],
];
