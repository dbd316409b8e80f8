import type { Facts } from "../../../analysis/verify/check";
import type { LiveState } from "../../../analysis/verify/live";
import type { Client } from "../../../analysis/verify/outsideChecks";
import { service } from "../../../analysis/verify/probes";
import { planNetwork } from "../../../components/plan";
import { Address } from "../../../core/cidr";
import type { Plan } from "../../../core/plan";
import { parseStack, requireStack } from "../../../core/stack/parse";
import type { StackInput } from "../../../core/stack/schema";

const nodes: StackInput["nodes"] = [
  { name: "cp1", roles: ["control-plane", "etcd"], address: "10.100.0.20" },
  { name: "w1", address: "10.100.0.21" },
];

/** A small cluster with everything that `verify` looks at; `changes` replace whole sections. */
export function planOf(changes: Partial<StackInput> = {}): Plan {
  return planNetwork(
    requireStack(
      parseStack({
        cluster: { serviceCIDRs: ["10.96.0.0/16"] },
        nodes,
        ssh: { agent: true },
        firewall: { admin: ["10.100.0.1/32"] },
        ingress: {
          controllers: [{ name: "traefik" }],
          sample: { host: "hello.example" },
          rules: [{ name: "shop", host: "*.shop.example", paths: [{ path: "/it's", service: "shop", port: 80 }] }],
        },
        verify: { outsideName: "www.outside.example" },
        ...changes,
      }),
    ),
  );
}

/** Nodes n1, n2, ... of which the first is the control plane. */
export function manyNodes(count: number): StackInput["nodes"] {
  return Array.from({ length: count }, (_, index) => ({
    name: `n${index + 1}`,
    roles: index === 0 ? ["control-plane", "etcd"] : ["worker"],
    address: `10.${80 + (index >> 8)}.${index & 255}.10`,
    podCIDRs: [`10.${244 + (index >> 8)}.${index & 255}.0/24`],
  }));
}

export const client: Client = { name: "client", address: Address.parse("10.100.0.9") };

const addresses: Record<string, string> = {
  "probe-1": "10.244.20.2",
  "probe-2": "10.244.21.2",
  backend: "10.244.21.3",
  "backend-2": "10.244.21.4",
};

/** A cluster of which nothing is known. */
export const nothingLive: LiveState = { nodes: [], pods: [], ingresses: [], object: () => undefined };

/** Probes of the small cluster that all run. */
export const facts: Facts = {
  namespace: "plumbline-verify-1",
  podAddress: ({ name }) => addresses[name] ?? "",
  podAddresses: Object.values(addresses),
  running: Object.keys(addresses).map((name) => ({ name, node: name === "probe-1" ? "cp1" : "w1" })),
  clusterIP: (name) => (name === service.affinity ? "10.96.7.8" : "10.96.7.7"),
  loadBalancerAddress: () => "10.100.0.240",
  nodePort: (name) => (name === service.local ? 31001 : 31000),
  live: nothingLive,
};
