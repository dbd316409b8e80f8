import type { Finding } from "../../core/finding";
import type { Flow } from "../../core/flow";
import type { Manifest, Part } from "../../core/part";
import type { Context } from "../../core/plan";
import type { Stack } from "../../core/stack/schema";
import { poolCidrs } from "./addresses";

const part = "load-balancer/metallb";
const namespace = "metallb-system";

/**
 * MetalLB gives services of type LoadBalancer addresses of the pools, and tells the network about them. The program and its kinds are installed by the user;
 * Plumbline gives it the pools, and the hosts the ports that it needs.
 */
export function metallb(context: Context): Part {
  const { stack } = context;
  return {
    name: part,
    flows: () => flows(stack),
    manifests: () => objects(stack).map((object) => ({ part, object })),
    findings: () => [...strictArp(stack), ...poolFindings(stack), ...peerFindings(stack), ...excludedNodes(context), installation(stack)],
  };
}

/**
 * The speakers on all nodes find one another by memberlist. Their BGP sessions they open themselves (the native mode listens nowhere), and the webhook is a
 * pod's, which nodes reach anyway. Source: metallb.io, "Requirements".
 */
function flows({ loadBalancer: { metallb } }: Stack): Flow[] {
  if (metallb.announce !== "layer2") return [];
  const nodes = { kind: "nodes" } as const;
  const ports = [{ from: 7946, to: 7946 }];
  const why = "MetalLB's speakers agree on who answers for an address (memberlist)";
  return [
    { part, from: nodes, to: nodes, protocol: "tcp", ports, why },
    { part, from: nodes, to: nodes, protocol: "udp", ports, why },
  ];
}

/** Source: metallb.io, "API reference docs", and the CRDs of the release. */
function objects({ cluster, loadBalancer: { metallb } }: Stack): Manifest[] {
  const object = (kind: string, name: string, spec: object, version = "v1beta1"): Manifest => ({
    apiVersion: `metallb.io/${version}`,
    kind,
    metadata: { name, namespace, labels: { "app.kubernetes.io/managed-by": "plumbline" } },
    spec,
  });
  const pools = cluster.loadBalancerPools.map(({ name, cidr, range }) =>
    object("IPAddressPool", name, { addresses: [cidr ? String(cidr) : `${range?.first}-${range?.last}`] }),
  );
  const ipAddressPools = cluster.loadBalancerPools.map(({ name }) => name);
  if (metallb.announce === "layer2") return [...pools, object("L2Advertisement", "plumbline", { ipAddressPools })];
  const peers = metallb.bgpPeers.map(({ address, asNumber, port }) =>
    object(
      "BGPPeer",
      `plumbline-${String(address).replaceAll(/[.:]+/g, "-")}`,
      { myASN: metallb.asNumber, peerASN: asNumber, peerAddress: String(address), peerPort: port },
      "v1beta2",
    ),
  );
  return [...pools, ...peers, object("BGPAdvertisement", "plumbline", { ipAddressPools })];
}

/** In the mode ipvs every node has every service's address on an interface of its own, and Linux answers ARP for all addresses that it has. */
function strictArp({ proxy, loadBalancer: { metallb } }: Stack): Finding[] {
  if (proxy.mode !== "ipvs" || proxy.ipvs.strictARP || metallb.announce !== "layer2") return [];
  return [
    {
      severity: "error",
      path: ["proxy", "ipvs", "strictARP"],
      message: "is off: all nodes would answer ARP for a service's address, not only the one that MetalLB chose.",
      mend: "Write strictARP: true.",
    },
  ];
}

/** Names of objects: RFC 1123 subdomains. */
const objectName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

function poolFindings({ cluster, loadBalancer: { metallb } }: Stack): Finding[] {
  const { loadBalancerPools: pools, nodeCIDRs } = cluster;
  if (pools.length === 0) {
    return [
      {
        severity: "error",
        path: ["loadBalancer", "provider"],
        message: "metallb has no addresses to give.",
        mend: "Write cluster.loadBalancerPools, for example [{ name: lan, range: 192.168.1.240-192.168.1.250 }].",
      },
    ];
  }
  const at = (index: number, key?: string) => ["cluster", "loadBalancerPools", index, ...(key ? [key] : [])];
  return pools.flatMap((pool, index): Finding[] => {
    const isOffLan = nodeCIDRs.length > 0 && !poolCidrs(pool).every((part) => nodeCIDRs.some((lan) => lan.contains(part)));
    const isTwice = pools.findIndex(({ name }) => name === pool.name) !== index;
    return [
      ...(objectName.test(pool.name) && !isTwice
        ? []
        : [
            {
              severity: "error",
              path: at(index, "name"),
              message: isTwice ? `"${pool.name}" is the name of another pool.` : `"${pool.name}" can't be the name of MetalLB's pool.`,
              mend: "Write another name, of lower-case letters, digits, '-' and '.'.",
            } as const,
          ]),
      ...(metallb.announce === "layer2" && isOffLan
        ? [
            {
              severity: "warning",
              path: at(index, pool.cidr ? "cidr" : "range"),
              message: `isn't on the nodes' LAN ${nodeCIDRs.join(", ")}: nobody asks for its addresses by ARP or NDP there.`,
              mend: "Write free addresses of the LAN, or loadBalancer.metallb.announce: bgp.",
            } as const,
          ]
        : []),
    ];
  });
}

function peerFindings({ cni, loadBalancer: { metallb } }: Stack): Finding[] {
  const path = ["loadBalancer", "metallb", "bgpPeers"];
  if (metallb.announce === "layer2") {
    return metallb.bgpPeers.length === 0
      ? []
      : [{ severity: "warning", path, message: "aren't told anything: announce is layer2.", mend: "Write announce: bgp, or remove them." }];
  }
  if (metallb.bgpPeers.length === 0) {
    return [
      { severity: "error", path, message: "names no router to tell.", mend: "Write bgpPeers: [{ address: 10.100.0.1, asNumber: 64513 }]." },
    ];
  }
  const shared = cni.provider === "calico" ? cni.calico.bgpPeers : [];
  const both = metallb.bgpPeers.filter(({ address }) => shared.some((peer) => String(peer.address) === String(address)));
  return both.map(({ address }) => ({
    severity: "warning",
    path,
    message: `${address} is Calico's peer too: a router takes one session from a node, so one of the two gets none.`,
    mend: "Have Calico tell it the pools (serviceLoadBalancerIPs of its BGPConfiguration), or give MetalLB another router.",
  }));
}

/** kubeadm labels control planes so; MetalLB's speakers there announce nothing. Source: metallb.io, release notes of 0.14.4. */
function excludedNodes({ nodes }: Context): Finding[] {
  if (nodes.length === 0 || nodes.some(({ roles }) => !roles.includes("control-plane"))) return [];
  return [
    {
      severity: "warning",
      path: ["loadBalancer", "provider"],
      message: "all nodes are control planes, which kubeadm keeps out of load balancing: MetalLB announces nothing.",
      mend: "kubectl label nodes --all node.kubernetes.io/exclude-from-external-load-balancers-",
    },
  ];
}

/** Kinds have to be there before objects of them can be. */
function installation({ loadBalancer: { metallb } }: Stack): Finding {
  return {
    severity: "info",
    path: ["loadBalancer", "provider"],
    message: `MetalLB ${metallb.version} has to run in the cluster before \`pulumi up\`; on one without a network, apply the stack without loadBalancer first.`,
    mend: `kubectl apply -f https://raw.githubusercontent.com/metallb/metallb/${metallb.version}/config/manifests/metallb-native.yaml`,
  };
}
