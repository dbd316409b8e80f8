import { addresses, type Example, listOf } from "./example";

const behind = (plugin: string) => listOf(`"type": "bridge", "isGateway": true, ${addresses}`, plugin);
const portmap = (keys: string) => behind(`"type": "portmap", "capabilities": {"portMappings": true}${keys && `, ${keys}`}`);
const bandwidth = (keys: string) => behind(`"type": "bandwidth", ${keys}`);
const tuning = (keys: string) => behind(`"type": "tuning", ${keys}`);
const firewall = (keys: string) => behind(`"type": "firewall"${keys && `, ${keys}`}`);
const vrf = (keys: string) => behind(`"type": "vrf"${keys && `, ${keys}`}`);

export const portmaps: readonly Example[] = [
  {
    name: "no capability",
    bad: behind('"type": "portmap", "snat": true'),
    findings: ["warning plugins[1]: has no capability portMappings, so the runtime tells it no ports and hostPorts don't work."],
    good: portmap('"snat": true'),
  },
  {
    name: "a capability that is off",
    bad: behind('"type": "portmap", "capabilities": {"portMappings": false}'),
    findings: ["warning plugins[1]: has no capability portMappings, so the runtime tells it no ports and hostPorts don't work."],
    good: portmap(""),
  },
  {
    name: "a capability in the singular",
    bad: behind('"type": "portmap", "capabilities": {"portMapping": true}'),
    findings: ["warning plugins[1].capabilities.portMapping: no runtime passes in a capability portMapping."],
    good: portmap('"masqAll": true'),
  },
  {
    name: "markMasqBit over 31",
    bad: portmap('"markMasqBit": 32'),
    findings: ["error plugins[1].markMasqBit: found 32, and a packet mark has 32 bits."],
    good: portmap('"markMasqBit": 31'),
  },
  {
    name: "markMasqBit under 0",
    bad: portmap('"markMasqBit": -1'),
    findings: ["error plugins[1].markMasqBit: found -1, and a packet mark has 32 bits."],
    good: portmap('"markMasqBit": 0'),
  },
  {
    name: "two ways to mark",
    bad: portmap('"markMasqBit": 14, "externalSetMarkChain": "KUBE-MARK-MASQ"'),
    findings: ["error plugins[1].externalSetMarkChain: and markMasqBit exclude each other: the plugin refuses both."],
    good: portmap('"externalSetMarkChain": "KUBE-MARK-MASQ"'),
  },
  {
    name: "an unknown backend",
    bad: portmap('"backend": "nft"'),
    findings: ['error plugins[1].backend: found "nft", which the plugin doesn\'t know.'],
    good: portmap('"backend": "nftables"'),
  },
  {
    name: "a chain of iptables with nftables",
    bad: portmap('"backend": "nftables", "externalSetMarkChain": "KUBE-MARK-MASQ"'),
    findings: ["error plugins[1].externalSetMarkChain: is for iptables, and the backend is nftables."],
    good: portmap('"backend": "iptables", "externalSetMarkChain": "KUBE-MARK-MASQ"'),
  },
  {
    name: "conditions that are one text",
    bad: portmap('"conditionsV4": "-d 192.0.2.0/24"'),
    findings: ['error plugins[1].conditionsV4: found "-d 192.0.2.0/24", expected a list.'],
    good: portmap('"conditionsV4": ["-d", "192.0.2.0/24"]'),
  },
];

export const bandwidths: readonly Example[] = [
  {
    name: "a rate without a burst",
    bad: bandwidth('"ingressRate": 1000000'),
    findings: ["error plugins[1].ingressRate: needs ingressBurst beside it: the plugin refuses one alone."],
    good: bandwidth('"ingressRate": 1000000, "ingressBurst": 1000000'),
  },
  {
    name: "a burst without a rate",
    bad: bandwidth('"egressBurst": 1000000'),
    findings: ["error plugins[1].egressBurst: needs egressRate beside it: the plugin refuses one alone."],
    good: bandwidth('"egressRate": 1000000, "egressBurst": 1000000'),
  },
  {
    name: "a rate with a unit",
    bad: bandwidth('"ingressRate": "10M", "ingressBurst": 1000000'),
    findings: ['error plugins[1].ingressRate: found "10M", expected a number.'],
    good: bandwidth('"ingressRate": 10000000, "ingressBurst": 1000000'),
  },
  {
    name: "a burst of 4 GiB",
    bad: bandwidth('"egressRate": 1000000, "egressBurst": 34359738360'),
    findings: ["error plugins[1].egressBurst: found 34359738360 bits; the plugin takes less than 4 GiB."],
    good: bandwidth('"egressRate": 1000000, "egressBurst": 34359738352'),
  },
  {
    name: "nothing to limit",
    bad: behind('"type": "bandwidth"'),
    findings: ["warning plugins[1]: limits nothing: it has no rates, and pods' annotations don't reach it."],
    good: bandwidth('"capabilities": {"bandwidth": true}'),
  },
  {
    name: "a rate below 0",
    bad: bandwidth('"ingressRate": -5, "ingressBurst": 8000'),
    findings: ["error plugins[1].ingressRate: found -5, expected at least 0."],
    good: bandwidth('"ingressRate": 8000, "ingressBurst": 8000'),
  },
];

