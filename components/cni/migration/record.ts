import { mtuBudget } from "../../../core/mtu";
import type { Part } from "../../../core/part";
import type { Context } from "../../../core/plan";
import type { Stack } from "../../../core/stack/schema";
import { configHash } from "../../configHash";
import type { Foreign } from "./leftovers";

/** The annotation of the namespace kube-system that says which pod network was applied last. */
export const recordAnnotation = "plumbline.dev/pod-network";

/** What a change of the pod network is judged by: settings by their path below `cni`. `mtu` is a pod's. */
export type NetworkRecord = Readonly<Record<string, string | number | boolean>> & {
  readonly provider: Stack["cni"]["provider"] | Foreign;
  readonly alongside?: Stack["cni"]["alongside"];
};

/** Settings that both ends of a tunnel, or a pod and its host, have to agree on. */
export function networkRecord(stack: Stack, layers: Parameters<typeof mtuBudget>[1]): NetworkRecord {
  const { provider, alongside, confDir, bridge, vxlan, flannel, custom } = stack.cni;
  const networks = [provider, ...(alongside ? [alongside] : [])];
  const { port, vni, backend, directRouting } = flannel;
  return {
    provider,
    ...(alongside ? { alongside } : {}),
    confDir,
    mtu: mtuBudget(stack, layers).pods,
    ...(provider === "custom" ? { "custom.conflist": Object.values(configHash(JSON.stringify(custom.conflist ?? null))).join() } : {}),
    ...(["bridge", "vxlan", "flannel"].includes(provider) ? { "bridge.name": bridge.name } : {}),
    ...(networks.includes("vxlan") ? { "vxlan.port": vxlan.port, "vxlan.vni": vxlan.vni } : {}),
    ...(networks.includes("flannel")
      ? { "flannel.backend": backend, "flannel.port": port ?? "the default", "flannel.vni": vni, "flannel.directRouting": directRouting }
      : {}),
  };
}

/** Written when all hosts have it, so that the next preview can say what a change means. Goes with destroy. */
export function networkRecordPart({ stack }: Context, network: readonly Part[]): Part {
  const part = "cni/record";
  const record = networkRecord(
    stack,
    network.flatMap(({ layers }) => layers?.() ?? []),
  );
  const annotations = { [recordAnnotation]: JSON.stringify(record) };
  return {
    name: part,
    manifests: () => [
      { part, patch: true, retain: false, object: { apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system", annotations } } },
    ],
  };
}

/** What the annotation says; undefined when it isn't there or isn't ours. */
export function readRecord(annotation: string | undefined): NetworkRecord | undefined {
  if (annotation === undefined) return undefined;
  try {
    const found: unknown = JSON.parse(annotation);
    return typeof found === "object" && found !== null && "provider" in found ? (found as NetworkRecord) : undefined;
  } catch {
    return undefined; // Somebody else's text.
  }
}
