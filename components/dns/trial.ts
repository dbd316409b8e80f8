import { createHash } from "node:crypto";
import { apiServiceAddress, dnsServiceAddresses } from "../../core/addresses";
import type { ManifestItem } from "../../core/part";
import type { Stack } from "../../core/stack/schema";
import { coreDnsImage } from "./image";

const namespace = "kube-system";

/**
 * A pod in which a CoreDNS of its own reads the new Corefile and is asked beside the present one: what the present one answers, the new one has to.
 * It comes before the ConfigMap that everybody uses, so that a Corefile that fails changes nothing.
 */
export function trial(stack: Stack, corefile: string, part: string): ManifestItem[] {
  const script = probes(stack);
  const hash = createHash("sha256").update(corefile).update(script).update(coreDnsImage(stack)).digest("hex").slice(0, 10);
  const name = `plumbline-corefile-${hash}`;
  const labels = { "app.kubernetes.io/managed-by": "plumbline" };
  const volume = { name: "trial", configMap: { name } };
  const volumeMounts = [{ name: "trial", mountPath: "/trial", readOnly: true }];
  const coreDns = {
    name: "coredns",
    image: coreDnsImage(stack),
    // A sidecar: the probes start when it is ready, and it ends with them.
    restartPolicy: "Always",
    args: ["-conf", "/trial/Corefile"],
    volumeMounts,
    startupProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 1, failureThreshold: 60 },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    },
  };
  const asker = { name: "probe", image: stack.verify.image, command: ["/bin/sh", "/trial/probe.sh"], volumeMounts };
  const pod = {
    restartPolicy: "Never",
    serviceAccountName: "coredns",
    dnsPolicy: "Default",
    terminationGracePeriodSeconds: 1,
    nodeSelector: { "kubernetes.io/os": "linux" },
    tolerations: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
    initContainers: [coreDns],
    containers: [asker],
    volumes: [volume],
  };
  const metadata = { name, namespace, labels };
  return [
    { part, object: { apiVersion: "v1", kind: "ConfigMap", metadata, data: { Corefile: corefile, "probe.sh": script } } },
    {
      part,
      object: {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata,
        spec: { backoffLimit: 0, activeDeadlineSeconds: 120, template: { metadata: { labels }, spec: pod } },
      },
    },
  ];
}

/** The new CoreDNS is on the pod's loopback; the present one at its Service. */
function probes(stack: Stack): string {
  const { cluster, verify } = stack;
  const api = apiServiceAddress(stack);
  const names = [
    `kubernetes.default.svc.${cluster.domain}.`,
    ...(verify.outsideName === undefined ? [] : [`${verify.outsideName}.`]),
    ...(api === undefined ? [] : [String(api)]),
  ];
  return `ask() { timeout 4 nslookup "$1" "$2" >/dev/null 2>&1; }
for name in ${names.join(" ")}; do
  ask "$name" ${dnsServiceAddresses(stack)[0] ?? "127.0.0.1"} || continue
  ask "$name" 127.0.0.1 || ask "$name" 127.0.0.1 || {
    echo "With the new Corefile CoreDNS doesn't answer $name, as it does now. Nothing was changed." | tee /dev/termination-log
    exit 1
  }
done
`;
}
