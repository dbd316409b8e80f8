import { nodeRangeCount, nodesIn, podRanges } from "../../addresses";
import { addressBits } from "../../cidr";
import { type Finding, type Path, showPath } from "../../finding";
import type { Losses } from "../losses";
import type { Stack } from "../schema";

/** Ranges that are large enough for what has to fit in, and no larger than Kubernetes accepts. */
export function checkSizes(stack: Stack, { intact }: Losses): Finding[] {
  const { cluster } = stack;
  const findings: Finding[] = [];
  const error = (path: Path, message: string, mend: string) => findings.push({ severity: "error", path, message, mend });
  const known = (pool: string | undefined) =>
    pool === undefined ? intact("cluster", "podCIDRs") && intact("cluster", "nodeMaskSizes") : intact("cluster", "podPools");
  const bounds = (low: number, high: number) => (low >= high ? `/${high}` : `between /${low} and /${high}`);

  for (const { cidr: range, maskSize: mask, path: ownPath, maskPath: path, pool } of podRanges(stack)) {
    if (!known(pool)) continue;
    const largest = addressBits[range.family] - 2;
    // A difference over 16 is refused by kubeadm (PodSubnetNodeMaskMaxDiff), and for IPv6 by kube-controller-manager (clusterSubnetMaxDiff).
    const low = range.prefix;
    const high = Math.min(largest, range.prefix + 16);
    const owner = showPath(ownPath.slice(0, -2));
    const listed =
      path !== ownPath ? "Write a node mask" : `Write ${owner}.nodeMaskSizes with ${ownPath.at(-1) === 0 ? "a first" : "a second"} entry`;
    const nodes = nodesIn(stack, { cidr: range }).length;
    const room = nodeRangeCount(stack, { cidr: range, maskSize: mask });
    if (range.prefix > largest)
      error(
        path,
        `${range} is too small for pods.`,
        `Write a range of /${largest} or larger, for example a /${range.family === 4 ? 16 : 56}.`,
      );
    else if (mask < low || mask > largest)
      error(path, `node ranges of /${mask} don't fit into ${range}.`, `${listed} ${bounds(low, high)}.`);
    else if (mask > high)
      error(
        path,
        `${range} cut into /${mask} gives more than 65536 node ranges, which ${range.family === 4 ? "kubeadm" : "kube-controller-manager"} refuses.`,
        `${listed} ${bounds(low, high)}.`,
      );
    else if (room < BigInt(nodes))
      error(
        ownPath,
        `${range} holds ${room} node range${room === 1n ? "" : "s"} of /${mask}, but there are ${nodes} nodes.`,
        "Widen the pod range, or cut it into smaller node ranges (nodeMaskSizes).",
      );
  }
  const owners = [
    { ...cluster, path: ["cluster"] },
    ...cluster.podPools.map((pool, index) => ({ ...pool, path: ["cluster", "podPools", index] })),
  ];
  for (const { nodeMaskSizes, podCIDRs, path } of owners)
    if (nodeMaskSizes.length > podCIDRs.length && known(path.length > 1 ? "a pool" : undefined))
      error(
        [...path, "nodeMaskSizes"],
        `has ${nodeMaskSizes.length} entries for ${podCIDRs.length === 1 ? "one pod range" : `${podCIDRs.length} pod ranges`}.`,
        "Write one per entry of podCIDRs.",
      );

  if (intact("cluster", "serviceCIDRs"))
    cluster.serviceCIDRs.forEach((range, index) => {
      // kubeadm and kube-apiserver: at most 20 bits of service addresses; .1 is `kubernetes` and .10 is `kube-dns`.
      const bits = addressBits[range.family] - range.prefix;
      const path = ["cluster", "serviceCIDRs", index];
      if (bits > 20)
        error(path, `${range} is larger than the API server accepts.`, `Write a prefix of at least /${addressBits[range.family] - 20}.`);
      if (bits < 4 && stack.dns.serviceAddresses.length === 0)
        error(path, `${range} has no tenth address, which kube-dns needs.`, `Write a prefix of at most /${addressBits[range.family] - 4}.`);
    });
  return [...findings, ...checkAdditional(stack, intact)];
}

/** What ServiceCIDR objects may say. Source: kubernetes, pkg/registry/core/service/ipallocator (New), and its release notes: stable in 1.33. */
function checkAdditional({ cluster }: Stack, intact: Losses["intact"]): Finding[] {
  const { additionalServiceCIDRs: added, serviceCIDRs } = cluster;
  if (added.length === 0 || !intact("cluster", "additionalServiceCIDRs")) return [];
  const findings: Finding[] = [];
  const error = (path: Path, message: string, mend: string) => findings.push({ severity: "error", path, message, mend });
  if (intact("cluster", "kubernetes") && Number(cluster.kubernetes.split(".")[1]) < 33)
    error(
      ["cluster", "additionalServiceCIDRs"],
      `ServiceCIDR objects are there from Kubernetes 1.33 on, and this is ${cluster.kubernetes}.`,
      "Upgrade the cluster first, or leave the ranges out.",
    );
  added.forEach((range, index) => {
    const path = ["cluster", "additionalServiceCIDRs", index];
    if (intact("cluster", "serviceCIDRs") && !serviceCIDRs.some(({ family }) => family === range.family))
      error(
        path,
        `${range} is IPv${range.family}, but services have no IPv${range.family}: cluster.serviceCIDRs decides which families they have.`,
        "Write ranges of the families of cluster.serviceCIDRs.",
      );
    if (range.family === 6 && range.prefix < 64)
      error(path, `${range} is larger than the API server accepts.`, "Write a prefix of at least /64.");
  });
  return findings;
}
