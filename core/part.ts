import type { AddressRange } from "./addresses";
import type { Address, Cidr } from "./cidr";
import type { Finding } from "./finding";
import type { Flow } from "./flow";
import type { HostItem } from "./host";
import type { StackNode } from "./stack/schema";
import type { PortRange } from "./stack/values";

/** A node of the plan: what the stack says of it, with its pod ranges decided. */
export interface PlannedNode extends StackNode {
  readonly podCIDRs: Cidr[];
}

/** Bytes that a part adds to a packet on the wire between nodes. */
export interface Layer {
  readonly name: string;
  /** By the family of the outer packet. */
  readonly bytes: { readonly 4: number; readonly 6: number };
}

/** Source address translation of what leaves the cluster. */
export interface Masquerade {
  readonly from: Cidr;
  /** Also towards the cluster's nodes, where their LAN doesn't carry pods' addresses. */
  readonly towardsNodes?: boolean;
  readonly why: string;
}

/** An address of packets that the stack file has changed on the way. `out`: only those that leave by this interface. */
export type Translation =
  /** The source becomes that of the interface by which the packet leaves; not for packets to these ranges. */
  | { readonly kind: "masquerade"; readonly from: Cidr; readonly out?: string; readonly notTo: readonly Cidr[] }
  /** The source becomes this address. */
  | { readonly kind: "snat"; readonly from: Cidr; readonly out?: string; readonly to: Address }
  /** What comes to these ports of the host goes to another one; to the same port when `toPort` is absent. */
  | {
      readonly kind: "forward";
      readonly protocol: "tcp" | "udp";
      readonly ports: PortRange;
      readonly from: readonly Cidr[];
      readonly to: Address;
      readonly toPort?: number;
    };

/** Whether a node's pods reach other nodes with their own node's address. */
export function hidesPods(parts: readonly Part[], node: PlannedNode): boolean {
  return parts.some((part) => part.masquerade?.(node).some(({ towardsNodes }) => towardsNodes));
}

/** An object in the cluster. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly [field: string]: unknown;
}

/** A part's objects are applied in the order in which it lists them, after all hosts. */
export interface ManifestItem {
  readonly object: Manifest;
  /** Somebody else (kubeadm) owns the object; only the given fields become ours. */
  readonly patch?: boolean;
  /**
   * It stays when the stack is destroyed or doesn't declare it any more, since running pods need it. `plumbline migrate` says how it is taken out.
   * Default: patches stay, objects go.
   */
  readonly retain?: boolean;
  /**
   * A definition that the whole cluster shares: taken over where it is there already, and kept when the stack is destroyed. Parts with such
   * objects have no others, and are left out where the cluster has newer ones or somebody else's (components/ingress/gatewayApi/live.ts).
   */
  readonly shared?: boolean;
  /** Keys of a Secret's data, with the files that hold them: read where the object is applied, and secret from there on. A plan holds no secret. */
  readonly secretFiles?: Readonly<Record<string, string>>;
  /** The part that declared it. */
  readonly part: string;
}

/** A file of values for a Helm chart; `plumbline render` writes it. */
export interface ChartItem {
  /** Its name, in the folder `charts`. */
  readonly file: string;
  readonly values: object;
}

/** One concern of the cluster network: a CNI, the proxy, DNS, an ingress controller, the control plane. It declares; the planner derives. */
export interface Part {
  /** "cni/bridge", "proxy", "dns", "ingress/traefik" */
  readonly name: string;
  /** What it claims on the address plan. */
  ranges?(): AddressRange[];
  /** Who must reach whom, on what, and why. */
  flows?(): Flow[];
  /** Bytes it adds to a packet on the wire. */
  layers?(): Layer[];
  /** Pods of a node whose address is replaced by the node's where their packets leave the cluster (pods and nodes). */
  masquerade?(node: PlannedNode): Masquerade[];
  /** Address translation that the stack file asks for on a node. */
  translations?(node: PlannedNode): Translation[];
  /** What it needs on a host. */
  host?(node: PlannedNode): HostItem[];
  /** Its objects in the cluster. */
  manifests?(): ManifestItem[];
  /** Pods on different nodes can't do without its objects: they come before all others, since those may wait for pods. */
  readonly connectsPods?: true;
  /** Values for Helm charts that the user installs. */
  charts?(): ChartItem[];
  /** What it has to say about the stack, beyond the stack's own checks. */
  findings?(): Finding[];
}
