/** A route in the main table, marked with Plumbline's route protocol. `via` is a gateway's address; without it the route is a blackhole. */
export interface RouteItem {
  readonly kind: "route";
  readonly destination: string;
  readonly via?: string;
  /** One of our links, behind which the gateway is taken to be, whatever addresses the link has (`onlink`). */
  readonly link?: string;
  /** The gateway as a nexthop object, for hosts with thousands of gateways. */
  readonly nexthop?: boolean;
}

/** A route that the stack file asks for, in any table, marked with a route protocol of its own. */
export interface StaticRouteItem {
  readonly kind: "static-route";
  readonly destination: string;
  /** A number, or `main`. */
  readonly table: string;
  readonly metric?: number;
  /** Without a gateway, an interface or both it is a blackhole. */
  readonly via?: string;
  readonly link?: string;
  readonly source?: string;
  readonly onlink?: boolean;
}

/** A rule of policy routing, marked with the same protocol. */
export interface RuleItem {
  readonly kind: "rule";
  readonly family: 4 | 6;
  readonly priority: number;
  readonly from?: string;
  readonly to?: string;
  readonly iif?: string;
  readonly fwmark?: string;
  readonly table: string;
}

/** A route in one of our namespaces. */
export interface NamespaceRouteItem {
  readonly kind: "namespace-route";
  readonly namespace: string;
  readonly destination: string;
  readonly via: string;
}
