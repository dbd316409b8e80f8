import { z } from "zod";

const text = () => z.string().nullish();
const texts = () => z.array(z.string()).nullish();
const number = () => z.number().int().nullish();
const bool = () => z.boolean().nullish();

const portSchema = z.looseObject({
  name: text(),
  protocol: text(),
  port: number(),
  targetPort: z.union([z.number().int(), z.string()]).nullish(),
  nodePort: number(),
});

/** The fields of a v1 Service that the rules look at; the API server refuses the whole object when one has a wrong type. */
export const serviceSchema = z.looseObject({
  apiVersion: text(),
  metadata: z.looseObject({ name: text(), namespace: text(), annotations: z.record(z.string(), z.string()).nullish() }).nullish(),
  spec: z
    .looseObject({
      type: text(),
      clusterIP: text(),
      clusterIPs: texts(),
      externalName: text(),
      externalIPs: texts(),
      externalTrafficPolicy: text(),
      internalTrafficPolicy: text(),
      trafficDistribution: text(),
      healthCheckNodePort: number(),
      sessionAffinity: text(),
      sessionAffinityConfig: z.looseObject({ clientIP: z.looseObject({ timeoutSeconds: number() }).nullish() }).nullish(),
      ipFamilyPolicy: text(),
      ipFamilies: texts(),
      loadBalancerIP: text(),
      loadBalancerClass: text(),
      loadBalancerSourceRanges: texts(),
      allocateLoadBalancerNodePorts: bool(),
      publishNotReadyAddresses: bool(),
      selector: z.record(z.string(), z.string()).nullish(),
      ports: z.array(portSchema).nullish(),
    })
    .nullish(),
});

export type ServiceSpec = NonNullable<z.output<typeof serviceSchema>["spec"]>;
export type ServicePort = z.output<typeof portSchema>;
