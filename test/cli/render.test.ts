import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { agent } from "../../components/node/agent";
import { expectGoldenFolder } from "./golden";
import { run } from "./run";
import { inProject, stacks } from "./stacks";

inProject();

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "plumbline-render-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each(stacks)("render of the stack %s", async (stack) => {
  expect(await run("render", "--stack", stack, "--out", folder)).toMatchObject({ code: 0, stderr: "" });
  expectGoldenFolder(`${stack}/render`, folder);
});

const nft = spawnSync("nft", ["--check", "list", "tables"]);
const reason = nft.error ? "nft isn't installed" : nft.status === 0 ? "" : "nft needs root here";
// With CI=true nothing may be left out: the test then runs, and fails.
const withNft = reason === "" || process.env.CI === "true" ? test : test.skip;

withNft.each(stacks)(`nft accepts every table of the stack %s${reason ? ` (skipped: ${reason})` : ""}`, async (stack) => {
  await run("render", "--stack", stack, "--out", folder);
  const hosts = readdirSync(path.join(folder, "hosts"));
  expect(hosts.length).toBeGreaterThan(1);
  for (const host of hosts) {
    const { status, stderr } = spawnSync("nft", ["--check", "--file", path.join(folder, "hosts", host, "plumbline.nft")], {
      encoding: "utf8",
    });
    expect({ host, status, stderr }).toEqual({ host, status: 0, stderr: "" });
  }
});

test("an earlier render is replaced, and what it no longer has is gone", async () => {
  await run("render", "--stack", "lab", "--out", folder);
  const again = await run("render", "--stack", "dev", "--out", folder);
  expect(again.code).toBe(0);
  expect(readdirSync(path.join(folder, "hosts"))).toEqual(["cp1", "w1"]);
  expect(readdirSync(path.dirname(folder)).filter((name) => name.startsWith(`${path.basename(folder)}.`))).toEqual([]);
});

test("a folder with other files is left alone", async () => {
  writeFileSync(path.join(folder, "notes.txt"), "mine\n");
  expect(await run("render", "--stack", "lab", "--out", folder)).toEqual({
    code: 2,
    stdout: "",
    stderr: `${folder} isn't empty and isn't an earlier render. Name a new or empty folder: --out DIR\n`,
  });
  expect(readdirSync(folder)).toEqual(["notes.txt"]);
});

test("an earlier render that somebody put a file into is left alone", async () => {
  await run("render", "--stack", "dev", "--out", folder);
  mkdirSync(path.join(folder, ".git"));
  writeFileSync(path.join(folder, ".git", "HEAD"), "ref\n");
  expect(await run("render", "--stack", "lab", "--out", folder)).toEqual({
    code: 2,
    stdout: "",
    stderr: `${folder} is an earlier render with files that it didn't write: .git/HEAD. Move them away, or name another folder.\n`,
  });
  expect(readdirSync(path.join(folder, "hosts"))).toEqual(["cp1", "w1"]);
});

test("a stack with mistakes renders nothing", async () => {
  const stack = path.join(folder, "bad.yaml");
  writeFileSync(stack, "config:\n  plumbline:nodes: []\n");
  const out = path.join(folder, "out");
  expect(await run("render", "--stack", stack, "--out", out)).toMatchObject({ code: 2, stdout: "" });
  expect(readdirSync(folder)).toEqual(["bad.yaml"]);
});

test("the route protocol is the host agent's", async () => {
  await run("render", "--stack", "lab", "--out", folder);
  const [, protocol] = /^protocol=(\d+)$/m.exec(agent()) ?? [];
  expect(readFileSync(path.join(folder, "hosts", "w1", "routes"), "utf8")).toBe(
    `route replace 10.244.0.0/24 via 10.100.0.20 protocol ${protocol}\n` +
      `route replace 10.244.2.0/24 via 10.100.0.22 protocol ${protocol}\n` +
      `route replace blackhole 10.244.0.0/16 protocol ${protocol}\n`,
  );
});
