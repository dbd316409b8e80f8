import { asObject, asProperties, isAutonamed, normalize, withName } from "../../../offline/kubernetes/inputs";
import { prune } from "../../../offline/kubernetes/state";
import { Secret, Unknown } from "../../../offline/provider/values";

const pod = (requests: { [name: string]: string | number }) => ({
  apiVersion: "v1",
  kind: "Pod",
  spec: { containers: [{ name: "c", resources: { requests } }] },
});

test.each([
  ["0.1", "100m"],
  ["100m", "100m"],
  ["1000m", "1"],
  ["1500m", "1500m"],
  [2, "2"],
  ["1000", "1k"],
  ["1024Mi", "1Gi"],
  ["1.5Gi", "1536Mi"],
  ["128974848", "128974848"],
  ["0", "0"],
  ["no quantity", "no quantity"],
])("a quantity of %s is stored as the API server writes it: %s", (given, canonical) => {
  expect(normalize(pod({ cpu: given }))).toEqual(pod({ cpu: canonical }));
});

test("nothing is known of unknown values' form, or of custom resources", () => {
  const unknown = { ...pod({ cpu: "0.1" }), extra: Unknown.value };
  const custom = { ...pod({ cpu: "0.1" }), apiVersion: "example.test/v1" };
  expect([normalize(unknown), normalize(custom)]).toEqual([unknown, custom]);
});

test("what only the server writes is no input, and null is none either", () => {
  const metadata = { name: "a", uid: "1", resourceVersion: "2", generation: 3, creationTimestamp: "now", managedFields: [], labels: null };
  expect(normalize({ apiVersion: "v1", kind: "ConfigMap", metadata })).toEqual({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a" },
  });
});

test("the SDK's x_kubernetes_ keys are the API's x-kubernetes- keys, both ways; secrets are revealed to the API only", () => {
  const properties = { schema: { x_kubernetes_preserve_unknown_fields: true, x_other: 1 }, list: [{ x_kubernetes_list_map_keys: ["a"] }] };
  const object = { schema: { "x-kubernetes-preserve-unknown-fields": true, x_other: 1 }, list: [{ "x-kubernetes-list-map-keys": ["a"] }] };
  expect(asObject({ ...properties, password: new Secret("p") })).toEqual({ ...object, password: "p" });
  expect(asProperties(object)).toEqual(properties);
});

test("a generated name is the same in preview and update, and kept from then on; a given one is left alone", () => {
  const seed = new Uint8Array([1, 2, 3]);
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { annotations: { a: "b" } } };
  const named = withName(object, {}, "web", seed);
  expect(named).toEqual(withName(object, {}, "web", seed));
  expect(named.metadata).toEqual({
    annotations: { a: "b", "pulumi.com/autonamed": "true" },
    name: expect.stringMatching(/^web-[0-9a-f]{8}$/),
  });
  expect(withName(object, named, "web", new Uint8Array([4]))).toEqual(named);
  const given = { ...object, metadata: { name: "mine" } };
  expect(withName(given, named, "web", seed)).toEqual(given);
  expect([named, given].map(isAutonamed)).toEqual([true, false]);
});

test("a live object is cut down to what the inputs speak of", () => {
  const live = { spec: { replicas: 2, paused: false, ports: [{ port: 80, protocol: "TCP" }, { port: 81 }] }, status: {} };
  const inputs = { spec: { replicas: 1, ports: [{ port: 80 }], nodeSelector: {}, gone: "x" } };
  expect(prune(live, inputs)).toEqual({ spec: { replicas: 2, ports: [{ port: 80 }], nodeSelector: {} } });
});
