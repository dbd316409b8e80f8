import { podRanges, podRangesOf, usesNodeRanges } from "../../addresses";
import { addressBits } from "../../cidr";
import type { Finding, Path } from "../../finding";
import type { Losses } from "../losses";
import type { Stack } from "../schema";

type Report = (severity: Finding["severity"], path: Path, message: string, mend: string) => void;

/** Pools of pod ranges, the nodes that have other than the cluster's node ranges, and what is reserved. */
export function checkPodPools(stack: Stack, losses: Losses): Finding[] {
  const findings: Finding[] = [];
  const report: Report = (severity, path, message, mend) => findings.push({ severity, path, message, mend });
  checkPools(stack, losses, report);
  checkNodes(stack, losses, report);
  checkReserved(stack, losses, report);
  return findings;
}

function checkPools({ cluster, cni, proxy }: Stack, { intact }: Losses, report: Report): void {
  const families = cluster.podCIDRs.map(({ family }) => family);
  cluster.podPools.forEach(({ name, podCIDRs }, index) => {
    const path = ["cluster", "podPools", index];
    const earlier = cluster.podPools.findIndex((other) => other.name === name);
    if (earlier < index)
      report("error", [...path, "name"], `${name} is also the name of cluster.podPools[${earlier}].`, "Give every pool a name of its own.");
    podCIDRs.forEach(({ family }, position) => {
      if (podCIDRs.findIndex((other) => other.family === family) < position)
        report(
          "error",
          [...path, "podCIDRs", position],
          `is a second IPv${family} range.`,
          "Give one range per IP family; make another pool of this one.",
        );
      else if (!families.includes(family) && intact("cluster", "podCIDRs"))
        report(
          "error",
          [...path, "podCIDRs", position],
          `is IPv${family}, but cluster.podCIDRs has no IPv${family} range.`,
          `Add an IPv${family} range to cluster.podCIDRs, or remove this one.`,
        );
    });
  });
  if (cluster.podPools.length === 0) return;
  const path = ["cluster", "podPools"];
  // flannel, pkg/subnet/kube: "subnet … specified in the flannel net config doesn't contain … PodCIDR of the … node".
  if (cni.provider === "flannel")
    report(
      "error",
      path,
      "flannel has one Network per family and ends on a node whose range is outside of it.",
      "Write the provider vxlan or bridge, or leave the pools out and widen cluster.podCIDRs.",
    );
  if (
    intact("proxy", "mode") &&
    intact("proxy", "detectLocalMode") &&
    proxy.mode !== "none" &&
    proxy.detectLocalMode === "ClusterCIDR" &&
    cni.provider !== "flannel"
  )
    report(
      "warning",
      path,
      "kube-proxy tells pods by cluster.podCIDRs alone (detectLocalMode ClusterCIDR), so it takes those of the pools for strangers and hides their addresses from services' pods.",
      "Write proxy.detectLocalMode: NodeCIDR.",
    );
}

function checkNodes(stack: Stack, { intact }: Losses, report: Report): void {
  const { cluster, nodes } = stack;
  const known = intact("cluster", "podCIDRs") && intact("cluster", "podPools");
  nodes.forEach((node, index) => {
    const { podPool: pool, podMaskSizes, name } = node;
    const path = ["nodes", index, "podPool"];
    const isKnown = cluster.podPools.some((one) => one.name === pool);
    const names = cluster.podPools.map((one) => one.name).join(", ");
    if (pool !== undefined && !isKnown && intact("cluster", "podPools"))
      report(
        "error",
        path,
        `there is no pool ${pool} in cluster.podPools.`,
        names ? `Write one of ${names}.` : "Add the pool to cluster.podPools, or leave podPool out.",
      );
    if (pool !== undefined && stack.cni.provider === "calico")
      report(
        "warning",
        path,
        "Calico gives pods addresses of any pool, wherever they run.",
        "Leave podPool out; where it matters, give the IPPool a nodeSelector in the cluster.",
      );
    if (podMaskSizes.length > cluster.podCIDRs.length && intact("cluster", "podCIDRs"))
      report(
        "error",
        ["nodes", index, "podMaskSizes"],
        `has ${podMaskSizes.length} entries for one pod range.`,
        "Write one per entry of cluster.podCIDRs.",
      );
    if (!["podMaskSizes", "podPool"].every((key) => intact("nodes", index, key)) || !known) return;
    podRangesOf(stack, node).forEach(({ cidr }, position) => {
      const mask = podMaskSizes[position];
      const largest = addressBits[cidr.family] - 2;
      if (mask !== undefined && (mask < cidr.prefix || mask > largest))
        report(
          "error",
          ["nodes", index, "podMaskSizes", position],
          `${name} can have no /${mask} of ${cidr}.`,
          `Write between ${cidr.prefix} and ${largest}.`,
        );
    });
  });
  // A pin is what the Node object has already.
  const first = nodes.findIndex(
    ({ podPool, podMaskSizes, podCIDRs }, index) =>
      intact("nodes", index, "podCIDRs") && podCIDRs.length === 0 && (podPool !== undefined || podMaskSizes.length > 0),
  );
  if (first < 0 || !usesNodeRanges(stack)) return;
  report(
    "info",
    ["nodes", first],
    "kube-controller-manager gives out parts of cluster.podCIDRs only, all of one size: Node objects with another range have to get it from you.",
    'Run it with --allocate-node-cidrs=false: see docs/addresses.md, "A second pool".',
  );
}

function checkReserved(stack: Stack, { intact }: Losses, report: Report): void {
  if (!intact("cluster", "podCIDRs") || !intact("cluster", "podPools")) return;
  const ranges = podRanges(stack).map(({ cidr }) => cidr);
  stack.cluster.reservedPodCIDRs.forEach((reserved, index) => {
    if (!ranges.some((range) => range.contains(reserved)))
      report(
        "error",
        ["cluster", "reservedPodCIDRs", index],
        `${reserved} is outside of the pod ranges (${ranges.join(", ")}).`,
        "Write a part of one; what other software uses belongs into cluster.reserved.",
      );
  });
}
