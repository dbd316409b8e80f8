import { addresses, type Example, listOf } from "./example";

const plugin = (type: string) => (keys: string) => listOf(`"type": "${type}", ${addresses}${keys && `, ${keys}`}`);
const bridge = plugin("bridge");
const macvlan = plugin("macvlan");
const ipvlan = plugin("ipvlan");
const vlan = plugin("vlan");
const ptp = plugin("ptp");
const tap = plugin("tap");
const device = (keys: string) => listOf(`"type": "host-device", ${addresses}${keys && `, ${keys}`}`);

export const types: readonly Example[] = [
  { name: "a text for a number", bad: bridge('"mtu": "1450"'), findings: [], good: bridge('"mtu": 1450') },
  { name: "a text for a switch", bad: bridge('"isGateway": "true"'), findings: [], good: bridge('"isGateway": true') },
  { name: "a number for a switch", bad: bridge('"hairpinMode": 1'), findings: [], good: bridge('"hairpinMode": false') },
  { name: "half a byte", bad: bridge('"mtu": 1450.5'), findings: [], good: bridge('"mtu": 1450.0') },
  { name: "an object for a text", bad: bridge('"bridge": {"name": "br0"}'), findings: [], good: bridge('"bridge": "br0"') },
  { name: "a list for an object", bad: bridge('"capabilities": ["mac"]'), findings: [], good: bridge('"capabilities": {"mac": true}') },
  { name: "an unknown key", bad: bridge('"isDefaultGatway": true'), findings: [], good: bridge('"isDefaultGateway": true') },
  { name: "a name from memory", bad: bridge('"hairpin": true'), findings: [], good: bridge('"hairpinMode": true, "//": "for services"') },
  { name: "one key in two spellings", bad: bridge('"mtu": 1450, "MTU": 1400'), findings: [], good: bridge('"MTU": 1400') },
  { name: "null", bad: bridge('"mtu": [null]'), findings: [], good: bridge('"mtu": null, "vlan": null') },
];

export const bridges: readonly Example[] = [
  { name: "hairpinMode and promiscMode", bad: bridge('"hairpinMode": true, "promiscMode": true'), findings: [], good: bridge('"hairpinMode": false, "promiscMode": true') },
  { name: "a VLAN over 4094", bad: bridge('"vlan": 4095'), findings: [], good: bridge('"vlan": 4094') },
  { name: "a VLAN under 0", bad: bridge('"vlan": -1'), findings: [], good: bridge('"vlan": 0') },
  { name: "an MTU under 0", bad: bridge('"mtu": -1'), findings: [], good: bridge('"mtu": 0') },
  { name: "an MTU over 65535", bad: bridge('"mtu": 65536'), findings: [], good: bridge('"mtu": 9000') },
  { name: "a name of 16 characters", bad: bridge('"bridge": "abcdefghijklmnop"'), findings: [], good: bridge('"bridge": "abcdefghijklmno"') },
  { name: "a name with a slash", bad: bridge('"bridge": "br/0"'), findings: [], good: bridge('"bridge": "br-0.1"') },
  { name: "an unknown backend of masquerading", bad: bridge('"isGateway": true, "ipMasq": true, "ipMasqBackend": "nft"'), findings: [], good: bridge('"isGateway": true, "ipMasq": true, "ipMasqBackend": "nftables"') },
  { name: "a backend of masquerading without masquerading", bad: bridge('"isGateway": true, "ipMasqBackend": "nftables"'), findings: [], good: bridge('"isGateway": true') },
  { name: "masquerading where the host isn't the gateway", bad: bridge('"ipMasq": true'), findings: [], good: bridge('"isDefaultGateway": true, "ipMasq": true') },
  { name: "a trunk without an end", bad: bridge('"vlanTrunk": [{"minID": 5}]'), findings: [], good: bridge('"vlanTrunk": [{"minID": 5, "maxID": 7}, {"id": 9}]') },
  { name: "a trunk that ends before it begins", bad: bridge('"vlanTrunk": [{"minID": 7, "maxID": 5}]'), findings: [], good: bridge('"vlanTrunk": [{"minID": 5, "maxID": 5}]') },
  { name: "VLAN 0 in a trunk", bad: bridge('"vlanTrunk": [{"id": 0}]'), findings: [], good: bridge('"vlanTrunk": [{"id": 1}]') },
  { name: "an interface that stays down, with an address", bad: bridge('"disableContainerInterface": true'), findings: [], good: bridge('"disableContainerInterface": false') },
  { name: "no addresses", bad: listOf('"type": "bridge"'), findings: [], good: bridge("") },
];

