import type { Flow } from "../../core/flow";
import type { HostItem } from "../../core/host";
import { mtuBudget } from "../../core/mtu";
import type { Layer, Manifest, Part, PlannedNode } from "../../core/part";
import type { Context } from "../../core/plan";
import type { Stack } from "../../core/stack/schema";
import { configHash } from "../configHash";
import { clusterBlackholes, hostRoutes, manyRoutes } from "../routes/hostRoutes";
import type { Transit } from "./providers";

const part = "cni/flannel";
const namespace = "kube-flannel";
const labels = { app: "flannel", "k8s-app": "flannel" };
/** Every interface that a backend of flannel's makes (pkg/backend of flannel v0.28): vxlan with VNI 1, wireguard, udp. */
const links = (vni: number) => [`flannel.${vni}`, `flannel-v6.${vni}`, "flannel-wg", "flannel-wg-v6", "flannel0"];

type Backend = Stack["cni"]["flannel"]["backend"];

/** Bytes by which flanneld makes its interface's MTU less than the one that it is given (the same sources). */
const subtracted: Record<Backend, number> = { vxlan: 50, wireguard: 80, udp: 28, "host-gw": 0 };

/**
 * flanneld between the nodes. Pods are on Plumbline's own bridges with the plan's ranges, so flannel's CNI plugin isn't needed; neither are its rules for
 * masquerading and forwarding, which are the firewall's.
 */
export function flannelTransit(context: Context): Transit {
  const { stack } = context;
  const { backend } = stack.cni.flannel;
  const isRouted = backend === "host-gw";
  return {
    layers: layersOf(stack),
    hidesPods: !isRouted,
    routes: isRouted ? "plan and agent" : "agent",
    // flanneld leaves routes that are there already to their owner, so those of host-gw are there before it starts and after it goes.
    parts: [flannel(context), ...(isRouted ? [hostRoutes(context)] : [])],
  };
}

/** IPv6 pods' packets go over the nodes' IPv6 addresses (vxlan, wireguard), so a cluster that has them counts with the larger header. */
function layersOf({ cni, cluster }: Stack): Layer[] {
  const hasIPv6 = cluster.podCIDRs.some(({ family }) => family === 6);
  const over = (four: number, six: number) => ({ 4: hasIPv6 ? six : four, 6: six });
  switch (cni.flannel.backend) {
    case "host-gw":
      return [];
    case "vxlan":
      return [{ name: "VXLAN", bytes: over(50, 70) }];
    case "wireguard":
      return [{ name: "WireGuard", bytes: over(60, 80) }];
    case "udp":
      return [{ name: "UDP", bytes: over(28, 48) }];
  }
}

function flannel(context: Context): Part {
  const { stack, nodes } = context;
  const { backend, vni } = stack.cni.flannel;
  const ports = backendPorts(stack);
  return {
    name: part,
    layers: () => layersOf(stack),
    flows: (): Flow[] =>
      ports.length === 0
        ? []
        : [
            {
              part,
              from: { kind: "nodes" },
              to: { kind: "nodes" },
              protocol: "udp",
              ports: ports.map((port) => ({ from: port, to: port })),
              why: `flannel's ${backend} tunnel between nodes`,
            },
          ],
    findings: () => [
      ...(backend === "udp"
        ? [
            {
              severity: "warning",
              path: ["cni", "flannel", "backend"],
              message: "udp copies every packet through a program; flannel keeps it for debugging only.",
              mend: "Write vxlan.",
            } as const,
          ]
        : []),
      ...manyRoutes(nodes, "flannel"),
    ],
    host: (node: PlannedNode): HostItem[] => [
      ...links(vni).map((name) => ({ kind: "foreign-link", name }) as const),
      ...(backend === "host-gw" ? [] : clusterBlackholes(stack, node)),
    ],
    manifests: () => objects(stack).map((object) => ({ part, object })),
  };
}

function backendPorts({ cni: { flannel }, cluster }: Stack): number[] {
  switch (flannel.backend) {
    case "host-gw":
      return [];
    case "vxlan":
      return [flannel.port ?? 8472];
    case "udp":
      return [flannel.port ?? 8285];
    case "wireguard":
      // One interface per family.
      return cluster.podCIDRs.map(({ family }) => (family === 4 ? (flannel.port ?? 51820) : flannel.port ? flannel.port + 1 : 51821));
  }
}

