import { addresses, type Example, listOf } from "./example";

const network = '"ipam": {"type": "host-local", "ranges": [[{"subnet": "10.244.1.0/24"}]]}';
const plugin = (type: string) => (keys: string) => listOf(`"type": "${type}", ${addresses}${keys && `, ${keys}`}`);
const bridge = plugin("bridge");
const macvlan = plugin("macvlan");
const ipvlan = plugin("ipvlan");
const vlan = plugin("vlan");
const ptp = plugin("ptp");
const tap = plugin("tap");
const device = (keys: string) => listOf(`"type": "host-device", ${addresses}${keys && `, ${keys}`}`);

export const types: readonly Example[] = [
  {
    name: "a text for a number",
    bad: bridge('"mtu": "1450"'),
    findings: ['error plugins[0].mtu: found "1450", expected a number.'],
    good: bridge('"mtu": 1450'),
  },
  {
    name: "a text for a switch",
    bad: bridge('"isGateway": "true"'),
    findings: ['error plugins[0].isGateway: found "true", expected true or false.'],
    good: bridge('"isGateway": true'),
  },
  {
    name: "a number for a switch",
    bad: bridge('"hairpinMode": 1'),
    findings: ["error plugins[0].hairpinMode: found 1, expected true or false."],
    good: bridge('"hairpinMode": false'),
  },
  {
    name: "half a byte",
    bad: bridge('"mtu": 1450.5'),
    findings: ["error plugins[0].mtu: found 1450.5, expected a whole number."],
    good: bridge('"mtu": 1450.0'),
  },
  {
    name: "an object for a text",
    bad: bridge('"bridge": {"name": "br0"}'),
    findings: ['error plugins[0].bridge: found {"name":"br0"}, expected a text.'],
    good: bridge('"bridge": "br0"'),
  },
  {
    name: "a list for an object",
    bad: bridge('"capabilities": ["mac"]'),
    findings: ['error plugins[0].capabilities: found ["mac"], expected an object.'],
    good: bridge('"capabilities": {"mac": true}'),
  },
  {
    name: "an unknown key",
    bad: bridge('"isDefaultGatway": true'),
    findings: ["warning plugins[0].isDefaultGatway: is no known key, so it is ignored without a word."],
    good: listOf(`"type": "bridge", "isDefaultGateway": true, ${network}`),
  },
  {
    name: "a name from memory",
    bad: bridge('"hairpin": true'),
    findings: ["warning plugins[0].hairpin: is no known key, so it is ignored without a word."],
    good: bridge('"hairpinMode": true, "//": "for services"'),
  },
  {
    name: "one key in two spellings",
    bad: bridge('"mtu": 1450, "MTU": 1400'),
    findings: ["warning plugins[0].mtu: is the same key as MTU to the plugin, and this one counts."],
    good: bridge('"MTU": 1400'),
  },
  {
    name: "null",
    bad: bridge('"mtu": [null]'),
    findings: ["error plugins[0].mtu: found [null], expected a number."],
    good: bridge('"mtu": null, "vlan": null'),
  },
];

