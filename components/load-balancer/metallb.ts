import type { Finding } from "../../core/finding";
import type { Flow } from "../../core/flow";
import type { Manifest, Part } from "../../core/part";
import type { Context } from "../../core/plan";
import type { Stack } from "../../core/stack/schema";
import { poolCidrs } from "./addresses";
import { announcing } from "./announcing";

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
    findings: () => [...announcing(stack), ...poolNames(stack), ...ipv6ByBgp(stack), ...excludedNodes(context), installation(stack)],
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

/** Names of objects: RFC 1123 subdomains. */
const objectName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** A pool is an object of its name. */
function poolNames({ cluster: { loadBalancerPools: pools } }: Stack): Finding[] {
  return pools.flatMap(({ name }, index): Finding[] => {
    const isTwice = pools.findIndex((pool) => pool.name === name) !== index;
    if (objectName.test(name) && !isTwice) return [];
    return [
      {
        severity: "error",
        path: ["cluster", "loadBalancerPools", index, "name"],
        message: isTwice ? `"${name}" is the name of another pool.` : `"${name}" can't be the name of MetalLB's pool.`,
        mend: "Write another name, of lower-case letters, digits, '-' and '.'.",
      },
    ];
  });
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

/** Source: metallb.io, "Installation", on the FRR mode; its webhook refuses a BGPAdvertisement of such a pool. */
function ipv6ByBgp({ cluster: { loadBalancerPools: pools }, loadBalancer: { metallb } }: Stack): Finding[] {
  if (metallb.announce !== "bgp") return [];
  return pools.flatMap((pool, index): Finding[] =>
    poolCidrs(pool).every(({ family }) => family === 4)
      ? []
      : [
          {
            severity: "warning",
            path: ["cluster", "loadBalancerPools", index, pool.cidr ? "cidr" : "range"],
            message: "is IPv6, which MetalLB as metallb-native.yaml installs it refuses to announce by BGP.",
            mend: "Write an IPv4 pool, or install MetalLB's FRR mode (metallb-frr.yaml of the same release).",
          },
        ],
  );
}

/** Kinds have to be there before objects of them can be. Its pods may still wait for a network: `pulumi up` brings that first, and then waits for its webhook. */
function installation({ loadBalancer: { metallb } }: Stack): Finding {
  return {
    severity: "info",
    path: ["loadBalancer", "provider"],
    message: `MetalLB ${metallb.version} has to be installed before \`pulumi up\`.`,
    mend: `kubectl apply -f https://raw.githubusercontent.com/metallb/metallb/${metallb.version}/config/manifests/metallb-native.yaml`,
  };
}
