import type { Finding } from "./finding";
import type { Layer } from "./part";
import type { Stack } from "./stack/schema";

/** Bytes of a packet between nodes, what each layer takes of it, and what is left for pods. */
export interface MtuBudget {
  readonly link: number;
  readonly layers: readonly { readonly name: string; readonly bytes: number }[];
  /** What pods' interfaces get: what is left, or the lower value of `cni.mtu`. */
  readonly pods: number;
}

/** RFC 791: every host takes datagrams of 576 bytes. RFC 8200: IPv6 needs links of 1280. */
const smallest = { 4: 576, 6: 1280 } as const;

/** Nodes talk to each other by their first address, so its family is that of the outer packets. */
export function mtuBudget({ cluster, cni, nodes }: Stack, layers: readonly Layer[]): MtuBudget {
  const outer = nodes[0]?.address[0]?.family ?? 4;
  const taken = layers.map(({ name, bytes }) => ({ name, bytes: bytes[outer] }));
  return { link: cluster.mtu, layers: taken, pods: cni.mtu ?? cluster.mtu - taken.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Is there room for pods' packets, and does `cni.mtu` keep within it? */
export function checkMtu(stack: Stack, layers: readonly Layer[]): Finding[] {
  const { link, layers: taken, pods } = mtuBudget(stack, layers);
  const room = taken.reduce((left, { bytes }) => left - bytes, link);
  const sum = [`${link}`, ...taken.map(({ name, bytes }) => `- ${bytes} (${name})`)].join(" ");
  const needed = Math.max(...stack.cluster.podCIDRs.map(({ family }) => smallest[family]));
  if (room < needed) {
    const why = needed === smallest[6] ? "IPv6 needs 1280 (RFC 8200)" : "IPv4 needs 576 (RFC 791)";
    const mend = `Give the nodes' LAN an MTU of at least ${needed + link - room} and write it, or choose a pod network without an overlay.`;
    return [{ severity: "error", path: ["cluster", "mtu"], message: `${sum} leaves pods packets of ${room} bytes, and ${why}.`, mend }];
  }
  if (pods > room) {
    const mend = `Write ${room}, or leave cni.mtu out: it is computed then.`;
    return [{ severity: "error", path: ["cni", "mtu"], message: `${pods} bytes don't fit: ${sum} leaves ${room}.`, mend }];
  }
  if (pods < needed) {
    const mend = `Write at least ${needed}, at most ${room}; or leave cni.mtu out: it is computed then.`;
    return [{ severity: "error", path: ["cni", "mtu"], message: `${pods} bytes are too few: IPv6 needs 1280 (RFC 8200).`, mend }];
  }
  return [];
}
