import { at, type KubeObject, list } from "../../../offline/kubernetes/objects";
import { type Properties, Secret, Unknown } from "../../../offline/provider/values";
import { describeWithApiServer } from "./apiServer";
import { Program, type Stored } from "./program";

/** The names of the managers of an object's fields, as `server-side apply` sees them. */
const managers = (object: Properties | undefined) =>
  list(object, "metadata", "managedFields").map((entry) => `${at(entry, "manager")} ${at(entry, "operation")}`);

describeWithApiServer("objects of a real API server", (server) => {
  let program: Program;

  beforeAll(async () => {
    program = await Program.start({ kubeconfig: new Secret(server.kubeconfig), enableConfigMapMutable: "true" });
    await program.create("kubernetes:core/v1:Namespace", "ns", { apiVersion: "v1", kind: "Namespace", metadata: { name: "test" } });
  }, 60_000);

  const live = (object: KubeObject) => server.cluster.read(object);
  const configMap = (name: string, data: Properties, metadata: Properties = {}) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "test", ...metadata },
    data,
  });
  const configMapType = "kubernetes:core/v1:ConfigMap";

  test("a ConfigMap: created, unchanged, changed in place, changed by hand, deleted", async () => {
    const first = configMap("life", { a: "1", b: "1" });
    const created = await program.create(configMapType, "life", first);
    expect(created).toMatchObject({
      id: "test/life",
      inputs: first,
      state: {
        ...first,
        __inputs: first,
        __initialApiVersion: "v1",
        __fieldManager: expect.stringMatching(/^pulumi-kubernetes-[0-9a-f]{8}$/),
      },
    });
    expect(managers(created.state)).toEqual(["pulumi-kubernetes Update"]);
    expect(await program.diff(created, first)).toEqual({ changes: {}, replaces: [], deleteBeforeReplace: false });

    const second = configMap("life", { a: "2" });
    expect(await program.diff(created, second)).toEqual({
      changes: { "data.a": "update", "data.b": "delete" },
      replaces: [],
      deleteBeforeReplace: false,
    });
    const previewed = await program.update(created, second, { preview: true });
    expect(previewed.state.data).toEqual({ a: "2", b: "1" });
    expect(await live(first)).toMatchObject({ data: { a: "1", b: "1" } });

    const updated = await program.update(created, second);
    expect(updated.state.data).toEqual({ a: "2" });
    expect(managers(updated.state)).toEqual([`${created.state.__fieldManager} Apply`]);
    expect(updated.state.__fieldManager).toBe(created.state.__fieldManager);

    await server.cluster.send(second, {
      method: "PATCH",
      contentType: "apply",
      query: { fieldManager: "kubectl", force: "true" },
      body: configMap("life", { a: "3" }, { labels: { by: "hand" } }),
    });
    const refreshed = (await program.refresh(updated)) as Stored;
    expect(refreshed.inputs).toEqual(configMap("life", { a: "3" }));
    expect(await program.diff(refreshed, second)).toMatchObject({ changes: { "data.a": "update" }, replaces: [] });
    await expect(program.update(refreshed, second, { preview: true })).rejects.toThrow(
      /Apply failed with 1 conflict: conflict with "kubectl": .data.a/,
    );
    const mended = await program.update(refreshed, second);
    expect(mended.state.data).toEqual({ a: "2" });

    await program.delete(mended);
    expect(await live(second)).toBeUndefined();
    expect(await program.refresh(mended)).toBeUndefined();
    await program.delete(mended);
  });

  test("without enableConfigMapMutable, changed data replaces; a name of the plugin's own lets the new one come first", async () => {
    const strict = await Program.start({ kubeconfig: server.kubeconfig });
    const named = await strict.create(configMapType, "strict", configMap("strict", { a: "1" }));
    expect(await strict.diff(named, configMap("strict", { a: "2" }))).toEqual({
      changes: { "data.a": "update" },
      replaces: ["data.a"],
      deleteBeforeReplace: true,
    });
    const anonymous = (a: string) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "test" }, data: { a } });
    const generated = await strict.create(configMapType, "auto", anonymous("1"));
    expect(generated.id).toMatch(/^test\/auto-[0-9a-f]{8}$/);
    expect(generated.inputs).toMatchObject({ metadata: { annotations: { "pulumi.com/autonamed": "true" } } });
    expect(await strict.diff(generated, anonymous("2"))).toEqual({
      changes: { "data.a": "update" },
      replaces: ["data.a"],
      deleteBeforeReplace: false,
    });
  });

  test("a Secret's data is secret, and its stringData stored as data", async () => {
    const secret = (value: string) => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "secret", namespace: "test" },
      stringData: { token: new Secret(value) },
    });
    const created = await program.create("kubernetes:core/v1:Secret", "secret", secret("s3cr3t"));
    const data = new Secret({ token: Buffer.from("s3cr3t").toString("base64") });
    const stored = { apiVersion: "v1", kind: "Secret", metadata: { name: "secret", namespace: "test" }, data };
    expect(created.inputs).toEqual(stored);
    expect(created.state).toMatchObject({ data, type: "Opaque", __inputs: stored });
    expect(await program.diff(created, secret("s3cr3t"))).toMatchObject({ changes: {} });
    expect(await program.diff(created, secret("other"))).toEqual({
      changes: { "data.token": "update" },
      replaces: ["data.token"],
      deleteBeforeReplace: true,
    });
  });

  test("what exists is not taken over; a preview can't tell, since it may be gone by then", async () => {
    const taken = configMap("kube-root-ca.crt", { a: "1" });
    expect(await program.create(configMapType, "taken", taken, { preview: true })).toMatchObject({ id: "", state: taken });
    await expect(program.create(configMapType, "taken", taken)).rejects.toThrow(
      'resource "urn:pulumi:test::test::kubernetes:core/v1:ConfigMap::taken" was not successfully created by the Kubernetes API server: ' +
        'configmaps "kube-root-ca.crt" already exists\nIt was made by somebody else: set single fields of it with a Patch resource, ' +
        "take it over with `pulumi import`, or use another name.",
    );
  });

  test("what the API server refuses is refused in preview", async () => {
    const service = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "invalid", namespace: "test" },
      spec: { ports: [{ port: 99999 }] },
    };
    await expect(program.create("kubernetes:core/v1:Service", "invalid", service, { preview: true })).rejects.toThrow(
      /Service "invalid" is invalid: .*spec.ports\[0\].port: Invalid value: 99999: must be between 1 and 65535/,
    );
  });

  test("a preview goes without the API server where that can't know: unknown values, a namespace to come, a kind to come, a Patch", async () => {
    const unknown = configMap("unknown", { a: Unknown.value });
    expect(await program.create(configMapType, "unknown", unknown, { preview: true })).toMatchObject({ id: "", state: unknown });
    const elsewhere = configMap("elsewhere", {}, { namespace: "later" });
    expect(await program.create(configMapType, "elsewhere", elsewhere, { preview: true })).toMatchObject({ id: "", state: elsewhere });
    const thing = { apiVersion: "later.test/v1", kind: "Thing", metadata: { name: "thing", namespace: "test" } };
    expect(await program.create("kubernetes:later.test/v1:Thing", "thing", thing, { preview: true })).toMatchObject({
      id: "",
      state: thing,
    });
    const patch = configMap("missing", { a: "1" });
    expect(await program.create(`${configMapType}Patch`, "patch", patch, { preview: true })).toMatchObject({ id: "", state: patch });
  });

  describe("Patches", () => {
    const patchType = `${configMapType}Patch`;
    const patch = (name: string, data: Properties, annotations: Properties = {}) => configMap(name, data, { annotations });
    const ours = { "pulumi.com/patchForce": "true", "pulumi.com/patchFieldManager": "plumbline" };

    beforeAll(async () => {
      for (const name of ["shared", "contested"]) {
        const object = configMap(name, { theirs: "1", contested: "1" });
        await server.cluster.send(object, { method: "POST", query: { fieldManager: "kubeadm" }, body: object });
      }
    });

    test("set single fields under their own manager, change them, and give them back", async () => {
      const created = await program.create(patchType, "patch", patch("shared", { ours: "1", contested: "2" }, ours));
      expect(created).toMatchObject({
        id: "test/shared",
        state: { data: { theirs: "1", ours: "1", contested: "2" }, __fieldManager: "plumbline" },
      });
      expect(managers(created.state)).toEqual(["plumbline Apply", "kubeadm Update"]);
      const next = patch("shared", { contested: "3" }, ours);
      expect(await program.diff(created, next)).toEqual({
        changes: { "data.contested": "update", "data.ours": "delete" },
        replaces: [],
        deleteBeforeReplace: false,
      });
      const updated = await program.update(created, next);
      expect(updated.state.data).toEqual({ theirs: "1", contested: "3" });
      await program.delete(updated);
      expect(await live(next)).toMatchObject({ data: { theirs: "1" } });
      expect(managers(await live(next))).toEqual(["kubeadm Update"]);
    });

    test("without force, a field that another manages is a conflict that names him", async () => {
      await expect(program.create(patchType, "conflict", patch("contested", { contested: "2" }))).rejects.toThrow(
        /others manage fields of ConfigMap test\/contested .*conflict with "kubeadm" using v1: .data.contested\nTo take these fields over, set the annotation pulumi.com\/patchForce: "true"./,
      );
    });

    test("another object is another Patch; a Patch without a name is refused", async () => {
      const created = await program.create(patchType, "moved", patch("contested", { more: "1" }));
      expect(await program.diff(created, patch("shared", { more: "1" }))).toMatchObject({
        replaces: ["metadata.name"],
        deleteBeforeReplace: false,
      });
      await expect(program.check(patchType, "nameless", { apiVersion: "v1", kind: "ConfigMap", data: {} })).rejects.toThrow(
        "nameless: a Patch needs `metadata.name`: the name of the object to patch",
      );
    });
  });

  test("read only: an object of somebody else's, with all that could be its inputs", async () => {
    const found = await program.get("kubernetes:core/v1:Namespace", "kube-system");
    expect(found?.inputs).toEqual({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "kube-system", labels: { "kubernetes.io/metadata.name": "kube-system" } },
      spec: { finalizers: ["kubernetes"] },
    });
    expect(await program.get("kubernetes:core/v1:Namespace", "none")).toBeUndefined();
  });

  test("an object without a namespace goes to the default one, and says so in its inputs", async () => {
    const checked = await program.check(configMapType, "cm", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "cm" } });
    expect(checked.metadata).toEqual({ name: "cm", namespace: "default" });
    const role = await program.check("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "role", {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "role" },
    });
    expect(role.metadata).toEqual({ name: "role" });
  });
});