export const bridges: readonly Example[] = [
  {
    name: "hairpinMode and promiscMode",
    bad: bridge('"hairpinMode": true, "promiscMode": true'),
    findings: ["error plugins[0].promiscMode: and hairpinMode exclude each other: the plugin refuses both."],
    good: bridge('"hairpinMode": false, "promiscMode": true'),
  },
  {
    name: "a VLAN over 4094",
    bad: bridge('"vlan": 4095'),
    findings: ["error plugins[0].vlan: 4095 is no VLAN ID."],
    good: bridge('"vlan": 4094'),
  },
  { name: "a VLAN under 0", bad: bridge('"vlan": -1'), findings: ["error plugins[0].vlan: -1 is no VLAN ID."], good: bridge('"vlan": 0') },
  {
    name: "an MTU under 0",
    unseen: "The plugin takes it for none.",
    bad: bridge('"mtu": -1'),
    findings: ["error plugins[0].mtu: -1 is no MTU that an interface can have."],
    good: bridge('"mtu": 0'),
  },
  {
    name: "an MTU over 65535",
    bad: bridge('"mtu": 65536'),
    findings: ["error plugins[0].mtu: 65536 is no MTU that an interface can have."],
    good: bridge('"mtu": 9000'),
  },
  {
    name: "a name of 16 characters",
    bad: bridge('"bridge": "abcdefghijklmnop"'),
    findings: ['error plugins[0].bridge: "abcdefghijklmnop" is no name for an interface.'],
    good: bridge('"bridge": "abcdefghijklmno"'),
  },
  {
    name: "an empty name",
    bad: bridge('"bridge": ""'),
    findings: ['error plugins[0].bridge: "" is no name for a bridge.'],
    good: bridge('"bridge": null'),
  },
  {
    name: "a name with a slash",
    bad: bridge('"bridge": "br/0"'),
    findings: ['error plugins[0].bridge: "br/0" is no name for an interface.'],
    good: bridge('"bridge": "br-0.1"'),
  },
  {
    name: "an unknown backend of masquerading",
    bad: bridge('"isGateway": true, "ipMasq": true, "ipMasqBackend": "nft"'),
    findings: ['error plugins[0].ipMasqBackend: found "nft", which the plugin doesn\'t know.'],
    good: bridge('"isGateway": true, "ipMasq": true, "ipMasqBackend": "nftables"'),
  },
  {
    name: "a backend of masquerading without masquerading",
    bad: bridge('"isGateway": true, "ipMasqBackend": "nftables"'),
    findings: ["warning plugins[0].ipMasqBackend: has no effect without ipMasq."],
    good: bridge('"isGateway": true'),
  },
  {
    name: "masquerading where the host isn't the gateway",
    bad: bridge('"ipMasq": true'),
    findings: ["warning plugins[0].ipMasq: masquerades what is routed by this host, but the bridge is no gateway of the pods."],
    good: listOf(`"type": "bridge", "isDefaultGateway": true, "ipMasq": true, ${network}`),
  },
  {
    name: "a trunk without an end",
    bad: bridge('"vlanTrunk": [{"minID": 5}]'),
    findings: ["error plugins[0].vlanTrunk[0]: has minID alone."],
    good: bridge('"vlanTrunk": [{"minID": 5, "maxID": 7}, {"id": 9}]'),
  },
  {
    name: "a trunk that ends before it begins",
    bad: bridge('"vlanTrunk": [{"minID": 7, "maxID": 5}]'),
    findings: ["error plugins[0].vlanTrunk[0]: begins at 7 and ends at 5."],
    good: bridge('"vlanTrunk": [{"minID": 5, "maxID": 5}]'),
  },
  {
    name: "VLAN 0 in a trunk",
    bad: bridge('"vlanTrunk": [{"id": 0}]'),
    findings: ["error plugins[0].vlanTrunk[0].id: 0 is no VLAN ID."],
    good: bridge('"vlanTrunk": [{"id": 1}]'),
  },
  {
    name: "an interface that stays down, with an address",
    bad: bridge('"disableContainerInterface": true'),
    findings: ["error plugins[0].disableContainerInterface: leaves the pod's interface down, so the plugin refuses ipam beside it."],
    good: bridge('"disableContainerInterface": false'),
  },
  {
    name: "two default routes",
    bad: bridge('"isDefaultGateway": true'),
    findings: [
      "error plugins[0].ipam.routes[0]: is the default route that isDefaultGateway gives already: the second one is refused, and pods don't start.",
    ],
    good: bridge('"isGateway": true'),
  },
  {
    name: "no addresses",
    bad: listOf('"type": "bridge"'),
    findings: ["warning plugins[0]: has no ipam, so pods get no address; as a cluster's pod network it can't work."],
    good: bridge(""),
  },
];

