import type { Part } from "../../core/part";
import type { Context } from "../../core/plan";
import { configHash } from "../configHash";
import { corefile } from "./corefile";

/** CoreDNS as kubeadm installs it, with the stack's Corefile. The service `kube-dns` and its address stay as they are. */
export function dns({ stack }: Context): Part {
  const part = "dns";
  const text = corefile(stack);
  const metadata = { name: "coredns", namespace: "kube-system" };
  return {
    name: part,
    manifests: () => [
      { part, patch: true, object: { apiVersion: "v1", kind: "ConfigMap", metadata, data: { Corefile: text } } },
      {
        part,
        patch: true,
        object: {
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata,
          spec: { template: { metadata: { annotations: configHash(text) } } },
        },
      },
    ],
  };
}
