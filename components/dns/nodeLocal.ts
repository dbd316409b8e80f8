import { dnsServiceAddresses, nodeLocalAddresses } from "../../core/addresses";
import { Cidr } from "../../core/cidr";
import type { Finding } from "../../core/finding";
import type { Flow } from "../../core/flow";
import type { HostItem } from "../../core/host";
import type { ManifestItem, Part } from "../../core/part";
import type { Context } from "../../core/plan";
import type { Stack } from "../../core/stack/schema";
import { configHash } from "../configHash";
import { lintCorefile } from "./corefile/lint/lint";
import { coreDnsOf } from "./corefile/versions";
import { coreDnsImage } from "./image";
import { managesKubelet } from "./kubelet";

const part = "dns/node-local";
const metadata = { name: "node-local-dns", namespace: "kube-system" };
const labels = { "k8s-app": "node-local-dns" };
/** As the addon's own, which is then found instead of ours and refused. A bridge without ports: every kernel with a pod network has bridges, not every one has dummies. */
const link = "nodelocaldns";
/** The addon's ports. */
const ports = { dns: 53, health: 8080, metrics: 9253 };

/**
 * NodeLocal DNSCache: on each node a CoreDNS that has answers ready and asks the cluster's for the others, over TCP, so that no UDP packet is lost between
 * nodes and no connection tracking entry is raced for. It listens at an address that every node has for itself.
 */
export function nodeLocal({ stack }: Context): Part {
  const addresses = nodeLocalAddresses(stack);
  if (addresses.length === 0) return { name: part };
  const cidrs = addresses.map((address) => Cidr.host(address));
  const asked = (protocol: "tcp" | "udp", to: Flow["to"], port: number, why: string): Flow => ({
    part,
    from: { kind: "pods" },
    to,
    protocol,
    ports: [{ from: port, to: port }],
    why,
  });
  const text = nodeLocalCorefile(stack);
  return {
    name: part,
    ranges: () => cidrs.map((cidr) => ({ cidr, what: "NodeLocal DNSCache", path: ["dns", "nodeLocal"] })),
    flows: () => [
      asked("udp", { kind: "cidrs", cidrs }, ports.dns, "NodeLocal DNSCache"),
      asked("tcp", { kind: "cidrs", cidrs }, ports.dns, "NodeLocal DNSCache"),
      asked("tcp", { kind: "nodes" }, ports.metrics, "NodeLocal DNSCache metrics for monitoring"),
    ],
    host: (): HostItem[] => [
      { kind: "link", name: link, type: "bridge" },
      ...cidrs.map((cidr) => ({ kind: "address", address: String(cidr), link }) as const),
    ],
    manifests: () => objects(stack, text),
    findings: () => [...(managesKubelet(stack) ? [] : [byHand(stack)]), ...lint(stack, text)],
  };
}

/** The server blocks of the cluster's names (short-lived, with room for many), of zones with a cache of their own, and of all others. */
export function nodeLocalCorefile(stack: Stack): string {
  const { cluster, dns } = stack;
  const bind = nodeLocalAddresses(stack).join(" ");
  const [service] = dnsServiceAddresses(stack);
  const block = (zones: readonly string[], cache: readonly string[], more: readonly string[] = []) => {
    const lines = ["errors", `bind ${bind}`, ...more, `prometheus :${ports.metrics}`, ...cache];
    const forward = [`forward . ${service} {`, "    force_tcp", "}"];
    return `${zones.map((zone) => `${zone}:53`).join(" ")} {\n${[...lines, ...forward].map((line) => `    ${line}\n`).join("")}}\n`;
  };
  const keep = (seconds: number) => (seconds > 0 ? [`cache ${seconds}`] : []);
  // Sizes and times of the addon's: 9984 entries, and 5 s for names that don't exist, which may come to be.
  const names = dns.ttl > 0 ? ["cache {", `    success 9984 ${dns.ttl}`, "    denial 9984 5", "}"] : [];
  const own = dns.zones.filter(({ cache }) => cache !== undefined && cache !== dns.cache);
  const [first] = nodeLocalAddresses(stack);
  const health = `health ${first?.family === 6 ? `[${first}]` : first}:${ports.health} {\n        lameduck 5s\n    }`;
  return [
    block(["."], keep(dns.cache), [health, "loop"]),
    block([cluster.domain, "in-addr.arpa", "ip6.arpa"], names),
    ...own.map(({ zone, cache }) => block([zone], keep(cache ?? 0))),
  ].join("");
}

function objects(stack: Stack, corefile: string): ManifestItem[] {
  const host = String(nodeLocalAddresses(stack)[0]);
  const health = { httpGet: { host, path: "/health", port: ports.health } };
  const container = {
    name: "node-cache",
    image: coreDnsImage(stack),
    args: ["-conf", "/etc/coredns/Corefile"],
    resources: { requests: { cpu: "25m", memory: "5Mi" } },
    volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
    readinessProbe: { ...health, periodSeconds: 2 },
    livenessProbe: { ...health, initialDelaySeconds: 60, timeoutSeconds: 5 },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    },
  };
  const spec = {
    hostNetwork: true,
    dnsPolicy: "Default",
    automountServiceAccountToken: false,
    priorityClassName: "system-node-critical",
    nodeSelector: { "kubernetes.io/os": "linux" },
    tolerations: [{ operator: "Exists" }],
    containers: [container],
    volumes: [{ name: "config", configMap: { name: metadata.name } }],
  };
  return [
    { part, object: { apiVersion: "v1", kind: "ConfigMap", metadata: { ...metadata, labels }, data: { Corefile: corefile } } },
    {
      part,
      object: {
        apiVersion: "apps/v1",
        kind: "DaemonSet",
        metadata: { ...metadata, labels },
        spec: {
          selector: { matchLabels: labels },
          // CoreDNS shares its ports with another one (SO_REUSEPORT): the new one answers before the old one goes.
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          template: { metadata: { labels, annotations: configHash(corefile) }, spec },
        },
      },
    },
  ];
}

const byHand = (stack: Stack): Finding => ({
  severity: "warning",
  path: ["dns", "nodeLocal"],
  message: "no pod asks the caches, since the kubelets aren't changed (dns.kubelet: check, or Kubernetes before 1.30).",
  mend: `Write clusterDNS: [${[...nodeLocalAddresses(stack), ...dnsServiceAddresses(stack).slice(0, 1)].join(", ")}] into every kubelet's configuration once the caches run.`,
});

function lint(stack: Stack, text: string): Finding[] {
  const version = coreDnsOf(stack.cluster.kubernetes);
  return lintCorefile(text, version === undefined ? {} : { version })
    .filter(({ severity }) => severity !== "info")
    .map(({ severity, message, mend }) => ({ severity, path: ["dns", "nodeLocal"], message: `its Corefile: ${message}`, mend }));
}
