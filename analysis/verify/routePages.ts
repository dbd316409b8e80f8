import { classOfGateway, gatewayClass } from "../../core/stack/check/gatewayApi";
import type { Stack } from "../../core/stack/schema";

/** A host, undefined for any, and a path that an HTTPRoute takes by plain HTTP. */
export interface RoutePage {
  readonly host: string | undefined;
  readonly path: string;
}

/** A page of every host that the HTTPRoutes have behind HTTP listeners of the stack's Traefik. */
export function routePages(stack: Stack): RoutePage[] {
  const { gateways, httpRoutes } = stack.ingress;
  const served = gateways.filter((gateway) => classOfGateway(stack, gateway) === gatewayClass(stack));
  return httpRoutes.flatMap(({ namespace, parentRefs, hostnames, rules }) => {
    const listeners = served.flatMap((gateway) => {
      const parents = parentRefs
        ? parentRefs.filter((parent) => parent.name === gateway.name && (parent.namespace ?? namespace) === gateway.namespace)
        : [{ sectionName: undefined }];
      return gateway.listeners.filter(
        ({ name, protocol }) => protocol === "HTTP" && parents.some(({ sectionName }) => (sectionName ?? name) === name),
      );
    });
    const hosts = listeners.length === 0 ? [] : (hostnames ?? listeners.map(({ hostname }) => hostname));
    const [path] = rules.flatMap(({ matches }) => matches ?? []).flatMap((match) => match.path ?? []);
    const url = path === undefined || path.type === "RegularExpression" ? "/" : path.value;
    return hosts.map((host) => ({ host, path: url }));
  });
}
