import type { Finding } from "../../core/finding";
import type { Layer, Part } from "../../core/part";
import type { Context } from "../../core/plan";
import type { Stack } from "../../core/stack/schema";
import { hostRoutes } from "../routes/hostRoutes";
import { bridge } from "./bridge";
import { calico } from "./calico/calico";
import { cilium } from "./cilium/cilium";
import { custom } from "./custom/custom";
import { flannelTransit } from "./flannel";
import { mtu } from "./mtu";
import { vxlan, vxlanLayer } from "./vxlan";
import { weave } from "./weave";

/** A provider that connects our bridges. */
export type TransitProvider = NonNullable<Stack["cni"]["alongside"]>;

/** What carries packets between nodes whose pods are on Plumbline's own bridges. */
export interface Transit {
  /** What it takes of every packet. */
  readonly layers: readonly Layer[];
  /** The nodes' LAN needn't carry pods' addresses, so pods reach nodes with their own node's. */
  readonly hidesPods: boolean;
  /** Who sets the routes to other nodes' pods: the plan's route items, or a program of the network, which leaves them behind when it goes. */
  readonly routes: "plan" | "agent" | "plan and agent";
  readonly parts: readonly Part[];
}

/** What connects our bridges. A new one is a folder or file beside this one, a line here, and its name in the schema of `cni`. */
const transits: Record<TransitProvider, (context: Context) => Transit> = {
  bridge: (context) => ({ layers: [], hidesPods: false, routes: "plan", parts: [hostRoutes(context)] }),
  vxlan: (context) => ({ layers: [vxlanLayer], hidesPods: true, routes: "plan", parts: [vxlan(context)] }),
  flannel: flannelTransit,
};

/** Pod networks that connect pods by themselves. */
const others: Record<Exclude<Stack["cni"]["provider"], TransitProvider>, (context: Context) => Part[]> = {
  calico: (context) => [calico(context)],
  cilium: (context) => [cilium(context)],
  custom,
  weave: () => [weave],
};

/** The parts of the stack's pod network. */
export function podNetwork(context: Context): Part[] {
  const { provider, alongside } = context.stack.cni;
  const parts = isTransit(provider)
    ? bridged(context, transits[provider](context), alongside)
    : [...others[provider](context), ...(alongside ? [refusal(provider)] : [])];
  return [...parts, mtu(context, parts)];
}

/** Whether pods are on our own bridges with it. */
export const isTransit = (provider: Stack["cni"]["provider"]): provider is TransitProvider => provider in transits;

/**
 * Our bridges with what connects them. Two of a kind while one replaces the other: the second's tunnels are there and its packets are let in, so that a node
 * that is switched already and one that isn't yet reach each other. Routes are the first one's; until a program of its own has set them, the second's stay.
 */
function bridged(context: Context, transit: Transit, alongside: TransitProvider | undefined): Part[] {
  if (!alongside) return [bridge(context, transit), ...transit.parts];
  if (alongside === context.stack.cni.provider) return [bridge(context, transit), ...transit.parts, itself(context)];
  const other = transits[alongside](context);
  // A packet takes one of the two ways, so the one that takes more bytes counts.
  const [larger, smaller] = taken(other) > taken(transit) ? [other, transit] : [transit, other];
  const both = { layers: larger.layers, hidesPods: transit.hidesPods || other.hidesPods };
  const asLayered = (part: Part): Part => (smaller.parts.includes(part) ? { ...part, layers: undefined } : part);
  return [
    bridge(context, both),
    ...transit.parts.map(asLayered),
    ...other.parts.map(asLayered).map((part) => passive(part, transit.routes === "agent")),
    ...(other.routes === "plan" ? [] : [takeOver]),
    reminder(context, alongside),
  ];
}

const taken = ({ layers }: Transit) => layers.reduce((sum, { bytes }) => sum + bytes[4], 0);

/** Its ports and links without what would act by itself. */
const passive = (part: Part, keepsRoutes: boolean): Part => ({
  ...part,
  manifests: undefined,
  host: (node) => part.host?.(node).filter(({ kind }) => keepsRoutes || kind !== "route") ?? [],
});

const takeOver: Part = { name: "cni/take-over", host: () => [{ kind: "take-over", what: "routes" }] };

const note = (finding: Omit<Finding, "path">): Part => ({
  name: "cni/alongside",
  findings: () => [{ ...finding, path: ["cni", "alongside"] }],
});

function reminder({ stack }: Context, alongside: string): Part {
  return note({
    severity: "info",
    message: `${alongside}'s tunnels and ports are kept beside ${stack.cni.provider}'s, as a change from one to the other needs it.`,
    mend: `Remove it with the last step of the change: see docs/cni.md.`,
  });
}

function itself({ stack }: Context): Part {
  return note({
    severity: "error",
    message: `${stack.cni.provider} is the provider itself.`,
    mend: "Name the provider that this one replaces, or that replaces this one; or leave cni.alongside out.",
  });
}

const refusal = (provider: string): Part =>
  note({
    severity: "error",
    message: `${provider} gives pods their addresses itself: no other network can be there beside it.`,
    mend: "Leave cni.alongside out. Such a change restarts all pods: `plumbline migrate` says how.",
  });
