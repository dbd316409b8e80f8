import { lintServices } from "../../../components/services/lint";
import { showPath } from "../../../core/finding";
import { cases } from "./cases";

const version = { major: 1, minor: 34 };
const lint = (...texts: string[]) =>
  lintServices(
    texts.map((text, index) => ({ file: `${index + 1}.yaml`, text })),
    version,
  );

test.each(Object.entries(cases))("%s", (_, { service, findings }) => {
  const found = lint(service);
  expect(found.map(({ severity, path }) => `${severity} ${showPath(path)}`).sort()).toEqual([...findings].sort());
  for (const { message, mend } of found)
    expect([message, mend]).toEqual([expect.stringMatching(/\.$/), expect.stringMatching(/^[A-Z].*\.$/)]);
});

const nodePort = (name: string, namespace = "default") => `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  type: NodePort
  ports:
    - { port: 80, nodePort: 30080 }
`;

test("a NodePort of two services, in two files", () => {
  expect(lint(nodePort("a"), nodePort("b", "shop"))).toEqual([
    {
      severity: "error",
      file: "2.yaml",
      path: ["spec", "ports", 0, "nodePort"],
      message: "30080/TCP is also that of the service default/a in 1.yaml: the API server gives it to one of them only.",
      mend: "Write another port, or none: the API server chooses one.",
      line: 7,
      column: 19,
    },
  ]);
});

test("a service that is there twice has its NodePort once", () => {
  expect(lint(nodePort("a"), nodePort("a"))).toEqual([]);
});

test("other kinds are passed over, Knative's services too", () => {
  const text = "apiVersion: v1\nkind: Pod\n---\napiVersion: serving.knative.dev/v1\nkind: Service\nspec: {ports: 1}\n";
  expect(lint(text)).toEqual([{ severity: "info", file: "1.yaml", path: [], message: "holds no Service.", mend: "None is needed." }]);
  expect(lint(`${text}---\n${nodePort("a")}`)).toEqual([]);
});

test("a new value of trafficDistribution, by version", () => {
  const text = "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {trafficDistribution: PreferSameNode, ports: [{port: 80}]}}";
  const of = (minor: number) => lintServices([{ file: "a", text }], { major: 1, minor }).map(({ severity }) => severity);
  expect([of(29), of(33), of(34)]).toEqual([["warning"], ["error"], []]);
});
