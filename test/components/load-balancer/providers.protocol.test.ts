import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { planNetwork } from "../../../components/plan";
import type { Manifest } from "../../../core/part";
import type { StackInput } from "../../../core/stack/schema";
import { versions } from "../../../core/versions";
import { Client } from "../../../offline/kubernetes/client";
import { connect } from "../../../offline/kubernetes/kubeconfig";
import type { KubeObject } from "../../../offline/kubernetes/objects";
import { describeWithApiServer } from "../../offline/kubernetes/apiServer";
import { refusals } from "../../support/dryRun";
import { stackWith } from "../../support/stacks";

/** MetalLB's own kinds, out of its Go module. */
function kinds(): Manifest[] {
  const module = `go.universe.tf/metallb@${versions.metallb.version}`;
  const { Dir } = JSON.parse(execFileSync("go", ["mod", "download", "-json", module], { encoding: "utf8", cwd: "/" })) as { Dir: string };
  const folder = path.join(Dir, "config", "crd", "bases");
  return readdirSync(folder).map((file) => parse(readFileSync(path.join(folder, file), "utf8")) as Manifest);
}

const plurals: Readonly<Record<string, string>> = {
  IPAddressPool: "ipaddresspools",
  L2Advertisement: "l2advertisements",
  BGPPeer: "bgppeers",
  BGPAdvertisement: "bgpadvertisements",
};

describeWithApiServer("MetalLB's objects, by a real API server with MetalLB's own kinds", (server) => {
  let client: Client;

  beforeAll(async () => {
    client = new Client(connect(server.kubeconfig, {}));
    for (const body of kinds())
      await client.send({ method: "POST", path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body });
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "metallb-system" } };
    await client.send({ method: "POST", path: "/api/v1/namespaces", body: namespace });
    await served("v1beta1");
    await served("v1beta2");
  }, 120_000);

  /** Kinds are served a moment after they are there. */
  async function served(version: string): Promise<void> {
    for (const end = Date.now() + 30_000; ; await sleep(200)) {
      try {
        await client.send({ method: "GET", path: `/apis/metallb.io/${version}` });
        return;
      } catch (error) {
        if (Date.now() > end) throw error;
      }
    }
  }

  const create = ({ apiVersion, kind, metadata, ...rest }: Manifest): Promise<unknown> =>
    client.send({
      method: "POST",
      path: `/apis/${apiVersion}/namespaces/${metadata.namespace}/${plurals[kind]}`,
      query: { dryRun: "All", fieldValidation: "Strict" },
      body: { apiVersion, kind, metadata, ...rest },
    });

  test.each<[string, StackInput["loadBalancer"]]>([
    ["layer 2", { provider: "metallb" }],
    ["BGP", { provider: "metallb", metallb: { announce: "bgp", bgpPeers: [{ address: "192.168.0.1", asNumber: 64513, port: 1790 }] } }],
  ])("%s: every object is accepted, strictly read", async (_, loadBalancer) => {
    const loadBalancerPools = [
      { name: "lan", range: "192.168.0.240-192.168.0.250" },
      { name: "v6", cidr: "fd00:7::/120" },
    ];
    const { manifests } = planNetwork(stackWith({ cluster: { loadBalancerPools }, loadBalancer }));
    const own = manifests.filter(({ part }) => part === "load-balancer/metallb");
    expect(own).not.toEqual([]);
    for (const { object } of own) await expect(create(object)).resolves.toMatchObject({ kind: object.kind, spec: object.spec });
  });

  test("what MetalLB doesn't know is refused", async () => {
    const metadata = { name: "x", namespace: "metallb-system" };
    const pool = { apiVersion: "metallb.io/v1beta1", kind: "IPAddressPool", metadata, spec: { addresses: ["10.0.0.0/24"], range: "x" } };
    await expect(create(pool)).rejects.toThrow(/unknown field "spec.range"/);
  });
});

describeWithApiServer("kube-vip's objects, by a real API server", (server) => {
  test.each<[string, StackInput["loadBalancer"]]>([
    ["layer 2", { provider: "kube-vip", kubeVip: { interface: "eth1" } }],
    ["BGP", { provider: "kube-vip", kubeVip: { announce: "bgp", bgpPeers: [{ address: "192.168.0.1", asNumber: 64513 }] } }],
  ])("%s: every object is accepted, strictly read", async (_, loadBalancer) => {
    const { manifests } = planNetwork(
      stackWith({ cluster: { loadBalancerPools: [{ name: "lan", range: "192.168.0.240-192.168.0.250" }] }, loadBalancer }),
    );
    const own = manifests.filter(({ part }) => part === "load-balancer/kube-vip").map(({ object }) => object as KubeObject);
    expect(own).toHaveLength(9);
    expect(await refusals(server, own)).toEqual([]);
  });
});
