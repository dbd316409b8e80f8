import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findStackFile } from "../../cli/stack";
import { run } from "./run";
import { inProject } from "./stacks";

inProject();

test("help names every command and the exit codes", async () => {
  const { code, stdout, stderr } = await run("--help");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const command of ["lab", "check", "plan", "render", "diff", "adopt", "doctor", "verify"])
    expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, "m"));
  expect(stdout).toContain("Exit codes: 0 fine, 1 found something (mistakes, differences, failed checks), 2 could not run.");
});

test("an unknown command gets the nearest", async () => {
  const { code, stdout, stderr } = await run("rendr");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toBe("error: unknown command 'rendr'\n(Did you mean render?)\n(run with --help for the options)\n");
});

test("an unknown option gets the nearest", async () => {
  const { code, stderr } = await run("plan", "--stak", "dev");
  expect(code).toBe(2);
  expect(stderr).toBe("error: unknown option '--stak'\n(Did you mean --stack?)\n(run with --help for the options)\n");
});

test("the version is the package's", async () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(await run("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test("no command: the help, and exit code 2", async () => {
  const { code, stdout, stderr } = await run();
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("Usage: plumbline");
});

test("an unknown stack gets the nearest", async () => {
  expect(await run("check", "--stack", "lb")).toEqual({
    code: 2,
    stdout: "",
    stderr: "There is no stack lb in stacks. Did you mean lab?\n",
  });
});

describe("stack files", () => {
  let folder = "";
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), "plumbline-stack-")));
    mkdirSync(path.join(folder, "project", "stacks"), { recursive: true });
    mkdirSync(path.join(folder, "project", "deep", "down"), { recursive: true });
    writeFileSync(path.join(folder, "project", "stacks", "Pulumi.one.yaml"), "");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const at = (...names: string[]) => path.join(folder, "project", ...names);

  test("a name is looked up from the current folder upwards", () => {
    expect(findStackFile("one", at())).toBe("stacks/Pulumi.one.yaml");
    expect(findStackFile("one", at("deep", "down"))).toBe("../../stacks/Pulumi.one.yaml");
    expect(findStackFile("one", at("stacks"))).toBe("Pulumi.one.yaml");
  });

  test("what looks like a file is one", () => {
    expect(findStackFile("Pulumi.one.yaml", at())).toBe("Pulumi.one.yaml");
    expect(findStackFile("../x", at())).toBe("../x");
  });

  test("a name without a file", () => {
    expect(() => findStackFile("lab", at("deep"))).toThrow("There is no stack lab in ../stacks. There are: one.");
    expect(() => findStackFile("lab", folder)).toThrow(
      `There is no stack lab: neither ${folder} nor a folder above it has a folder stacks.\n  Run this in the project's folder, or name a file: --stack ./Pulumi.lab.yaml`,
    );
  });
});
