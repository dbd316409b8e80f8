import type { Address } from "../../core/cidr";
import type { PlannedNode } from "../../core/part";
import type { Stack } from "../../core/stack/schema";
import { addressesFor, type Client } from "./outsideChecks";
import { socket } from "./podChecks";

export type Controller = Stack["ingress"]["controllers"][number];

/** Where an ingress controller answers. */
export interface Entrance {
  readonly controller: Controller;
  readonly node: PlannedNode;
  readonly address: Address;
}

/** All of a controller's; none behind a load balancer, such as all of gce's, whose address isn't the plan's. */
export const entrancesOf = (controller: Controller, client: Client, nodes: readonly PlannedNode[]): Entrance[] =>
  nodes
    .filter(() => controller.name !== "gce")
    .filter(({ roles }) => controller.expose === "nodePort" || (controller.expose === "hostPort" && roles.includes("worker")))
    .flatMap((node) => addressesFor(client, node).map((address) => ({ controller, node, address })));

export const portOf = ({ expose, nodePorts }: Controller, scheme: "http" | "https"): number =>
  expose === "nodePort" ? nodePorts[scheme] : { http: 80, https: 443 }[scheme];

/** `10.100.0.21:80` */
export const socketOf = ({ controller, address }: Entrance, scheme: "http" | "https"): string =>
  socket(String(address), portOf(controller, scheme));
