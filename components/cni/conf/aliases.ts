import { meant } from "../../../core/stack/hints";

/** Names that people write from memory or from another tool, with the plugins' own. */
const aliases: Record<string, readonly string[]> = {
  isDefaultGW: ["isDefaultGateway"],
  defaultGateway: ["isDefaultGateway", "gateway"],
  isGW: ["isGateway"],
  gateway: ["isGateway"],
  gw: ["gateway", "isGateway"],
  brName: ["bridge"],
  bridgeName: ["bridge"],
  ipMasquerade: ["ipMasq"],
  masquerade: ["ipMasq"],
  masq: ["ipMasq"],
  hairpin: ["hairpinMode"],
  promisc: ["promiscMode"],
  promiscuous: ["promisc", "promiscMode"],
  vlanTag: ["vlan", "vlanId"],
  interface: ["master", "device"],
  parent: ["master"],
  cidr: ["subnet"],
  range: ["ranges"],
  subnets: ["ranges"],
  start: ["rangeStart"],
  end: ["rangeEnd"],
  destination: ["dst"],
  via: ["gw"],
  metric: ["priority"],
  rate: ["ingressRate"],
  sysctls: ["sysctl"],
  vrf: ["vrfname"],
  addrs: ["addresses"],
  ips: ["addresses"],
};

const byLetters = new Map(Object.entries(aliases).map(([alias, names]) => [alias.toLowerCase(), names]));

/** The mend for a key that a plugin doesn't know: what was probably meant, else the keys that it has. */
export function unknownKeyMend(key: string, names: readonly string[]): string {
  const alias = byLetters.get(key.toLowerCase())?.find((name) => names.includes(name));
  const near = alias ?? meant(key, names);
  if (near) return `Did you mean ${near}?`;
  return `Known here: ${names.join(", ")}.`;
}
