import type { Finding } from "../../core/finding";
import type { Layer, Part } from "../../core/part";
import type { Context } from "../../core/plan";
import type { Stack } from "../../core/stack/schema";
import { hostRoutes } from "../routes/hostRoutes";
import { bridge } from "./bridge";
import { mtu } from "./mtu";
import { vxlan, vxlanLayer } from "./vxlan";

/** What carries packets between nodes whose pods are on Plumbline's own bridges. */
export interface Transit {
  /** What it takes of every packet. */
  readonly layers: readonly Layer[];
  /** The nodes' LAN needn't carry pods' addresses, so pods reach nodes with their own node's. */
  readonly hidesPods: boolean;
  readonly parts: readonly Part[];
}

/** A pod network: what carries packets between our bridges, or the parts of one that connects pods by itself. */
type Network = Transit | readonly Part[];

/** The pod networks. A new one is a folder or file beside this one, a line here, and its name in the schema of `cni`. */
const networks: Record<Stack["cni"]["provider"], (context: Context) => Network> = {
  bridge: (context) => ({ layers: [], hidesPods: false, parts: [hostRoutes(context)] }),
  vxlan: (context) => ({ layers: [vxlanLayer], hidesPods: true, parts: [vxlan(context)] }),
};

/** The parts of the stack's pod network. */
export function podNetwork(context: Context): Part[] {
  const { provider, alongside } = context.stack.cni;
  const network = networks[provider](context);
  const parts = isTransit(network) ? bridged(context, network, alongside) : network;
  return [...parts, mtu(context, parts)];
}

const isTransit = (network: Network): network is Transit => "parts" in network;

/**
 * Our bridges with what connects them. Two of a kind while one replaces the other: the second's tunnels are there and its packets are let in, so that a node
 * that is switched already and one that isn't yet reach each other; routes are those of the first.
 */
function bridged(context: Context, transit: Transit, alongside: Stack["cni"]["alongside"]): Part[] {
  if (alongside === context.stack.cni.provider) return [bridge(context, transit), ...transit.parts, itself(context)];
  const other = alongside && networks[alongside](context);
  if (!other) return [bridge(context, transit), ...transit.parts];
  if (!isTransit(other)) return [bridge(context, transit), ...transit.parts, refusal(context, alongside)];
  // A packet takes one of the two ways, so the one that takes more bytes counts.
  const [larger, smaller] = taken(other) > taken(transit) ? [other, transit] : [transit, other];
  const both = { layers: larger.layers, hidesPods: transit.hidesPods || other.hidesPods };
  const asLayered = (part: Part): Part => (smaller.parts.includes(part) ? { ...part, layers: undefined } : part);
  return [
    bridge(context, both),
    ...transit.parts.map(asLayered),
    ...other.parts.map(asLayered).map(withoutRoutes),
    reminder(context, alongside),
  ];
}

const taken = ({ layers }: Transit) => layers.reduce((sum, { bytes }) => sum + bytes[4], 0);

const withoutRoutes = (part: Part): Part => ({ ...part, host: (node) => part.host?.(node).filter(({ kind }) => kind !== "route") ?? [] });

const note = (finding: Omit<Finding, "path">): Part => ({
  name: "cni/alongside",
  findings: () => [{ ...finding, path: ["cni", "alongside"] }],
});

function reminder({ stack }: Context, alongside: string): Part {
  return note({
    severity: "info",
    message: `${alongside}'s tunnels and ports are kept beside ${stack.cni.provider}'s, as a change from one to the other needs it.`,
    mend: `Remove it with the last step of the change: see \`plumbline migrate --to ${stack.cni.provider}\`.`,
  });
}

function itself({ stack }: Context): Part {
  return note({
    severity: "error",
    message: `${stack.cni.provider} is the provider itself.`,
    mend: "Name the provider that this one replaces, or that replaces this one; or leave cni.alongside out.",
  });
}

function refusal({ stack }: Context, alongside: string): Part {
  return note({
    severity: "error",
    message: `${alongside} gives pods their addresses itself: it can't be there beside ${stack.cni.provider}.`,
    mend: "Leave cni.alongside out. Such a change restarts all pods: `plumbline migrate` says how.",
  });
}
