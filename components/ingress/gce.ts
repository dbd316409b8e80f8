import { Cidr } from "../../core/cidr";
import type { Part } from "../../core/part";
import type { Context } from "../../core/plan";
import { controllerName } from "../../core/stack/check/ingress";
import type { Controller } from "./controller";

/** Where Google's load balancers and their health checks come from. Source: cloud.google.com/load-balancing/docs/health-check-concepts, "Probe IP ranges". */
const google = ["130.211.0.0/22", "35.191.0.0/16"].map((range) => Cidr.parse(range));

/**
 * kubernetes/ingress-gce makes load balancers of Google Cloud's, with a key of the project. So it isn't installed here: a stack has its class, its
 * annotations, and the packets of its load balancers, which come to the services' NodePorts on every node.
 */
export function gce({ stack: { ingress, proxy } }: Context, controller: Controller): Part {
  const part = `ingress/${controllerName(controller)}`;
  return {
    name: part,
    flows: () => [
      {
        part,
        from: { kind: "cidrs", cidrs: google },
        to: { kind: "nodes" },
        protocol: "tcp",
        ports: [proxy.nodePorts],
        // IPVS takes packets off in the input hook, after the filter; the other modes translate them before it.
        published: proxy.mode !== "ipvs",
        why: "Google's load balancers, and their health checks",
      },
    ],
    findings: () => [
      {
        severity: "info",
        path: ["ingress", "controllers", ingress.controllers.indexOf(controller)],
        message: "gce isn't installed by Plumbline: it makes load balancers of Google Cloud's with a key of your project.",
        mend: "Run the controller of github.com/kubernetes/ingress-gce, and make the Services of the rules NodePorts.",
      },
    ],
  };
}
