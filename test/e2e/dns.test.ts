import { initStack, kubectl, on, pulumi, stackFile, startTestLab, stopTestLab, testLab, waitFor } from "./support/testLab";

/** A change of the cluster's DNS: tried first, then rolled out; a bad one changes nothing. */
const withDns = (name: string, settings: string) =>
  stackFile(name, (text) =>
    text.replace(
      "  plumbline:verify:",
      `  plumbline:dns: {trial: true, image: 'lab.local/coredns:v1.12.1', ${settings}}\n  plumbline:verify:`,
    ),
  );

const up = (stack: string) => pulumi(stack, "up", "--yes", "--skip-preview");
const corefile = () => kubectl("get configmap coredns -n kube-system -o jsonpath='{.data.Corefile}'");
const dnsPods = () => kubectl("get pods -n kube-system -l k8s-app=kube-dns -o jsonpath='{.items[*].metadata.name}'");
const resolve = (name: string) => on("w1", `timeout 5 busybox nslookup ${name} 10.96.0.10`);

beforeAll(async () => {
  await startTestLab();
  await initStack();
  await up(withDns("first", "ttl: 30"));
}, 360_000);

afterAll(stopTestLab, 60_000);

test("a stub domain is tried and rolled out", async () => {
  await up(withDns("stub", `zones: [{zone: corp.test, forward: [${testLab.address(9)}]}]`));
  expect(await corefile()).toContain(`corp.test:53 {\n    errors\n    forward . ${testLab.address(9)}\n`);
  expect(await resolve("www.outside.test")).toMatch(/Address/);
}, 180_000);

test("an upstream that doesn't answer is found before anything is changed", async () => {
  // Those of before the last rollout take their time to go.
  await waitFor(async () => expect((await dnsPods()).split(" ")).toHaveLength(2), 60);
  const [before, pods] = [await corefile(), await dnsPods()];
  const failure = await up(withDns("dead", `upstream: [${testLab.address(250)}]`)).catch(({ message }: Error) => message);
  expect(failure).toContain("With the new Corefile CoreDNS doesn't answer www.outside.test., as it does now. Nothing was changed.");
  expect(await corefile()).toBe(before);
  expect(await dnsPods()).toBe(pods);
  expect(await resolve("www.outside.test")).toMatch(/Address/);
}, 240_000);
