import type { Finding } from "../core/finding";
import type { Part } from "../core/part";
import { type Context, contextOf, makePlan, type Plan } from "../core/plan";
import type { Judge } from "../core/stack/parse";
import type { Stack } from "../core/stack/schema";
import { networkRecordPart } from "./cni/migration/record";
import { podNetwork } from "./cni/providers";
import { controlPlane } from "./control-plane/controlPlane";
import { dns } from "./dns/dns";
import { nodeLocal } from "./dns/nodeLocal";
import { firewall } from "./firewall/firewall";
import { host } from "./host/host";
import { expiryFindings } from "./ingress/certificates";
import { installController } from "./ingress/controllers";
import { gatewayApiParts } from "./ingress/gatewayApi/gatewayApi";
import { ingressRules } from "./ingress/rules";
import { sample } from "./ingress/sample";
import { serviceAddresses } from "./load-balancer/addresses";
import { kubeVip } from "./load-balancer/kubeVip";
import { metallb } from "./load-balancer/metallb";
import { base } from "./node/base";
import { proxy } from "./proxy/proxy";

/** Every concern of this stack's network. A new one is a file that makes a Part, and a line here. */
function parts(context: Context): Part[] {
  const network = podNetwork(context);
  return [
    base(context),
    host(context),
    controlPlane(context),
    ...network,
    proxy(context),
    serviceAddresses(context),
    ...(context.stack.loadBalancer.provider === "metallb" ? [metallb(context)] : []),
    ...(context.stack.loadBalancer.provider === "kube-vip" ? [kubeVip(context)] : []),
    dns(context),
    nodeLocal(context),
    ...context.stack.ingress.controllers.map((controller) => installController(context, controller)),
    ingressRules(context),
    ...gatewayApiParts(context),
    ...(context.stack.ingress.sample ? [sample(context, context.stack.ingress.sample)] : []),
    networkRecordPart(context, network),
  ];
}

/** Computes the network that a stack describes. Pure: no Pulumi, no clock, no network. */
export function planNetwork(stack: Stack): Plan {
  return makePlan(stack, parts, firewall);
}

/** What there is to say about a stack on a day, which is the caller's to know. */
export const judgeOn =
  (now: Date): Judge =>
  (stack) => [...partFindings(stack), ...expiryFindings(stack, now)];

/** What the parts have to say about a stack, which needn't be without mistakes. */
export function partFindings(stack: Stack): Finding[] {
  return parts(contextOf(stack)).flatMap((part) => part.findings?.() ?? []);
}
