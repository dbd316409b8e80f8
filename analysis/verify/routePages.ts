import type { Reference } from "../../components/cluster";
import { covers } from "../../components/ingress/lint/names";
import { classOfGateway, gatewayClass, listenerSecrets } from "../../core/stack/check/gatewayApi";
import type { Stack } from "../../core/stack/schema";

type Ingress = Stack["ingress"];

/** A host and a path that a route answers. */
export interface RoutePage {
  /** Undefined: any. */
  readonly host: string | undefined;
  readonly path: string;
  /** HTTP: no TLS. HTTPS: TLS ends at the controller, which reads the request. TLS: the route goes by the name in the handshake. */
  readonly protocol: "HTTP" | "HTTPS" | "TLS";
  /** The Secret whose certificate is shown; undefined without TLS, and where the pods behind have it. */
  readonly secret: Reference | undefined;
}

/** A page of every host that the HTTPRoutes and TLSRoutes have behind listeners of the stack's Traefik. */
export function routePages(stack: Stack): RoutePage[] {
  const { httpRoutes, tlsRoutes } = stack.ingress;
  return [
    ...httpRoutes.flatMap((route) => pagesBehind(stack, route, pathOf(route), ["HTTP", "HTTPS"])),
    ...tlsRoutes.flatMap((route) => pagesBehind(stack, route, "/", ["TLS"])),
  ];
}

function pagesBehind(
  stack: Stack,
  { namespace, parentRefs, hostnames }: Ingress["httpRoutes"][number] | Ingress["tlsRoutes"][number],
  path: string,
  protocols: readonly RoutePage["protocol"][],
): RoutePage[] {
  const served = stack.ingress.gateways.filter((gateway) => classOfGateway(stack, gateway) === gatewayClass(stack));
  return served.flatMap((gateway) => {
    const parents = parentRefs
      ? parentRefs.filter((parent) => parent.name === gateway.name && (parent.namespace ?? namespace) === gateway.namespace)
      : [{ sectionName: undefined }];
    const listeners = gateway.listeners.filter(
      ({ name, protocol }) => protocols.includes(protocol) && parents.some(({ sectionName }) => (sectionName ?? name) === name),
    );
    return listeners.flatMap((listener) => {
      const { protocol, hostname } = listener;
      const [secret] = protocol === "HTTP" ? [] : listenerSecrets(gateway, listener);
      return common(hostname, hostnames).map((host): RoutePage => {
        const reference = secret && { apiVersion: "v1", kind: "Secret", metadata: { namespace: gateway.namespace, ...secret } };
        return { host, path, protocol, secret: reference };
      });
    });
  });
}

function pathOf({ rules }: Ingress["httpRoutes"][number]): string {
  const [path] = rules.flatMap(({ matches }) => matches ?? []).flatMap((match) => match.path ?? []);
  return path === undefined || path.type === "RegularExpression" ? "/" : path.value;
}

/** The hosts that both a listener and a route are for. */
function common(listener: string | undefined, route: readonly string[] | undefined): (string | undefined)[] {
  if (route === undefined) return [listener];
  if (listener === undefined) return [...route];
  return route.flatMap((host) => (covers(listener, host) ? [host] : covers(host, listener) ? [listener] : []));
}
