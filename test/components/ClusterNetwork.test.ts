import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

const registered: Registered[] = [];

/** Kinds that Plumbline may register; anything else is a mistake. */
const known =
  /^(command:remote:Command|pulumi:providers:kubernetes|kubernetes:(core\/v1|apps\/v1|batch\/v1|policy\/v1|networking\.k8s\.io\/v1|rbac\.authorization\.k8s\.io\/v1|operator\.tigera\.io\/v1|apiextensions\.k8s\.io\/v1|gateway\.networking\.k8s\.io\/v1|crd\.projectcalico\.org\/v1):\w+|plumbline:(index|node|cluster):\w+)$/;

/** The cluster's definitions of Gateway API, as the test wants them. */
let live: LiveDefinition[] = [];
jest.mock("../../components/ingress/gatewayApi/readLive", () => ({ readLive: () => Promise.resolve(live) }));

import { ClusterNetwork } from "../../components/ClusterNetwork";
import type { LiveDefinition } from "../../components/ingress/gatewayApi/live";
import type { ClusterNetworkArgs } from "../../components/networkArgs";
import { generationOf } from "../../components/node/bundle";
import { nodeBundle } from "../../components/node/nodeBundle";
import { planNetwork } from "../../components/plan";
import { StackError } from "../../core/finding";
import { parseStack, requireStack } from "../../core/stack/parse";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKZ";
const sections = {
  nodes: [
    {
      name: "cp1",
      roles: ["control-plane" as const, "etcd" as const],
      address: "192.168.10.20",
      podCIDRs: ["10.244.0.0/24"],
      ssh: { hostKey },
    },
    { name: "w1", address: "192.168.10.21", podCIDRs: ["10.244.1.0/24"], ssh: { hostKey } },
  ],
  ssh: { user: "ops" },
};
const args: ClusterNetworkArgs = { ...sections, privateKey: "THE PRIVATE KEY", kubeconfig: "THE KUBECONFIG" };

beforeEach(() => {
  registered.length = 0;
  const mocks: pulumi.runtime.Mocks = {
    call: () => {
      throw new Error("nothing may be read from a cluster or a host");
    },
    newResource: ({ type, name, inputs }) => {
      if (!known.test(type)) throw new Error(`unexpected resource ${type} ${name}`);
      registered.push({ type, name, inputs });
      return { id: `${name}-id`, state: inputs };
    },
  };
  pulumi.runtime.setMocks(mocks, "plumbline", "test", false);
});

/** Creates the network and gives what was registered for it, by name. */
async function registerNetwork(networkArgs: ClusterNetworkArgs): Promise<Map<string, Registered>> {
  new ClusterNetwork("net", networkArgs);
  await pulumi.runtime.disconnect();
  return new Map(registered.map((resource) => [resource.name, resource]));
}

const bundleOf = (name: string) =>
  nodeBundle(planNetwork(requireStack(parseStack({ ...sections, ssh: { ...sections.ssh, agent: true } }))), name);

test("a network is two commands per host, and patches of kubeadm's objects", async () => {
  await registerNetwork(args);
  const names = registered.map(({ type, name }) => `${type} ${name}`).sort();
  // Mocks don't notice two resources of one name; this list would.
  expect(names).toEqual([
    "command:remote:Command net-cp1-apply",
    "command:remote:Command net-cp1-confirm",
    "command:remote:Command net-w1-apply",
    "command:remote:Command net-w1-confirm",
    "kubernetes:apps/v1:DaemonSetPatch net-proxy/DaemonSet/kube-proxy",
    "kubernetes:apps/v1:DeploymentPatch net-dns/Deployment/coredns",
    "kubernetes:core/v1:ConfigMap net-coredns-now",
    "kubernetes:core/v1:ConfigMapPatch net-dns/ConfigMap/coredns",
    "kubernetes:core/v1:ConfigMapPatch net-proxy/ConfigMap/kube-proxy",
    expect.stringMatching(/^kubernetes:core\/v1:ConfigMapPatch net-proxy\/ConfigMap\/kube-proxy-[0-9a-f]{16}$/),
    "kubernetes:core/v1:NamespacePatch net-cni/record/Namespace/kube-system",
    "plumbline:cluster:ClusterObjects net-cni/record",
    "plumbline:cluster:ClusterObjects net-dns",
    "plumbline:cluster:ClusterObjects net-proxy",
    "plumbline:index:ClusterNetwork net",
    "plumbline:node:NodeNetwork net-cp1",
    "plumbline:node:NodeNetwork net-w1",
    "pulumi:providers:kubernetes net",
  ]);
});