export const links: readonly Example[] = [
  {
    name: "ptp without addresses",
    bad: listOf('"type": "ptp"'),
    findings: ["error plugins[0]: has no ipam: ptp refuses to make an interface without an address."],
    good: ptp('"ipMasq": true'),
  },
  {
    name: "ptp: an unknown backend",
    bad: ptp('"ipMasq": true, "ipMasqBackend": "ebpf"'),
    findings: ['error plugins[0].ipMasqBackend: found "ebpf", which the plugin doesn\'t know.'],
    good: ptp('"ipMasq": true, "ipMasqBackend": "iptables"'),
  },
  {
    name: "macvlan in a mode of ipvlan's",
    bad: macvlan('"mode": "l2"'),
    findings: ['error plugins[0].mode: found "l2", which the plugin doesn\'t know.'],
    good: macvlan('"mode": "vepa", "master": "eth0"'),
  },
  {
    name: "macvlan with a wrong MAC address",
    bad: macvlan('"mac": "02:42:ac:11:00"'),
    findings: ['error plugins[0].mac: "02:42:ac:11:00" is no MAC address.'],
    good: macvlan('"mac": "02:42:ac:11:00:02"'),
  },
  {
    name: "macvlan: a queue below 0",
    bad: macvlan('"bcqueuelen": -1'),
    findings: ["error plugins[0].bcqueuelen: found -1, expected at least 0."],
    good: macvlan('"bcqueuelen": 1000'),
  },
  {
    name: "ipvlan in a mode of macvlan's",
    bad: ipvlan('"mode": "bridge"'),
    findings: ['error plugins[0].mode: found "bridge", which the plugin doesn\'t know.'],
    good: ipvlan('"mode": "l3s"'),
  },
  {
    name: "ipvlan without ipam",
    bad: listOf('"type": "ipvlan"'),
    findings: ["warning plugins[0]: has no ipam, so pods get no address; as a cluster's pod network it can't work."],
    good: ipvlan('"master": "eth0"'),
  },
  {
    name: "vlan without a master",
    bad: vlan('"vlanId": 5'),
    findings: ["error plugins[0].master: is missing."],
    good: vlan('"vlanId": 5, "master": "eth0"'),
  },
  {
    name: "vlan without a number",
    bad: vlan('"master": "eth0"'),
    findings: ["warning plugins[0].vlanId: is missing, which means VLAN 0: packets without a VLAN of their own."],
    good: vlan('"master": "eth0", "vlanId": 4094'),
  },
  {
    name: "vlan over 4094",
    bad: vlan('"master": "eth0", "vlanId": 4095'),
    findings: ["error plugins[0].vlanId: 4095 is no VLAN ID."],
    good: vlan('"master": "eth0", "vlanId": 1, "linkInContainer": false'),
  },
  {
    name: "vlan in another spelling",
    bad: vlan('"master": "eth0", "vlan": 5, "vlanId": 5'),
    findings: ["warning plugins[0].vlan: is no known key, so it is ignored without a word."],
    good: vlan('"master": "eth0", "vlanID": 5'),
  },
  {
    name: "host-device without a device",
    bad: device(""),
    findings: ["error plugins[0]: names no device."],
    good: device('"device": "eth1"'),
  },
  {
    name: "host-device by a wrong MAC address",
    bad: device('"hwaddr": "eth1"'),
    findings: ['error plugins[0].hwaddr: "eth1" is no MAC address.'],
    good: device('"device": "eth1", "hwaddr": ""'),
  },
  {
    name: "dummy without addresses",
    bad: listOf('"type": "dummy"'),
    findings: ["error plugins[0]: has no ipam: dummy refuses to make an interface without an address."],
    good: plugin("dummy")(""),
  },
  {
    name: "tap with an owner below 0",
    bad: tap('"owner": -1'),
    findings: ["error plugins[0].owner: found -1, expected at least 0."],
    good: tap('"owner": 0, "group": 0, "multiQueue": true'),
  },
  {
    name: "loopback with addresses",
    bad: listOf(`"type": "loopback", ${addresses}`),
    findings: ["warning plugins[0].ipam: is ignored: loopback gives no addresses of its own."],
    good: listOf('"type": "loopback"'),
  },
  {
    name: "an empty ipam",
    bad: listOf('"type": "ptp", "ipam": {}'),
    findings: ["error plugins[0].ipam: is empty: ptp refuses to make an interface without an address."],
    good: ptp(""),
  },
  {
    name: "ipam without a type",
    bad: listOf('"type": "bridge", "ipam": {"subnet": "10.1.0.0/16"}'),
    findings: ["error plugins[0].ipam: has no type, so it isn't read."],
    good: listOf('"type": "bridge", "ipam": {"type": "host-local", "subnet": "10.1.0.0/16", "routes": [{"dst": "0.0.0.0/0"}]}'),
  },
  {
    name: "ipam by an interface plugin",
    bad: listOf('"type": "bridge", "ipam": {"type": "bridge"}'),
    findings: ['error plugins[0].ipam.type: "bridge" gives no addresses.'],
    good: bridge(""),
  },
  {
    name: "ipam that is a text",
    bad: listOf('"type": "bridge", "ipam": "host-local"'),
    findings: ['error plugins[0].ipam: found "host-local", expected an object.'],
    good: bridge(""),
  },
];

export const windows: readonly Example[] = [
  {
    name: "win-bridge with an unknown apiVersion",
    bad: plugin("win-bridge")('"apiVersion": 3'),
    findings: ["error plugins[0].apiVersion: 3 is no version of the host's network service."],
    good: plugin("win-bridge")('"apiVersion": 2, "ipMasqNetwork": "10.244.0.0/16"'),
  },
  {
    name: "win-bridge with a text as policies",
    bad: plugin("win-bridge")('"policies": "OutBoundNAT"'),
    findings: ['error plugins[0].policies: found "OutBoundNAT", expected a list.'],
    good: plugin("win-bridge")('"policies": [{"name": "EndpointPolicy", "value": {"Type": "OutBoundNAT"}}]'),
  },
  {
    name: "win-overlay with a whole MAC address",
    bad: plugin("win-overlay")('"endpointMacPrefix": "0E-2A-01-02-03-04"'),
    findings: ['error plugins[0].endpointMacPrefix: "0E-2A-01-02-03-04" is no beginning of a MAC address.'],
    good: plugin("win-overlay")('"endpointMacPrefix": "0E-2A"'),
  },
];