/** flannel's net-conf.json (flannel, Documentation/configuration.md and backends.md). */
export function netConf(stack: Stack): string {
  const { cluster, cni } = stack;
  const { backend, vni, directRouting } = cni.flannel;
  const range = (family: 4 | 6) => cluster.podCIDRs.find((one) => one.family === family);
  const [four, six] = [range(4), range(6)];
  const ports = backendPorts(stack);
  const mtu = mtuBudget(stack, layersOf(stack)).pods + subtracted[backend];
  const options: Record<Backend, object> = {
    "host-gw": {},
    vxlan: { VNI: vni, Port: ports[0], DirectRouting: directRouting, MTU: mtu },
    wireguard: { ...(four ? { ListenPort: ports[0] } : {}), ...(six ? { ListenPortV6: ports.at(-1) } : {}), MTU: mtu },
    udp: { Port: ports[0] },
  };
  return `${JSON.stringify(
    {
      EnableIPv4: Boolean(four),
      ...(four ? { Network: String(four) } : {}),
      EnableIPv6: Boolean(six),
      ...(six ? { IPv6Network: String(six) } : {}),
      Backend: { Type: backend, ...options[backend] },
    },
    null,
    2,
  )}\n`;
}

function objects(stack: Stack): Manifest[] {
  const config = netConf(stack);
  const meta = (name: string) => ({ name, namespace, labels });
  const rbac = "rbac.authorization.k8s.io";
  return [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace, labels: { ...labels, "pod-security.kubernetes.io/enforce": "privileged" } },
    },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: meta("flannel") },
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
      subjects: [{ kind: "ServiceAccount", name: "flannel", namespace }],
    },
    { apiVersion: "v1", kind: "ConfigMap", metadata: meta("kube-flannel-cfg"), data: { "net-conf.json": config } },
    {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: meta("kube-flannel-ds"),
      spec: {
        selector: { matchLabels: { app: "flannel" } },
        template: { metadata: { labels, annotations: configHash(config) }, spec: podSpec(stack) },
      },
    },
  ];
}

function podSpec({ cni }: Stack): object {
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  // Loopback: only the node's kubelet asks.
  const probe = (path: string) => ({ httpGet: { host: "127.0.0.1", path, port: 8081 } });
  return {
    hostNetwork: true,
    priorityClassName: "system-node-critical",
    serviceAccountName: "flannel",
    tolerations: [{ operator: "Exists" }],
    nodeSelector: { "kubernetes.io/os": "linux" },
    containers: [
      {
        name: "kube-flannel",
        image: cni.flannel.image,
        imagePullPolicy: "IfNotPresent",
        command: ["/opt/bin/flanneld"],
        args: [
          "--kube-subnet-mgr",
          // The interface with the node's own address, never the first one: on Vagrant's machines that is NAT.
          "--iface=$(NODE_IP)",
          "--ip-masq=false",
          "--iptables-forward-rules=false",
          "--healthz-ip=127.0.0.1",
          "--healthz-port=8081",
        ],
        env: [field("POD_NAME", "metadata.name"), field("POD_NAMESPACE", "metadata.namespace"), field("NODE_IP", "status.hostIP")],
        readinessProbe: { ...probe("/readyz"), periodSeconds: 2 },
        livenessProbe: { ...probe("/healthz"), initialDelaySeconds: 10, periodSeconds: 30 },
        resources: { requests: { cpu: "100m", memory: "50Mi" } },
        securityContext: { privileged: false, capabilities: { add: ["NET_ADMIN", "NET_RAW"] } },
        volumeMounts: [
          { name: "run", mountPath: "/run/flannel" },
          { name: "config", mountPath: "/etc/kube-flannel" },
        ],
      },
    ],
    volumes: [
      // For flannel's CNI plugin, which isn't used.
      { name: "run", emptyDir: {} },
      { name: "config", configMap: { name: "kube-flannel-cfg" } },
    ],
  };
}
