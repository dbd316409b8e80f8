import type { Path } from "../../../core/finding";
import type { Manifest } from "../../../core/part";
import { classOfGateway, gatewayClass, gatewayKeys, gatewayKinds, listenerSecrets } from "../../../core/stack/check/gatewayApi";
import type { Stack } from "../../../core/stack/schema";
import { gatewayGroup } from "../lint/gateway";

type Gateway = Stack["ingress"]["gateways"][number];

const apiVersion = `${gatewayGroup}/v1`;

/** An object, and the place in the stack file that says it. */
export interface PlacedObject {
  readonly path: Path;
  readonly object: Manifest;
}

/** The GatewayClass of the stack's Traefik. */
export function classObject(stack: Stack): Manifest[] {
  const name = gatewayClass(stack);
  return name ? [{ apiVersion, kind: "GatewayClass", metadata: { name }, spec: { controllerName: "traefik.io/gateway-controller" } }] : [];
}

/** The stack's Gateways, routes and grants, as the API server gets them. */
export function gatewayObjects(stack: Stack): PlacedObject[] {
  const { ingress } = stack;
  const gateways = ingress.gateways.map((gateway) => {
    const gatewayClassName = classOfGateway(stack, gateway);
    const listeners = gateway.listeners.map((listener) => ({ ...listener, ...(listener.tls ? { tls: tlsOf(gateway, listener) } : {}) }));
    return { ...gateway, listeners, ...(gatewayClassName ? { gatewayClassName } : {}) };
  });
  const withParent = <T extends { namespace: string; parentRefs?: readonly object[] | undefined }>(route: T) => ({
    ...route,
    parentRefs: route.parentRefs ?? onlyGateway(ingress, route.namespace),
  });
  const all = {
    gateways,
    httpRoutes: ingress.httpRoutes.map(withParent),
    tlsRoutes: ingress.tlsRoutes.map(withParent),
    referenceGrants: ingress.referenceGrants,
  };
  return gatewayKeys.flatMap((key) =>
    all[key].map(({ name, namespace, ...spec }, index) => ({
      path: ["ingress", key, index],
      object: { apiVersion, kind: gatewayKinds[key], metadata: { name, namespace }, spec },
    })),
  );
}

/** What the API server gets: of files the Secret that is made of them. */
function tlsOf(gateway: Gateway, listener: Gateway["listeners"][number]): object {
  const { files, ...tls } = listener.tls ?? {};
  return files ? { ...tls, certificateRefs: listenerSecrets(gateway, listener) } : tls;
}

function onlyGateway({ gateways }: Stack["ingress"], namespace: string): object[] {
  const [gateway] = gateways;
  if (!gateway || gateways.length > 1) return [];
  return [{ name: gateway.name, ...(gateway.namespace === namespace ? {} : { namespace: gateway.namespace }) }];
}
