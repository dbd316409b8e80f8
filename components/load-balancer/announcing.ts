import type { Finding } from "../../core/finding";
import type { Stack } from "../../core/stack/schema";
import { poolCidrs } from "./addresses";

/** What is known of each provider, by its name in the stack. */
const announcers = {
  metallb: {
    key: "metallb",
    title: "MetalLB",
    daemonSet: { namespace: "metallb-system", name: "speaker" },
    logs: "`kubectl -n metallb-system logs -l component=speaker`",
  },
  "kube-vip": {
    key: "kubeVip",
    title: "kube-vip",
    daemonSet: { namespace: "kube-system", name: "kube-vip-ds" },
    logs: "`kubectl -n kube-system logs -l app.kubernetes.io/name=kube-vip-ds`",
  },
} as const;

/** Who tells the network where the addresses of the stack's pools are, and how; undefined where Plumbline sets nobody up. */
export function announcerOf({ loadBalancer }: Stack) {
  if (loadBalancer.provider === "none") return undefined;
  const announcer = announcers[loadBalancer.provider];
  return { ...announcer, settings: loadBalancer[announcer.key] };
}

type Announcer = NonNullable<ReturnType<typeof announcerOf>>;

/** What keeps the network from learning where the addresses of the pools are. */
export function announcing(stack: Stack): Finding[] {
  const announcer = announcerOf(stack);
  return announcer ? [...strictArp(stack, announcer), ...pools(stack, announcer), ...peers(stack, announcer)] : [];
}

/** In the mode ipvs every node has every service's address on an interface of its own, and Linux answers ARP for all addresses that it has. */
function strictArp({ proxy }: Stack, { settings, title }: Announcer): Finding[] {
  if (proxy.mode !== "ipvs" || proxy.ipvs.strictARP || settings.announce !== "layer2") return [];
  return [
    {
      severity: "error",
      path: ["proxy", "ipvs", "strictARP"],
      message: `is off: all nodes would answer ARP for a service's address, not only the one that ${title} chose.`,
      mend: "Write strictARP: true.",
    },
  ];
}

function pools({ cluster: { loadBalancerPools, nodeCIDRs }, loadBalancer }: Stack, { key, settings }: Announcer): Finding[] {
  if (loadBalancerPools.length === 0)
    return [
      {
        severity: "error",
        path: ["loadBalancer", "provider"],
        message: `${loadBalancer.provider} has no addresses to give.`,
        mend: "Write cluster.loadBalancerPools, for example [{ name: lan, range: 192.168.1.240-192.168.1.250 }].",
      },
    ];
  if (settings.announce !== "layer2" || nodeCIDRs.length === 0) return [];
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

function peers({ cni }: Stack, { key, title, settings }: Announcer): Finding[] {
  const path = ["loadBalancer", key, "bgpPeers"];
  const { announce, bgpPeers } = settings;
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
    mend: `Have Calico tell it the pools (serviceLoadBalancerIPs of its BGPConfiguration), or give ${title} another router.`,
  }));
}
