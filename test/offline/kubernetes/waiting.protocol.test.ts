import { setTimeout as sleep } from "node:timers/promises";
import { at, type KubeObject } from "../../../offline/kubernetes/objects";
import { InitializationFailed } from "../../../offline/provider/provider";
import { type Properties, Secret, type Value } from "../../../offline/provider/values";
import { describeWithApiServer } from "./apiServer";
import { Program, type Stored } from "./program";

describeWithApiServer("waiting for the objects of a real API server", (server) => {
  let program: Program;

  beforeAll(async () => {
    program = await Program.start({ kubeconfig: new Secret(server.kubeconfig), enableConfigMapMutable: "true" });
    await program.create("kubernetes:core/v1:Namespace", "ns", { apiVersion: "v1", kind: "Namespace", metadata: { name: "test" } });
  }, 60_000);

  // Takes the controllers five seconds: begun first, checked last.
  let emptied: Promise<void>;
  const doomed = { apiVersion: "v1", kind: "Namespace", metadata: { name: "doomed" } };

  beforeAll(async () => {
    const namespace = await program.create("kubernetes:core/v1:Namespace", "doomed", doomed);
    await program.create(configMapType, "within", configMap("within", {}, { namespace: "doomed" }));
    emptied = program.delete(namespace);
  });

  const live = (object: KubeObject) => server.cluster.read(object);
  const configMap = (name: string, data: Properties, metadata: Properties = {}) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "test", ...metadata },
    data,
  });
  const configMapType = "kubernetes:core/v1:ConfigMap";

  const container = { name: "c", image: "pause", resources: { requests: { cpu: "0.1" } } };
  const deployment = (name: string, app: string, metadata: Properties = {}) => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "test", ...metadata },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app } },
      template: { metadata: { labels: { app } }, spec: { containers: [container] } },
    },
  });
  const type = "kubernetes:apps/v1:Deployment";

  /** Does what a scheduler and a kubelet would do, once the provider is waiting for it. */
  const startPods = async (app: string) => {
    const isWaiting = () => program.messages.some((message) => message.startsWith("Waiting for app ReplicaSet"));
    let pods: Value[] = [];
    for (const end = Date.now() + 10_000; pods.length === 0 || !isWaiting(); ) {
      if (Date.now() > end) throw new Error(`${pods.length} pods, and the provider says: ${program.messages.join("\n")}`);
      await sleep(50);
      pods = await server.cluster.select({ apiVersion: "v1", kind: "Pod" }, "test", `app=${app}`);
    }
    for (const pod of pods) {
      const condition = { status: "True", lastTransitionTime: new Date().toISOString() };
      const conditions = ["Ready", "ContainersReady"].map((type) => ({ type, ...condition }));
      const body: KubeObject = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: at(pod, "metadata") ?? {},
        status: { phase: "Running", conditions },
      };
      await server.cluster.send(body, { method: "PUT", body }, `${at(pod, "metadata", "name")}/status`);
    }
  };

  test("a Deployment: waited for; its selector replaces it; quantities compare by value", async () => {
    const [created] = await Promise.all([program.create(type, "rollout", deployment("rollout", "a")), startPods("a")]);
    expect(created.state).toMatchObject({ status: { availableReplicas: 1 } });
    expect(program.messages).toContain("Waiting for app ReplicaSet to be available (0/1 Pods available)");
    expect(program.messages.at(-1)).toBe("Deployment initialization complete");
    expect(await program.diff(created, deployment("rollout", "a"))).toMatchObject({ changes: {} });
    expect(await program.diff(created, deployment("rollout", "b"))).toEqual({
      changes: { "spec.selector.matchLabels.app": "update", "spec.template.metadata.labels.app": "update" },
      replaces: ["spec.selector.matchLabels.app"],
      deleteBeforeReplace: true,
    });
    await program.delete(created);
  }, 20_000);

  test("one that doesn't get ready in time: it is in the state, with the reasons, and the next update waits again", async () => {
    const stuck = deployment("stuck", "stuck", { annotations: { "pulumi.com/timeoutSeconds": "3" } });
    const error = await program.create(type, "stuck", stuck).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    if (!(error instanceof InitializationFailed)) throw new Error(`unexpected: ${error}`);
    expect(error.reasons).toEqual([
      'resource "urn:pulumi:test::test::kubernetes:apps/v1:Deployment::stuck" was successfully created, but the Kubernetes API server ' +
        "reported that it failed to fully initialize or become live: 'stuck' timed out waiting to be Ready",
      "[MinimumReplicasUnavailable] Deployment does not have minimum availability.",
      "Minimum number of live Pods was not attained",
    ]);
    expect(error).toMatchObject({ id: "test/stuck", state: { kind: "Deployment", __inputs: { metadata: { name: "stuck" } } } });
    const stored = { type, name: "stuck", id: error.id, inputs: error.inputs, state: error.state };
    await expect(program.refresh(stored)).rejects.toThrow(/Minimum number of live Pods was not attained/);
    program.messages.length = 0;
    const [mended] = await Promise.all([program.update(stored, stuck, { timeout: 15 }), startPods("stuck")]);
    expect(mended.state).toMatchObject({ status: { availableReplicas: 1 } });
  }, 20_000);

  test("skipAwait: an Ingress that nobody gives an address", async () => {
    const ingress = (annotations: Properties) => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "ingress", namespace: "test", annotations },
      spec: { defaultBackend: { service: { name: "none", port: { number: 80 } } } },
    });
    const created = await program.create("kubernetes:networking.k8s.io/v1:Ingress", "ingress", ingress({ "pulumi.com/skipAwait": "true" }));
    expect(created.id).toBe("test/ingress");
    await expect(program.update(created, ingress({}), { timeout: 1 })).rejects.toThrow(/Ingress was not allocated an IP address/);
  });

  test("a Service without a selector is ready at once; its cluster address can't change in place", async () => {
    const service = (spec: Properties) => ({ apiVersion: "v1", kind: "Service", metadata: { name: "svc", namespace: "test" }, spec });
    const ports = [{ port: 80 }];
    const created = await program.create("kubernetes:core/v1:Service", "svc", service({ ports }));
    expect(await program.diff(created, service({ ports: [{ port: 81 }] }))).toMatchObject({
      changes: { "spec.ports[0].port": "update" },
      replaces: [],
    });
    expect(await program.diff(created, service({ ports, clusterIP: "None" }))).toMatchObject({
      replaces: ["spec.clusterIP"],
      deleteBeforeReplace: true,
    });
  });

  test("a custom resource waits for its definition; a changed definition keeps its objects", async () => {
    const definition = (properties: Properties) => ({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "things.example.test" },
      spec: {
        group: "example.test",
        scope: "Namespaced",
        names: { plural: "things", singular: "thing", kind: "Thing", listKind: "ThingList" },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: "object", properties: { spec: { type: "object", properties } } } },
          },
        ],
      },
    });
    const size = { size: { type: "integer" } };
    // As the Node SDK spells it.
    const open = { ...size, extra: { type: "object", x_kubernetes_preserve_unknown_fields: true } };
    const thing = (n: number) => ({
      apiVersion: "example.test/v1",
      kind: "Thing",
      metadata: { name: "thing", namespace: "test" },
      spec: { size: n },
    });
    const type = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
    const [crd, created] = await Promise.all([
      program.create(type, "crd", definition(size)),
      program.create("kubernetes:example.test/v1:Thing", "thing", thing(1)),
    ]);
    expect(crd.id).toBe("things.example.test");
    expect(await program.diff(crd, definition(size))).toMatchObject({ changes: {} });
    const path = "spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.extra";
    expect(await program.diff(crd, definition(open))).toEqual({ changes: { [path]: "add" }, replaces: [], deleteBeforeReplace: false });
    const opened = await program.update((await program.refresh(crd)) as Stored, definition(open));
    expect(at(opened.state, "spec", "versions", 0, "schema", "openAPIV3Schema", "properties", "spec", "properties", "extra")).toEqual(
      open.extra,
    );
    expect(await program.diff(opened, definition(open))).toMatchObject({ changes: {} });
    expect((await program.update(created, thing(2))).state.spec).toEqual({ size: 2 });
    await program.delete(opened);
    expect(await program.refresh(created)).toBeUndefined();
    await program.delete(created);
  });

  test("a namespace is deleted with all that is in it", async () => {
    await emptied;
    expect(await live(doomed)).toBeUndefined();
  }, 30_000);
});
