import { configHash, configHashKey } from "../../../../components/configHash";
import { corefile } from "../../../../components/dns/corefile";
import { rollOutCorefile } from "../../../../components/dns/rollout/rollOut";
import { stackWith } from "../../../support/stacks";
import { type Behaviour, SmallCluster } from "./smallCluster";

const stack = (dns: object) => stackWith({ dns, verify: { outsideName: "www.example" } });
const hashOf = (text: string) => configHash(text)[configHashKey];
const names = ["kubernetes.default.svc.cluster.local.", "www.example.", "10.96.0.1"];
const all: Behaviour = { answers: names };
const former = corefile(stack({ ttl: 5 }));
const wanted = corefile(stack({ ttl: 6 }));
const crashing: Behaviour = { status: { ready: false, restartCount: 2, state: { waiting: { reason: "CrashLoopBackOff" } } } };

/** Rolls out `ttl: 6` unless another setting is given; gives what was said and what came of it. */
async function rollOut(cluster: SmallCluster, dns: object = { ttl: 6 }) {
  const said: string[] = [];
  const error = await rollOutCorefile({ cluster, stack: stack(dns), say: (message) => said.push(message) }).catch(
    ({ message }: Error) => message,
  );
  expect([...cluster.trial]).toEqual([]);
  return { said, error };
}

function inForce({ configMap, rolled }: SmallCluster) {
  return { corefile: configMap.data?.Corefile, annotations: configMap.metadata?.annotations, rolled };
}

const done = { "plumbline.dev/former-corefile": "" };
const ours = (text: string) => ({ corefile: text, annotations: { ...configHash(text), ...done }, rolled: hashOf(text) });

/** A cluster whose Corefile `former` Plumbline wrote. */
function established(behaviour: (corefile: string, place: "trial" | "service") => Behaviour) {
  const cluster = new SmallCluster(former, { ...configHash(former), ...done }, behaviour);
  Object.assign(cluster.deployment.spec?.template.metadata ?? {}, { annotations: configHash(former) });
  return cluster;
}

test("a good one is tried, rolled out and asked", async () => {
  const cluster = new SmallCluster(former, undefined, () => all);
  expect(await rollOut(cluster)).toEqual({
    said: ["Trying the new Corefile in a pod of its own", "Rolling out the new Corefile"],
    error: undefined,
  });
  expect(inForce(cluster)).toEqual(ours(wanted));
});

test("what is in force already is left alone", async () => {
  const cluster = new SmallCluster(wanted, undefined, () => all);
  cluster.beforePatch = () => {
    throw new Error("nothing is to be changed");
  };
  expect(await rollOut(cluster)).toEqual({ said: [], error: undefined });
});

test("where no CoreDNS is to run, there is nothing to try", async () => {
  const cluster = new SmallCluster(former, undefined, () => all);
  Object.assign(cluster.deployment.spec ?? {}, { replicas: 0 });
  expect(await rollOut(cluster)).toEqual({ said: [], error: undefined });
});

describe("never applied", () => {
  const nothingChanged = "Nothing was changed; the present one is in force.";

  test("one that CoreDNS refuses", async () => {
    const end = {
      exitCode: 1,
      message: "/etc/coredns/Corefile:9 - Error during parsing: Unknown directive\nmaxprocs: Leaving GOMAXPROCS=2\n",
    };
    const cluster = established((text) => (text === wanted ? { status: { ready: false, state: { terminated: end } } } : all));
    const { error } = await rollOut(cluster);
    expect(error).toBe(
      `The new Corefile was tried in a pod of its own: CoreDNS doesn't start with it: /etc/coredns/Corefile:9 - Error during parsing: Unknown directive.\n${nothingChanged}`,
    );
    expect(inForce(cluster)).toEqual(ours(former));
  });

  test("one with which a name is lost that is answered now", async () => {
    const cluster = established((text) => (text === wanted ? { answers: ["10.96.0.1"] } : { answers: names.slice(1) }));
    const { error } = await rollOut(cluster);
    expect(error).toBe(
      `The new Corefile was tried in a pod of its own: CoreDNS doesn't answer www.example. with it, as it did before.\n${nothingChanged}`,
    );
    expect(inForce(cluster)).toEqual(ours(former));
  });
});

