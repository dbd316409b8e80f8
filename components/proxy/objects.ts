import type { ManifestItem } from "../../core/part";
import { configHash } from "../configHash";

const namespace = "kube-system";
/** Where kube-proxy's pods have our ConfigMap. */
const folder = "/var/lib/kube-proxy-config";
const key = "config.conf";

/**
 * What kubeadm mounts (cmd/kubeadm/app/phases/addons/proxy/manifests.go of 1.34), in its order: Pulumi compares lists by position, so
 * ours alone would look changed at every run.
 */
const kubeadms = {
  mounts: [
    { name: "kube-proxy", mountPath: "/var/lib/kube-proxy" },
    { name: "xtables-lock", mountPath: "/run/xtables.lock" },
    { name: "lib-modules", mountPath: "/lib/modules", readOnly: true },
  ],
  volumes: [
    { name: "kube-proxy", configMap: { name: "kube-proxy" } },
    { name: "xtables-lock", hostPath: { path: "/run/xtables.lock", type: "FileOrCreate" } },
    { name: "lib-modules", hostPath: { path: "/lib/modules" } },
  ],
};

/**
 * kubeadm's DaemonSet with this configuration, a node at a time (its updateStrategy: maxUnavailable 1), stopping at the first node whose kube-proxy
 * doesn't get ready.
 *
 * kube-proxy ends when its file changes (eventHandler in cmd/kube-proxy/app/options.go), and the kubelets bring a changed ConfigMap to all nodes within
 * a minute or so. So each configuration is a ConfigMap of its own that never changes: a node has the old one until its turn has come. Those of earlier
 * configurations stay, for a way back by `kubectl rollout undo`. kubeadm's own ConfigMap comes last: `kubeadm upgrade` goes by it.
 * @param part that declares them.
 */
export function daemonSetObjects(part: string, config: string): ManifestItem[] {
  const annotations = configHash(config);
  const name = `kube-proxy-${Object.values(annotations).join()}`;
  const data = { [key]: config };
  return [
    {
      part,
      // As a patch it is made when it isn't there, and taken as it is when a configuration comes back.
      patch: true,
      object: {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name, namespace, labels: { "app.kubernetes.io/managed-by": "plumbline", "k8s-app": "kube-proxy" } },
        immutable: true,
        data,
      },
    },
    {
      part,
      patch: true,
      object: {
        apiVersion: "apps/v1",
        kind: "DaemonSet",
        metadata: { name: "kube-proxy", namespace },
        spec: {
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
          template: {
            metadata: { annotations },
            spec: {
              containers: [
                {
                  name: "kube-proxy",
                  command: ["/usr/local/bin/kube-proxy", `--config=${folder}/${key}`, "--hostname-override=$(NODE_NAME)"],
                  volumeMounts: [...kubeadms.mounts, { name: "config", mountPath: folder, readOnly: true }],
                },
              ],
              volumes: [...kubeadms.volumes, { name: "config", configMap: { name } }],
            },
          },
        },
      },
    },
    {
      part,
      patch: true,
      object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "kube-proxy", namespace }, data },
    },
  ];
}
