import { podRanges, serviceRanges } from "../../core/addresses";
import { Cidr, cidrsBetween } from "../../core/cidr";
import { type Path, showPath } from "../../core/finding";
import type { PlannedNode } from "../../core/part";
import type { Plan } from "../../core/plan";
import type { HostFacts, HostLink } from "./facts";
import type { LiveFinding, Report } from "./finding";

/** A range of the plan that nothing else on a host may use. */
interface Claim {
  readonly cidr: Cidr;
  readonly path: Path;
  /** The nodes' own LAN, which hosts are on. */
  readonly isLan?: true;
}

function claims(stack: Plan["stack"]): Claim[] {
  const { cluster, nodes } = stack;
  return [
    ...[...podRanges(stack), ...serviceRanges(stack)].map(({ cidr, path }) => ({ cidr, path })),
    ...cluster.loadBalancerPools.flatMap(({ cidr, range }, index) =>
      [...(cidr ? [cidr] : []), ...(range ? cidrsBetween(range.first, range.last) : [])].map(
        (part): Claim => ({ cidr: part, path: ["cluster", "loadBalancerPools", index], isLan: true }),
      ),
    ),
    ...cluster.nodeCIDRs.map((cidr, index): Claim => ({ cidr, path: ["cluster", "nodeCIDRs", index], isLan: true })),
    ...nodes.flatMap((node, index) =>
      node.address
        .filter((address) => !cluster.nodeCIDRs.some((lan) => lan.contains(address)))
        .map((address): Claim => ({ cidr: Cidr.host(address), path: ["nodes", index, "address"], isLan: true })),
    ),
  ];
}

/** Interfaces that pod networks, kube-proxy (ipvs) and NodeLocal DNSCache make: their addresses are those of the cluster. */
const ofPodNetworks =
  /^(lo|cni\d*|flannel.*|cali.*|tunl0|vxlan(-v6)?\.calico|wireguard\.cali|wg-v6\.cali|cilium.*|lxc.*|weave|vethwe.*|kube-bridge|kube-ipvs0|nodelocaldns|antrea-gw0|ovn.*|plumbline.*)$/;

/** Kinds of interfaces that programs make, not the LAN's own. A network of theirs that has nodes in it hides those from this host. */
const virtual = ["bridge", "wireguard", "tun", "vxlan", "geneve", "gre", "ipip"];

/** Other software's networks on a host, that overlap the plan in either direction: the host sends packets for those addresses there. */
export function overlapFindings(plan: Plan, node: PlannedNode, facts: HostFacts, report: Report): LiveFinding[] {
  const own = new Set(plan.hostItems(node).flatMap((item) => ("name" in item ? [item.name] : [])));
  const isPodNetwork = ({ name }: Pick<HostLink, "name">) =>
    ofPodNetworks.test(name) || own.has(name) || name === plan.stack.cni.bridge.name;
  const isNodes = ({ addresses }: HostLink) => addresses.some(({ address }) => node.address.some((one) => String(one) === String(address)));
  const all = claims(plan.stack);
  /** Of one network, whatever way it was found: `docker0` and Docker's network `bridge` are the same. */
  const seen = new Set<string>();
  const overlaps = (what: string, network: Cidr, isLan: boolean, mend: string) =>
    seen.has(String(network))
      ? []
      : all
          .filter((claim) => claim.cidr.overlaps(network) && !(claim.isLan && isLan))
          .map((claim) => {
            seen.add(String(network));
            return report("error", claim.path, `${what}${network} overlaps ${showPath(claim.path)} ${claim.cidr}.`, mend);
          });
  const software = facts.ranges.flatMap(({ by, network, cidr }) =>
    overlaps(`${softwareNames[by] ?? by}'s network ${network}, `, cidr, false, softwareMends[by] ?? otherMend),
  );
  const links = facts.links
    .filter((link) => !isPodNetwork(link))
    .flatMap((link) =>
      link.addresses.flatMap(({ network }) => {
        const isLan = isNodes(link) || !virtual.includes(link.kind ?? "");
        return overlaps(`the network of the interface ${link.name}${link.kind ? ` (${link.kind})` : ""}, `, network, isLan, mendOf(link));
      }),
    );
  return [...software, ...links, ...routeFindings(plan, facts, isPodNetwork, all, report)];
}

/** Routes of somebody else's into the pods' or services' ranges. Those to just a node's range are the apply's own check, or the pod network's. */
function routeFindings(
  { stack, nodes }: Plan,
  { routes }: HostFacts,
  isPodNetwork: (link: Pick<HostLink, "name">) => boolean,
  all: readonly Claim[],
  report: Report,
): LiveFinding[] {
  const nodeRanges = new Set(nodes.flatMap(({ podCIDRs }) => podCIDRs.map(String)));
  return routes
    .filter(
      ({ destination, link, by }) =>
        destination.prefix > 0 && !isPodNetwork({ name: link }) && !nodeRanges.has(String(destination)) && !agents.includes(by),
    )
    .flatMap(({ destination, link, by }) =>
      all
        .filter((claim) => !claim.isLan && claim.cidr.overlaps(destination))
        .map((claim) => {
          const whole = destination.contains(claim.cidr) && !destination.equals(claim.cidr);
          const what = `a route (${by}) sends ${destination} out by ${link}, and ${showPath(claim.path)} ${claim.cidr} ${whole ? "is in it" : "overlaps it"}`;
          return whole
            ? report(
                "info",
                claim.path,
                `${what}: pods don't reach hosts there whose addresses the cluster has.`,
                `Nothing has to be done if nobody there has an address in ${claim.cidr}; else choose another range.`,
              )
            : report("error", claim.path, `${what}.`, `Remove the route where it is set, or give ${stack.cluster.name} another range.`);
        }),
    );
}

/** Programs of pod networks that set routes, by their names of rt_protos: Calico's bird and Felix, zebra, FRR's bgp, OVN-Kubernetes. */
const agents = ["bird", "80", "zebra", "bgp", "ovn", "84"];

const softwareNames: Record<string, string> = { docker: "Docker", libvirt: "libvirt" };

const otherMend = "Give one of the two another range.";
const dockerMend =
  "Give Docker other ranges: bip and default-address-pools in /etc/docker/daemon.json, and make networks of your own anew; or choose another range for the cluster.";
const libvirtMend =
  "Give libvirt's network another range: `virsh net-edit NAME`, then net-destroy and net-start; or choose another range for the cluster.";
const softwareMends: Record<string, string> = { docker: dockerMend, libvirt: libvirtMend };

function mendOf({ name, kind }: HostLink): string {
  if (/^(docker|br-[0-9a-f]{12}$)/.test(name)) return dockerMend;
  if (/^virbr/.test(name)) return libvirtMend;
  if (kind === "wireguard" || kind === "tun") return "Give the VPN another range, or choose another one for the cluster.";
  return otherMend;
}
