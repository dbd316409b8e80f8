import type { Family } from "../../core/cidr";
import type { NamespaceRouteItem, RuleItem, StaticRouteItem } from "../../core/hostItems/routing";
import type { Namespace, RoutingRule, StaticRoute } from "../../core/stack/host";
import type { StackNode } from "../../core/stack/schema";

const everywhere = { 4: "0.0.0.0/0", 6: "::/0" } as const;

export function staticRouteItem({ to, via, dev, metric, table, source, onlink }: StaticRoute): StaticRouteItem {
  return {
    kind: "static-route",
    destination: to === "default" ? everywhere[via?.family ?? source?.family ?? 4] : String(to),
    table: table === undefined ? "main" : String(table),
    ...(metric === undefined ? {} : { metric }),
    ...(via === undefined ? {} : { via: String(via) }),
    ...(dev === undefined ? {} : { link: dev }),
    ...(source === undefined ? {} : { source: String(source) }),
    ...(onlink ? { onlink } : {}),
  };
}

/** A rule that names no address is for every family that the node has addresses of. */
export function ruleItems({ priority, from, to, iif, fwmark, table }: RoutingRule, node: StackNode): RuleItem[] {
  const own = from?.family ?? to?.family;
  const families: Family[] = own ? [own] : [...new Set(node.address.map(({ family }) => family))];
  return families.map((family) => ({
    kind: "rule",
    family,
    priority,
    ...(from ? { from: String(from) } : {}),
    ...(to ? { to: String(to) } : {}),
    ...(iif === undefined ? {} : { iif }),
    ...(fwmark === undefined ? {} : { fwmark }),
    table: String(table),
  }));
}

export function namespaceRoutes({ name, routes = [] }: Namespace): NamespaceRouteItem[] {
  return routes.map(({ to, via }) => ({
    kind: "namespace-route",
    namespace: name,
    destination: to === "default" ? everywhere[via.family] : String(to),
    via: String(via),
  }));
}
