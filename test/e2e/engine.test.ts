import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Engine, prepareEngine } from "../../offline/engine";
import { projectRoot } from "../../setup/paths";
import { showProgress } from "../../setup/progress";
import { attempt } from "../../setup/run";
import { missingSshd, type Sshd, startSshd } from "../offline/sshd";

/** A program of its own, with the commands as Plumbline uses them, through the real engine against a real sshd. */
const program = `
const pulumi = require("@pulumi/pulumi");
const { local, remote } = require("@pulumi/command");
const { step, fault, host } = new pulumi.Config().requireObject("test");
console.log("step", step);
if (fault === "throw") throw new Error("the program's own mistake");
const privateKey = pulumi.secret(require("node:fs").readFileSync("key", "utf8"));
const connection = { host: "127.0.0.1", ...host, privateKey, dialErrorLimit: 1, perDialTimeout: 10 };
const quiet = { logging: "none", addPreviousOutputInEnv: false };
const options = { hideDiffs: ["connection"] };
const bundle = "first line\\ngeneration " + step + "\\nlast line\\n";
const apply = new remote.Command("apply", { connection, create: "cat", stdin: bundle, delete: "true", ...quiet }, options);
new remote.Command("confirm", { connection, create: pulumi.interpolate\`echo confirmed; echo noise >&2\`, stdin: apply.stdout, ...quiet }, options);
new remote.Command("secret", { connection, create: "wc -c", stdin: pulumi.secret("hidden " + step), ...quiet }, options);
new remote.Command("triggered", { connection, create: "echo t", triggers: [{ step }], ...quiet }, { ...options, deleteBeforeReplace: true });
new remote.Command("same", { connection, create: "echo same" }, options);
if (step === 1) new local.Command("removed", { create: "echo here", delete: "true" });
if (fault === "exit") new remote.Command("fails", { connection, create: "echo out; exit 3", ...quiet }, options);
exports.applied = apply.stdout;
`;

interface StoredResource {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly inputs: Record<string, unknown>;
  readonly outputs: Record<string, unknown>;
}

const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: expect.any(String) };
const suite = missingSshd === undefined ? describe : describe.skip;

