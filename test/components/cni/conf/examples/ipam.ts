import { type Example, listOf } from "./example";

const inBridge = (ipam: string, keys = "") => listOf(`"type": "bridge", ${keys}"ipam": ${ipam}`);
const routes = '"routes": [{"dst": "0.0.0.0/0"}]';
/** host-local with these range sets. */
const ranges = (sets: string, more = routes) => inBridge(`{"type": "host-local", "ranges": ${sets}${more && `, ${more}`}}`);
const one = (keys: string) => ranges(`[[{"subnet": "10.1.0.0/24"${keys && `, ${keys}`}}]]`);
const good = one("");
const gateway = (keys: string) =>
  inBridge(`{"type": "host-local", "ranges": [[{"subnet": "10.1.0.0/24", ${keys}}]]}`, '"isDefaultGateway": true, ');

export const hostLocal: readonly Example[] = [
  {
    name: "no ranges",
    bad: inBridge(`{"type": "host-local", ${routes}}`),
    findings: ["error plugins[0].ipam.ranges: is missing: the plugin has no range to give addresses of, and refuses."],
    good,
  },
  {
    name: "empty ranges",
    bad: ranges("[]"),
    findings: ["error plugins[0].ipam.ranges: is empty: the plugin has no range to give addresses of, and refuses."],
    good,
  },
  {
    name: "an empty range set",
    bad: ranges("[[]]"),
    findings: ["error plugins[0].ipam.ranges[0]: is an empty range set: the plugin refuses it."],
    good,
  },
  {
    name: "one bracket only",
    bad: ranges('[{"subnet": "10.1.0.0/24"}]'),
    findings: ["error plugins[0].ipam.ranges[0]: is one range, and every entry of ranges is a set of them."],
    good,
  },
  {
    name: "a range without subnet",
    bad: ranges('[[{"rangeStart": "10.1.0.5"}]]'),
    findings: ["error plugins[0].ipam.ranges[0][0].subnet: is missing."],
    good,
  },
  {
    name: "a subnet without a prefix length",
    bad: ranges('[[{"subnet": "10.1.0.0"}]]'),
    findings: ['error plugins[0].ipam.ranges[0][0].subnet: "10.1.0.0" is no address range in CIDR notation.'],
    good,
  },
  {
    name: "a netmask",
    bad: ranges('[[{"subnet": "10.1.0.0/255.255.255.0"}]]'),
    findings: ['error plugins[0].ipam.ranges[0][0].subnet: "10.1.0.0/255.255.255.0" is no address range in CIDR notation.'],
    good,
  },
  {
    name: "a prefix length over 32",
    bad: ranges('[[{"subnet": "10.1.0.0/33"}]]'),
    findings: ['error plugins[0].ipam.ranges[0][0].subnet: "10.1.0.0/33" is no address range in CIDR notation.'],
    good: ranges('[[{"subnet": "10.1.0.0/30"}]]'),
  },
  {
    name: "host bits",
    bad: ranges('[[{"subnet": "10.1.0.1/24"}]]'),
    findings: ["error plugins[0].ipam.ranges[0][0].subnet: 10.1.0.1/24 has bits set after the prefix: the plugin refuses it."],
    good,
  },
  {
    name: "a /31",
    bad: ranges('[[{"subnet": "10.1.0.0/31"}]]'),
    findings: [
      "error plugins[0].ipam.ranges[0][0].subnet: 10.1.0.0/31 is too small: the plugin gives no addresses of a range with less than 4.",
    ],
    good: ranges('[[{"subnet": "10.1.0.0/30"}]]'),
  },
  {
    name: "a /127 of IPv6",
    bad: ranges('[[{"subnet": "fd00::/127"}]]', '"routes": [{"dst": "::/0"}]'),
    findings: [
      "error plugins[0].ipam.ranges[0][0].subnet: fd00::/127 is too small: the plugin gives no addresses of a range with less than 4.",
    ],
    good: ranges('[[{"subnet": "fd00::/64"}]]', '"routes": [{"dst": "::/0"}]'),
  },
  {
    name: "rangeStart outside",
    bad: one('"rangeStart": "10.1.1.5"'),
    findings: ["error plugins[0].ipam.ranges[0][0].rangeStart: 10.1.1.5 is not in 10.1.0.0/24: the plugin refuses it."],
    good: one('"rangeStart": "10.1.0.5"'),
  },
  {
    name: "rangeEnd outside",
    bad: one('"rangeEnd": "10.0.0.5"'),
    findings: ["error plugins[0].ipam.ranges[0][0].rangeEnd: 10.0.0.5 is not in 10.1.0.0/24: the plugin refuses it."],
    good: one('"rangeEnd": "10.1.0.254"'),
  },
  {
    name: "rangeStart behind rangeEnd",
    bad: one('"rangeStart": "10.1.0.20", "rangeEnd": "10.1.0.10"'),
    findings: ["error plugins[0].ipam.ranges[0][0].rangeEnd: 10.1.0.10 is before rangeStart, 10.1.0.20: the plugin refuses it."],
    good: one('"rangeStart": "10.1.0.10", "rangeEnd": "10.1.0.10"'),
  },
  {
    name: "rangeStart with a prefix length",
    bad: one('"rangeStart": "10.1.0.5/24"'),
    findings: ['error plugins[0].ipam.ranges[0][0].rangeStart: "10.1.0.5/24" is no IP address.'],
    good: one('"rangeStart": "10.1.0.5"'),
  },
  {
    name: "the network itself",
    bad: one('"rangeStart": "10.1.0.0"'),
    findings: ["warning plugins[0].ipam.ranges[0][0].rangeStart: 10.1.0.0 is the network itself, and a pod would get it."],
    good: one('"rangeStart": "10.1.0.1"'),
  },
  {
    name: "the broadcast address",
    bad: one('"rangeEnd": "10.1.0.255"'),
    findings: ["warning plugins[0].ipam.ranges[0][0].rangeEnd: 10.1.0.255 is the broadcast address, and a pod would get it."],
    good: one('"rangeEnd": "10.1.0.254"'),
  },
  {
    name: "a gateway outside",
    bad: gateway('"gateway": "10.2.0.1"'),
    findings: [
      "error plugins[0].ipam.ranges[0][0].gateway: 10.2.0.1 is not in 10.1.0.0/24, so the pod has no way to it and its route is refused.",
    ],
    good: gateway('"gateway": "10.1.0.254"'),
  },
  {
    name: "a gateway of the other family",
    bad: gateway('"gateway": "fd00::1"'),
    findings: ["error plugins[0].ipam.ranges[0][0].gateway: fd00::1 is IPv6, and 10.1.0.0/24 is IPv4."],
    good: gateway('"rangeStart": "10.1.0.2"'),
  },
  {
    name: "a gateway that isn't an address",
    bad: gateway('"gateway": "router"'),
    findings: ['error plugins[0].ipam.ranges[0][0].gateway: "router" is no IP address.'],
    good: gateway('"gateway": "10.1.0.1"'),
  },
  {
    name: "ranges that overlap in a set",
    bad: ranges('[[{"subnet": "10.1.0.0/24"}, {"subnet": "10.1.0.0/25"}]]'),
    findings: ["error plugins[0].ipam.ranges[0][1].subnet: 10.1.0.0/25 overlaps 10.1.0.0/24: the plugin refuses it."],
    good: ranges('[[{"subnet": "10.1.0.0/24"}, {"subnet": "10.1.1.0/24"}]]'),
  },
  {
    name: "ranges that overlap between sets",
    bad: ranges('[[{"subnet": "10.1.0.0/16"}], [{"subnet": "10.1.5.0/24"}]]'),
    findings: [
      "error plugins[0].ipam.ranges[1][0].subnet: 10.1.5.0/24 overlaps 10.1.0.0/16: the plugin refuses it.",
      "warning plugins[0].ipam.ranges[1][0].subnet: is in a second set of IPv4: every pod gets an address of each set, and Kubernetes takes the first.",
    ],
    good: ranges('[[{"subnet": "10.1.0.0/16"}], [{"subnet": "fd00::/64"}]]', '"routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}]'),
  },
  {
    name: "parts of one subnet",
    bad: ranges('[[{"subnet": "10.1.0.0/24", "rangeEnd": "10.1.0.50"}, {"subnet": "10.1.0.0/24", "rangeStart": "10.1.0.50"}]]'),
    findings: ["error plugins[0].ipam.ranges[0][1].subnet: 10.1.0.50-10.1.0.254 overlaps 10.1.0.1-10.1.0.50: the plugin refuses it."],
    good: ranges('[[{"subnet": "10.1.0.0/24", "rangeEnd": "10.1.0.49"}, {"subnet": "10.1.0.0/24", "rangeStart": "10.1.0.50"}]]'),
  },
  {
    name: "two families in a set",
    bad: ranges('[[{"subnet": "10.1.0.0/24"}, {"subnet": "fd00::/64"}]]', '"routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}]'),
    findings: ["error plugins[0].ipam.ranges[0]: mixes IPv4 and IPv6 in one range set: the plugin refuses it."],
    good: ranges('[[{"subnet": "10.1.0.0/24"}], [{"subnet": "fd00::/64"}]]', '"routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}]'),
  },
  {
    name: "the older form beside the newer, overlapping",
    bad: inBridge(`{"type": "host-local", "subnet": "10.1.0.0/24", "ranges": [[{"subnet": "10.1.0.0/24"}]], ${routes}}`),
    findings: [
      "error plugins[0].ipam.ranges[0][0].subnet: 10.1.0.0/24 overlaps 10.1.0.0/24: the plugin refuses it.",
      "warning plugins[0].ipam.ranges[0][0].subnet: is in a second set of IPv4: every pod gets an address of each set, and Kubernetes takes the first.",
    ],
    good: inBridge(`{"type": "host-local", "subnet": "10.1.0.0/24", "rangeStart": "10.1.0.10", "gateway": "10.1.0.1", ${routes}}`),
  },
  {
    name: "rangeStart beside ranges",
    bad: inBridge(`{"type": "host-local", "rangeStart": "10.1.0.9", "ranges": [[{"subnet": "10.1.0.0/24"}]], ${routes}}`),
    findings: ["warning plugins[0].ipam.rangeStart: has no effect without subnet beside it."],
    good: one('"rangeStart": "10.1.0.9"'),
  },
  {
    name: "no default route",
    bad: ranges('[[{"subnet": "10.1.0.0/24"}]]', ""),
    findings: ["warning plugins[0].ipam: gives pods no default route, so they reach neither services nor other nodes' pods."],
    good: inBridge('{"type": "host-local", "subnet": "10.1.0.0/24"}', '"isDefaultGateway": true, '),
  },
  {
    name: "no default route of one family",
    bad: ranges('[[{"subnet": "10.1.0.0/24"}], [{"subnet": "fd00::/64"}]]'),
    findings: ["warning plugins[0].ipam: gives pods no default route of IPv6, so they reach neither services nor other nodes' pods."],
    good: ranges('[[{"subnet": "10.1.0.0/24"}]]', '"routes": [{"dst": "0.0.0.0/1"}, {"dst": "128.0.0.0/1"}]'),
  },
  {
    name: "a route without a prefix length",
    bad: ranges('[[{"subnet": "10.1.0.0/24"}]]', '"routes": [{"dst": "0.0.0.0"}]'),
    findings: ['error plugins[0].ipam.routes[0].dst: "0.0.0.0" is no address range in CIDR notation.'],
    good,
  },
  {
    name: "a route that is there twice",
    bad: ranges('[[{"subnet": "10.1.0.0/24"}]]', '"routes": [{"dst": "0.0.0.0/0"}, {"dst": "0.0.0.0/0"}]'),
    findings: ["error plugins[0].ipam.routes[1]: is the route to 0.0.0.0/0 once more: the kernel refuses the second one."],
    good: ranges('[[{"subnet": "10.1.0.0/24"}]]', '"routes": [{"dst": "0.0.0.0/0"}, {"dst": "0.0.0.0/0", "priority": 9}]'),
  },
  {
    name: "a route without dst",
    bad: ranges('[[{"subnet": "10.1.0.0/24"}]]', '"routes": [{"dst": "0.0.0.0/0"}, {"gw": "10.1.0.1"}]'),
    findings: ["error plugins[0].ipam.routes[1].dst: is missing."],
    good: ranges('[[{"subnet": "10.1.0.0/24"}]]', '"routes": [{"dst": "0.0.0.0/0", "gw": "10.1.0.1", "mtu": 1400, "priority": 5}]'),
  },
  {
    name: "a route with host bits",
    bad: ranges('[[{"subnet": "10.1.0.0/24"}]]', '"routes": [{"dst": "0.0.0.0/0"}, {"dst": "10.9.0.1/16"}]'),
    findings: ["error plugins[0].ipam.routes[1].dst: 10.9.0.1/16 has bits set after the prefix: the kernel refuses such a route."],
    good: ranges('[[{"subnet": "10.1.0.0/24"}]]', '"routes": [{"dst": "0.0.0.0/0"}, {"dst": "10.9.0.0/16"}]'),
  },
  {
    name: "a route of the family without addresses",
    bad: ranges('[[{"subnet": "10.1.0.0/24"}]]', '"routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}]'),
    findings: ["warning plugins[0].ipam.routes[1].dst: ::/0 is IPv6, and no range of addresses is."],
    good,
  },
  {
    name: "a route through the other family",
    bad: ranges('[[{"subnet": "10.1.0.0/24"}]]', '"routes": [{"dst": "0.0.0.0/0", "gw": "fd00::1"}]'),
    findings: ["error plugins[0].ipam.routes[0].gw: fd00::1 is IPv6, and 0.0.0.0/0 is IPv4."],
    good,
  },
  {
    name: "a key of a range that isn't known",
    bad: one('"start": "10.1.0.9"'),
    findings: ["warning plugins[0].ipam.ranges[0][0].start: is no known key, so it is ignored without a word."],
    good: one('"rangeStart": "10.1.0.9"'),
  },
  {
    name: "leading zeros",
    bad: ranges('[[{"subnet": "10.01.0.0/24"}]]'),
    findings: ['error plugins[0].ipam.ranges[0][0].subnet: "10.01.0.0/24" is no address range in CIDR notation.'],
    good,
  },
  {
    name: "an MTU too small for IPv6",
    bad: inBridge('{"type": "host-local", "subnet": "fd00::/64", "routes": [{"dst": "::/0"}]}', '"mtu": 1279, '),
    findings: ["error plugins[0].mtu: found 1279: IPv6 needs 1280 bytes, and the kernel takes no IPv6 address on less."],
    good: inBridge('{"type": "host-local", "subnet": "fd00::/64", "routes": [{"dst": "::/0"}]}', '"mtu": 1280, '),
  },
];