test("apply carries the host's bundle, confirm its generation", async () => {
  const resources = await registerNetwork(args);
  const apply = resources.get("net-w1-apply")?.inputs ?? {};
  expect(apply).toMatchObject({ create: "sudo -n sh -s", logging: "none" });
  expect(apply.delete).toBe("sudo -n sh -c '[ ! -e /var/lib/plumbline/agent ] || exec sh /var/lib/plumbline/agent destroy w1'");
  expect(apply.stdin).toContain(bundleOf("w1"));
  expect(apply).not.toHaveProperty("triggers");
  expect(resources.get("net-w1-confirm")?.inputs).toMatchObject({
    create: "sudo -n sh /var/lib/plumbline/agent confirm",
    stdin: `${generationOf(bundleOf("w1"))}\n`,
  });
});

test("objects of other groups are resources of their own kind", async () => {
  const warn = jest.spyOn(console, "warn").mockImplementation();
  const resources = await registerNetwork({ ...args, cni: { provider: "calico" } });
  expect(warn).toHaveBeenCalledWith(expect.stringContaining("calico is set up by Tigera's operator"));
  warn.mockRestore();
  expect(resources.get("net-cni/calico/Installation/default")).toMatchObject({
    type: "kubernetes:operator.tigera.io/v1:Installation",
    inputs: { apiVersion: "operator.tigera.io/v1", kind: "Installation", metadata: { name: "default" }, spec: { variant: "Calico" } },
  });
  // kubeadm's CoreDNS is awaited, and has no network before.
  const names = [...resources.keys()];
  expect(names.indexOf("net-cni/calico")).toBeLessThan(names.indexOf("net-dns"));
});

test("root needs no sudo", async () => {
  const resources = await registerNetwork({ ...args, ssh: { user: "root" } });
  expect(resources.get("net-w1-apply")?.inputs.create).toBe("sh -s");
});

test("keys and kubeconfig are secrets wherever they go", async () => {
  const resources = await registerNetwork(args);
  const signature = "1b47061264138c4ac30d75fd1eb44270";
  for (const name of ["net-w1-apply", "net-w1-confirm", "net-cp1-apply"]) {
    expect(resources.get(name)?.inputs.connection).toMatchObject({ "4dabf18193072939515e22adb298388d": signature });
  }
  expect(resources.get("net")?.inputs).not.toHaveProperty("privateKey");
  const { connection: _, ...rest } = resources.get("net-w1-apply")?.inputs ?? {};
  expect(JSON.stringify(rest)).not.toContain("THE PRIVATE KEY");
});

test("a certificate's key reaches the cluster as a secret, and the plan without it", async () => {
  const rules = [
    { name: "shop", tls: { certificateFile: "shop.crt.pem", keyFile: "shop.key.pem" }, paths: [{ service: "shop", port: 80 }] },
  ];
  const baseDirectory = "test/components/ingress/lint/certificates";
  const resources = await registerNetwork({ ...args, baseDirectory, ingress: { controllers: [{ name: "traefik" }], rules } });
  const { data, ...rest } = resources.get("net-ingress/Secret/shop-tls")?.inputs ?? {};
  const base64 = (file: string) => readFileSync(`${baseDirectory}/${file}`).toString("base64");
  expect(data).toEqual({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    value: { "tls.crt": base64("shop.crt.pem"), "tls.key": base64("shop.key.pem") },
  });
  expect(rest).toMatchObject({ type: "kubernetes.io/tls", metadata: { name: "shop-tls", namespace: "default" } });
  const others = registered.filter(({ name }) => name !== "net-ingress/Secret/shop-tls");
  expect(JSON.stringify(others)).not.toContain(base64("shop.key.pem"));
});

