import type { Check, PacketCheck, Verdict } from "../../../analysis/verify/check";
import { planChecks } from "../../../analysis/verify/checks";
import type { Outcome } from "../../../components/node/dial";
import type { StackInput } from "../../../core/stack/schema";
import { client, facts, planOf } from "./plans";

/** What the checks of names make of what busybox's and BIND's nslookup, agnhost and nc say. */
function find(name: string, changes: Partial<StackInput> = {}): PacketCheck {
  const { checks } = planChecks(planOf(changes), client);
  const check = checks.find((one: Check) => one.kind === "packet" && one.name === name);
  if (check?.kind !== "packet") throw new Error(`no check ${name}`);
  return check;
}
const judge = (name: string, said: Outcome, changes?: Partial<StackInput>) => find(name, changes).judge(said, facts);

const outcome = (stdout: string, code = 0, stderr = ""): Outcome => ({ code, stdout, stderr });
const busybox = (rest: string, code = 0) => outcome(`Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n${rest}`, code);
const good = (detail: string): Verdict => ({ passed: true, detail });
const bad = (detail: string): Verdict => ({ passed: false, detail });
const ns = "plumbline-verify-1.svc.cluster.local";

test.each([
  ["busybox", `_http._tcp.service.${ns}\tservice = 0 100 8080 service.${ns}\n`],
  ["BIND", `_http._tcp.service.${ns}\tservice = 0 100 8080 service.${ns}.\n`],
])("SRV as %s prints it", (_, text) => {
  expect(judge("DNS SRV of a service", busybox(text))).toEqual(good(`10.96.0.10: 8080 service.${ns}`));
});

test("SRV of a headless service: every pod by its name, whatever the weights", () => {
  const record = (name: string) => `_http._tcp.headless.${ns}\tservice = 0 25 8080 ${name}.headless.${ns}\n`;
  const all = ["backend-2", "backend", "probe-1", "probe-2"];
  expect(judge("DNS SRV of a headless service", busybox([...all].reverse().map(record).join("")))).toEqual(
    good(`10.96.0.10: ${all.map((name) => `8080 ${name}.headless.${ns}`).join(", ")}`),
  );
  expect(judge("DNS SRV of a headless service", busybox(record("10-244-20-2"))).passed).toBe(false);
});

test("PTR and CNAME", () => {
  expect(judge("DNS PTR of a service", busybox(`7.7.96.10.in-addr.arpa\tname = service.${ns}\n`))).toEqual(
    good(`10.96.0.10: service.${ns}`),
  );
  expect(judge("DNS PTR of a service", busybox("** server can't find 7.7.96.10.in-addr.arpa: NXDOMAIN\n", 1))).toEqual(
    bad(
      "7.7.96.10.in-addr.arpa at 10.96.0.10: NXDOMAIN. CoreDNS runs but doesn't serve cluster.local: is its Corefile the plan's, and may it read services (ClusterRole system:coredns)?",
    ),
  );
  expect(
    judge("DNS of an ExternalName service", busybox(`external.${ns}\tcanonical name = kubernetes.default.svc.cluster.local\n`)),
  ).toEqual(good("10.96.0.10: kubernetes.default.svc.cluster.local"));
});

test.each([
  ["NXDOMAIN", busybox(`** server can't find nothing.${ns}: NXDOMAIN\n`, 1), good("10.96.0.10: NXDOMAIN")],
  ["an answer", busybox(`Name:\tnothing.${ns}\nAddress: 192.0.2.1\n`), bad(`nothing.${ns} at 10.96.0.10 is answered with 192.0.2.1`)],
  ["SERVFAIL", busybox(`** server can't find nothing.${ns}: SERVFAIL\n`, 1), bad(`nothing.${ns} at 10.96.0.10: SERVFAIL`)],
  [
    "slowness",
    outcome("", 143),
    bad(
      `no answer about nothing.${ns} at the pod's name server within 1 s. Does CoreDNS run, and does its service have endpoints? See \`kubectl -n kube-system get pods,endpointslices -l k8s-app=kube-dns\`.`,
    ),
  ],
])("a name that doesn't exist: %s", (_, said, verdict) => {
  expect(judge("DNS of no service", said)).toEqual(verdict);
});

test.each(["disabled", "insecure", "verified"] as const)("pod records, %s", (podRecords) => {
  const { checks } = planChecks(planOf({ dns: { podRecords } }), client);
  const told = checks
    .filter(({ name }) => ["DNS of a pod's address", "DNS of no pod"].includes(name))
    .map((check) => `${check.name}: ${check.expected}, ${check.kind === "packet" && check.command(facts).replace(/^.* /, "")}`);
  const own = "10-244-20-2.plumbline-verify-1.pod.cluster.local.";
  expect(told).toEqual(
    {
      disabled: [`DNS of no pod: NXDOMAIN within 1 s, ${own}`],
      insecure: [`DNS of a pod's address: the pod's address, ${own}`],
      verified: [
        `DNS of a pod's address: the pod's address, ${own}`,
        "DNS of no pod: NXDOMAIN within 1 s, 192-0-2-1.plumbline-verify-1.pod.cluster.local.",
      ],
    }[podRecords],
  );
});

