import { replicasFor } from "../../../components/dns/dns";
import { planNetwork } from "../../../components/plan";
import type { ManifestItem } from "../../../core/part";
import { smallest, stackWith } from "../../support/stacks";

type Sections = Parameters<typeof stackWith>[0];

const dnsObjects = (sections: Sections) => planNetwork(stackWith(sections)).manifests.filter(({ part }) => part === "dns");
const specOf = (items: readonly ManifestItem[], kind: string) => items.find(({ object }) => object.kind === kind)?.object.spec;

const annotations = { "plumbline.dev/config-hash": expect.any(String) };

test("how many pods there are and where is kubeadm's matter unless the stack says it", () => {
  expect(specOf(dnsObjects({}), "Deployment")).toEqual({ template: { metadata: { annotations } } });
  expect(dnsObjects({}).every(({ patch }) => patch)).toBe(true);
});

test("pods, spread and budget", () => {
  const items = dnsObjects({ dns: { replicas: 5, spread: "zones", disruptionBudget: true } });
  const selector = { matchLabels: { "k8s-app": "kube-dns" } };
  const constraint = {
    maxSkew: 1,
    topologyKey: "topology.kubernetes.io/zone",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: selector,
  };
  expect(specOf(items, "Deployment")).toEqual({
    replicas: 5,
    template: { metadata: { annotations }, spec: { topologySpreadConstraints: [constraint] } },
  });
  expect(specOf(items, "PodDisruptionBudget")).toEqual({ maxUnavailable: 1, selector });
});

test.each([
  [1, 2],
  [32, 2],
  [33, 3],
  [64, 4],
  [1000, 63],
])("%i nodes take %i pods by the rule of thumb", (nodes, pods) => {
  expect(replicasFor(nodes)).toBe(pods);
});

test("auto follows the nodes", () => {
  const workers = Array.from({ length: 40 }, (_, index) => ({ name: `w${index}`, address: `192.168.0.${100 + index}` }));
  const nodes = [...smallest.nodes.slice(0, 1), ...workers];
  expect(specOf(dnsObjects({ nodes, dns: { replicas: "auto" } }), "Deployment")).toMatchObject({ replicas: 3 });
});
