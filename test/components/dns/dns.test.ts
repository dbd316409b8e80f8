import { corefile } from "../../../components/dns/corefile";
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

describe("a trial of the Corefile", () => {
  const trial = (dns: Sections["dns"]) =>
    dnsObjects({ dns: { ...dns, trial: true, image: "coredns:1" }, verify: { outsideName: "www.example" } });

  test("comes before the ConfigMap that everybody uses, with the same text", () => {
    const [candidate, job, real, deployment] = trial({ ttl: 5 });
    expect([candidate, job, real, deployment].map((item) => `${item?.patch ? "patch of " : ""}${item?.object.kind}`)).toEqual([
      "ConfigMap",
      "Job",
      "patch of ConfigMap",
      "patch of Deployment",
    ]);
    expect(candidate?.object.data).toHaveProperty("Corefile", corefile(stackWith({ dns: { ttl: 5 } })));
    expect(real?.object.data).toEqual({ Corefile: corefile(stackWith({ dns: { ttl: 5 } })) });
    expect(candidate?.object.metadata.name).toBe(job?.object.metadata.name);
  });

  test("is another one for another Corefile, and the same for the same", () => {
    const nameOf = (dns: Sections["dns"]) => trial(dns)[1]?.object.metadata.name;
    expect(nameOf({ ttl: 5 })).toMatch(/^plumbline-corefile-[0-9a-f]{10}$/);
    expect(nameOf({ ttl: 5 })).not.toBe(nameOf({ ttl: 6 }));
    expect(nameOf({ ttl: 5 })).toBe(nameOf({ ttl: 5, replicas: 4 }));
  });

  test("asks for a cluster name, an outside name and a reverse one", () => {
    const [candidate] = trial({});
    const loop = 'for name in kubernetes.default.svc.cluster.local. www.example. 10.96.0.1; do\n  ask "$name" 10.96.0.10 || continue\n';
    expect(candidate?.object.data).toHaveProperty(["probe.sh"], expect.stringContaining(loop));
  });
});
