import type { Finding } from "../../core/finding";
import type { Manifest, Part } from "../../core/part";
import type { Context } from "../../core/plan";
import type { Stack } from "../../core/stack/schema";
import { announcing } from "./announcing";

const part = "load-balancer/kube-vip";
const namespace = "kube-system";
/** The ConfigMap in which the cloud provider looks for its pools. */
const poolsName = "kubevip";

/**
 * kube-vip: its cloud provider gives services of type LoadBalancer addresses of the pools, and on each node kube-vip tells the network about them. No kinds
 * of its own, so Plumbline installs all of it. It listens nowhere but for metrics (2112): the nodes open BGP sessions, and agree by Leases of the API server.
 * Source: kube-vip v1.0.0, pkg/kubevip (config_envvar.go, config_generator.go), pkg/bgp/server.go; kube-vip-cloud-provider v0.0.12, manifest/, pkg/provider.
 */
export function kubeVip(context: Context): Part {
  const { stack } = context;
  const objects = [...cloudProvider(stack), ...announcer(stack)];
  return {
    name: part,
    manifests: () => objects.map((object) => ({ part, object })),
    findings: () => [...announcing(stack), ...routerId(context)],
  };
}

const labels = { "app.kubernetes.io/managed-by": "plumbline" };
const object = (kind: string, apiVersion: string, name: string, rest: object): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, ...(kind.startsWith("Cluster") ? {} : { namespace }), labels },
  ...rest,
});

/** A ServiceAccount that may do something in the whole cluster. */
function account(name: string, role: string, rules: readonly object[]): Manifest[] {
  const rbac = "rbac.authorization.k8s.io/v1";
  return [
    object("ServiceAccount", "v1", name, {}),
    object("ClusterRole", rbac, role, { rules }),
    object("ClusterRoleBinding", rbac, role, {
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    }),
  ];
}

const onControlPlanesToo = [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" }];

function cloudProvider({ cluster, loadBalancer }: Stack): Manifest[] {
  const name = "kube-vip-cloud-provider";
  const app = { app: "kube-vip", component: name };
  const ranges = cluster.loadBalancerPools.flatMap(({ cidr, range }) =>
    cidr ? `${cidr.at(0)}-${cidr.at(cidr.size - 1n)}` : range ? `${range.first}-${range.last}` : [],
  );
  return [
    object("ConfigMap", "v1", poolsName, { data: { "range-global": ranges.join(",") } }),
    ...account("kube-vip-cloud-controller", "system:kube-vip-cloud-controller", [
      { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "list", "create", "update"] },
      { apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "watch", "create", "update"] },
      { apiGroups: [""], resources: ["events"], verbs: ["create", "patch", "update"] },
      { apiGroups: [""], resources: ["services/status"], verbs: ["patch", "update"] },
      { apiGroups: [""], resources: ["services"], verbs: ["get", "list", "watch", "patch", "update"] },
      { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
    ]),
    object("Deployment", "apps/v1", name, {
      spec: {
        replicas: 1,
        selector: { matchLabels: app },
        template: {
          metadata: { labels: app },
          spec: {
            serviceAccountName: "kube-vip-cloud-controller",
            tolerations: onControlPlanesToo,
            containers: [
              {
                name,
                image: `ghcr.io/kube-vip/kube-vip-cloud-provider:${loadBalancer.kubeVip.cloudProvider}`,
                command: ["/kube-vip-cloud-provider", "--leader-elect-resource-name=kube-vip-cloud-controller"],
              },
            ],
          },
        },
      },
    }),
  ];
}

function announcer({ loadBalancer: { kubeVip: settings } }: Stack): Manifest[] {
  const name = "kube-vip-ds";
  const app = { "app.kubernetes.io/name": name };
  const env = (variable: string, value: string) => ({ name: variable, value });
  const field = (variable: string, fieldPath: string) => ({ name: variable, valueFrom: { fieldRef: { fieldPath } } });
  return [
    ...account("kube-vip", "system:kube-vip", [
      { apiGroups: [""], resources: ["services/status"], verbs: ["update"] },
      { apiGroups: [""], resources: ["services", "endpoints"], verbs: ["list", "get", "watch", "update"] },
      { apiGroups: [""], resources: ["nodes"], verbs: ["list", "get", "watch", "update", "patch"] },
      { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["list", "get", "watch", "update", "create"] },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "get", "watch", "update"] },
      { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
    ]),
    object("DaemonSet", "apps/v1", name, {
      spec: {
        selector: { matchLabels: app },
        template: {
          metadata: { labels: app },
          spec: {
            serviceAccountName: "kube-vip",
            hostNetwork: true,
            priorityClassName: "system-node-critical",
            tolerations: onControlPlanesToo,
            containers: [
              {
                name: "kube-vip",
                image: `ghcr.io/kube-vip/kube-vip:${settings.version}`,
                args: ["manager"],
                env: [
                  field("vip_nodename", "spec.nodeName"),
                  env("svc_enable", "true"),
                  // A service's address has no network of its own on the node.
                  env("vip_subnet", "32,128"),
                  ...(settings.announce === "layer2"
                    ? layer2(settings.interface)
                    : [...bgp(settings), field("bgp_routerid", "status.hostIP")]),
                ],
                securityContext: { capabilities: { add: ["NET_ADMIN", "NET_RAW"], drop: ["ALL"] } },
              },
            ],
          },
        },
      },
    }),
  ];

  /** Each service has a node of its own choice: one with a pod of it where externalTrafficPolicy is Local. */
  function layer2(link: string | undefined) {
    return [
      env("vip_arp", "true"),
      env("svc_election", "true"),
      env("vip_servicesinterface", link ?? "auto"),
      ...(link === undefined ? [] : [env("vip_interface", link)]),
    ];
  }

  /** All nodes have the address, where nobody asks for it by ARP. Of a peer: address, AS, password, whether it is further away, port. */
  function bgp({ asNumber, bgpPeers }: typeof settings) {
    const peer = ({ address, asNumber: as, port }: (typeof bgpPeers)[number]) =>
      `${address.family === 6 ? `[${address}]` : address}:${as}::false:${port}`;
    return [
      env("bgp_enable", "true"),
      env("vip_interface", "lo"),
      env("bgp_as", String(asNumber)),
      env("bgp_peers", bgpPeers.map(peer).join(",")),
    ];
  }
}

/** A BGP router's name is an IPv4 address: the node's own. */
function routerId({ stack: { loadBalancer }, nodes }: Context): Finding[] {
  if (loadBalancer.kubeVip.announce !== "bgp" || nodes.every(({ address }) => address[0]?.family === 4)) return [];
  return [
    {
      severity: "error",
      path: ["loadBalancer", "kubeVip", "announce"],
      message: "bgp needs nodes whose first address is IPv4: kube-vip takes it as the node's router ID.",
      mend: "Write announce: layer2, or provider: metallb.",
    },
  ];
}
