import {
  initStack,
  killedUp,
  kubectl,
  on,
  plumbline,
  pulumi,
  stackFile,
  startTestLab,
  stopTestLab,
  testLab,
  waitFor,
} from "./support/testLab";
import { requests, startResolver } from "./support/traffic";

/** The cluster's DNS while it is changed: a client asks for a name of the cluster all the time. */
const withDns = (name: string, settings: string) =>
  stackFile(`Pulumi.${name}`, (text) => text.replace("  plumbline:verify:", `  plumbline:dns: {${settings}}\n  plumbline:verify:`));

const up = (stack: string) => pulumi(stack, "up", "--yes", "--skip-preview");
const failure = (work: Promise<string>) =>
  work.then(
    () => "nothing failed",
    ({ message }: Error) => message,
  );
const corefile = () => kubectl("get configmap coredns -n kube-system -o jsonpath='{.data.Corefile}'");
const annotations = () => kubectl("get configmap coredns -n kube-system -o jsonpath='{.metadata.annotations}'");
const dnsPods = () =>
  kubectl("get pods -n kube-system -l k8s-app=kube-dns --field-selector=status.phase=Running -o jsonpath='{.items[*].metadata.name}'");
const resolve = (name: string) => on("w1", `timeout 5 busybox nslookup ${name} 10.96.0.10`);

const nodes = ["cp1", "w1", "w2"];
const client = "resolver";
const kubelets = () => Promise.all(nodes.map((node) => on(node, "systemctl show kubelet --property=MainPID --value")));
const dropIns = (node: string) =>
  on(
    node,
    "ls /etc/kubernetes/kubelet.conf.d/99-plumbline.conf /etc/systemd/system/kubelet.service.d/99-plumbline.conf 2>/dev/null || true",
  );
let kubeletsBefore: string[];

beforeAll(async () => {
  await startTestLab();
  // A node that was joined with another cluster's DNS address.
  await on("w1", "sudo sh -c 'sed -i s/10.96.0.10/10.96.0.99/ /var/lib/kubelet/config.yaml; systemctl restart kubelet'");
  kubeletsBefore = await kubelets();
  await initStack();
  await up(withDns("first", "ttl: 30"));
  await startResolver(client, "w1", "kubernetes.default.svc.cluster.local.", "10.96.0.10");
}, 360_000);

afterAll(stopTestLab, 60_000);

test("the kubelet that gives pods another DNS server is told by a drop-in; the others aren't restarted", async () => {
  expect(await dropIns("w1")).toBe(
    "/etc/kubernetes/kubelet.conf.d/99-plumbline.conf\n/etc/systemd/system/kubelet.service.d/99-plumbline.conf\n",
  );
  expect(await on("w1", "sudo cat /var/lib/kubelet/config.yaml")).toContain("- 10.96.0.99\n");
  expect(await kubectl(`exec ${client} -- cat /etc/resolv.conf`)).toContain("nameserver 10.96.0.10\n");
  expect(await dropIns("w2")).toBe("");
  const [cp1, w1, w2] = await kubelets();
  expect([cp1, w2]).toEqual([kubeletsBefore[0], kubeletsBefore[2]]);
  expect(w1).not.toBe(kubeletsBefore[1]);
}, 120_000);

/** Rolled out, and nothing is left of the way there. */
async function expectSettled(words: string): Promise<void> {
  expect(await corefile()).toContain(words);
  expect(await annotations()).toContain('"plumbline.dev/former-corefile":""');
  expect(await kubectl("get pods,configmaps -n kube-system -l app.kubernetes.io/managed-by=plumbline -o name")).not.toContain("trial");
  const rolled = await kubectl("get deployment coredns -n kube-system -o jsonpath='{.spec.template.metadata.annotations}'");
  const [, hash = "none"] = /"plumbline.dev\/config-hash":"([^"]+)"/.exec(await annotations()) ?? [];
  expect(rolled).toContain(hash);
  await kubectl("rollout status deployment coredns -n kube-system --timeout=5s");
  expect((await requests(client)).lost).toBe(0);
}

/** Something to go back to is noted: the new Corefile is in the ConfigMap, and the rollout isn't over. */
const isRollingOut = async () => expect(await annotations()).toContain('former-corefile":"{');

test("a stub domain is tried and rolled out, by the next run where two were killed", async () => {
  const stack = withDns("stub", `zones: [{zone: corp.test, forward: [${testLab.address(9)}]}]`);
  // The trial may be over before the kill is there: then the second one comes as early.
  await killedUp(stack, () => kubectl("get pod coredns-trial -n kube-system"));
  await killedUp(stack, isRollingOut);
  const zone = `corp.test:53 {\n    errors\n    forward . ${testLab.address(9)}\n`;
  expect(await corefile()).toContain(zone);

  await up(stack);
  await expectSettled(zone);
  expect(await resolve("www.outside.test")).toMatch(/Address/);
}, 300_000);

