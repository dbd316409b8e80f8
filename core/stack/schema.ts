import { z } from "zod";
import { clusterSection } from "./cluster";
import { dnsSection } from "./dns";
import { firewallSection, rolloutSection } from "./firewall";
import { hostSection } from "./host";
import { ingressSection } from "./ingress";
import { loadBalancerSection } from "./loadBalancer";
import { cniSection, verifySection } from "./network";
import { nodeSection, nodesSection, sshSection } from "./nodes";
import { proxySection } from "./proxy";

/** The stack file's sections. One definition gives the types, the checks, the defaults and the published JSON Schema. */
export const stackSchema = z.strictObject({
  cluster: clusterSection.prefault({}),
  nodes: nodesSection,
  ssh: sshSection.prefault({}),
  firewall: firewallSection.prefault({}),
  cni: cniSection.prefault({}),
  proxy: proxySection.prefault({}),
  loadBalancer: loadBalancerSection.prefault({}),
  dns: dnsSection.prefault({}),
  ingress: ingressSection.prefault({}),
  host: hostSection.prefault({}),
  rollout: rolloutSection.prefault({}),
  verify: verifySection.prefault({}),
});

/**
 * The same with next to nothing required, for judging what is left of a stack when the parts of a wrong form are taken away.
 * A node whose address is wrong still counts by its name.
 */
export const lenientSchema = stackSchema.extend({
  nodes: z.array(nodeSection.extend({ address: nodeSection.shape.address.default([]) })).default([]),
});

export const sections = Object.keys(stackSchema.shape);

/** A stack as a user writes it. */
export type StackInput = z.input<typeof stackSchema>;
/** A stack with its defaults filled in and its values parsed. */
export type Stack = z.output<typeof stackSchema>;
export type StackNode = Stack["nodes"][number];

/** The JSON Schema of a whole stack file, for editors. */
export function stackFileSchema(): object {
  const { $schema, properties, required, ...rest } = z.toJSONSchema(stackSchema, { io: "input", target: "draft-7" });
  return {
    $schema,
    title: "Plumbline stack file",
    type: "object",
    required: ["config"],
    properties: {
      encryptionsalt: { type: "string" },
      secretsprovider: { type: "string" },
      encryptedkey: { type: "string" },
      config: {
        type: "object",
        required: (required ?? []).map((key) => `plumbline:${key}`),
        properties: Object.fromEntries(Object.entries(properties ?? {}).map(([key, value]) => [`plumbline:${key}`, value])),
        // Other projects' and providers' keys are theirs; an unknown one of ours is a mistake.
        patternProperties: { [`^plumbline:(?!(${sections.join("|")})$)`]: false },
      },
    },
    ...(rest.$defs ? { $defs: rest.$defs } : {}),
  };
}