describe("taken back", () => {
  test("names that were answered aren't after the rollout", async () => {
    const cluster = established((text, place) => (text === wanted && place === "service" ? { answers: ["www.example."] } : all));
    const { error, said } = await rollOut(cluster);
    const lost = "doesn't answer kubernetes.default.svc.cluster.local. and 10.96.0.1";
    const why = `the service kube-dns ${lost}; pod coredns-1 ${lost}; pod coredns-2 ${lost}, as before`;
    expect(said.at(-1)).toBe(`Taking the new Corefile back: ${why}`);
    expect(error).toBe(`The new Corefile was rolled out, and taken back: ${why}.\nThe former one is in force again.`);
    expect(inForce(cluster)).toEqual(ours(former));
  });

  test("pods don't get ready; kubeadm's Corefile had no hash", async () => {
    const cluster = new SmallCluster(former, undefined, (text) => (text === wanted ? crashing : all));
    const { error, said } = await rollOut(cluster, { ttl: 6, trial: false });
    expect(said[0]).toBe("Rolling out the new Corefile");
    expect(error).toBe(
      "The new Corefile was rolled out, and taken back: CoreDNS's pods don't get ready (coredns-1: CrashLoopBackOff; coredns-2: CrashLoopBackOff).\nThe former one is in force again.",
    );
    expect(inForce(cluster)).toEqual({ corefile: former, annotations: {}, rolled: undefined });
  });

  test("that fails too: the former one is kept, and the next run goes back to it", async () => {
    let reachable = true;
    const cluster = established((text, place) => {
      if (text === wanted && place === "service") reachable = false;
      return text === wanted && place === "service" ? {} : all;
    });
    cluster.beforePatch = () => {
      if (!reachable) throw new Error("The API server https://10.0.0.1 can't be reached");
    };
    const { error } = await rollOut(cluster);
    expect(error).toMatch(/^The new Corefile doesn't work: the service kube-dns doesn't answer .*, as before\.\n/);
    expect(error).toContain("Taking it back failed too: The API server https://10.0.0.1 can't be reached.\n");
    expect(error).toContain("The former one is in the annotation plumbline.dev/former-corefile of ConfigMap kube-system/coredns.");
    expect(inForce(cluster).corefile).toBe(wanted);

    cluster.beforePatch = () => undefined;
    expect((await rollOut(cluster, { ttl: 7 })).error).toBeUndefined();
    expect(inForce(cluster)).toEqual(ours(corefile(stack({ ttl: 7 }))));
  });
});

describe("a run was broken off, and left a Corefile that doesn't answer", () => {
  const journal = JSON.stringify({ corefile: former, hash: hashOf(former), answered: names });
  const left = (behaviour: (text: string, place: "trial" | "service") => Behaviour) => {
    const cluster = new SmallCluster(wanted, { ...configHash(wanted), "plumbline.dev/former-corefile": journal }, behaviour);
    Object.assign(cluster.deployment.spec?.template.metadata ?? {}, { annotations: configHash(wanted) });
    return cluster;
  };

  test("another one has to answer what the one before answered", async () => {
    const cluster = left((text) => (text === former ? all : {}));
    const { error } = await rollOut(cluster, { ttl: 7 });
    expect(error).toContain(`CoreDNS doesn't answer ${names.join(" and ")} with it`);
  });

  test("what fails goes back to the one before", async () => {
    const cluster = left((text, place) => (text === former || place === "trial" ? all : {}));
    const { error } = await rollOut(cluster);
    expect(error).toContain("The former one is in force again.");
    expect(inForce(cluster)).toEqual(ours(former));
  });

  test("at its very end: the same Corefile again is no change, but is tried and asked, and nothing is left to go back to", async () => {
    const cluster = left(() => all);
    expect((await rollOut(cluster)).said).toEqual(["Trying the new Corefile in a pod of its own", "Rolling out the new Corefile"]);
    expect(inForce(cluster)).toEqual(ours(wanted));
  });

  test("the stack says the one before again", async () => {
    const cluster = left((text) => (text === former ? all : {}));
    expect((await rollOut(cluster, { ttl: 5 })).error).toBeUndefined();
    expect(inForce(cluster)).toEqual(ours(former));
  });
});