export const tunings: readonly Example[] = [
  {
    name: "a sysctl of the whole host",
    bad: tuning('"sysctl": {"kernel.pid_max": "99999"}'),
    findings: ["error plugins[1].sysctl.kernel.pid_max: is no setting of a network namespace: the plugin refuses what isn't below net."],
    good: tuning('"sysctl": {"net.core.somaxconn": "500"}'),
  },
  {
    name: "a number as sysctl's value",
    bad: tuning('"sysctl": {"net.core.somaxconn": 500}'),
    findings: ["error plugins[1].sysctl.net.core.somaxconn: found 500, expected a text."],
    good: tuning('"sysctl": {"net.ipv4.conf.IFNAME.arp_filter": "1"}'),
  },
  {
    name: "a way out of net",
    bad: tuning('"sysctl": {"net/../kernel/pid_max": "99999"}'),
    findings: [
      "error plugins[1].sysctl.net/../kernel/pid_max: is no setting of a network namespace: the plugin refuses what isn't below net.",
    ],
    good: tuning('"sysctl": {"net/core/somaxconn": "500"}'),
  },
  {
    name: "a wrong MAC address",
    bad: tuning('"mac": "aa:bb"'),
    findings: ['error plugins[1].mac: "aa:bb" is no MAC address.'],
    good: tuning('"mac": "02:42:ac:11:00:02"'),
  },
  {
    name: "an MTU below 68",
    bad: tuning('"mtu": 60'),
    findings: ["error plugins[1].mtu: 60 is no MTU that an interface can have."],
    good: tuning('"mtu": 1400, "txQLen": 500, "allmulti": true, "promisc": true'),
  },
];

export const firewalls: readonly Example[] = [
  {
    name: "an unknown backend",
    bad: firewall('"backend": "nftables"'),
    findings: ['warning plugins[1].backend: found "nftables", which the plugin doesn\'t know and takes for no backend at all.'],
    good: firewall('"backend": "iptables"'),
  },
  {
    name: "an unknown policy",
    bad: firewall('"ingressPolicy": "same_bridge"'),
    findings: ['error plugins[1].ingressPolicy: found "same_bridge", which the plugin doesn\'t know.'],
    good: firewall('"ingressPolicy": "same-bridge"'),
  },
  {
    name: "a chain's name of 29 characters",
    bad: firewall('"backend": "iptables", "iptablesAdminChainName": "ABCDEFGHIJKLMNOPQRSTUVWXYZ123"'),
    findings: ["error plugins[1].iptablesAdminChainName: is no name that iptables takes for a chain."],
    good: firewall('"backend": "iptables", "iptablesAdminChainName": "ABCDEFGHIJKLMNOPQRSTUVWXYZ12"'),
  },
  {
    name: "a zone with iptables",
    bad: firewall('"backend": "iptables", "firewalldZone": "public"'),
    findings: ["warning plugins[1].firewalldZone: has no effect with the iptables backend."],
    good: firewall('"firewalldZone": "public"'),
  },
];

export const vrfs: readonly Example[] = [
  { name: "vrf without a name", bad: vrf(""), findings: ["error plugins[1].vrfname: is missing."], good: vrf('"vrfname": "blue"') },
  {
    name: "a name of 16 characters",
    bad: vrf('"vrfname": "abcdefghijklmnop"'),
    findings: ["error plugins[1].vrfname: is no name for an interface."],
    good: vrf('"vrfname": "abcdefghijklmno", "table": 5'),
  },
  {
    name: "a table below 0",
    bad: vrf('"vrfname": "blue", "table": -1'),
    findings: ["error plugins[1].table: found -1, expected at least 0."],
    good: vrf('"vrfname": "blue", "table": 0'),
  },
  {
    name: "sbr with a text as table",
    bad: behind('"type": "sbr", "table": "main"'),
    findings: ['error plugins[1].table: found "main", expected a number.'],
    good: behind('"type": "sbr", "table": 200'),
  },
];
