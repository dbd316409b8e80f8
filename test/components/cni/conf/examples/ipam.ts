import { type Example, listOf } from "./example";

const inBridge = (ipam: string, keys = "") => listOf(`"type": "bridge", ${keys}"ipam": ${ipam}`);
const routes = '"routes": [{"dst": "0.0.0.0/0"}]';
/** host-local with these range sets. */
const ranges = (sets: string, more = routes) => inBridge(`{"type": "host-local", "ranges": ${sets}${more && `, ${more}`}}`);
const one = (keys: string) => ranges(`[[{"subnet": "10.1.0.0/24"${keys && `, ${keys}`}}]]`);
const good = one("");
const gateway = (keys: string) => inBridge(`{"type": "host-local", "ranges": [[{"subnet": "10.1.0.0/24", ${keys}}]]}`, '"isDefaultGateway": true, ');

export const hostLocal: readonly Example[] = [
  { name: "no ranges", bad: inBridge(`{"type": "host-local", ${routes}}`), findings: [], good },
  { name: "empty ranges", bad: ranges("[]"), findings: [], good },
  { name: "an empty range set", bad: ranges("[[]]"), findings: [], good },
  { name: "one bracket only", bad: ranges('[{"subnet": "10.1.0.0/24"}]'), findings: [], good },
  { name: "a range without subnet", bad: ranges('[[{"rangeStart": "10.1.0.5"}]]'), findings: [], good },
  { name: "a subnet without a prefix length", bad: ranges('[[{"subnet": "10.1.0.0"}]]'), findings: [], good },
  { name: "a netmask", bad: ranges('[[{"subnet": "10.1.0.0/255.255.255.0"}]]'), findings: [], good },
  { name: "a prefix length over 32", bad: ranges('[[{"subnet": "10.1.0.0/33"}]]'), findings: [], good: ranges('[[{"subnet": "10.1.0.0/30"}]]') },
  { name: "host bits", bad: ranges('[[{"subnet": "10.1.0.1/24"}]]'), findings: [], good },
  { name: "a /31", bad: ranges('[[{"subnet": "10.1.0.0/31"}]]'), findings: [], good: ranges('[[{"subnet": "10.1.0.0/30"}]]') },
  { name: "a /127 of IPv6", bad: ranges('[[{"subnet": "fd00::/127"}]]', '"routes": [{"dst": "::/0"}]'), findings: [], good: ranges('[[{"subnet": "fd00::/64"}]]', '"routes": [{"dst": "::/0"}]') },
  { name: "rangeStart outside", bad: one('"rangeStart": "10.1.1.5"'), findings: [], good: one('"rangeStart": "10.1.0.5"') },
  { name: "rangeEnd outside", bad: one('"rangeEnd": "10.0.0.5"'), findings: [], good: one('"rangeEnd": "10.1.0.254"') },
  { name: "rangeStart behind rangeEnd", bad: one('"rangeStart": "10.1.0.20", "rangeEnd": "10.1.0.10"'), findings: [], good: one('"rangeStart": "10.1.0.10", "rangeEnd": "10.1.0.10"') },
  { name: "rangeStart with a prefix length", bad: one('"rangeStart": "10.1.0.5/24"'), findings: [], good: one('"rangeStart": "10.1.0.5"') },
  { name: "the network itself", bad: one('"rangeStart": "10.1.0.0"'), findings: [], good: one('"rangeStart": "10.1.0.1"') },
  { name: "the broadcast address", bad: one('"rangeEnd": "10.1.0.255"'), findings: [], good: one('"rangeEnd": "10.1.0.254"') },
  { name: "a gateway outside", bad: gateway('"gateway": "10.2.0.1"'), findings: [], good: gateway('"gateway": "10.1.0.254"') },
  { name: "a gateway of the other family", bad: gateway('"gateway": "fd00::1"'), findings: [], good: gateway('"rangeStart": "10.1.0.2"') },
  { name: "a gateway that isn't an address", bad: gateway('"gateway": "router"'), findings: [], good: gateway('"gateway": "10.1.0.1"') },
  { name: "ranges that overlap in a set", bad: ranges('[[{"subnet": "10.1.0.0/24"}, {"subnet": "10.1.0.0/25"}]]'), findings: [], good: ranges('[[{"subnet": "10.1.0.0/24"}, {"subnet": "10.1.1.0/24"}]]') },
  { name: "ranges that overlap between sets", bad: ranges('[[{"subnet": "10.1.0.0/16"}], [{"subnet": "10.1.5.0/24"}]]'), findings: [], good: ranges('[[{"subnet": "10.1.0.0/16"}], [{"subnet": "fd00::/64"}]]', '"routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}]') },
  { name: "parts of one subnet", bad: ranges('[[{"subnet": "10.1.0.0/24", "rangeEnd": "10.1.0.50"}, {"subnet": "10.1.0.0/24", "rangeStart": "10.1.0.50"}]]'), findings: [], good: ranges('[[{"subnet": "10.1.0.0/24", "rangeEnd": "10.1.0.49"}, {"subnet": "10.1.0.0/24", "rangeStart": "10.1.0.50"}]]') },
  { name: "two families in a set", bad: ranges('[[{"subnet": "10.1.0.0/24"}, {"subnet": "fd00::/64"}]]', '"routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}]'), findings: [], good: ranges('[[{"subnet": "10.1.0.0/24"}], [{"subnet": "fd00::/64"}]]', '"routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}]') },
  { name: "the older form beside the newer, overlapping", bad: inBridge(`{"type": "host-local", "subnet": "10.1.0.0/24", "ranges": [[{"subnet": "10.1.0.0/24"}]], ${routes}}`), findings: [], good: inBridge(`{"type": "host-local", "subnet": "10.1.0.0/24", "rangeStart": "10.1.0.10", "gateway": "10.1.0.1", ${routes}}`) },
  { name: "rangeStart beside ranges", bad: inBridge(`{"type": "host-local", "rangeStart": "10.1.0.9", "ranges": [[{"subnet": "10.1.0.0/24"}]], ${routes}}`), findings: [], good: one('"rangeStart": "10.1.0.9"') },
  { name: "no default route", bad: ranges('[[{"subnet": "10.1.0.0/24"}]]', ""), findings: [], good: inBridge('{"type": "host-local", "subnet": "10.1.0.0/24"}', '"isDefaultGateway": true, ') },
  { name: "no default route of one family", bad: ranges('[[{"subnet": "10.1.0.0/24"}], [{"subnet": "fd00::/64"}]]'), findings: [], good: ranges('[[{"subnet": "10.1.0.0/24"}]]', '"routes": [{"dst": "0.0.0.0/1"}, {"dst": "128.0.0.0/1"}]') },
  { name: "a route without a prefix length", bad: ranges('[[{"subnet": "10.1.0.0/24"}]]', '"routes": [{"dst": "0.0.0.0"}]'), findings: [], good },
  { name: "a route without dst", bad: ranges('[[{"subnet": "10.1.0.0/24"}]]', '"routes": [{"dst": "0.0.0.0/0"}, {"gw": "10.1.0.1"}]'), findings: [], good: ranges('[[{"subnet": "10.1.0.0/24"}]]', '"routes": [{"dst": "0.0.0.0/0", "gw": "10.1.0.1", "mtu": 1400, "priority": 5}]') },
  { name: "a route with host bits", bad: ranges('[[{"subnet": "10.1.0.0/24"}]]', '"routes": [{"dst": "0.0.0.0/0"}, {"dst": "10.9.0.1/16"}]'), findings: [], good: ranges('[[{"subnet": "10.1.0.0/24"}]]', '"routes": [{"dst": "0.0.0.0/0"}, {"dst": "10.9.0.0/16"}]') },
  { name: "a route of the family without addresses", bad: ranges('[[{"subnet": "10.1.0.0/24"}]]', '"routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}]'), findings: [], good },
  { name: "a route through the other family", bad: ranges('[[{"subnet": "10.1.0.0/24"}]]', '"routes": [{"dst": "0.0.0.0/0", "gw": "fd00::1"}]'), findings: [], good },
  { name: "a key of a range that isn't known", bad: one('"start": "10.1.0.9"'), findings: [], good: one('"rangeStart": "10.1.0.9"') },
  { name: "leading zeros", bad: ranges('[[{"subnet": "10.01.0.0/24"}]]'), findings: [], good },
  { name: "an MTU too small for IPv6", bad: inBridge('{"type": "host-local", "subnet": "fd00::/64", "routes": [{"dst": "::/0"}]}', '"mtu": 1279, '), findings: [], good: inBridge('{"type": "host-local", "subnet": "fd00::/64", "routes": [{"dst": "::/0"}]}', '"mtu": 1280, ') },
];

