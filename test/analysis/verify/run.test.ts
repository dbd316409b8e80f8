import { type AgreementCheck, type Check, failed, NotThere, type PacketCheck, passed, type Result } from "../../../analysis/verify/check";
import type { LiveState } from "../../../analysis/verify/live";
import { runChecks } from "../../../analysis/verify/run";
import type { Site } from "../../../analysis/verify/site";
import type { Cluster } from "../../../components/cluster";
import { type Host, SshError } from "../../../components/node/dial";
import { UserError } from "../../../core/finding";
import { facts, nothingLive } from "./plans";

const words = { from: "here", to: "there", expected: "an answer" };
const packet = (name: string, at: PacketCheck["at"], needs: PacketCheck["needs"] = "pods", command = () => name): PacketCheck => ({
  kind: "packet",
  name,
  ...words,
  at,
  needs,
  command,
  judge: ({ stdout }) => (stdout === "lost" ? failed("no answer") : passed(stdout)),
});
const agreement: AgreementCheck = {
  kind: "agreement",
  name: "agreement",
  ...words,
  compare: ({ nodes }) => passed(`${nodes.length} nodes`),
};
const probe = { name: "probe-1", node: "w1" };

const live: LiveState = { ...nothingLive, nodes: [{}] };
const unused = () => Promise.reject(new Error("not used"));

/** Senders that answer with the command; what happens is noted. */
function senders(log: string[], changes: { site?: Partial<Site>; outside?: Host; run?: Cluster["run"] } = {}) {
  const cluster: Cluster = {
    read: unused,
    list: unused,
    create: unused,
    patch: unused,
    remove: unused,
    run:
      changes.run ??
      (async (_namespace, pod, command) => {
        log.push(`${pod}: ${command}`);
        return { code: 0, stdout: command, stderr: "" };
      }),
  };
  const site: Site = {
    facts: () => facts,
    requireReady: () => {},
    podsReady: async () => {
      log.push("pods ready");
    },
    servicesReady: async () => {
      log.push("services ready");
    },
    remove: unused,
    ...changes.site,
  };
  const outside: Host = changes.outside ?? {
    run: async (command) => {
      log.push(`outside: ${command}`);
      return { code: 0, stdout: command, stderr: "" };
    },
  };
  const node = (name: string): Host => ({
    run: async (command) => {
      log.push(`host ${name}: ${command}`);
      return { code: 0, stdout: command, stderr: "" };
    },
  });
  return { cluster, site, outside, node };
}

async function run(checks: readonly Check[], from: ReturnType<typeof senders>) {
  const told: Result[] = [];
  const results = await runChecks(checks, live, from, { signal: new AbortController().signal, onResult: (result) => told.push(result) });
  expect(new Set(told)).toEqual(new Set(results));
  return results.map(({ name, status, detail }) => `${name} ${status}: ${detail}`);
}

test("results come in the order of the checks, each packet after what it needs", async () => {
  const log: string[] = [];
  const skipped: Check = { kind: "skipped", name: "more", ...words, reason: "no client" };
  expect(
    await run(
      [packet("service", probe, "services"), packet("pod", probe), packet("door", "outside", "nothing"), agreement, skipped],
      senders(log),
    ),
  ).toEqual(["service passed: service", "pod passed: pod", "door passed: door", "agreement passed: 1 nodes", "more skipped: no client"]);
  expect(log.filter((line) => !line.startsWith("outside"))).toEqual(["pods ready", "services ready", "probe-1: pod", "probe-1: service"]);
});

test("what can't be tried has failed with the reason, and the others go on", async () => {
  const notThere = () => {
    throw new NotThere("the probe pod on w1 is not ready");
  };
  const outside: Host = { run: () => Promise.reject(new SshError("SSH to client: connection refused")) };
  const from = senders([], { outside, run: () => Promise.reject(new UserError("A command can't be run in pod probe-1: interrupted")) });
  expect(
    await run([packet("pod", probe, "pods", notThere), packet("exec", probe), packet("door", "outside", "nothing"), agreement], from),
  ).toEqual([
    "pod failed: the probe pod on w1 is not ready",
    "exec failed: A command can't be run in pod probe-1: interrupted",
    "door failed: SSH to client: connection refused",
    "agreement passed: 1 nodes",
  ]);
});

test("no command is tried in a pod that doesn't run", async () => {
  const log: string[] = [];
  const requireReady = () => {
    throw new NotThere("the probe pod on w1 is not started");
  };
  expect(await run([packet("pod", probe)], senders(log, { site: { requireReady } }))).toEqual([
    "pod failed: the probe pod on w1 is not started",
  ]);
  expect(log).toEqual(["pods ready", "services ready"]);
});

test("what services need doesn't come: only the checks of services fail", async () => {
  const servicesReady = () => Promise.reject(new UserError("The services got no endpoints within 60 s"));
  expect(await run([packet("service", probe, "services"), packet("pod", probe)], senders([], { site: { servicesReady } }))).toEqual([
    "service failed: The services got no endpoints within 60 s",
    "pod passed: pod",
  ]);
});

test("a lost packet isn't sent again", async () => {
  let tries = 0;
  const from = senders([], {
    run: async () => {
      tries++;
      return { code: 0, stdout: "lost", stderr: "" };
    },
  });
  expect(await run([packet("pod", probe)], from)).toEqual(["pod failed: no answer"]);
  expect(tries).toBe(1);
});

test("at most 16 commands run in pods at a time", async () => {
  let running = 0;
  let most = 0;
  const from = senders([], {
    run: async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      return { code: 0, stdout: "", stderr: "" };
    },
  });
  await run(
    Array.from({ length: 40 }, (_, index) => packet(`pod ${index}`, probe)),
    from,
  );
  expect(most).toBe(16);
});

test("a mistake of ours ends the run", async () => {
  const from = senders([], { run: () => Promise.reject(new TypeError("x is undefined")) });
  await expect(run([packet("pod", probe), agreement], from)).rejects.toThrow(new TypeError("x is undefined"));
});

test("an interrupted run ends with the reason", async () => {
  const stop = new AbortController();
  stop.abort(new UserError("Interrupted."));
  await expect(runChecks([agreement], live, senders([]), { signal: stop.signal, onResult: () => {} })).rejects.toThrow(
    new UserError("Interrupted."),
  );
});
