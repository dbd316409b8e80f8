import { type Cidr, cidrsBetween } from "../../core/cidr";
import type { Flow } from "../../core/flow";
import type { Part } from "../../core/part";
import type { Context } from "../../core/plan";

type Pool = Context["stack"]["cluster"]["loadBalancerPools"][number];

/** The addresses of a pool as ranges. */
export const poolCidrs = ({ cidr, range }: Pool): Cidr[] => (cidr ? [cidr] : range ? cidrsBetween(range.first, range.last) : []);

const part = "load-balancer/addresses";

/**
 * The addresses beside the nodes' own on which services take traffic from outside (type LoadBalancer, externalIPs), and the ports at which load
 * balancers ask whether a node has pods of a service (healthCheckNodePort, which the API server takes from the NodePorts). In the proxy's mode none it
 * is the replacement's work.
 */
export function serviceAddresses({ stack: { cluster, proxy } }: Context): Part {
  if (proxy.mode === "none") return { name: part };
  const to = (cidrs: readonly Cidr[], why: string): Flow[] =>
    cidrs.length === 0
      ? []
      : // IPVS takes packets off in the input hook, after the filter; the other modes translate them before it.
        [{ part, from: { kind: "any" }, to: { kind: "cidrs", cidrs }, protocol: "any", published: proxy.mode !== "ipvs", why }];
  const asked = (ports: Flow["ports"], why: string): Flow[] =>
    proxy.healthCheckers.length === 0
      ? []
      : [{ part, from: { kind: "cidrs", cidrs: proxy.healthCheckers }, to: { kind: "nodes" }, protocol: "tcp", ports, why }];
  const health = Number(/\d+$/.exec(proxy.healthz?.bindAddress ?? "")?.[0] ?? 10256);
  return {
    name: part,
    flows: () => [
      ...to(cluster.loadBalancerPools.flatMap(poolCidrs), "LoadBalancer services"),
      ...to(proxy.externalIPs, "services with externalIPs"),
      ...asked([proxy.nodePorts], "load balancers ask for a service's pods (healthCheckNodePort)"),
      ...asked([{ from: health, to: health }], "load balancers ask for a node's health"),
    ],
  };
}
