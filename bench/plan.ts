import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { projectRoot } from "../setup/paths";

/** How often each program runs; the programs take turns, so that a busy moment meets all of them. */
const rounds = 5;
const nodeCount = 5000;

interface Program {
  readonly name: string;
  readonly args: readonly string[];
  /** What it is compared with. */
  readonly peer?: string;
  /** Of the median run: seconds, and megabytes at the most. */
  readonly limit?: { readonly seconds: number; readonly megabytes: number };
}

interface Run {
  readonly seconds: number;
  readonly megabytes: number;
}

/** A stack file of one LAN and so many nodes, one to a line, as people write them. */
function largeStack(nodes: number): string {
  const address = (index: number) => `10.0.${(index + 16) >> 8}.${(index + 16) & 255}`;
  const line = (_: unknown, index: number) =>
    `    - { name: n${index}, roles: [${index < 3 ? "control-plane, etcd" : "worker"}], address: ${address(index)} }\n`;
  return `config:
  plumbline:cluster: { podCIDRs: [10.128.0.0/11], nodeMaskSizes: [25], serviceCIDRs: [10.96.0.0/12], nodeCIDRs: [10.0.0.0/16] }
  plumbline:ssh: { agent: true }
  plumbline:nodes:
${Array.from({ length: nodes }, line).join("")}`;
}

/** One run of a Node program as a process of its own, from its start to its end. */
function measure(script: string, args: readonly string[]): Run {
  // The child says itself how much memory it had: no other program is needed for that.
  const report = `process.on("exit", () => process.stderr.write("\\nmaxRSS " + process.resourceUsage().maxRSS));`;
  const started = process.hrtime.bigint();
  const child = spawnSync(process.execPath, ["-e", `${report}\n${script}`, "--", ...args], { encoding: "utf8", maxBuffer: 1 << 28 });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const maxRSS = /maxRSS (\d+)$/.exec(child.stderr)?.[1];
  if (child.status !== 0 || maxRSS === undefined) throw new Error(`${args.join(" ")} ended with ${child.status}: ${child.stderr}`);
  return { seconds, megabytes: Number(maxRSS) / 1024 };
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function main(): void {
  const folder = mkdtempSync(path.join(tmpdir(), "plumbline-bench-"));
  try {
    const file = path.join(folder, "Pulumi.large.yaml");
    writeFileSync(file, largeStack(nodeCount));
    const bin = JSON.stringify(path.join(projectRoot, "bin", "plumbline.js"));
    const plumbline = `process.argv.splice(1, 0, ${bin}); require(${bin});`;
    const yaml = JSON.stringify(require.resolve("yaml"));
    const parse = `JSON.stringify(require(${yaml}).parse(require("fs").readFileSync(process.argv[1], "utf8")));`;
    const programs: (Program & { script: string })[] = [
      { name: "node -e 0", script: "0", args: [] },
      { name: "plumbline --help", script: plumbline, args: ["--help"], peer: "node -e 0", limit: { seconds: 0.3, megabytes: 100 } },
      { name: "yaml.parse", script: parse, args: [file] },
      {
        name: `plumbline plan --json, ${nodeCount} nodes`,
        script: plumbline,
        args: ["plan", "--json", "--stack", file],
        peer: "yaml.parse",
        limit: { seconds: 3, megabytes: 1024 },
      },
    ];
    const runs = new Map<string, Run[]>(programs.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round++) for (const { name, script, args } of programs) runs.get(name)?.push(measure(script, args));
    const medians = new Map(
      [...runs].map(([name, all]) => [
        name,
        { seconds: median(all.map(({ seconds }) => seconds)), megabytes: median(all.map(({ megabytes }) => megabytes)) },
      ]),
    );
    for (const program of programs) print(program, medians);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function print({ name, peer, limit }: Program, medians: ReadonlyMap<string, Run>): void {
  const { seconds, megabytes } = medians.get(name) ?? { seconds: Number.NaN, megabytes: Number.NaN };
  const ratio = peer ? `, ${(seconds / (medians.get(peer)?.seconds ?? Number.NaN)).toFixed(2)} times ${peer}` : "";
  const within = !limit || (seconds <= limit.seconds && megabytes <= limit.megabytes);
  const verdict = limit ? ` (limit ${limit.seconds} s, ${limit.megabytes} MB: ${within ? "kept" : "EXCEEDED"})` : "";
  process.stdout.write(`${name}: ${seconds.toFixed(3)} s${ratio}, ${megabytes.toFixed(0)} MB${verdict}\n`);
  if (!within) process.exitCode = 1;
}

main();
