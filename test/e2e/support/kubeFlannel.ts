import { kubectl, on } from "./testLab";

/*
 * flannel as its own manifest installs it (Documentation/kube-flannel.yml of v0.28): an init container puts the CNI plugin into /opt/cni/bin, another one its
 * configuration into /etc/cni/net.d, each time a pod of the DaemonSet starts. The files are copied with cp, as that manifest did before v0.28.
 */

const labels = { "k8s-app": "flannel" };
const rbac = "rbac.authorization.k8s.io";
const flannel = "ghcr.io/flannel-io/flannel:v0.28.10";
const hostPath = (name: string, path: string, type = "") => ({ name, hostPath: { path, type } });
const mount = (name: string, mountPath: string) => ({ name, mountPath });
const fromField = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });

const configuration = {
  name: "cbr0",
  // The last release of the plugin that can be built here knows no later one.
  cniVersion: "0.3.1",
  plugins: [
    { type: "flannel", delegate: { hairpinMode: true, isDefaultGateway: true } },
    { type: "portmap", capabilities: { portMappings: true } },
  ],
};

const objects = [
  {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "kube-flannel", labels: { ...labels, "pod-security.kubernetes.io/enforce": "privileged" } },
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRole",
    metadata: { name: "flannel", labels },
    rules: [
      { apiGroups: [""], resources: ["pods"], verbs: ["get"] },
      { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["nodes/status"], verbs: ["patch"] },
    ],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name: "flannel", labels },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "flannel" },
    subjects: [{ kind: "ServiceAccount", name: "flannel", namespace: "kube-flannel" }],
  },
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "flannel", namespace: "kube-flannel", labels } },
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "kube-flannel-cfg", namespace: "kube-flannel", labels: { ...labels, app: "flannel" } },
    data: {
      "cni-conf.json": JSON.stringify(configuration),
      "net-conf.json": JSON.stringify({ Network: "10.244.0.0/16", EnableNFTables: false, Backend: { Type: "vxlan" } }),
    },
  },
  {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "kube-flannel-ds", namespace: "kube-flannel", labels: { ...labels, app: "flannel" } },
    spec: {
      selector: { matchLabels: { app: "flannel" } },
      template: {
        metadata: { labels: { tier: "node", app: "flannel" } },
        spec: {
          hostNetwork: true,
          priorityClassName: "system-node-critical",
          tolerations: [{ operator: "Exists", effect: "NoSchedule" }],
          serviceAccountName: "flannel",
          initContainers: [
            {
              name: "install-cni-plugin",
              image: "ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel3",
              command: ["cp"],
              args: ["-f", "/flannel", "/opt/cni/bin/flannel"],
              volumeMounts: [mount("cni-plugin", "/opt/cni/bin")],
            },
            {
              name: "install-cni",
              image: flannel,
              command: ["cp"],
              args: ["-f", "/etc/kube-flannel/cni-conf.json", "/etc/cni/net.d/10-flannel.conflist"],
              volumeMounts: [mount("cni", "/etc/cni/net.d"), mount("flannel-cfg", "/etc/kube-flannel/")],
            },
          ],
          containers: [
            {
              name: "kube-flannel",
              image: flannel,
              command: ["/opt/bin/flanneld"],
              args: ["--ip-masq", "--kube-subnet-mgr", "--healthz-port=8081"],
              readinessProbe: { httpGet: { path: "/readyz", port: 8081 }, initialDelaySeconds: 5, periodSeconds: 10 },
              securityContext: { privileged: false, capabilities: { add: ["NET_ADMIN", "NET_RAW"] } },
              env: [
                fromField("POD_NAME", "metadata.name"),
                fromField("POD_NAMESPACE", "metadata.namespace"),
                { name: "EVENT_QUEUE_DEPTH", value: "5000" },
                { name: "CONT_WHEN_CACHE_NOT_READY", value: "false" },
              ],
              volumeMounts: [
                mount("run", "/run/flannel"),
                mount("flannel-cfg", "/etc/kube-flannel/"),
                mount("xtables-lock", "/run/xtables.lock"),
              ],
            },
          ],
          volumes: [
            hostPath("run", "/run/flannel"),
            hostPath("cni-plugin", "/opt/cni/bin"),
            hostPath("cni", "/etc/cni/net.d"),
            { name: "flannel-cfg", configMap: { name: "kube-flannel-cfg" } },
            hostPath("xtables-lock", "/run/xtables.lock", "FileOrCreate"),
          ],
        },
      },
    },
  },
];

/** containerd looks for plugins where flannel's manifest puts them, as most machines have it. */
const pluginsInOptCni = `sudo mkdir -p /opt/cni/bin && sudo cp /usr/lib/cni/* /opt/cni/bin/ &&
sudo sed -i 's#bin_dir = "/usr/lib/cni"#bin_dir = "/opt/cni/bin"#' /etc/containerd/config.toml && sudo systemctl restart containerd`;

/** Sets the cluster up with flannel, as its own guide says. */
export async function installKubeFlannel(nodes: readonly string[]): Promise<void> {
  await Promise.all(nodes.map((node) => on(node, pluginsInOptCni)));
  await on("cp1", `echo '${JSON.stringify({ apiVersion: "v1", kind: "List", items: objects })}' | kubectl apply -f -`);
  await kubectl("-n kube-flannel rollout status daemonset/kube-flannel-ds --timeout=120s");
  await kubectl("wait --for=condition=Ready node --all --timeout=60s");
  await kubectl("-n kube-system rollout status deployment/coredns --timeout=60s");
}
