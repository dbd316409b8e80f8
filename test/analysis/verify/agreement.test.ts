import type { KubernetesObject, V1Node, V1Pod } from "@kubernetes/client-node";
import { agreementChecks } from "../../../analysis/verify/agreement";
import type { AgreementCheck } from "../../../analysis/verify/check";
import { type LiveState, showReference } from "../../../analysis/verify/live";
import type { Plan } from "../../../core/plan";
import { planOf } from "./plans";

function node(name: string, address: string, podCIDR: string, ready = "True"): V1Node {
  return {
    metadata: { name },
    spec: { podCIDRs: [podCIDR] },
    status: {
      addresses: [
        { type: "InternalIP", address },
        { type: "Hostname", address: name },
      ],
      conditions: [{ type: "Ready", status: ready, message: "cni plugin not initialized" }],
    },
  };
}

const pod = (name: string, nodeName: string, ip: string, hostNetwork = false): V1Pod => ({
  metadata: { name, namespace: "default" },
  spec: { nodeName, hostNetwork, containers: [] },
  status: { podIPs: [{ ip }] },
});

const service = (clusterIP: string): KubernetesObject & { spec: object } => ({ spec: { clusterIPs: [clusterIP] } });

/** The plan's patches as the cluster has them when all is well: with more fields, and rolled out. */
function objectsOf(plan: Plan): [string, object][] {
  const rolledOut = {
    DaemonSet: { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2, observedGeneration: 3 },
    Deployment: { updatedReplicas: 2, availableReplicas: 2, observedGeneration: 3 },
  };
  const patches = plan.manifests
    .filter(({ patch }) => patch)
    .map(({ object }): [string, object] => {
      const { spec, data, ...rest } = object as { spec?: object; data?: object };
      const status = rolledOut[object.kind as keyof typeof rolledOut];
      const more = status ? { spec: { ...spec, replicas: 2 }, status } : { data: { ...data, other: "kept" } };
      return [showReference(object), { ...rest, metadata: { ...object.metadata, generation: 3 }, ...more }];
    });
  return [["Service default/kubernetes", service("10.96.0.1")], ["Service kube-system/kube-dns", service("10.96.0.10")], ...patches];
}

const plan = planOf();

function live(changes: { nodes?: V1Node[]; pods?: V1Pod[]; objects?: [string, object | undefined][] } = {}): LiveState {
  const objects = new Map<string, object | undefined>([...objectsOf(plan), ...(changes.objects ?? [])]);
  return {
    nodes: changes.nodes ?? [node("cp1", "10.100.0.20", "10.244.20.0/24"), node("w1", "10.100.0.21", "10.244.21.0/24")],
    pods: changes.pods ?? [pod("a", "w1", "10.244.21.7"), pod("kube-proxy", "w1", "10.100.0.21", true)],
    ingresses: [],
    object: (reference) => objects.get(showReference(reference)) as KubernetesObject | undefined,
  };
}

const failures = (state: LiveState) =>
  agreementChecks(plan)
    .map((check: AgreementCheck) => ({ check, verdict: check.compare(state) }))
    .filter(({ verdict }) => !verdict.passed)
    .map(({ check, verdict }) => `${check.name}, ${check.to}: ${verdict.detail}`);

test("a cluster that agrees", () => {
  expect(failures(live())).toEqual([]);
});

test("nodes: another address, another range, not Ready, missing, one too many", () => {
  const noSuch = "the cluster has no such node. Has it joined, and under this name? See `kubectl get nodes`.";
  expect(failures(live({ nodes: [node("cp1", "10.100.0.30", "10.244.9.0/24"), node("w9", "10.100.0.29", "10.244.29.0/24")] }))).toEqual([
    "node is Ready, cp1: its InternalIP is 10.100.0.30. Routes and firewalls of the other hosts use the stack's: run `plumbline adopt`.",
    "pod ranges agree, cp1: the Node object says 10.244.9.0/24. Run `plumbline adopt`, which pins what the cluster has.",
    `node is Ready, w1: ${noSuch}`,
    `pod ranges agree, w1: ${noSuch}`,
    "no other nodes, the cluster's nodes: w9 not in the stack: no host has a route to their pods. Run `plumbline adopt`.",
  ]);
  const state = live({ nodes: [node("cp1", "10.100.0.20", "10.244.20.0/24"), node("w1", "10.100.0.21", "10.244.21.0/24", "False")] });
  expect(failures(state)).toEqual(["node is Ready, w1: not Ready: cni plugin not initialized"]);
});

test("pods with addresses of another configuration", () => {
  const strays = ["b", "c", "d", "e"].map((name, index) => pod(name, "w1", `10.88.0.${index + 2}`));
  expect(failures(live({ pods: [pod("a", "w1", "10.244.21.7"), ...strays] }))).toEqual([
    "pods' addresses, w1: default/b 10.88.0.2, default/c 10.88.0.3, default/d 10.88.0.4 and 1 more: made by another CNI configuration. Delete the pods; they get addresses from the node's range.",
  ]);
});

test("services with addresses of another range, or none", () => {
  expect(
    failures(
      live({
        objects: [
          ["Service default/kubernetes", service("10.97.0.1")],
          ["Service kube-system/kube-dns", undefined],
        ],
      }),
    ),
  ).toEqual([
    "service address, Service default/kubernetes: it has 10.97.0.1: cluster.serviceCIDRs isn't the API server's --service-cluster-ip-range",
    "service address, Service kube-system/kube-dns: there is no such service",
  ]);
});

test("a Corefile that somebody edited, and a kube-proxy that is still rolling out", () => {
  const objects = new Map(objectsOf(plan));
  const coredns = objects.get("ConfigMap kube-system/coredns") as { data: { Corefile: string } };
  const proxy = objects.get("DaemonSet kube-system/kube-proxy") as { status: object };
  expect(
    failures(
      live({
        objects: [
          ["ConfigMap kube-system/coredns", { ...coredns, data: { Corefile: coredns.data.Corefile.replace("errors", "log") } }],
          ["DaemonSet kube-system/kube-proxy", { ...proxy, status: { ...proxy.status, updatedNumberScheduled: 1 } }],
          ["Deployment kube-system/coredns", undefined],
        ],
      }),
    ),
  ).toEqual([
    "as planned, DaemonSet kube-system/kube-proxy: of 2 pods 1 are of the newest version and 2 available. See `kubectl -n kube-system get pods`.",
    'as planned, ConfigMap kube-system/coredns: data.Corefile is another one: line 2 is "log" instead of "errors". `pulumi up --refresh` brings it back.',
    "as planned, Deployment kube-system/coredns: there is no such object: is this a kubeadm cluster?",
  ]);
});
