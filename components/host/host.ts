import type { HostItem } from "../../core/host";
import type { Part, PlannedNode } from "../../core/part";
import type { Context } from "../../core/plan";
import { hostSettings } from "../../core/stack/hostSettings";
import { ruleItems, staticRouteItem } from "./routing";

/** The hosts' own network, as `plumbline:host` and `nodes[].host` have it. */
export function host({ stack }: Context): Part {
  return {
    name: "host",
    host: (node: PlannedNode): HostItem[] => {
      const { sysctls = {}, routes = [], rules = [] } = hostSettings(stack, node);
      return [
        ...Object.entries(sysctls).map(([key, value]) => ({ kind: "sysctl", key, value }) as const),
        ...routes.map(staticRouteItem),
        ...rules.flatMap((rule) => ruleItems(rule, node)),
      ];
    },
  };
}
