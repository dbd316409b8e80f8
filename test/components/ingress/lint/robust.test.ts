import fc from "fast-check";
import { lintIngress } from "../../../../components/ingress/lint/lint";
import { fileObject } from "../../../../components/ingress/lint/objects";
import { makeWorld } from "../../../../components/ingress/lint/world";
import { migrate } from "../../../../components/ingress/migrate/migrate";
import { today } from "./judge";

const place = () => ({ line: 1, column: 1 });
const junk = fc.oneof(fc.constantFrom(null, undefined, 0, -1, 80, true, "", "a", "/", "*", "http", []), fc.anything({ maxDepth: 1 }));
const or = (value: fc.Arbitrary<unknown>) => fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: junk });
const record = (model: Record<string, fc.Arbitrary<unknown>>) => or(fc.record(model, { requiredKeys: [] }));
const list = (item: fc.Arbitrary<unknown>) => or(fc.array(item, { maxLength: 3 }));

const backend = record({
  service: record({ name: junk, port: record({ name: junk, number: junk }) }),
  resource: junk,
  serviceName: junk,
  servicePort: junk,
});
const object = record({
  apiVersion: fc.constantFrom("networking.k8s.io/v1", "extensions/v1beta1", "gateway.networking.k8s.io/v1", "v1", "apps/v1"),
  kind: fc.constantFrom("Ingress", "IngressClass", "Service", "Secret", "Deployment", "Gateway", "HTTPRoute"),
  type: fc.constant("kubernetes.io/tls"),
  data: junk,
  metadata: record({
    name: junk,
    namespace: junk,
    annotations: record({
      "nginx.ingress.kubernetes.io/rewrite-target": junk,
      "kubernetes.io/ingress.class": junk,
      "traefik.ingress.kubernetes.io/router.middlewares": junk,
    }),
  }),
  spec: record({
    ingressClassName: junk,
    defaultBackend: backend,
    backend,
    tls: list(record({ hosts: list(junk), secretName: junk })),
    rules: list(
      record({
        host: junk,
        http: record({ paths: list(record({ path: junk, pathType: junk, backend })) }),
        matches: list(junk),
        backendRefs: list(junk),
      }),
    ),
    listeners: list(record({ name: junk, port: junk, protocol: junk, tls: junk, hostname: junk })),
    parentRefs: list(record({ name: junk })),
    hostnames: list(junk),
    ports: list(junk),
    selector: junk,
  }),
});

const isMapping = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

test("objects of any form give findings with a message and a mend, and never an exception", () => {
  fc.assert(
    fc.property(fc.array(object, { maxLength: 4 }), (all) => {
      const documents = all.filter(isMapping).map((data) => ({ data, place, inside: () => place }));
      for (const { message, mend } of lintIngress([{ file: "a.yaml", documents, findings: [] }], { now: today })) {
        expect(message).not.toMatch(/undefined|\[object/);
        expect(mend).not.toBe("");
      }
      const world = makeWorld(
        documents.map((document) => fileObject("a.yaml", document)),
        today,
      );
      migrate(world, "traefik");
      migrate(world, "gateway");
    }),
    { numRuns: 300 },
  );
});
