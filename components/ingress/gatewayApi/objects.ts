import type { Path } from "../../../core/finding";
import type { Manifest } from "../../../core/part";
import { classOfGateway, gatewayClass, gatewayKeys, gatewayKinds } from "../../../core/stack/check/gatewayApi";
import type { Stack } from "../../../core/stack/schema";
import { gatewayGroup } from "../lint/gateway";

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
    return { ...gateway, ...(gatewayClassName ? { gatewayClassName } : {}) };
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

function onlyGateway({ gateways }: Stack["ingress"], namespace: string): object[] {
  const [gateway] = gateways;
  if (!gateway || gateways.length > 1) return [];
  return [{ name: gateway.name, ...(gateway.namespace === namespace ? {} : { namespace: gateway.namespace }) }];
}