const fixed = (addresses: string, more = "") => inBridge(`{"type": "static", "addresses": ${addresses}${more}}`);
export const staticAddresses: readonly Example[] = [
  { name: "an address without a prefix length", bad: fixed('[{"address": "10.1.0.5"}]'), findings: [], good: fixed('[{"address": "10.1.0.5/24"}]') },
  { name: "the network as address", bad: fixed('[{"address": "10.1.0.0/24"}]'), findings: [], good: fixed('[{"address": "10.1.0.5/32"}]'), unseen: "The kernel takes any address." },
  { name: "a gateway with a prefix length", bad: fixed('[{"address": "10.1.0.5/24", "gateway": "10.1.0.1/24"}]'), findings: [], good: fixed('[{"address": "10.1.0.5/24", "gateway": "10.1.0.1"}]') },
  { name: "a gateway elsewhere", bad: fixed('[{"address": "10.1.0.5/24", "gateway": "10.2.0.1"}]'), findings: [], good: fixed('[{"address": "10.1.0.5/24", "gateway": "10.1.0.254"}]') },
  { name: "a gateway of the other family", bad: fixed('[{"address": "10.1.0.5/24", "gateway": "fd00::1"}]'), findings: [], good: fixed('[{"address": "fd00::5/64", "gateway": "fd00::1"}]'), unseen: "The plugin passes it on; nothing uses it here." },
  { name: "an address that is there twice", bad: fixed('[{"address": "10.1.0.5/24"}, {"address": "10.1.0.5/24"}]'), findings: [], good: fixed('[{"address": "10.1.0.5/24"}, {"address": "fd00::5/64"}]') },
  { name: "a text instead of a list", bad: fixed('"10.1.0.5/24"'), findings: [], good: fixed('[{"address": "10.1.0.5/24"}]', ', "routes": [{"dst": "0.0.0.0/0", "gw": "10.1.0.1"}]') },
  { name: "subnet of host-local", bad: inBridge('{"type": "static", "subnet": "10.1.0.0/24"}'), findings: [], good: fixed('[{"address": "10.1.0.5/24"}]') },
];

export const dhcp: readonly Example[] = [
  { name: "a path that isn't a text", bad: inBridge('{"type": "dhcp", "daemonSocketPath": 5}'), findings: [], good: inBridge('{"type": "dhcp", "daemonSocketPath": "/run/cni/dhcp.sock"}') },
  { name: "an unknown option", bad: inBridge('{"type": "dhcp", "request": [{"option": "gateway"}]}'), findings: [], good: inBridge('{"type": "dhcp", "request": [{"option": "routers"}, {"option": "121"}]}') },
  { name: "an option without a value", bad: inBridge('{"type": "dhcp", "provide": [{"option": "host-name"}]}'), findings: [], good: inBridge('{"type": "dhcp", "provide": [{"option": "host-name", "fromArg": "K8S_POD_NAME"}]}') },
];
