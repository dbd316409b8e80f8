import type { V1Node } from "@kubernetes/client-node";
import { makeCarryOut } from "../../../../cli/migrate/run/carryOut";
import { goThrough } from "../../../../cli/migrate/run/goThrough";
import { daemonSet } from "../../../../components/cni/migration/actions";
import { isForeign, leftovers } from "../../../../components/cni/migration/leftovers";
import { planMigration } from "../../../../components/cni/migration/migration";
import { changeAnnotation, readChange } from "../../../../components/cni/migration/progress";
import type { NetworkRecord } from "../../../../components/cni/migration/record";
import { planNetwork } from "../../../../components/plan";
import { UserError } from "../../../../core/finding";
import { requirePlan } from "../../../../core/plan";
import { stackFile } from "../../../support/stacks";
import { capture } from "../../run";
import { SmallCluster } from "./smallCluster";

const stack = stackFile("prod-example");
const nodes = ["w1", "w2", "cp1", "cp2", "cp3"];

/** Of an installation without an operator. */
const agentsOf = (from: NetworkRecord["provider"]) => (isForeign(from) ? leftovers[from].agents.slice(-1) : []);

/** A cluster with a pod network, and `plumbline migrate --run` away from it, as often as it takes. What may go wrong is set by the test. */
function change(from: NetworkRecord["provider"], to: "bridge" | "vxlan") {
  const plan = requirePlan(planNetwork({ ...stack, cni: { ...stack.cni, provider: to } }));
  const cluster = new SmallCluster(plan.nodes, agentsOf(from).map(daemonSet));
  const written: Record<string, Record<string, unknown>> = {};
  const wrong: { apply?: string; verify?: string; left?: string; proofs?: (string | undefined)[] } = {};
  const say = (text: string) => cluster.log.push(text);
  let starts = 0;

  async function run(): Promise<string> {
    const begun = readChange(cluster.get("Namespace/kube-system")?.metadata?.annotations?.[changeAnnotation]);
    const firewall = { ...stack.firewall, mode: begun?.firewall ?? ((written.firewall?.mode ?? stack.firewall.mode) as "enforce" | "off") };
    const migration = planMigration({ ...stack, firewall }, from, to, { apply: "apply", verify: "verify" });
    const carryOut = makeCarryOut({
      cluster,
      plan: { ...plan, manifests: [] },
      from,
      apply: "apply",
      hosts: {
        async run(node, script) {
          if (script.startsWith("rm")) say(`clean ${node}`);
          if (script.startsWith("mkdir")) say(`copy leases on ${node}`);
          return {
            code: script.includes("current") ? 1 : 0,
            stdout: script.startsWith("ip -br link") ? (wrong.left ?? "") : "",
            stderr: "",
          };
        },
        async restart(node) {
          say(`restart ${node}`);
          return ++starts;
        },
        problem: async () => undefined,
      },
      async type(command) {
        say(command);
        if (command !== "apply") {
          for (const agent of agentsOf(from)) await cluster.remove(daemonSet(agent));
          return;
        }
        if (wrong.apply) throw new UserError(wrong.apply);
        cluster.record(written.cni ?? {});
      },
      async verify({ of }) {
        say(`verify ${of}`);
        const reason = wrong.proofs?.shift() ?? wrong.verify;
        if (reason) throw new UserError(reason);
      },
      signal: new AbortController().signal,
    });
    let stopped: UserError | undefined;
    const { stdout } = await capture(async () => {
      stopped = await goThrough(migration, {
        cluster,
        carryOut,
        apply: "apply",
        signal: new AbortController().signal,
        write(sections) {
          for (const [section, keys] of Object.entries(sections)) written[section] = { ...keys };
          return true;
        },
      });
    });
    if (stopped) throw stopped;
    return stdout;
  }
  const node = (name: string) => cluster.get<V1Node>(`Node/${name}`);
  return { cluster, run, written, wrong, node, since: (mark: number) => cluster.log.slice(mark) };
}

const switched = (node: string, proof: string) => [
  `cordon ${node}`,
  `clean ${node}`,
  `restart ${node}`,
  `verify ${proof}`,
  `uncordon ${node}`,
];

test.each([
  ["weave", "switched nodes"],
  ["calico", "switched nodes"],
  ["cilium", "switched nodes"],
  ["kube-flannel", "everything"],
] as const)("from %s: node after node, each proven before it takes pods and before the next one", async (from, proof) => {
  const { cluster, run, written, node } = change(from, "vxlan");
  cluster.add({ apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "kube-system", name: "cilium-config" } });
  await run();
  const begin = cluster.log.indexOf("cordon w1", from === "kube-flannel" ? cluster.log.indexOf("apply") : 0);
  const each = nodes.flatMap((name) => switched(name, proof));
  expect(cluster.log.slice(begin, begin + each.length)).toEqual(each);
  expect(cluster.log.slice(-2)).toEqual(["apply", "verify everything"]);
  expect(written).toEqual({
    cni: { provider: "vxlan", takeover: true },
    ...(from === "kube-flannel" ? {} : { firewall: { mode: "enforce" } }),
  });
  for (const name of nodes)
    expect({ ...node(name)?.metadata, ...node(name)?.spec }).toEqual({ name, labels: {}, annotations: {}, podCIDRs: expect.anything() });
  expect(agentsOf(from).map((agent) => cluster.get(`DaemonSet/${agent}`))).toEqual([undefined]);
  expect(cluster.get("Namespace/kube-system")?.metadata?.annotations).not.toHaveProperty(changeAnnotation);
});

