import { type AddressRange, nodeLocalAddresses, podRanges, serviceRanges } from "../../addresses";
import { Cidr } from "../../cidr";
import { type Finding, type Path, showPath } from "../../finding";
import type { Losses } from "../losses";
import type { Stack } from "../schema";

const linkLocal = "link-local addresses (and NodeLocal DNS)";

/** Ranges that no pod, service or node may have. IANA's special-purpose registries. */
const special: AddressRange[] = [
  { cidr: Cidr.parse("0.0.0.0/8"), what: '"this network"' },
  { cidr: Cidr.parse("127.0.0.0/8"), what: "loopback" },
  { cidr: Cidr.parse("169.254.0.0/16"), what: linkLocal },
  { cidr: Cidr.parse("224.0.0.0/4"), what: "multicast" },
  { cidr: Cidr.parse("240.0.0.0/4"), what: "reserved addresses" },
  { cidr: Cidr.parse("::/127"), what: "loopback and the unspecified address" },
  { cidr: Cidr.parse("::ffff:0:0/96"), what: "IPv4 addresses in IPv6 notation" },
  { cidr: Cidr.parse("fe80::/10"), what: "link-local addresses" },
  { cidr: Cidr.parse("ff00::/8"), what: "multicast" },
];

/** Bridges that other software makes by default on many hosts. The nodes' LAN may well be one: nodes are often VMs on libvirt's network. */
const defaults: AddressRange[] = [
  { cidr: Cidr.parse("172.17.0.0/16"), what: "Docker's default bridge" },
  { cidr: Cidr.parse("192.168.122.0/24"), what: "libvirt's default network" },
];

/** Ranges to propose: seldom used by LANs and other software, and of sizes that Kubernetes accepts. */
const proposals = {
  pods: {
    4: ["10.244.0.0/16", "10.32.0.0/16", "10.160.0.0/16", "172.20.0.0/16", "192.168.128.0/17"].map(Cidr.parse),
    6: ["fd00:10:244::/56", "fd00:10:32::/56"].map(Cidr.parse),
  },
  services: {
    4: ["10.96.0.0/16", "10.112.0.0/16", "172.30.0.0/16", "192.168.240.0/20"].map(Cidr.parse),
    6: ["fd00:10:96::/112", "fd00:10:112::/112"].map(Cidr.parse),
  },
};

/** A range of the stack file. */
interface Claim extends AddressRange {
  readonly path: Path;
}

/** Ranges that belong to something beside the cluster's own: what the user reserved, and what a custom pod network keeps for itself. */
export function reservedRanges({ cluster, cni }: Stack): Claim[] {
  return [
    ...cluster.reserved.map(({ name, cidr }, index): Claim => ({ cidr, what: name, path: ["cluster", "reserved", index] })),
    ...(cni.provider === "custom" ? cni.custom.ranges : []).map(
      ({ name, cidr }, index): Claim => ({ cidr, what: name, path: ["cni", "custom", "ranges", index] }),
    ),
  ];
}

/** Overlaps, in both directions, between everything that claims addresses. A finding stands at what is easiest to move: services, then pods. */
export function checkAddresses(stack: Stack, losses: Losses): Finding[] {
  const { cluster } = stack;
  const pods = podRanges(stack)
    .filter(({ pool }) => losses.kept("cluster", pool === undefined ? "podCIDRs" : "podPools"))
    .map(({ cidr, path }): Claim => ({ cidr, what: "pods", path }));
  const services = serviceRanges(stack)
    .filter(({ key }) => losses.kept("cluster", key))
    .map(({ cidr, path }): Claim => ({ cidr, what: "services", path }));
  const lans = (losses.kept("cluster", "nodeCIDRs") ? cluster.nodeCIDRs : []).map(
    (cidr, index): Claim => ({ cidr, what: "the nodes' LAN", path: ["cluster", "nodeCIDRs", index] }),
  );
  const reserved: Claim[] = reservedRanges(stack);
  const addresses = stack.nodes.flatMap((node, index) =>
    node.address
      .filter((address) => !cluster.nodeCIDRs.some((lan) => lan.contains(address)))
      .map((address): Claim => ({ cidr: Cidr.host(address), what: `node ${node.name}`, path: ["nodes", index, "address"] })),
  );
  const nodeLocal = losses.intact("dns")
    ? nodeLocalAddresses(stack).map(
        (address): Claim => ({ cidr: Cidr.host(address), what: "NodeLocal DNSCache", path: ["dns", "nodeLocalAddresses"] }),
      )
    : [];
  const taken = [...pods, ...services, ...lans, ...addresses, ...reserved, ...defaults];
  const overlaps = (claims: readonly Claim[], others: readonly AddressRange[], severity: "error" | "warning" = "error") =>
    claims.flatMap((claim) =>
      others
        .filter((other) => other.cidr.overlaps(claim.cidr))
        .map((other): Finding => {
          const whose = other.path ? `${showPath(other.path)} ${other.cidr}` : `${other.cidr}, ${other.what}`;
          return { severity, path: claim.path, message: `${claim.cidr} overlaps ${whose}.`, mend: mend(claim, other, taken) };
        }),
    );

  return [
    ...pods.flatMap((range, index) => overlaps([range], pods.slice(0, index))),
    ...services.flatMap((range, index) => overlaps([range], [...pods, ...services.slice(0, index)])),
    ...overlaps([...pods, ...services], [...lans, ...reserved]),
    ...overlaps(addresses, [...pods, ...services]),
    ...overlaps([...lans, ...addresses], reserved, "warning"),
    ...overlaps([...pods, ...services, ...lans, ...addresses], special),
    ...overlaps([...pods, ...services], defaults, "warning"),
    ...overlaps(nodeLocal, [
      ...pods,
      ...services,
      ...lans,
      ...addresses,
      ...reserved,
      ...defaults,
      ...special.filter(({ what }) => what !== linkLocal),
    ]),
  ];
}

function mend(claim: Claim, other: AddressRange, taken: readonly AddressRange[]): string {
  const free = (range: AddressRange) =>
    range.what === "pods" || range.what === "services"
      ? proposals[range.what][range.cidr.family].find((candidate) => !taken.some((one) => one !== range && one.cidr.overlaps(candidate)))
      : undefined;
  const [own, theirs] = [free(claim), free(other)];
  if (own) return `Give ${claim.what} a range of their own, for example ${own}.`;
  if (claim.path[0] === "dns") return "Write another one in dns.nodeLocalAddresses, for example 169.254.20.10.";
  const correct = claim.path[0] === "nodes" ? "Give the node an address outside of it" : "Correct this range";
  return theirs ? `${correct}, or give ${other.what} another one, for example ${theirs}.` : `${correct}.`;
}
