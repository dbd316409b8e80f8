import type { HostItem } from "../../core/host";
import type { Part, PlannedNode } from "../../core/part";
import type { Context } from "../../core/plan";
import { hostSettings } from "../../core/stack/hostSettings";
import { linkItems } from "./links";
import { nameItems } from "./names";
import { translations } from "./nat";
import { namespaceRoutes, ruleItems, staticRouteItem } from "./routing";
import { tunnelFlows } from "./tunnels";

/** The hosts' own network, as `plumbline:host` and `nodes[].host` have it. */
export function host(context: Context): Part {
  const { stack } = context;
  return {
    name: "host",
    flows: () => tunnelFlows(stack),
    translations: (node) => translations(hostSettings(stack, node)),
    host: (node: PlannedNode): HostItem[] => {
      const { sysctls = {}, routes = [], rules = [], links = [], namespaces = [], ...names } = hostSettings(stack, node);
      return [
        ...Object.entries(sysctls).map(([key, value]) => ({ kind: "sysctl", key, value }) as const),
        ...namespaces.map(({ name }) => ({ kind: "namespace", name }) as const),
        ...links.flatMap((link) => linkItems(link, links, stack, node)),
        ...namespaces.flatMap((namespace) => namespaceRoutes(namespace)),
        ...routes.map(staticRouteItem),
        ...rules.flatMap((rule) => ruleItems(rule, node)),
        ...nameItems(names, context, node),
      ];
    },
  };
}
