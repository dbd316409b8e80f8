import type { V1ContainerStatus, V1Deployment, V1PodStatus } from "@kubernetes/client-node";
import { trialObjects, trialState } from "../../../../components/dns/rollout/trialPod";

/** As kubeadm writes it, from a registry of somebody's own. */
const deployment = {
  spec: {
    template: {
      metadata: { labels: { "k8s-app": "kube-dns" } },
      spec: {
        serviceAccountName: "coredns",
        priorityClassName: "system-cluster-critical",
        dnsPolicy: "Default",
        imagePullSecrets: [{ name: "mirror" }],
        tolerations: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
        topologySpreadConstraints: [{ maxSkew: 1 }],
        containers: [
          {
            name: "coredns",
            image: "mirror.example/coredns:v1.12.1",
            args: ["-conf", "/etc/coredns/Corefile"],
            ports: [{ name: "readiness-probe", containerPort: 8181, hostPort: 8181 }],
            volumeMounts: [{ name: "config-volume", mountPath: "/etc/coredns", readOnly: true }],
            livenessProbe: { httpGet: { path: "/health", port: 8080 } },
            readinessProbe: { httpGet: { path: "/ready", port: "readiness-probe" } },
          },
        ],
        volumes: [{ name: "config-volume", configMap: { name: "coredns", items: [{ key: "Corefile", path: "Corefile" }] } }],
      },
    },
  },
} as unknown as V1Deployment;

test("the trial's pod is CoreDNS's own, with another Corefile and a shell, and nobody's Service finds it", () => {
  const metadata = { name: "coredns-trial", namespace: "kube-system", labels: { "app.kubernetes.io/managed-by": "plumbline" } };
  const [configMap, pod] = trialObjects(deployment, "the new one", "probe:1");
  expect(configMap).toEqual({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { Corefile: "the new one" } });
  expect(pod).toEqual({
    apiVersion: "v1",
    kind: "Pod",
    metadata,
    spec: {
      serviceAccountName: "coredns",
      priorityClassName: "system-cluster-critical",
      dnsPolicy: "Default",
      imagePullSecrets: [{ name: "mirror" }],
      tolerations: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
      affinity: { podAffinity: expect.anything() },
      restartPolicy: "Never",
      activeDeadlineSeconds: 900,
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: "coredns",
          image: "mirror.example/coredns:v1.12.1",
          args: ["-conf", "/etc/coredns/Corefile"],
          ports: [{ name: "readiness-probe", containerPort: 8181 }],
          volumeMounts: [{ name: "config-volume", mountPath: "/etc/coredns", readOnly: true }],
          readinessProbe: { httpGet: { path: "/ready", port: "readiness-probe" }, periodSeconds: 1 },
          terminationMessagePolicy: "FallbackToLogsOnError",
        },
        expect.objectContaining({ name: "probe", image: "probe:1", command: ["sleep", "900"] }),
      ],
      volumes: [{ name: "config-volume", configMap: { name: "coredns-trial", items: [{ key: "Corefile", path: "Corefile" }] } }],
    },
  });
});

const container = (name: string, status: Partial<V1ContainerStatus>) =>
  ({ name, image: `${name}:1`, ready: false, ...status }) as V1ContainerStatus;
const isRunning = { state: { running: {} } };
const pull = { state: { waiting: { reason: "ImagePullBackOff", message: "no such image" } } };

test.each<[string, V1PodStatus, ReturnType<typeof trialState>]>([
  ["no status yet", {}, { state: "starting", why: "its pod doesn't start" }],
  [
    "no node",
    { conditions: [{ type: "PodScheduled", status: "False", message: "0/3 nodes are available" }] },
    { state: "starting", why: "no node takes its pod: 0/3 nodes are available" },
  ],
  [
    "CoreDNS runs, and isn't ready",
    { containerStatuses: [container("coredns", isRunning), container("probe", isRunning)] },
    { state: "starting", why: "CoreDNS doesn't get ready with it" },
  ],
  [
    "both can be used",
    { containerStatuses: [container("coredns", { ...isRunning, ready: true }), container("probe", isRunning)] },
    { state: "ready", why: "" },
  ],
  [
    "CoreDNS gave up without a word",
    { containerStatuses: [container("coredns", { state: { terminated: { exitCode: 2 } } })] },
    { state: "failed", why: "CoreDNS doesn't start with it: exit code 2" },
  ],
  [
    "an image that can't be had",
    { containerStatuses: [container("coredns", isRunning), container("probe", pull)] },
    {
      state: "failed",
      why: "container probe of its pod can't start with image probe:1: ImagePullBackOff: no such image. Set verify.image to one that the cluster has, or dns.trial to false, to do without trial and probes",
    },
  ],
])("%s", (_what, status, state) => expect(trialState({ status })).toEqual(state));
