import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { judgeStack } from "../../../cli/readStack";
import { planNetwork } from "../../../components/plan";
import { type Finding, showFinding } from "../../../core/finding";
import { parseStack, requireStack } from "../../../core/stack/parse";
import { stackWith } from "../../support/stacks";
import { whole } from "../../support/wholeStack";

type Dns = NonNullable<Parameters<typeof stackWith>[0]["dns"]>;

/** What the part has to say of the settings, as it is shown; lines and columns are those within a text. */
const judged = (dns: Dns) =>
  planNetwork(stackWith({ dns }))
    .findings.filter(({ path: [section] }) => section === "dns")
    .map(({ inside, ...finding }: Finding) => showFinding({ ...finding, ...inside }));

test("settings of every kind have nothing to say", () => {
  expect(judged({})).toEqual([]);
  expect(planNetwork(requireStack(parseStack(whole))).findings.filter(({ path: [section] }) => section === "dns")).toEqual([]);
});

// CoreDNS 1.8.6 to 1.13.1, and one that isn't known yet.
test.each(["1.24", "1.25", "1.26", "1.27", "1.28", "1.29", "1.30", "1.31", "1.32", "1.33", "1.34", "1.35", "1.36"])(
  "nor has a stack of Kubernetes %s that leaves them out",
  (kubernetes) => {
    expect(planNetwork(stackWith({ cluster: { kubernetes } })).findings).toEqual([]);
    expect(planNetwork(stackWith({ cluster: { kubernetes }, dns: { nodeLocal: true, kubelet: "check" } })).findings).toEqual([
      expect.objectContaining({ severity: "warning", message: expect.stringMatching(/^no pod asks the caches/) }),
    ]);
  },
);

test("lines and blocks of the user's own are judged where they stand", () => {
  const blocks = "lab.example:53 {\n    whoami\n}\nb.example:53 {\n    forward . 10.0.0.300\n}\n";
  expect(judged({ extra: "log\n  cahce 30\n", blocks })).toEqual([
    '2:3  dns.extra: CoreDNS 1.12.1 has no plugin "cahce".\n  Did you mean cache?',
    '5:15  dns.blocks: forward wants the address of a server, or a resolv.conf, not "10.0.0.300": that is no IP address.\n  Write for example: forward . 10.0.0.53',
  ]);
});

test("what was removed by the version that the cluster's Kubernetes brings", () => {
  expect(judged({ extra: "federation cluster.local {\n}\n" })).toEqual([
    expect.stringMatching(/^1:1 {2}dns\.extra: federation was removed in CoreDNS 1\.7\.0/),
  ]);
});

test("a plugin that is there already, and a zone that is", () => {
  expect(judged({ extra: "loop\n" })).toEqual([
    expect.stringMatching(/^1:1 {2}dns\.extra: loop: is there twice in this server block .*; CoreDNS allows it once\./),
  ]);
  expect(judged({ zones: [{ zone: "a.example", forward: ["10.0.0.53"] }], blocks: "a.example {\n    whoami\n}\n" })).toEqual([
    expect.stringMatching(/^1:1 {2}dns\.blocks: .*a\.example/),
  ]);
});

test("a rule that CoreDNS can't read is found at its setting", () => {
  expect(judged({ rewrites: [{ match: "regex", from: "(a", to: "b" }] })).toEqual([
    expect.stringMatching(/^dns\.rewrites\[0\]: rewrite: "\(a" is no regular expression of Go's: /),
  ]);
});

test("the place in the stack file is the line of the text", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "plumbline-judge-"));
  try {
    const file = path.join(folder, "Pulumi.x.yaml");
    const nodes = "  plumbline:nodes: [{ name: cp1, roles: [control-plane, etcd], address: 192.168.0.20 }]\n";
    const dns = "  plumbline:dns:\n    extra: |\n      bufsize 1232\n        cahce 30\n";
    writeFileSync(file, `config:\n${nodes}  plumbline:ssh: { privateKeyFile: id }\n${dns}`);
    expect(judgeStack(file).findings.map(({ line, column, message }) => ({ line, column, message }))).toEqual([
      { line: 7, column: 9, message: 'CoreDNS 1.12.1 has no plugin "cahce".' },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