export const links: readonly Example[] = [
  { name: "ptp without addresses", bad: listOf('"type": "ptp"'), findings: [], good: ptp('"ipMasq": true') },
  { name: "ptp: an unknown backend", bad: ptp('"ipMasq": true, "ipMasqBackend": "ebpf"'), findings: [], good: ptp('"ipMasq": true, "ipMasqBackend": "iptables"') },
  { name: "macvlan in a mode of ipvlan's", bad: macvlan('"mode": "l2"'), findings: [], good: macvlan('"mode": "vepa", "master": "eth0"') },
  { name: "macvlan with a wrong MAC address", bad: macvlan('"mac": "02:42:ac:11:00"'), findings: [], good: macvlan('"mac": "02:42:ac:11:00:02"') },
  { name: "macvlan: a queue below 0", bad: macvlan('"bcqueuelen": -1'), findings: [], good: macvlan('"bcqueuelen": 1000') },
  { name: "ipvlan in a mode of macvlan's", bad: ipvlan('"mode": "bridge"'), findings: [], good: ipvlan('"mode": "l3s"') },
  { name: "ipvlan without ipam", bad: listOf('"type": "ipvlan"'), findings: [], good: ipvlan('"master": "eth0"') },
  { name: "vlan without a master", bad: vlan('"vlanId": 5'), findings: [], good: vlan('"vlanId": 5, "master": "eth0"') },
  { name: "vlan without a number", bad: vlan('"master": "eth0"'), findings: [], good: vlan('"master": "eth0", "vlanId": 4094') },
  { name: "vlan over 4094", bad: vlan('"master": "eth0", "vlanId": 4095'), findings: [], good: vlan('"master": "eth0", "vlanId": 1, "linkInContainer": false') },
  { name: "vlan in another spelling", bad: vlan('"master": "eth0", "vlan": 5, "vlanId": 5'), findings: [], good: vlan('"master": "eth0", "vlanID": 5') },
  { name: "host-device without a device", bad: device(""), findings: [], good: device('"device": "eth1"') },
  { name: "host-device by a wrong MAC address", bad: device('"hwaddr": "eth1"'), findings: [], good: device('"device": "eth1", "hwaddr": ""') },
  { name: "dummy without addresses", bad: listOf('"type": "dummy"'), findings: [], good: plugin("dummy")("") },
  { name: "tap with an owner below 0", bad: tap('"owner": -1'), findings: [], good: tap('"owner": 0, "group": 0, "multiQueue": true') },
  { name: "loopback with addresses", bad: listOf(`"type": "loopback", ${addresses}`), findings: [], good: listOf('"type": "loopback"') },
  { name: "an empty ipam", bad: listOf('"type": "ptp", "ipam": {}'), findings: [], good: ptp("") },
  { name: "ipam without a type", bad: listOf('"type": "bridge", "ipam": {"subnet": "10.1.0.0/16"}'), findings: [], good: listOf('"type": "bridge", "ipam": {"type": "host-local", "subnet": "10.1.0.0/16", "routes": [{"dst": "0.0.0.0/0"}]}') },
  { name: "ipam by an interface plugin", bad: listOf('"type": "bridge", "ipam": {"type": "bridge"}'), findings: [], good: bridge("") },
  { name: "ipam that is a text", bad: listOf('"type": "bridge", "ipam": "host-local"'), findings: [], good: bridge("") },
];

export const windows: readonly Example[] = [
  { name: "win-bridge with an unknown apiVersion", bad: plugin("win-bridge")('"apiVersion": 3'), findings: [], good: plugin("win-bridge")('"apiVersion": 2, "ipMasqNetwork": "10.244.0.0/16"') },
  { name: "win-bridge with a text as policies", bad: plugin("win-bridge")('"policies": "OutBoundNAT"'), findings: [], good: plugin("win-bridge")('"policies": [{"name": "EndpointPolicy", "value": {"Type": "OutBoundNAT"}}]') },
  { name: "win-overlay with a whole MAC address", bad: plugin("win-overlay")('"endpointMacPrefix": "0E-2A-01-02-03-04"'), findings: [], good: plugin("win-overlay")('"endpointMacPrefix": "0E-2A"') },
];
