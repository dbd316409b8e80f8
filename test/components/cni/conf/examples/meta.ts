import { addresses, type Example, listOf } from "./example";

const behind = (plugin: string) => listOf(`"type": "bridge", "isGateway": true, ${addresses}`, plugin);
const portmap = (keys: string) => behind(`"type": "portmap", "capabilities": {"portMappings": true}${keys && `, ${keys}`}`);
const bandwidth = (keys: string) => behind(`"type": "bandwidth", ${keys}`);
const tuning = (keys: string) => behind(`"type": "tuning", ${keys}`);
const firewall = (keys: string) => behind(`"type": "firewall"${keys && `, ${keys}`}`);
const vrf = (keys: string) => behind(`"type": "vrf"${keys && `, ${keys}`}`);

export const portmaps: readonly Example[] = [
  { name: "no capability", bad: behind('"type": "portmap", "snat": true'), findings: [], good: portmap('"snat": true') },
  { name: "a capability that is off", bad: behind('"type": "portmap", "capabilities": {"portMappings": false}'), findings: [], good: portmap("") },
  { name: "a capability in the singular", bad: behind('"type": "portmap", "capabilities": {"portMapping": true}'), findings: [], good: portmap('"masqAll": true') },
  { name: "markMasqBit over 31", bad: portmap('"markMasqBit": 32'), findings: [], good: portmap('"markMasqBit": 31') },
  { name: "markMasqBit under 0", bad: portmap('"markMasqBit": -1'), findings: [], good: portmap('"markMasqBit": 0') },
  { name: "two ways to mark", bad: portmap('"markMasqBit": 14, "externalSetMarkChain": "KUBE-MARK-MASQ"'), findings: [], good: portmap('"externalSetMarkChain": "KUBE-MARK-MASQ"') },
  { name: "an unknown backend", bad: portmap('"backend": "nft"'), findings: [], good: portmap('"backend": "nftables"') },
  { name: "a chain of iptables with nftables", bad: portmap('"backend": "nftables", "externalSetMarkChain": "KUBE-MARK-MASQ"'), findings: [], good: portmap('"backend": "iptables", "externalSetMarkChain": "KUBE-MARK-MASQ"') },
  { name: "conditions that are one text", bad: portmap('"conditionsV4": "-d 192.0.2.0/24"'), findings: [], good: portmap('"conditionsV4": ["-d", "192.0.2.0/24"]') },
];

export const bandwidths: readonly Example[] = [
  { name: "a rate without a burst", bad: bandwidth('"ingressRate": 1000000'), findings: [], good: bandwidth('"ingressRate": 1000000, "ingressBurst": 1000000') },
  { name: "a burst without a rate", bad: bandwidth('"egressBurst": 1000000'), findings: [], good: bandwidth('"egressRate": 1000000, "egressBurst": 1000000') },
  { name: "a rate with a unit", bad: bandwidth('"ingressRate": "10M", "ingressBurst": 1000000'), findings: [], good: bandwidth('"ingressRate": 10000000, "ingressBurst": 1000000') },
  { name: "a burst of 4 GiB", bad: bandwidth('"egressRate": 1000000, "egressBurst": 34359738360'), findings: [], good: bandwidth('"egressRate": 1000000, "egressBurst": 34359738352') },
  { name: "nothing to limit", bad: behind('"type": "bandwidth"'), findings: [], good: bandwidth('"capabilities": {"bandwidth": true}') },
  { name: "a rate below 0", bad: bandwidth('"ingressRate": -5, "ingressBurst": 8000'), findings: [], good: bandwidth('"ingressRate": 8000, "ingressBurst": 8000') },
];

export const tunings: readonly Example[] = [
  { name: "a sysctl of the whole host", bad: tuning('"sysctl": {"kernel.pid_max": "99999"}'), findings: [], good: tuning('"sysctl": {"net.core.somaxconn": "500"}') },
  { name: "a number as sysctl's value", bad: tuning('"sysctl": {"net.core.somaxconn": 500}'), findings: [], good: tuning('"sysctl": {"net.ipv4.conf.IFNAME.arp_filter": "1"}') },
  { name: "a way out of net", bad: tuning('"sysctl": {"net/../kernel/pid_max": "99999"}'), findings: [], good: tuning('"sysctl": {"net/core/somaxconn": "500"}') },
  { name: "a wrong MAC address", bad: tuning('"mac": "aa:bb"'), findings: [], good: tuning('"mac": "02:42:ac:11:00:02"') },
  { name: "an MTU below 68", bad: tuning('"mtu": 60'), findings: [], good: tuning('"mtu": 1400, "txQLen": 500, "allmulti": true, "promisc": true') },
];

export const firewalls: readonly Example[] = [
  { name: "an unknown backend", bad: firewall('"backend": "nftables"'), findings: [], good: firewall('"backend": "iptables"') },
  { name: "an unknown policy", bad: firewall('"ingressPolicy": "same_bridge"'), findings: [], good: firewall('"ingressPolicy": "same-bridge"') },
  { name: "a chain's name of 29 characters", bad: firewall('"backend": "iptables", "iptablesAdminChainName": "ABCDEFGHIJKLMNOPQRSTUVWXYZ123"'), findings: [], good: firewall('"backend": "iptables", "iptablesAdminChainName": "ABCDEFGHIJKLMNOPQRSTUVWXYZ12"') },
  { name: "a zone with iptables", bad: firewall('"backend": "iptables", "firewalldZone": "public"'), findings: [], good: firewall('"firewalldZone": "public"') },
];

export const vrfs: readonly Example[] = [
  { name: "vrf without a name", bad: vrf(""), findings: [], good: vrf('"vrfname": "blue"') },
  { name: "a name of 16 characters", bad: vrf('"vrfname": "abcdefghijklmnop"'), findings: [], good: vrf('"vrfname": "abcdefghijklmno", "table": 5') },
  { name: "a table below 0", bad: vrf('"vrfname": "blue", "table": -1'), findings: [], good: vrf('"vrfname": "blue", "table": 0') },
  { name: "sbr with a text as table", bad: behind('"type": "sbr", "table": "main"'), findings: [], good: behind('"type": "sbr", "table": 200') },
];
