import { dnsSection } from "../../core/stack/dns";
import type { Stack } from "../../core/stack/schema";
import { configHash, configHashKey } from "../configHash";
import { corefile } from "./corefile";
import { diffCorefiles } from "./corefile/diff";
import { brokenOff } from "./rollout/live";

/** The ConfigMap `coredns` as it is in the cluster. */
export interface LiveCorefile {
  readonly text: string | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

/** Makes Pulumi write the ConfigMap although the stack's Corefile is the one that it wrote last. */
export const overwriteAnnotation = { "plumbline.dev/overwrite": "true" };

/**
 * What is to be said of a Corefile with somebody's own words in it, which the stack doesn't say. Ours bears its hash; before the first `pulumi up` it is
 * kubeadm's, or was changed.
 */
export function handEdits({ text, annotations }: LiveCorefile, stack: Stack): string | undefined {
  if (text === undefined || stack.dns.overwrite) return undefined;
  const applied = annotations?.[configHashKey];
  const differences = diffCorefiles(text, corefile(stack));
  const isOurs = configHash(text)[configHashKey] === applied;
  const isKubeadms = () => applied === undefined && diffCorefiles(text, corefile({ ...stack, dns: dnsSection.parse({}) })).length === 0;
  if (isOurs || differences.length === 0 || isKubeadms()) return undefined;
  return [
    `${applied === undefined ? "The cluster's Corefile isn't kubeadm's any more" : "The cluster's Corefile was changed by hand"}, and \`pulumi up\` would change this of it:`,
    ...differences.map(({ message }) => `  ${message}`),
    "Take it into the stack (plumbline adopt), or write dns.overwrite: true to have it replaced.",
  ].join("\n");
}

/** What is to be said where a rollout was broken off whose Corefile the stack has no more: to Pulumi's record nothing has to be done then. */
export function interrupted({ text, annotations }: LiveCorefile, stack: Stack): string | undefined {
  const wanted = corefile(stack);
  if (text === wanted || brokenOff(annotations)?.corefile !== wanted) return undefined;
  return "The rollout of another Corefile was broken off, and the cluster still has it. `pulumi up --refresh` brings the stack's back.";
}
