import type { Finding } from "../../core/finding";
import type { Stack } from "../../core/stack/schema";
import { poolCidrs } from "./addresses";

/** The providers by their keys in the stack, with their names. */
const names = { metallb: "MetalLB", kubeVip: "kube-vip" } as const;
type Key = keyof typeof names;

/** What keeps the network from learning where the addresses of the pools are. */
export const announcing = (stack: Stack, key: Key): Finding[] => [...strictArp(stack, key), ...pools(stack, key), ...peers(stack, key)];

/** In the mode ipvs every node has every service's address on an interface of its own, and Linux answers ARP for all addresses that it has. */
function strictArp({ proxy, loadBalancer }: Stack, key: Key): Finding[] {
  if (proxy.mode !== "ipvs" || proxy.ipvs.strictARP || loadBalancer[key].announce !== "layer2") return [];
  return [
    {
      severity: "error",
      path: ["proxy", "ipvs", "strictARP"],
      message: `is off: all nodes would answer ARP for a service's address, not only the one that ${names[key]} chose.`,
      mend: "Write strictARP: true.",
    },
  ];
}

function pools({ cluster: { loadBalancerPools, nodeCIDRs }, loadBalancer }: Stack, key: Key): Finding[] {
  if (loadBalancerPools.length === 0)
    return [
      {
        severity: "error",
        path: ["loadBalancer", "provider"],
        message: `${loadBalancer.provider} has no addresses to give.`,
        mend: "Write cluster.loadBalancerPools, for example [{ name: lan, range: 192.168.1.240-192.168.1.250 }].",
      },
    ];
  if (loadBalancer[key].announce !== "layer2" || nodeCIDRs.length === 0) return [];
  return loadBalancerPools.flatMap((pool, index): Finding[] => {
    if (poolCidrs(pool).every((part) => nodeCIDRs.some((lan) => lan.contains(part)))) return [];
    return [
      {
        severity: "warning",
        path: ["cluster", "loadBalancerPools", index, pool.cidr ? "cidr" : "range"],
        message: `isn't on the nodes' LAN ${nodeCIDRs.join(", ")}: nobody asks for its addresses by ARP or NDP there.`,
        mend: `Write free addresses of the LAN, or loadBalancer.${key}.announce: bgp.`,
      },
    ];
  });
}

function peers({ cni, loadBalancer }: Stack, key: Key): Finding[] {
  const path = ["loadBalancer", key, "bgpPeers"];
  const { announce, bgpPeers } = loadBalancer[key];
  if (announce === "layer2") {
    if (bgpPeers.length === 0) return [];
    return [
      { severity: "warning", path, message: "aren't told anything: announce is layer2.", mend: "Write announce: bgp, or remove them." },
    ];
  }
  if (bgpPeers.length === 0)
    return [
      { severity: "error", path, message: "names no router to tell.", mend: "Write bgpPeers: [{ address: 10.100.0.1, asNumber: 64513 }]." },
    ];
  const shared = cni.provider === "calico" ? cni.calico.bgpPeers : [];
  const both = bgpPeers.filter(({ address }) => shared.some((peer) => String(peer.address) === String(address)));
  return both.map(({ address }) => ({
    severity: "warning",
    path,
    message: `${address} is Calico's peer too: a router takes one session from a node, so one of the two gets none.`,
    mend: `Have Calico tell it the pools (serviceLoadBalancerIPs of its BGPConfiguration), or give ${names[key]} another router.`,
  }));
}