const fixed = (addresses: string, more = "") => inBridge(`{"type": "static", "addresses": ${addresses}${more}}`);
export const staticAddresses: readonly Example[] = [
  {
    name: "an address without a prefix length",
    bad: fixed('[{"address": "10.1.0.5"}]'),
    findings: ['error plugins[0].ipam.addresses[0].address: "10.1.0.5" is no address range in CIDR notation.'],
    good: fixed('[{"address": "10.1.0.5/24"}]'),
  },
  {
    name: "the network as address",
    bad: fixed('[{"address": "10.1.0.0/24"}]'),
    findings: ["error plugins[0].ipam.addresses[0].address: 10.1.0.0/24 is the network itself, not an address in it."],
    good: fixed('[{"address": "10.1.0.5/24"}]'),
    unseen: "The kernel takes any address.",
  },
  {
    name: "a gateway with a prefix length",
    bad: fixed('[{"address": "10.1.0.5/24", "gateway": "10.1.0.1/24"}]'),
    findings: ['error plugins[0].ipam.addresses[0].gateway: "10.1.0.1/24" is no IP address.'],
    good: fixed('[{"address": "10.1.0.5/24", "gateway": "10.1.0.1"}]'),
  },
  {
    name: "a gateway elsewhere",
    bad: fixed('[{"address": "10.1.0.5/24", "gateway": "10.2.0.1"}]'),
    findings: ["warning plugins[0].ipam.addresses[0].gateway: 10.2.0.1 is not in 10.1.0.0/24, so the pod has no way to it."],
    good: fixed('[{"address": "10.1.0.5/24", "gateway": "10.1.0.254"}]'),
  },
  {
    name: "a gateway of the other family",
    bad: fixed('[{"address": "10.1.0.5/24", "gateway": "fd00::1"}]'),
    findings: ["error plugins[0].ipam.addresses[0].gateway: fd00::1 is IPv6, and 10.1.0.5/24 is IPv4."],
    good: fixed('[{"address": "fd00::5/64", "gateway": "fd00::1"}]'),
    unseen: "The plugin passes it on; nothing uses it here.",
  },
  {
    name: "an address that is there twice",
    bad: fixed('[{"address": "10.1.0.5/24"}, {"address": "10.1.0.5/24"}]'),
    findings: ["error plugins[0].ipam.addresses[1].address: 10.1.0.5 is there already, as number 0."],
    good: fixed('[{"address": "10.1.0.5/24"}, {"address": "fd00::5/64"}]'),
  },
  {
    name: "a text instead of a list",
    bad: fixed('"10.1.0.5/24"'),
    findings: ['error plugins[0].ipam.addresses: found "10.1.0.5/24", expected a list.'],
    good: fixed('[{"address": "10.1.0.5/24"}]', ', "routes": [{"dst": "0.0.0.0/0", "gw": "10.1.0.1"}]'),
  },
  {
    name: "no addresses",
    bad: inBridge('{"type": "static"}'),
    findings: ["error plugins[0].ipam: has no addresses, and the runtime isn't asked for any: no pod gets one."],
    good: inBridge('{"type": "static"}', '"capabilities": {"ips": true}, '),
    passed: { ips: ["10.1.0.5/24"] },
  },
  {
    name: "subnet of host-local",
    bad: inBridge('{"type": "static", "subnet": "10.1.0.0/24"}'),
    findings: [
      "warning plugins[0].ipam.subnet: is no known key, so it is ignored without a word.",
      "error plugins[0].ipam: has no addresses, and the runtime isn't asked for any: no pod gets one.",
    ],
    good: fixed('[{"address": "10.1.0.5/24"}]'),
  },
];