describe("Gateway API", () => {
  const ingress = { controllers: [{ name: "traefik" as const }], gatewayAPI: true };
  const definition = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinitionPatch";

  test("its definitions come before what is of them", async () => {
    live = [];
    const resources = await registerNetwork({ ...args, ingress });
    expect(registered.filter(({ type }) => type === definition)).toHaveLength(10);
    const names = [...resources.keys()];
    expect(names.indexOf("net-definitions/gateway-api")).toBeLessThan(names.indexOf("net-ingress/gateway-api"));
    expect(resources.get("net-ingress/gateway-api/GatewayClass/traefik")).toMatchObject({
      type: "kubernetes:gateway.networking.k8s.io/v1:GatewayClass",
      inputs: { spec: { controllerName: "traefik.io/gateway-controller" } },
    });
  });

  test("newer definitions of the cluster's are left alone, with a warning", async () => {
    live = [{ annotations: { "gateway.networking.k8s.io/bundle-version": "v1.9.0" } }];
    const warn = jest.spyOn(console, "warn").mockImplementation();
    const resources = await registerNetwork({ ...args, ingress });
    expect(warn).toHaveBeenCalledWith(
      expect.stringContaining("Gateway API's definitions v1.9.0, newer than Plumbline's. They stay as they are"),
    );
    warn.mockRestore();
    expect(registered.filter(({ type }) => type === definition)).toEqual([]);
    expect(resources.has("net-ingress/gateway-api/GatewayClass/traefik")).toBe(true);
  });
});

test("addresses may be outputs of machines that are yet to be made", async () => {
  const [cp1, w1] = sections.nodes;
  const resources = await registerNetwork({
    ...args,
    nodes: [
      { ...cp1, address: pulumi.output(Promise.resolve("192.168.10.20")) },
      { ...w1, address: pulumi.output("192.168.10.21") },
    ] as ClusterNetworkArgs["nodes"],
  });
  expect(resources.get("net-w1-apply")?.inputs.stdin).toContain(bundleOf("w1"));
});

test("a node whose address is an output needs a pin", () => {
  const nodes = [{ name: "w1", address: pulumi.output("192.168.10.21") }];
  expect(() => new ClusterNetwork("net", { ...args, nodes })).toThrow(
    new StackError([
      {
        severity: "error",
        path: ["nodes", 0, "podCIDRs"],
        message: "is missing, and the node's address, from which it would be computed, isn't known before the VM exists.",
        mend: "Pin the node's pod ranges.",
      },
    ]),
  );
});

test("without a kubeconfig only hosts are provisioned", async () => {
  const { kubeconfig: _, ...hostsOnly } = args;
  const resources = await registerNetwork(hostsOnly);
  expect([...resources.values()].filter(({ type }) => /kubernetes|ClusterObjects/.test(type))).toEqual([]);
});

test("every mistake at once, and nothing is registered", async () => {
  const wrong = { ...args, cluster: { podCIDRs: ["10.96.0.0/16"] }, proxy: { mode: "userspace" } } as unknown as ClusterNetworkArgs;
  expect(() => new ClusterNetwork("net", wrong)).toThrow(
    /^(?=[\s\S]*proxy\.mode: "userspace")(?=[\s\S]*overlaps cluster\.podCIDRs\[0\] 10\.96\.0\.0\/16)/,
  );
  await pulumi.runtime.disconnect();
  expect(registered).toEqual([]);
});
