import type { Address } from "../../../cidr";
import type { Finding, Path } from "../../../finding";
import { hostSettings } from "../../hostSettings";
import type { Losses } from "../../losses";
import type { Stack } from "../../schema";

/** How many lines are a lot, in each of as many hosts. */
const manyNodes = 250;

/** Lines of /etc/hosts of one node: the section's, then its own. A name has one address per family. */
export function checkNames(stack: Stack, index: number, { intact }: Losses): Finding[] {
  const node = stack.nodes[index];
  const settings = node && hostSettings(stack, node).hosts;
  if (!node || !settings) return [];
  const own: Path = ["nodes", index, "host", "hosts"];
  const entries = [...placed(stack.host.hosts, ["host", "hosts"]), ...placed(node.host.hosts, own)];
  const known = new Map<string, { readonly address: Address; readonly where: string }>();
  if (settings.nodes)
    for (const { name, address } of stack.nodes)
      for (const one of address) known.set(`${one.family} ${name}`, { address: one, where: `the node ${name}` });
  const findings = entries.flatMap(({ address, name, path }): Finding[] => {
    if (/^localhost(\.localdomain)?$/.test(name))
      return [
        {
          severity: "error",
          path,
          message: `${name} is the host itself, and programs on it count on that.`,
          mend: "Leave it out, or write another name.",
        },
      ];
    const key = `${address.family} ${name}`;
    const other = known.get(key);
    if (!other) known.set(key, { address, where: "an entry before" });
    if (!other || String(other.address) === String(address)) return [];
    return [
      {
        severity: "error",
        path,
        message: `${name} has the address ${other.address} already, by ${other.where}.`,
        mend: "Write one address of a family for a name.",
      },
    ];
  });
  const isLarge = settings.nodes && intact("nodes") && stack.nodes.length > manyNodes;
  return isLarge
    ? [
        ...findings,
        {
          severity: "warning",
          path: node.host.hosts?.nodes === undefined ? ["host", "hosts", "nodes"] : [...own, "nodes"],
          message: `writes ${stack.nodes.length - 1} lines in each host's /etc/hosts, and changes all of them when one node comes or goes.`,
          mend: "Have a DNS server know the nodes, and write nodes: false.",
        },
      ]
    : findings;
}

function placed(hosts: Stack["host"]["hosts"], path: Path) {
  return (hosts?.entries ?? []).flatMap(({ address, names }, position) =>
    names.map((name, number) => ({ address, name, path: [...path, "entries", position, "names", number] })),
  );
}
