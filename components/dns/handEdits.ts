import { dnsSection } from "../../core/stack/dns";
import type { Stack } from "../../core/stack/schema";
import { configHash } from "../configHash";
import { corefile } from "./corefile";
import { diffCorefiles } from "./corefile/diff";

/** The ConfigMap `coredns` as it is in the cluster. */
export interface LiveCorefile {
  readonly text: string | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

/** What is to be said of a Corefile that somebody changed by hand. */
export interface HandEdits {
  /** Whether this `pulumi up` would undo them, so that it has to stop. */
  readonly lost: boolean;
  readonly message: string;
}

/**
 * What somebody wrote into the cluster's Corefile that the stack doesn't say. Ours bears its hash; before the first `pulumi up` it is kubeadm's, or was
 * changed. Where the stack's Corefile is the one that was applied last, Pulumi leaves the cluster's alone, so nothing is lost.
 */
export function handEdits({ text, annotations }: LiveCorefile, stack: Stack): HandEdits | undefined {
  const wanted = corefile(stack);
  const [[key = "", wantedHash] = []] = Object.entries(configHash(wanted));
  const applied = annotations?.[key];
  if (text === undefined || stack.dns.overwrite || configHash(text)[key] === applied) return undefined;
  const differences = diffCorefiles(text, wanted);
  const isKubeadms = () => diffCorefiles(text, corefile({ ...stack, dns: dnsSection.parse({}) })).length === 0;
  if (differences.length === 0 || (applied === undefined && isKubeadms())) return undefined;
  const lost = applied !== wantedHash;
  const whose = applied === undefined ? "The cluster's Corefile isn't kubeadm's any more" : "The cluster's Corefile was changed by hand";
  const message = [
    `${whose}${lost ? ", and `pulumi up` would change this of it" : ". It stays as it is until the stack's settings of DNS change; then this would change"}:`,
    ...differences.map((difference) => `  ${difference.message}`),
    `Take it into the stack (plumbline adopt), or write dns.overwrite: true${lost ? "" : " and run pulumi up --refresh"} to have it replaced.`,
  ].join("\n");
  return { lost, message };
}
