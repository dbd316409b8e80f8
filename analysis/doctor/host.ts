import { podsPerNode } from "../../core/addresses";
import type { PlannedNode } from "../../core/part";
import type { Plan } from "../../core/plan";
import { bgpFindings } from "./bgp";
import type { HostFacts, HostLink } from "./facts";
import type { LiveFinding, Report } from "./finding";
import { overlapFindings } from "./ranges";

/** How many of a node's pod addresses are given out. */
export interface LeaseCount {
  readonly range: string;
  readonly used: number;
  /** From 2^53 on an approximation. */
  readonly total: number;
  /** Of the used ones: those of sandboxes that the runtime doesn't have any more. */
  readonly stale: number;
}

/** What one host says, against the plan. */
export function hostFindings(plan: Plan, node: PlannedNode, facts: HostFacts): LiveFinding[] {
  const index = plan.nodes.indexOf(node);
  const report: Report = (severity, path, message, mend) => ({ severity, node: node.name, path, message, mend });
  return [
    ...addressFindings(node, index, facts, report),
    ...refusals(node, index, facts, report),
    ...overlapFindings(plan, node, facts, report),
    ...bridgeFindings(plan, node, facts, report),
    ...leaseFindings(node, facts, report),
    ...bgpFindings(plan, node, facts, report),
  ];
}

/** What another pod network, Podman or CRI-O's example configuration left: the bridge plugin refuses to give its bridge a second address (`already has an IP address different from`). */
function bridgeFindings({ stack: { cni }, parts }: Plan, node: PlannedNode, { links }: HostFacts, report: Report): LiveFinding[] {
  if (!parts.some(({ name }) => name === "cni/bridge")) return [];
  const bridge = links.find(({ name }) => name === cni.bridge.name);
  const others =
    bridge?.addresses.filter(({ address }) => node.podCIDRs.some((range) => range.family === address.family && !range.contains(address))) ??
    [];
  return others.map(({ address }) =>
    report(
      "error",
      ["cni", "bridge", "name"],
      `the bridge ${cni.bridge.name} is there already and has ${address}, which isn't in the node's pod range ${node.podCIDRs.join(", ")}: no pod would start.`,
      `If nothing needs it: ip link delete ${cni.bridge.name}. Else write another cni.bridge.name.`,
    ),
  );
}

/** The interface that has an address of the node. */
export function nodeLink(node: PlannedNode, { links }: HostFacts): HostLink | undefined {
  return links.find(({ addresses }) => addresses.some(({ address }) => node.address.some((own) => String(own) === String(address))));
}

/** VirtualBox's NAT gives every VM this address: Vagrant's first interface. */
const vagrant = "10.0.2.15";

/** Is this the right host, and the right interface of it? */
function addressFindings(node: PlannedNode, index: number, facts: HostFacts, report: Report): LiveFinding[] {
  const path = ["nodes", index, "address"];
  const has = facts.links.flatMap(({ name, addresses }) => (name === "lo" ? [] : addresses.map(({ address }) => `${name} ${address}`)));
  const live = new Set(facts.links.flatMap(({ addresses }) => addresses.map(({ address }) => String(address))));
  const missing = node.address.filter((address) => !live.has(String(address)));
  const first = node.address[0];
  const leaves = facts.routes.find(({ destination }) => destination.prefix === 0 && destination.family === first?.family);
  const uplink = facts.links.find(({ name }) => name === leaves?.link);
  const other = uplink?.addresses.find(({ address }) => address.family === first?.family)?.address;
  const trap = uplink && other && missing.length === 0 && uplink.name !== nodeLink(node, facts)?.name;
  return [
    ...missing.map((address) =>
      report(
        "error",
        path,
        `no interface of this host has ${address}; it has ${has.join(", ") || "none"}.`,
        "Is it the right host? Write the address that it has on the nodes' LAN; where SSH goes to another one, write ssh.host.",
      ),
    ),
    ...(live.has(vagrant) && String(first) === vagrant
      ? [
          report(
            "error",
            path,
            `${vagrant} is VirtualBox's NAT address, which every VM has: nodes don't reach each other by it.`,
            "Write the address of the private network, the VM's second interface.",
          ),
        ]
      : []),
    ...(trap
      ? [
          report(
            String(other) === vagrant ? "warning" : "info",
            path,
            `the default route leaves by ${uplink.name} (${other})${String(other) === vagrant ? ", VirtualBox's NAT, the same on every VM" : ""}, not by the interface with ${first}: a kubelet that isn't told its address registers ${other}.`,
            `Give the kubelet --node-ip=${first} (kubeadm: nodeRegistration.kubeletExtraArgs; /etc/default/kubelet).`,
          ),
        ]
      : []),
  ];
}

/** What the agent's own checks say. That an address isn't there is said above, with what is there. */
function refusals(node: PlannedNode, index: number, { refused, remarks }: HostFacts, report: Report): LiveFinding[] {
  const path = ["nodes", index];
  const known = node.address.map((address) => `lan-mtu ${address}: no interface `);
  return [
    ...refused
      .filter((text) => !known.some((start) => text.startsWith(start)))
      .map((text) => {
        const [message = "", ...mend] = text.split("; ");
        return report("error", path, `${message}.`, sentence(mend.join("; ")));
      }),
    ...remarks.map((text) => report("info", path, `${text}.`, "")),
  ];
}

const sentence = (text: string) => (text === "" ? "" : `${text[0]?.toUpperCase()}${text.slice(1)}${text.endsWith("?") ? "" : "."}`);

/** How full the node's pod ranges are, by host-local's leases. */
export function leaseCounts(node: PlannedNode, { leases }: HostFacts): LeaseCount[] {
  return node.podCIDRs.map((range) => {
    const inside = leases.filter(({ address }) => range.contains(address));
    return {
      range: String(range),
      used: inside.length,
      total: Number(podsPerNode(range.family, range.prefix)),
      stale: inside.filter(({ state }) => state === "stale").length,
    };
  });
}

function leaseFindings(node: PlannedNode, facts: HostFacts, report: Report): LiveFinding[] {
  const stale = facts.leases.filter(({ state }) => state === "stale");
  const networks = [...new Set(stale.map(({ network }) => network))];
  return [
    ...networks.map((network) => {
      const addresses = stale.filter((lease) => lease.network === network).map(({ address }) => String(address));
      const shown = addresses.length > 4 ? `${addresses.slice(0, 3).join(", ")} and ${addresses.length - 3} more` : addresses.join(", ");
      return report(
        "info",
        [],
        `the network ${network} has ${addresses.length} address${addresses.length === 1 ? "" : "es"} given to pods that are gone: ${shown}.`,
        `Nobody gets them again. With the kubelet stopped, remove their files in /var/lib/cni/networks/${network}.`,
      );
    }),
    ...leaseCounts(node, facts)
      .filter(({ used, total }) => used >= total)
      .map(({ range, used, total }) =>
        report(
          "error",
          [],
          `all addresses of ${range} are given out (${used} of ${total}): no further pod starts here.`,
          "Remove stale leases, move pods away, or give new nodes larger ranges (podMaskSizes).",
        ),
      ),
  ];
}
