import path from "node:path";
import { type LiveDefinition, whyLeft } from "../../../components/ingress/gatewayApi/live";
import { planNetwork } from "../../../components/plan";
import type { Manifest } from "../../../core/part";
import { Client } from "../../../offline/kubernetes/client";
import { connect } from "../../../offline/kubernetes/kubeconfig";
import { projectRoot } from "../../../setup/paths";
import { run } from "../../../setup/run";
import { describeWithApiServer } from "../../offline/kubernetes/apiServer";
import { stackWith } from "../../support/stacks";
import { shop } from "./gatewayStack";

const plurals: Readonly<Record<string, string>> = {
  Namespace: "namespaces",
  CustomResourceDefinition: "customresourcedefinitions",
  GatewayClass: "gatewayclasses",
  Gateway: "gateways",
  HTTPRoute: "httproutes",
  TLSRoute: "tlsroutes",
  ReferenceGrant: "referencegrants",
};

describeWithApiServer("Gateway API: what a real API server says", (server) => {
  const { manifests } = planNetwork(stackWith({ ingress: shop }));
  const of = (part: string) => manifests.filter((item) => item.part === part).map(({ object }) => object);
  const definitions = of("definitions/gateway-api");
  const names = definitions.map(({ metadata }) => metadata.name);
  let client: Client;

  beforeAll(async () => {
    client = new Client(connect(server.kubeconfig, {}));
  }, 60_000);

  function pathOf({ apiVersion, kind, metadata: { namespace } }: Manifest): string {
    const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    return `${group}${namespace ? `/namespaces/${namespace}` : ""}/${plurals[kind]}`;
  }
  const create = (object: Manifest) =>
    client.send({ method: "POST", path: pathOf(object), query: { fieldValidation: "Strict" }, body: object });

  /** As programs do it, in a process of its own: jest has no import() of ES modules. */
  async function readLive(): Promise<LiveDefinition[]> {
    const module = path.join(projectRoot, "dist/components/ingress/gatewayApi/readLive.js");
    const script =
      "require(process.argv[1]).readLive(process.argv[2], process.argv.slice(3)).then((all) => console.log(JSON.stringify(all)))";
    return JSON.parse(await run(process.execPath, ["-e", script, module, server.kubeconfig, ...names])) as LiveDefinition[];
  }

  async function untilServed(definition: Manifest): Promise<void> {
    const { group, names: of } = definition.spec as { group: string; names: { plural: string } };
    for (const end = Date.now() + 20_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
      try {
        await client.send({ method: "GET", path: `/apis/${group}/v1/${of.plural}` });
        return;
      } catch (error) {
        if (Date.now() > end) throw error;
      }
    }
  }

  test("the definitions are accepted and served, and known as Plumbline's from then on", async () => {
    expect(await readLive()).toEqual([]);
    for (const definition of definitions) await create(definition);
    for (const definition of definitions) await untilServed(definition);
    const live = await readLive();
    expect(live).toHaveLength(10);
    expect(whyLeft(live)).toBeUndefined();
  }, 60_000);

  test("every object of a stack with each kind is accepted, strictly read", async () => {
    for (const name of ["edge", "shop", "next", "bank"]) await create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    const objects = of("ingress/gateway-api");
    expect([...new Set(objects.map(({ kind }) => kind))]).toEqual(["GatewayClass", "Gateway", "HTTPRoute", "TLSRoute", "ReferenceGrant"]);
    for (const object of objects) {
      await expect(create(object)).resolves.toMatchObject({ kind: object.kind, metadata: { name: object.metadata.name } });
    }
  });

  test("a newer one that somebody else put over it is seen, and ours stay away", async () => {
    await client.send({
      method: "PATCH",
      contentType: "jsonPatch",
      path: `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${names[0]}`,
      body: [{ op: "replace", path: "/metadata/annotations/gateway.networking.k8s.io~1bundle-version", value: "v1.9.0" }],
    });
    expect(whyLeft(await readLive())).toBe(
      "The cluster has Gateway API's definitions v1.9.0 and v1.6.3, newer than Plumbline's. They stay as they are; the stack's objects are written for v1.6.3, standard channel.",
    );
  });
});
