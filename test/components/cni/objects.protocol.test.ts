import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseAllDocuments } from "yaml";
import { planNetwork } from "../../../components/plan";
import type { StackInput } from "../../../core/stack/schema";
import { versions } from "../../../core/versions";
import { kubernetesVersion } from "../../../lab/programs";
import type { KubeObject } from "../../../offline/kubernetes/objects";
import { goBuild } from "../../../setup/goBuild";
import { goModule } from "../../../setup/goModule";
import { showProgress } from "../../../setup/progress";
import { type ApiServer, describeWithApiServer } from "../../offline/kubernetes/apiServer";
import { refusals } from "../../support/dryRun";
import { stackWith } from "../../support/stacks";

type Sections = Partial<StackInput>;

/** Releases of Calico aren't served as modules; this is 3.28.5, the newest that is. */
const calicoModule = {
  path: "github.com/projectcalico/calico",
  version: "v1.11.0-cni-plugin.0.20250813170300-a0db560f0520",
  sum: "h1:TXnPEzx4pLWgwzCetIO/VJuz4iBZZrOdNSv16a50YqE=",
};
const ciliumModule = {
  path: "github.com/cilium/cilium",
  version: `v${versions.cilium.version}`,
  sum: "h1:2G0yzfral3u6v56dY3tx2pT4U1sbMXDSKTBlGBYgRGo=",
};
/** Helm's own loader, check of values by the chart's schema, and templates. */
const helm = {
  name: "helm-template",
  version: "v3.19.0",
  module: path.join(__dirname, "helm"),
  package: ".",
  ldflags: "-s -w",
  cgo: false,
  expect: "a minute and a half",
};

const dualStack: Sections = {
  cluster: {
    podCIDRs: ["10.244.0.0/16", "fd00:10:244::/56"],
    serviceCIDRs: ["10.96.0.0/16", "fd00:10:96::/112"],
    nodeMaskSizes: [24, 64],
  },
  nodes: [
    { name: "cp1", roles: ["control-plane", "etcd"], address: ["192.168.0.20", "fd00:100::20"] },
    { name: "w1", address: ["192.168.0.21", "fd00:100::21"] },
  ],
};

const documents = (text: string): KubeObject[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object): object is KubeObject => object !== null);