suite(`the engine with remote commands${missingSshd === undefined ? "" : ` (skipped: ${missingSshd})`}`, () => {
  let engine: Engine;
  let sshd: Sshd;
  let folder: string;

  beforeAll(async () => {
    require("../../setup/compile.js").compile();
    [engine, sshd] = await Promise.all([prepareEngine(showProgress()), startSshd()]);
    folder = mkdtempSync(path.join(tmpdir(), "plumbline-engine-"));
    mkdirSync(path.join(folder, "state"));
    symlinkSync(path.join(projectRoot, "node_modules"), path.join(folder, "node_modules"));
    writeFileSync(path.join(folder, "package.json"), "{}");
    writeFileSync(path.join(folder, "index.js"), program);
    writeFileSync(path.join(folder, "key"), sshd.privateKey);
    writeFileSync(
      path.join(folder, "Pulumi.yaml"),
      "name: engine-test\nmain: index.js\nruntime: { name: nodejs, options: { typescript: false } }\n",
    );
    await pulumi("stack", "init", "test");
  }, 900_000);

  afterAll(async () => {
    await sshd?.stop();
    rmSync(folder, { recursive: true });
  });

  async function tryPulumi(...args: string[]) {
    const env = { ...engine.env, PULUMI_BACKEND_URL: `file://${folder}/state`, PULUMI_CONFIG_PASSPHRASE: "test", NO_COLOR: "1" };
    const { code, stdout, stderr } = await attempt(engine.program, [...args, "--non-interactive"], { cwd: folder, env });
    return { code, stdout, output: stdout + stderr };
  }

  async function pulumi(...args: string[]): Promise<string> {
    const { code, stdout, output } = await tryPulumi(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${output}`);
    return stdout;
  }

  function configure(step: number, fault = ""): void {
    const { port, user, hostKey } = sshd;
    const [salt] = /^encryptionsalt: .*$/m.exec(readFileSync(path.join(folder, "Pulumi.test.yaml"), "utf8")) ?? [];
    const test = JSON.stringify({ step, fault, host: { port, user, hostKey } });
    writeFileSync(path.join(folder, "Pulumi.test.yaml"), `${salt}\nconfig:\n  engine-test:test: ${test}\n`);
  }

  /** What preview says of each command that changes: the operation, and where it differs. */
  async function plan(): Promise<Record<string, unknown>> {
    const { steps } = JSON.parse(await pulumi("preview", "--json")) as {
      steps: { op: string; urn: string; detailedDiff?: Record<string, { kind: string }> | null }[];
    };
    const changes = steps.filter(({ op, urn }) => op !== "same" && urn.includes(":command:"));
    const detail = (diff: Record<string, { kind: string }> | null | undefined) =>
      Object.entries(diff ?? {}).map(([at, { kind }]) => `${kind} ${at}`);
    return Object.fromEntries(changes.map(({ op, urn, detailedDiff }) => [`${op} ${nameOf(urn)}`, detail(detailedDiff)]));
  }

  async function stored(): Promise<Record<string, StoredResource>> {
    const { deployment } = JSON.parse(await pulumi("stack", "export")) as { deployment: { resources?: StoredResource[] } };
    return Object.fromEntries((deployment.resources ?? []).map((resource) => [nameOf(resource.urn), resource]));
  }

  const nameOf = (urn: string) => urn.split("::").at(-1) ?? "";

  test("up creates what the program says, and keeps secrets secret", async () => {
    configure(1);
    const output = await pulumi("up", "--yes", "--skip-preview");
    expect(output).toMatch(/\+ 7 created/);
    expect(output).toContain("step 1");
    const { default_1_2_1: provider, apply, confirm, secret: hidden, same, removed } = await stored();
    expect(provider?.inputs).toEqual({ __internal: {}, "__pulumi-go-provider-version": "v1.5.0", version: "1.2.1" });
    const quiet = { connection: secret, logging: "none", addPreviousOutputInEnv: false };
    const bundle = "first line\ngeneration 1\nlast line\n";
    const applyInputs = { ...quiet, create: "cat", delete: "true", stdin: bundle };
    expect(apply).toMatchObject({ id: expect.stringMatching(/^apply[0-9a-f]{8}$/), inputs: applyInputs });
    expect(apply?.outputs).toEqual({ ...applyInputs, stdout: bundle.trimEnd(), stderr: "" });
    expect(confirm?.outputs).toMatchObject({ stdin: bundle.trimEnd(), stdout: "confirmed", stderr: "noise" });
    expect(hidden?.outputs).toEqual({ ...quiet, create: "wc -c", stdin: secret, stdout: "8", stderr: "" });
    expect(same?.outputs).toEqual({ connection: secret, create: "echo same", stdout: "same", stderr: "" });
    expect(removed?.outputs).toEqual({ create: "echo here", delete: "true", stdout: "here", stderr: "" });
    const state = path.join(folder, "state");
    const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const body = sshd.privateKey.split("\n")[2] ?? "";
    expect(body.length).toBeGreaterThan(40);
    for (const file of files) expect(readFileSync(path.join(file.parentPath, file.name), "utf8")).not.toContain(body);
  }, 120_000);

  test("without a change nothing happens and nothing is dialled", async () => {
    const before = sshd.connections();
    expect(await pulumi("up", "--yes", "--skip-preview")).toMatch(/7 unchanged/);
    expect(await pulumi("refresh", "--yes", "--skip-preview")).toMatch(/7 unchanged/);
    expect(await plan()).toEqual({});
    expect(sshd.connections()).toBe(before);
  }, 120_000);

  test("preview of an edit names what changes, with a line diff of stdin, and dials nothing", async () => {
    configure(2);
    const before = sshd.connections();
    expect(await plan()).toEqual({
      "update apply": ["update stdin"],
      "update confirm": ["update stdin"],
      "update secret": ["update stdin"],
      "replace triggered": ["update-replace triggers[0].step"],
      "delete removed": [],
    });
    const text = await pulumi("preview", "--diff");
    expect(text).toMatch(/~ stdin: *\n\s+first line\n\s+- generation 1\n\s+\+ generation 2\n\s+last line\n/);
    expect(text).toContain("~ stdin: [secret] => [secret]");
    expect(sshd.connections()).toBe(before);
  }, 120_000);

  test("up makes the edit so: one connection per command that changes", async () => {
    const before = await stored();
    const dialled = sshd.connections();
    expect(await pulumi("up", "--yes", "--skip-preview")).toMatch(/~ 3 updated\n\s+- 1 deleted\n\s+\+-1 replaced/);
    expect(sshd.connections()).toBe(dialled + 4);
    const after = await stored();
    expect(after.apply?.id).toBe(before.apply?.id);
    expect(after.apply?.outputs.stdout).toBe("first line\ngeneration 2\nlast line");
    expect(after.triggered?.id).not.toBe(before.triggered?.id);
    expect(after.removed).toBeUndefined();
  }, 120_000);

  test("a command that fails fails the run with its output, and the next run is as if it had not been", async () => {
    configure(2, "exit");
    const { code, output } = await tryPulumi("up", "--yes", "--skip-preview");
    expect(code).not.toBe(0);
    expect(output).toMatch(/error: Process exited with status 3: running "echo out; exit 3":\n\s+out/);
    configure(2);
    expect(await plan()).toEqual({});
  }, 120_000);

  test("a program that throws shows its error, soon", async () => {
    configure(2, "throw");
    const started = Date.now();
    const { code, output } = await tryPulumi("up", "--yes", "--skip-preview");
    expect(code).not.toBe(0);
    expect(output).toMatch(/Error: the program's own mistake\n\s+at .*index\.js:\d+:/);
    expect(Date.now() - started).toBeLessThan(15_000);
  }, 120_000);

  test("destroy runs what is to run on deletion, and leaves nothing", async () => {
    configure(2);
    const dialled = sshd.connections();
    expect(await pulumi("destroy", "--yes", "--skip-preview")).toMatch(/- 6 deleted/);
    expect(sshd.connections()).toBe(dialled + 1);
    expect(await stored()).toEqual({});
  }, 120_000);
});
