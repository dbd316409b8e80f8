import { initStack, kubectl, on, plumbline, pulumi, stackFile, startTestLab, stopTestLab, testLab, waitFor } from "./support/testLab";

/** A change of the cluster's DNS: tried first, then rolled out; a bad one changes nothing. */
const withDns = (name: string, settings: string) =>
  stackFile(name, (text) =>
    text.replace(
      "  plumbline:verify:",
      `  plumbline:dns: {trial: true, image: 'lab.local/coredns:v1.12.1', ${settings}}\n  plumbline:verify:`,
    ),
  );

const stub = `ttl: 300, zones: [{zone: corp.test, forward: [${testLab.address(9)}]}]`;
const up = (stack: string) => pulumi(stack, "up", "--yes", "--skip-preview");
const corefile = () => kubectl("get configmap coredns -n kube-system -o jsonpath='{.data.Corefile}'");
const dnsPods = () => kubectl("get pods -n kube-system -l k8s-app=kube-dns -o jsonpath='{.items[*].metadata.name}'");
const resolve = (name: string) => on("w1", `timeout 5 busybox nslookup ${name} 10.96.0.10`);

beforeAll(async () => {
  await startTestLab();
  await initStack();
  await up(withDns("first", "ttl: 30"));
}, 180_000);

afterAll(stopTestLab, 30_000);

/** As somebody with kubectl does. */
const edit = (script: string) => kubectl(`get configmap coredns -n kube-system -o yaml | sed '${script}' | kubectl replace -f -`);
const failure = (work: Promise<string>) =>
  work.then(
    () => "nothing failed",
    ({ message }: Error) => message,
  );

test("a stub domain is tried and rolled out", async () => {
  await up(withDns("stub", stub));
  expect(await corefile()).toContain(`corp.test:53 {\n    errors\n    forward . ${testLab.address(9)}\n`);
  expect(await resolve("www.outside.test")).toMatch(/Address/);
  await pulumi(withDns("stub", stub), "preview", "--expect-no-changes");
}, 120_000);

test("an upstream that doesn't answer is found before anything is changed", async () => {
  const [before, pods] = [await corefile(), await dnsPods()];
  const said = await failure(up(withDns("dead", `upstream: [${testLab.address(250)}]`)));
  expect(said).toContain("With the new Corefile CoreDNS doesn't answer www.outside.test., as it does now. Nothing was changed.");
  expect(await corefile()).toBe(before);
  expect(await dnsPods()).toBe(pods);
  expect(await resolve("www.outside.test")).toMatch(/Address/);
}, 120_000);

test("what somebody wrote into the Corefile isn't overwritten, unless that is asked for", async () => {
  await edit("s/ttl 300/ttl 7/");
  const [before, pods] = [await corefile(), await dnsPods()];
  const stack = withDns("stub", stub);
  for (const said of [await failure(pulumi(stack, "preview")), await failure(up(stack))]) {
    expect(said).toContain("The cluster's Corefile was changed by hand, and `pulumi up` would change this of it:");
    expect(said).toContain("  kubernetes: ttl 7 to 300\n");
    expect(said).toContain("Take it into the stack (plumbline adopt), or write dns.overwrite: true to have it replaced.");
  }
  expect(await corefile()).toBe(before);
  expect(await dnsPods()).toBe(pods);
  await up(withDns("overwrite", `${stub}, overwrite: true`));
  expect(await corefile()).toBe(before.replace("ttl 7", "ttl 300"));
}, 150_000);

test("what somebody wrote into the Corefile is kept by plumbline adopt", async () => {
  await edit("0,/errors$/s/errors$/errors\\n        log/");
  const before = await corefile();
  const stack = withDns("Pulumi.adopted", stub);
  expect(await failure(pulumi(stack, "preview"))).toContain("  log is gone\n");
  expect((await plumbline("adopt", "--stack", stack, "--yes")).code).toBe(0);
  await up(stack);
  expect(await corefile()).toBe(before);
}, 120_000);

/** What a new pod is told to ask, and how it asks. */
async function newPod(name: string): Promise<{ nameservers: string[]; ask: (domain: string) => Promise<string> }> {
  await kubectl(
    `run ${name} --image=lab.local/agnhost:v1.34.4 --restart=Never --command -- sleep 600 && kubectl wait --for=condition=Ready --timeout=60s pod/${name}`,
  );
  const lines = (await kubectl(`exec ${name} -- cat /etc/resolv.conf`)).matchAll(/^nameserver (\S+)$/gm);
  return {
    nameservers: [...lines].map(([, address = ""]) => address),
    ask: (domain) => kubectl(`exec ${name} -- timeout 10 nslookup ${domain}`),
  };
}

test("NodeLocal DNSCache: new pods ask it first, it answers what it knows while no CoreDNS runs, and it can be taken out", async () => {
  await up(withDns("node-local", `${stub}, log: true, nodeLocal: true`));
  const { nameservers, ask } = await newPod("cached");
  expect(nameservers).toEqual(["169.254.20.10", "10.96.0.10"]);
  const answer = await ask("kubernetes.default.svc.cluster.local.");
  expect(answer).toMatch(/Address.*10\.96\.0\.1$/m);
  await kubectl("scale deployment coredns -n kube-system --replicas=0");
  await waitFor(async () => expect(await dnsPods()).toBe(""), 60);
  expect(await ask("kubernetes.default.svc.cluster.local.")).toBe(answer);
  await kubectl("scale deployment coredns -n kube-system --replicas=2");
  await kubectl("rollout status deployment coredns -n kube-system --timeout=60s");

  await up(withDns("without", `${stub}, log: true`));
  expect((await newPod("uncached")).nameservers).toEqual(["10.96.0.10"]);
  expect(await kubectl("get daemonsets -n kube-system -o name")).not.toContain("node-local-dns");
  await expect(on("w1", "ip link show nodelocaldns")).rejects.toThrow("does not exist");
}, 300_000);