describeWithApiServer("what a real API server says of the pod networks' objects, strictly read", (server) => {
  const objectsOf = (sections: Sections) =>
    planNetwork(stackWith(sections))
      .manifests.filter(({ part, patch }) => part.startsWith("cni/") && !patch)
      .map(({ object }) => object as KubeObject);

  test.each<[string, NonNullable<StackInput["cni"]>["flannel"], Sections]>([
    ["vxlan", { backend: "vxlan", vni: 7, port: 4789, directRouting: true }, {}],
    ["host-gw", { backend: "host-gw" }, {}],
    ["wireguard, both families", { backend: "wireguard" }, dualStack],
    ["udp", { backend: "udp" }, {}],
  ])("flannel, %s: DaemonSet, RBAC and ConfigMap are accepted", async (_, flannel, sections) => {
    const objects = objectsOf({ ...sections, cni: { provider: "flannel", flannel } });
    expect(objects.map(({ kind }) => kind)).toEqual([
      "Namespace",
      "ServiceAccount",
      "ClusterRole",
      "ClusterRoleBinding",
      "ConfigMap",
      "DaemonSet",
    ]);
    expect(await refusals(server, objects)).toEqual([]);
  });

  describe("calico, with the kinds that its own guide has people install", () => {
    beforeAll(async () => {
      const kinds = documents(readFileSync(path.join(await goModule(calicoModule), "manifests", "operator-crds.yaml"), "utf8"));
      for (const kind of kinds) await server.cluster.send(kind, { method: "POST", body: kind });
      for (const kind of kinds) await established(server, kind);
    }, 300_000);

    test.each<[string, NonNullable<StackInput["cni"]>["calico"], Sections, string[]]>([
      ["its defaults", {}, {}, ["FelixConfiguration", "Installation"]],
      [
        "IPIP between subnets",
        { encapsulation: "IPIPCrossSubnet", natOutgoing: false, blockSizes: [27] },
        {},
        ["FelixConfiguration", "BGPConfiguration", "Installation"],
      ],
      [
        "no tunnel, BGP with routers of both families",
        {
          encapsulation: "None",
          asNumber: 64600,
          bgpPeers: [
            { address: "192.168.0.1", asNumber: 64513 },
            { address: "fd00:100::1", asNumber: 4200000000 },
          ],
        },
        dualStack,
        ["FelixConfiguration", "BGPConfiguration", "BGPPeer", "BGPPeer", "Installation"],
      ],
      ["WireGuard, both families", { wireguard: true }, dualStack, ["FelixConfiguration", "Installation"]],
    ])("%s: all objects are accepted", async (_, calico, sections, kinds) => {
      const objects = objectsOf({ ...sections, cni: { provider: "calico", calico } });
      expect(objects.map(({ kind }) => kind)).toEqual(kinds);
      expect(await refusals(server, objects)).toEqual([]);
    });

    test("with kube-proxy in nftables mode only that is refused, which came with Calico 3.29", async () => {
      expect(await refusals(server, objectsOf({ cni: { provider: "calico" }, proxy: { mode: "nftables" } }))).toEqual([
        expect.stringMatching(
          /: spec\.calicoNetwork\.linuxDataplane: Unsupported value: "Nftables": supported values: "Iptables", "BPF", "VPP"$/,
        ),
      ]);
    });

    test("the judge is awake: a field that Calico doesn't know and a value that it refuses are told", async () => {
      const [felix, installation] = objectsOf({ cni: { provider: "calico" } }) as [KubeObject, KubeObject];
      expect(
        await refusals(server, [
          { ...felix, spec: { failsafePorts: [] } },
          { ...installation, spec: { ...(installation.spec as object), variant: "Weave" } },
        ]),
      ).toEqual([
        'FelixConfiguration: FelixConfiguration in version "v1" cannot be handled as a FelixConfiguration: strict decoding error: unknown field "spec.failsafePorts"',
        expect.stringContaining('Installation.operator.tigera.io "default" is invalid: spec.variant: Unsupported value: "Weave"'),
      ]);
    });
  });

  describe(`cilium, by its chart ${versions.cilium.version} with the values of a render`, () => {
    let program = "";
    let chart = "";
    beforeAll(async () => {
      program = await goBuild(helm, showProgress({ write: () => true }));
      chart = path.join(await goModule(ciliumModule), "install", "kubernetes", "cilium");
    }, 600_000);

    const template = (values: object) =>
      documents(
        execFileSync(program, [chart, kubernetesVersion], {
          input: JSON.stringify(values),
          encoding: "utf8",
          maxBuffer: 1e8,
          stdio: "pipe",
        }),
      );

    const valuesOf = (sections: Sections) =>
      planNetwork(stackWith(sections)).parts.flatMap((part) => part.charts?.() ?? [])[0]?.values as object;

    /** Cilium's settings are this ConfigMap. */
    const settingsOf = (objects: readonly KubeObject[]) =>
      objects.find(({ kind, metadata }) => kind === "ConfigMap" && (metadata as { name: string }).name === "cilium-config")?.data;

    test.each<[string, NonNullable<StackInput["cni"]>["cilium"], Sections, object]>([
      [
        "its defaults",
        {},
        {},
        {
          "routing-mode": "tunnel",
          "tunnel-protocol": "vxlan",
          "tunnel-port": "8472",
          ipam: "kubernetes",
          mtu: "1500",
          "cni-exclusive": "false",
          "kube-proxy-replacement": "false",
        },
      ],
      [
        "without tunnel and kube-proxy",
        { routing: "native", kubeProxyReplacement: true, exclusive: true },
        { proxy: { mode: "none" } },
        {
          "routing-mode": "native",
          "ipv4-native-routing-cidr": "10.244.0.0/16",
          "auto-direct-node-routes": "true",
          "kube-proxy-replacement": "true",
          "node-port-range": "30000,32767",
          "cni-exclusive": "true",
        },
      ],
      [
        "geneve and WireGuard, both families, a firewall for hosts, no Hubble",
        { routing: "geneve", wireguard: true, hostFirewall: true, hubble: false },
        dualStack,
        {
          "tunnel-protocol": "geneve",
          "tunnel-port": "6081",
          "enable-ipv6": "true",
          "enable-wireguard": "true",
          "enable-host-firewall": "true",
          "enable-hubble": "false",
        },
      ],
    ])(
      "%s: the chart takes the values, its objects are accepted, Cilium is told what the plan says",
      async (_, cilium, sections, settings) => {
        const objects = template(valuesOf({ ...sections, cni: { provider: "cilium", cilium } }));
        expect(settingsOf(objects)).toMatchObject(settings);
        expect(objects.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["DaemonSet", "Deployment", "ClusterRole", "ConfigMap"]));
        expect(await refusals(server, objects)).toEqual([]);
      },
    );

    test("the judge is awake: a value that the chart's schema refuses is told", () => {
      const values = { ...valuesOf({ cni: { provider: "cilium" } }), MTU: "large" };
      expect(() => template(values)).toThrow("MTU");
    });
  });
});

/** Waits until objects of the kind can be made. */
async function established(server: ApiServer, kind: KubeObject): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const found = await server.cluster.read(kind);
    const conditions = (found?.status as { conditions?: { type: string; status: string }[] } | undefined)?.conditions ?? [];
    if (conditions.some(({ type, status }) => type === "Established" && status === "True")) return;
    await sleep(100);
  }
  throw new Error(`${JSON.stringify(kind.metadata)} was not established`);
}