describe("a Corefile that doesn't work is never applied", () => {
  test.each([
    [
      "CoreDNS refuses it",
      'extra: "tls /nowhere/cert.pem /nowhere/key.pem"',
      "CoreDNS doesn't start with it: .*/nowhere/cert.pem: no such file",
    ],
    [
      "it takes the cluster's names, and its upstream doesn't answer",
      `upstream: [${testLab.address(250)}], extra: "template ANY ANY cluster.local {\\n  rcode NXDOMAIN\\n}"`,
      "CoreDNS doesn't answer kubernetes.default.svc.cluster.local. and www.outside.test. with it, as it did before.",
    ],
  ])(
    "%s",
    async (_why, settings, words) => {
      // Those of before the last rollout take their time to go.
      await waitFor(async () => expect((await dnsPods()).split(" ")).toHaveLength(2), 60);
      const before = await Promise.all([corefile(), annotations(), dnsPods()]);
      const said = await failure(up(withDns("refused", settings)));
      expect(said).toMatch(new RegExp(`The new Corefile was tried in a pod of its own: ${words}`));
      expect(said).toContain("Nothing was changed; the present one is in force.");
      expect(await Promise.all([corefile(), annotations(), dnsPods()])).toEqual(before);
      expect(await kubectl("get pods,configmaps -n kube-system -l app.kubernetes.io/managed-by=plumbline -o name")).not.toContain("trial");
      expect((await requests(client)).lost).toBe(0);
    },
    240_000,
  );
});

test("what worked in the trial and then doesn't is taken back by itself, and a second try goes through", async () => {
  const address = testLab.address(10);
  const second = (verb: string) => on("client", `sudo ip address ${verb} ${address}/24 dev host0`);
  const [before, itsAnnotations] = [await corefile(), await annotations()];
  await second("add");
  // Time to break it in: each pod has to be ready for some seconds before it counts.
  const patience = (seconds: number) =>
    kubectl(`patch deployment coredns -n kube-system --type=merge -p '{"spec": {"minReadySeconds": ${seconds}}}'`);
  await patience(8);
  // Without a cache: else the new pods would have answers ready from before it breaks.
  const stack = withDns("other", `upstream: [${address}], cache: 0`);
  const said = failure(up(stack));
  await waitFor(async () => expect(await corefile()).toContain(address), 240);
  await second("del");
  expect(await said).toMatch(
    /The new Corefile was rolled out, and taken back: the service kube-dns doesn't answer www\.outside\.test\.; pod coredns-\S+ doesn't answer www\.outside\.test\.; .*, as before\.\n\s*The former one is in force again\./,
  );
  expect([await corefile(), await annotations()]).toEqual([before, itsAnnotations]);
  expect(await resolve("www.outside.test")).toMatch(/Address/);
  expect((await requests(client)).lost).toBe(0);

  await patience(0);
  await second("add");
  await up(stack);
  expect(await corefile()).toContain(`forward . ${address} {`);
  await expectSettled(address);
}, 600_000);

test("what somebody added by hand is shown, kept by adopt, and lost by no run", async () => {
  const stack = withDns("first", "ttl: 30");
  // By way of a run that was killed and one that looks at the cluster first: it finds the ConfigMap as it wants it, and the rollout not over.
  await killedUp(stack, isRollingOut);
  await pulumi(stack, "up", "--refresh", "--yes", "--skip-preview");
  await expectSettled("ttl 30");
  const byHand = `corp.test:53 {\n    errors\n    cache 30\n    forward . ${testLab.address(9)}\n}\n`;
  const edited = (await corefile()).replace(
    "    ready\n",
    "    ready\n    hosts {\n        10.0.0.7 git.corp.example\n        fallthrough\n    }\n",
  );
  const patch = JSON.stringify({ data: { Corefile: edited + byHand } });
  await kubectl(`patch configmap coredns -n kube-system --type=merge -p '${patch}'`);
  const said = await failure(pulumi(stack, "preview"));
  expect(said).toContain("The cluster's Corefile was changed by hand, and `pulumi up` would change this of it:");
  expect(said).toContain("git.corp.example");
  expect(said).toContain(`corp.test is no zone of its own any more; it went to ${testLab.address(9)}`);

  const { code, stdout } = await plumbline("adopt", "--stack", stack, "--yes");
  expect(stdout).toContain("git.corp.example");
  expect(stdout).toContain("corp.test");
  expect(code).toBe(0);
  await up(stack);
  expect(await corefile()).toContain("        10.0.0.7 git.corp.example\n");
  expect(await corefile()).toContain(`corp.test:53 {\n    errors\n    forward . ${testLab.address(9)}\n    cache 30\n}\n`);
  expect(await resolve("git.corp.example")).toContain("10.0.0.7");
}, 420_000);

test("NodeLocal DNSCache: kubelets are told one node after the other, pods ask their node's cache, and all is well", async () => {
  const stack = withDns("local", "nodeLocal: true, image: 'lab.local/coredns:v1.12.1'");
  const before = await kubelets();
  await up(stack);
  const after = await kubelets();
  expect(after.filter((pid, index) => pid !== before[index])).toHaveLength(nodes.length);
  const since = (node: string) => on(node, "systemctl show kubelet --property=ActiveEnterTimestampMonotonic --value").then(Number);
  const [cp1, w1, w2] = await Promise.all(nodes.map(since));
  expect([w1, w2, cp1]).toEqual([w1, w2, cp1].sort((a, b) => Number(a) - Number(b)));

  await startResolver("cached", "w2", "kubernetes.default.svc.cluster.local.", "169.254.20.10");
  expect(await kubectl("exec cached -- cat /etc/resolv.conf")).toMatch(/^nameserver 169\.254\.20\.10\nnameserver 10\.96\.0\.10\n/m);
  expect(await kubectl("exec cached -- nslookup www.outside.test")).toMatch(/Server:\s+169\.254\.20\.10\n/);
  expect((await requests("cached")).lost).toBe(0);
  const { code, stdout } = await plumbline("verify", "--stack", stack);
  expect([code, stdout]).toEqual([0, expect.any(String)]);

  await pulumi(stack, "preview", "--expect-no-changes");
  expect(await kubelets()).toEqual(after);
}, 600_000);