export const dhcp: readonly Example[] = [
  {
    name: "a path that isn't a text",
    bad: inBridge('{"type": "dhcp", "daemonSocketPath": 5}'),
    findings: ["error plugins[0].ipam.daemonSocketPath: found 5, expected a text."],
    good: inBridge('{"type": "dhcp", "daemonSocketPath": "/run/cni/dhcp.sock"}'),
  },
  {
    name: "a path that no unit takes as it is",
    bad: inBridge('{"type": "dhcp", "daemonSocketPath": "/run/my pods.sock"}'),
    findings: ["warning plugins[0].ipam.daemonSocketPath: is no plain absolute path, so Plumbline runs no daemon for it."],
    good: inBridge('{"type": "dhcp", "daemonSocketPath": "/run/pods.sock"}'),
  },
  {
    name: "an unknown option",
    bad: inBridge('{"type": "dhcp", "request": [{"option": "gateway"}]}'),
    findings: ['error plugins[0].ipam.request[0].option: "gateway" is no DHCP option that the plugin knows.'],
    good: inBridge('{"type": "dhcp", "request": [{"option": "routers"}, {"option": "121"}]}'),
  },
  {
    name: "an option without a value",
    bad: inBridge('{"type": "dhcp", "provide": [{"option": "host-name"}]}'),
    findings: ["warning plugins[0].ipam.provide[0]: has neither a value nor fromArg, so nothing is sent."],
    good: inBridge('{"type": "dhcp", "provide": [{"option": "host-name", "fromArg": "K8S_POD_NAME"}]}'),
  },
];
