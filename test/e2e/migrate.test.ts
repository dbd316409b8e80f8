import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { projectRoot } from "../../setup/paths";
import { installKubeFlannel } from "./support/kubeFlannel";
import {
  agnhostImage,
  environment,
  expectVerified,
  initStack,
  kubectl,
  on,
  plumbline,
  pulumi,
  stackFile,
  startTestLab,
  stopTestLab,
  waitFor,
} from "./support/testLab";

/** From flannel, as its own manifest installs it, to vxlan by `plumbline migrate --run`, under traffic. */
const nodes = ["cp1", "w1", "w2"];
const change = ["--from", "kube-flannel", "--to", "vxlan"];
let stack: string;
const following: ChildProcess[] = [];

beforeAll(async () => {
  await startTestLab();
  // The mode that kubeadm's kube-proxy has already, so that nothing but the pod network changes.
  stack = stackFile("migrate", (text) => text.replace("mode: nftables", "mode: iptables"));
  await initStack();
  await installKubeFlannel(nodes);
  for (const node of nodes) await startServer(node);
}, 300_000);

afterAll(async () => {
  // Each with what it started: an ssh that outlives its lab keeps jest waiting.
  for (const { pid, exitCode, signalCode } of following) if (pid && exitCode === null && signalCode === null) process.kill(-pid);
  await stopTestLab();
}, 60_000);

const create = (...objects: object[]) =>
  on("cp1", `echo '${JSON.stringify({ apiVersion: "v1", kind: "List", items: objects })}' | kubectl apply -f -`);

/** A pod that stays on its node, and is made anew there when the node has been drained. */
const deployment = (name: string, node: string, container: object) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        nodeSelector: { "kubernetes.io/hostname": node },
        tolerations: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
        terminationGracePeriodSeconds: 0,
        containers: [{ name: "main", image: agnhostImage, imagePullPolicy: "Never", ...container }],
      },
    },
  },
});

async function startServer(node: string): Promise<void> {
  const name = `server-${node}`;
  await create(
    deployment(name, node, { args: ["netexec", "--http-port=8080"], readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1 } }),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name },
      spec: { selector: { app: name }, ports: [{ port: 8080 }] },
    },
  );
  await kubectl(`rollout status deployment/${name} --timeout=60s`);
}

/** A pod on one node that asks the server on another one: ten requests a second, each waits a second for its answer. Gives its Deployment. */
async function startAsking(from: string, to: string): Promise<string> {
  const address = (await kubectl(`get service server-${to} -o jsonpath='{.spec.clusterIP}'`)).trim();
  const name = `deployment/client-${from}-${to}`;
  const loop = `trap exit TERM; while :; do timeout 1 wget -qO- http://${address}:8080/hostname >/dev/null 2>&1 && echo answered || echo lost; sleep 0.1; done`;
  await create(deployment(`client-${from}-${to}`, from, { command: ["/bin/sh", "-c", loop] }));
  await kubectl(`rollout status ${name} --timeout=60s`);
  return name;
}

/** The words of such a pod while it speaks: they go with it when its node is drained. */
function follow(name: string): () => string {
  let text = "";
  start("lab", "exec", "cp1", "--", "kubectl", "logs", "--follow", "--timestamps", name).stdout?.on("data", (data) => {
    text += data;
  });
  return () => text;
}

/** What became of the requests of a time. */
function requests(text: string, begin: number, end: number) {
  const words = text.split("\n").flatMap((line) => {
    const [time = "", word] = line.split(" ");
    const when = Date.parse(time);
    return when >= begin && when < end && word ? [{ when, word }] : [];
  });
  const count = (which: string) => words.filter(({ word }) => word === which).length;
  const answers = words.filter(({ word }) => word === "answered").map(({ when }) => when);
  const silences = answers.slice(1).map((when, index) => when - (answers[index] ?? when));
  return { answered: answers.length, lost: count("lost"), firstAnswer: answers[0] ?? end, longestSilence: Math.max(0, ...silences) };
}

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [path.join(projectRoot, "bin", "plumbline.js"), ...args], {
    cwd: projectRoot,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  following.push(child);
  return child;
}

/** `plumbline migrate --run`; `onLine` hears each line with the process. */
async function migrate(onLine: (line: string, child: ChildProcess) => unknown = () => undefined) {
  const apply = `node setup/bootstrap.js pulumi up --yes --skip-preview --non-interactive --stack lab --config-file ${stack}`;
  const child = start("migrate", "--run", "--yes", "--stack", stack, ...change, "--apply", apply);
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name]?.on("data", (data) => {
      output[name] += data;
      if (name === "stdout") for (const line of String(data).split("\n")) onLine(line, child);
    });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, ...output };
}

const nodeStates = async () => {
  const template =
    '{range .items[*]}{.metadata.name} {.spec.unschedulable} {.metadata.labels.plumbline\\.dev/former-pod-network}{"\\n"}{end}';
  return (await kubectl(`get nodes -o jsonpath='${template}'`)).split("\n").filter(Boolean);
};