test("a proof that fails stops it: the node stays cordoned, and no further one is touched. Then it goes on there", async () => {
  const { cluster, run, wrong, node, since } = change("kube-flannel", "vxlan");
  wrong.verify = "1 check failed.";
  await expect(run()).rejects.toThrow(
    new UserError(`Stopped at step 5, Switch w1: 1 check failed.
Cordoned by this change: w1.
Still on kube-flannel: cp1, cp2, cp3, w2.
No further node is changed. Mend it and run the same command again: it goes on where it stopped.`),
  );
  expect(cluster.log.slice(-4)).toEqual(["cordon w1", "clean w1", "restart w1", "verify everything"]);
  expect(nodes.filter((name) => node(name)?.spec?.unschedulable)).toEqual(["w1"]);
  wrong.verify = undefined;
  const mark = cluster.log.length;
  await run();
  // w1 is cordoned already.
  expect(since(mark).slice(0, 9)).toEqual([...switched("w1", "everything").slice(1), ...switched("w2", "everything")]);
});

test("what is switched already is proven again before it goes on, and isn't touched", async () => {
  const { cluster, run, wrong, since } = change("kube-flannel", "vxlan");
  wrong.proofs = [undefined, "1 check failed.", "still so"];
  await expect(run()).rejects.toThrow("Stopped at step 6, Switch w2");
  const mark = cluster.log.length;
  await expect(run()).rejects.toThrow("Stopped at the proof of what is done already: still so");
  expect(since(mark)).toEqual(["verify everything"]);
});

test("an apply that reached another cluster, or none, is found out", async () => {
  const { cluster, run, wrong } = change("kube-flannel", "vxlan");
  cluster.record = () => undefined;
  await expect(run()).rejects.toThrow(
    "Stopped at step 4, Bring vxlan to all hosts: The cluster has no record of vxlan. Does `apply` apply this stack file to this cluster? See --apply.",
  );
  expect(wrong).toEqual({});
});

test("a host that still has something of the former network stays cordoned", async () => {
  const { run, wrong, node } = change("weave", "vxlan");
  wrong.left = "weave  UNKNOWN";
  await expect(run()).rejects.toThrow(
    "Stopped at step 4, Switch w1: Something of weave is left on w1 after its restart:\n  weave  UNKNOWN\n  Find what makes it anew there.",
  );
  expect(node("w1")?.spec?.unschedulable).toBe(true);
});

test("a record of former days doesn't make a step done", async () => {
  const { cluster, run } = change("kube-flannel", "vxlan");
  cluster.record({ provider: "vxlan" });
  await run();
  expect(cluster.log.filter((line) => line === "apply" || line.startsWith("copy"))).toEqual([
    ...["cp1", "cp2", "cp3", "w1", "w2"].map((name) => `copy leases on ${name}`),
    "apply",
    "apply",
  ]);
});

test("an apply that fails leaves all nodes cordoned while addresses could be given out twice", async () => {
  const { cluster, run, wrong, node, since } = change("kube-flannel", "vxlan");
  wrong.apply = "`apply` ended with 255.";
  await expect(run()).rejects.toThrow("Stopped at step 4, Bring vxlan to all hosts: `apply` ended with 255.");
  expect(nodes.filter((name) => node(name)?.spec?.unschedulable)).toEqual(nodes);
  wrong.apply = undefined;
  const mark = cluster.log.length;
  await run();
  expect(since(mark).slice(0, 12)).toEqual([
    ...["cp1", "cp2", "cp3", "w1", "w2"].map((name) => `copy leases on ${name}`),
    "apply",
    ...["cp1", "cp2", "cp3", "w1", "w2"].map((name) => `uncordon ${name}`),
    "cordon w1",
  ]);
});

test("the firewall is closed again, also when the change was stopped while it was off", async () => {
  const { run, wrong, written } = change("calico", "bridge");
  wrong.verify = "1 check failed.";
  await expect(run()).rejects.toThrow("Stopped at");
  expect(written.firewall).toEqual({ mode: "off" });
  wrong.verify = undefined;
  await run();
  expect(written.firewall).toEqual({ mode: "enforce" });
});

test("pods are evicted, those of DaemonSets stay", async () => {
  const { cluster, run } = change("kube-flannel", "vxlan");
  const pod = (name: string, kind: string) =>
    cluster.add({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { namespace: "shop", name, ownerReferences: [{ kind, controller: true, apiVersion: "apps/v1", name: "x", uid: "1" }] },
      spec: { nodeName: "w1" },
    } as never);
  pod("web", "ReplicaSet");
  pod("agent", "DaemonSet");
  await run();
  expect(cluster.log.filter((line) => line.startsWith("evict"))).toEqual(["evict shop/web"]);
  expect(cluster.get("Pod/shop/agent")).toBeDefined();
}, 20_000);

test("between our own: each step is proven, and goes on after the one that was applied last", async () => {
  const { cluster, run, wrong, written, since } = change("bridge", "vxlan");
  cluster.record({ provider: "bridge" });
  wrong.verify = "1 check failed.";
  await expect(run()).rejects.toThrow("Stopped at step 2, Send packets by vxlan: 1 check failed.");
  expect(cluster.log).toEqual(["apply", "apply", "verify everything"]);
  expect(written.cni).toEqual({ provider: "vxlan", alongside: "bridge" });
  wrong.verify = undefined;
  const mark = cluster.log.length;
  await run();
  expect(since(mark)).toEqual(["verify everything", "apply", "verify everything"]);
  expect(written.cni).toEqual({ provider: "vxlan" });
});