test.each([
  ["all", outcome(""), good("service:8080, kubernetes.default:443, external.plumbline-verify-1.svc:443")],
  [
    "not resolved",
    outcome("kubernetes.default:443\n", 1, "DNS: lookup kubernetes.default on 10.96.0.10:53: no such host\n"),
    bad(
      "kubernetes.default:443 can't be resolved: DNS: lookup kubernetes.default on 10.96.0.10:53: no such host (exit code 1). The search path is the kubelet's on cp1: see the check of resolv.conf",
    ),
  ],
  [
    "not connected",
    outcome("service:8080\n", 1, "REFUSED\n"),
    bad("service:8080 is resolved, but not connected to: REFUSED (exit code 1)"),
  ],
])("short names: %s", (_, said, verdict) => {
  expect(judge("short names", said)).toEqual(verdict);
});

/** An answer by TCP, as `od` prints it. */
function message(answers: number, { flags = 0x8580, cut = 0 } = {}): Outcome {
  const body = Buffer.concat([
    Buffer.from([0x70, 0x6c, flags >> 8, flags & 255, 0, 1, 0, answers, 0, 0, 0, 0]),
    Buffer.alloc(16 * answers),
  ]);
  const bytes = Buffer.concat([Buffer.from([body.length >> 8, body.length & 255]), body]);
  return outcome(
    bytes
      .subarray(0, bytes.length - cut)
      .toString("hex")
      .replace(/(..)/g, " $1")
      .replace(/(.{48})/g, "$1\n"),
  );
}
const big = `big.${ns} at 10.96.0.10 port 53 (TCP)`;
test.each([
  ["whole", message(100), good("10.96.0.10 port 53 (TCP): 100 addresses in 1612 bytes")],
  ["fewer addresses", message(29), bad(`${big}: 29 of 100 addresses`)],
  ["truncated", message(29, { flags: 0x8780 }), bad(`${big}: 29 of 100 addresses, truncated`)],
  ["cut", message(100, { cut: 200 }), bad(`${big}: 1412 of 1612 bytes of the answer arrive`)],
  ["SERVFAIL", message(0, { flags: 0x8182 }), bad(`${big}: response code 2`)],
  ["nothing", outcome(""), bad("no answer from 10.96.0.10 port 53 (TCP) within 3 s: dropped on the way; see `plumbline plan --node cp1`")],
  [
    "refused",
    outcome("", 0, "nc: can't connect to remote host (10.96.0.10): Connection refused\n"),
    bad("connection to 10.96.0.10 port 53 (TCP) refused: the packet arrived, but nothing listens there"),
  ],
])("a big answer by TCP: %s", (_, said, verdict) => {
  expect(judge("DNS by TCP, big answer", said)).toEqual(verdict);
});

describe("a stub domain", () => {
  const dns = { zones: [{ zone: "corp.example", forward: ["10.0.0.53:5353", "10.0.0.54"] }] };
  const soa = "corp.example\n\torigin = ns.corp.example\n\tmail addr = admin.corp.example\n\tserial = 1\n";
  const nxdomain = "** server can't find corp.example: NXDOMAIN\n";
  const failure = (problem: string) =>
    bad(
      `corp.example at the pod's name server: ${problem}. CoreDNS asks 10.0.0.53:5353, 10.0.0.54 (dns.zones): does a server run there, has it this zone, and do pods' packets reach it?`,
    );

  test("is asked for at the pod's name server, and at the first resolver that nslookup can ask", () => {
    expect(find("DNS of a stub domain", { dns }).command(facts)).toBe(
      "timeout 3 nslookup -type=soa corp.example. 2>&1; echo ==; timeout 3 nslookup -type=soa corp.example. 10.0.0.54 2>&1; echo ==",
    );
  });

  test.each([
    ["served", `${soa}==\n${soa}==\n`, good("corp.example: answered")],
    [
      "a resolver without a record for the zone itself",
      `${nxdomain}==\n${nxdomain}==\n`,
      good("corp.example: NXDOMAIN, as 10.0.0.54 says"),
    ],
    ["asked elsewhere", `${nxdomain}==\n${soa}==\n`, failure("NXDOMAIN")],
    ["the resolver is down", "** server can't find corp.example: SERVFAIL\n==\n==\n", failure("SERVFAIL")],
    ["no answer at all", "==\n==\n", failure("no answer within 3 s")],
  ])("%s", (_, stdout, verdict) => {
    expect(judge("DNS of a stub domain", outcome(stdout), { dns })).toEqual(verdict);
  });
});

test("fixed names of the stack file: all addresses of each", () => {
  const dns = {
    hosts: [
      { address: "10.0.0.7", names: ["registry.example", "mirror.example"] },
      { address: "10.0.0.8", names: ["registry.example"] },
    ],
  };
  const { checks } = planChecks(planOf({ dns }), client);
  expect(checks.filter(({ name }) => name === "DNS of a fixed name").map(({ to, expected }) => `${to}: ${expected}`)).toEqual([
    "registry.example: 10.0.0.7, 10.0.0.8",
    "mirror.example: 10.0.0.7",
  ]);
});