test("what is in the way is said before anything is changed", async () => {
  await kubectl(`run lonely --image=${agnhostImage} --image-pull-policy=Never --overrides='{"spec":{"nodeName":"w1"}}' -- pause`);
  await kubectl("cordon w2");
  const { code, stderr } = await migrate();
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `w2 is cordoned, and not by this command. Uncordon it, or where that was done for this change: kubectl annotate node w2 plumbline.dev/cordoned-for=switch
Nobody makes default/lonely on w1 anew: a pod without a controller is lost when its node changes. Delete it, or give it one (a Deployment).
Nothing was changed.
`,
  });
  expect(await nodeStates()).toEqual(["cp1  ", "w1  ", "w2 true "]);
  await kubectl("uncordon w2");
  await kubectl("delete pod lonely --grace-period=0 --force");
}, 60_000);

let w2ToCp1: () => string;
let begin: number;
/** When each step began, by its title. */
const steps: { readonly title: string; readonly when: number }[] = [];
function noteStep(line: string): string | undefined {
  const [, title] = /^\d\. (.*)$/.exec(line) ?? [];
  if (title) steps.push({ title, when: Date.now() });
  return title;
}

/** Lost requests by the step in which they were. */
function lostBySteps(text: string, end: number): Record<string, number> {
  const counts = steps.map(
    ({ title, when }, index) => [title, requests(text, when, Math.min(steps[index + 1]?.when ?? end, end)).lost] as const,
  );
  return Object.fromEntries(counts.filter(([, lost]) => lost > 0));
}

test("killed in the middle of a node, it leaves that one cordoned and the others as they were", async () => {
  w2ToCp1 = follow(await startAsking("w2", "cp1"));
  begin = Date.now();
  const { code, stdout } = await migrate((line, child) => {
    noteStep(line);
    if (line.includes("systemctl reboot")) child.kill("SIGKILL");
  });
  expect({ code, last: stdout.trim().split("\n").at(-1) }).toEqual({ code: null, last: expect.stringContaining("systemctl reboot") });
  expect(await nodeStates()).toEqual(["cp1  true", "w1 true ", "w2  true"]);
  const words = "A change of the pod network from kube-flannel to vxlan is under way.";
  expect((await plumbline("plan", "--stack", stack, "--cluster")).stdout).toContain(
    `${words}\nStill on kube-flannel: cp1, w2 (label plumbline.dev/former-pod-network).\n\`plumbline migrate --run --from kube-flannel --to vxlan\` goes on where it stopped.`,
  );
  expect(await pulumi(stack, "preview")).toContain(words);
}, 600_000);

test("run again it goes on, and nodes that stay reach each other all the time, but while hosts get their tunnels", async () => {
  let w1ToCp1 = () => "";
  const times: Record<string, number> = {};
  const { code, stdout, stderr } = await migrate((line) => {
    const [, node] = /^Switch (\w+)$/.exec(noteStep(line) ?? "") ?? [];
    if (node) times[node] = Date.now();
    if (node !== "w2") return;
    // w1 takes pods again.
    startAsking("w1", "cp1").then((name) => {
      w1ToCp1 = follow(name);
    });
    void startAsking("w1", "w2");
  });
  const end = Date.now();
  expect({ code, words: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, words: "" });
  expect(stdout).toMatch(/✓ 4\. Bring vxlan to all hosts\n {2}5\. Switch w1\n/);
  const { w2 = 0, cp1 = 0 } = times;
  const w1ToW2 = await kubectl("logs --timestamps deployment/client-w1-w2");
  // Its server has been away while w2 was switched.
  const isBack = requests(w1ToW2, cp1, end).firstAnswer;
  const seen = [requests(w2ToCp1(), begin, w2), requests(w1ToCp1(), w2, cp1), requests(w1ToW2, isBack, end)];
  console.log(`requests while others were switched: ${JSON.stringify(seen)}, lost by steps: ${JSON.stringify(lostBySteps(w2ToCp1(), w2))}`);
  for (const { answered } of seen) expect(answered).toBeGreaterThan(100);
  // While some hosts have their tunnels and others don't; few, since that takes seconds.
  const [, ...later] = seen;
  const whileTunnelsAreMade = lostBySteps(w2ToCp1(), w2)["Bring vxlan to all hosts"] ?? 0;
  expect(whileTunnelsAreMade).toBeLessThan(30);
  // On a busy machine an answer may take more than the second that it has: one that is lost is no gap, which would be of several.
  for (const { longestSilence } of later) expect(longestSilence).toBeLessThan(3000);
  expect(await nodeStates()).toEqual(["cp1  ", "w1  ", "w2  "]);
}, 900_000);

test("every check passes, and nothing of flannel's is left on the hosts and in the cluster", async () => {
  await expectVerified(stack, { "unfragmented packets": 3 });
  for (const node of nodes) {
    const left = [
      "ip -br link | grep -i flannel; ip route | grep flannel",
      "sudo iptables-save | grep FLANNEL; sudo ip6tables-save | grep FLANNEL; sudo nft list tables | grep flannel",
      "sudo ls -d /run/flannel /etc/cni/net.d/*flannel* /opt/cni/bin/flannel /var/lib/cni/flannel /var/lib/cni/networks/cbr0 2>/dev/null",
      "true",
    ];
    expect({ node, left: await on(node, left.join("; ")) }).toEqual({ node, left: "" });
  }
  expect(await kubectl("get namespace,clusterrole,clusterrolebinding -o name | grep flannel || true")).toBe("");
  expect(await kubectl("get namespace kube-system -o jsonpath='{.metadata.annotations}'")).not.toContain("pod-network-change");
  await waitFor(() => kubectl("wait --for=condition=Ready pod --all --timeout=5s"), 60);
}, 300_000);
