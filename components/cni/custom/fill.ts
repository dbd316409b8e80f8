import { addressOf } from "../../../core/addresses";
import type { PlannedNode } from "../../../core/part";

/** What stands for a node's own values in the user's files; `"${MTU}"` in quotes is a number too, so that a file is JSON before it is filled in. */
const pattern = /"\$\{MTU\}"|\$\{([A-Z][A-Z0-9_]*)\}/g;

export const names = ["POD_CIDR", "POD_CIDR_IPV4", "POD_CIDR_IPV6", "NODE_IP", "NODE_NAME", "MTU"] as const;

/** A node's values; undefined for what it hasn't. */
export function valuesOf(node: PlannedNode, mtu: number): Record<(typeof names)[number], string | undefined> {
  const range = (family: 4 | 6) => node.podCIDRs.find((one) => one.family === family)?.toString();
  const [first] = node.podCIDRs;
  const address = first ? addressOf(node, first.family) : undefined;
  return {
    POD_CIDR: first?.toString(),
    POD_CIDR_IPV4: range(4),
    POD_CIDR_IPV6: range(6),
    NODE_IP: (address ?? node.address[0])?.toString(),
    NODE_NAME: node.name,
    MTU: String(mtu),
  };
}

/** The text with a node's values; `missing` are the names without one, which stay as they are. */
export function fill(text: string, values: Readonly<Record<string, string | undefined>>): { text: string; missing: string[] } {
  const missing = new Set<string>();
  const filled = text.replace(pattern, (whole, name: string = "MTU") => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) missing.add(name);
    return value ?? whole;
  });
  return { text: filled, missing: [...missing] };
}
