import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { prepareEngine } from "../../offline/engine";
import { pluginVersions } from "../../offline/versions";
import { goBuild } from "../../setup/goBuild";
import { projectRoot } from "../../setup/paths";
import type { Progress } from "../../setup/progress";

jest.mock("../../setup/goBuild");

const { command, kubernetes } = pluginVersions;
const steps: string[] = [];
const progress: Progress = {
  step(title, _expected, work) {
    steps.push(title);
    return work(() => undefined);
  },
};
const saved = { ...process.env };
let folder: string;
let built: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "plumbline-engine-"));
  process.env = { HOME: folder, XDG_CACHE_HOME: path.join(folder, "cache"), PULUMI_HOME: path.join(folder, "home"), PATH: "/usr/bin:/bin" };
  steps.length = 0;
  mkdirSync(path.join(folder, "built"));
  built = fakePulumi("built", true);
  jest.mocked(goBuild).mockReset().mockResolvedValue(built);
});

afterEach(() => {
  process.env = saved;
  rmSync(folder, { recursive: true });
});

/** A `pulumi` that installs plugins if it can, from a folder or empty, and notes each try in a file beside it. */
function fakePulumi(where: string, canInstall: boolean): string {
  mkdirSync(path.join(folder, where), { recursive: true });
  const file = path.join(folder, where, "pulumi");
  const install =
    'target="$PULUMI_HOME/plugins/resource-$4-v$5"; mkdir -p "$target"; touch "$target/pulumi-resource-$4"; [ "$6" != --file ] || cp "$7"/* "$target"';
  writeFileSync(file, `#!/bin/sh\necho "$@" >> "$0.log"\n${canInstall ? install : "exit 1"}\n`);
  chmodSync(file, 0o755);
  return file;
}

function calls(program: string): string[] {
  return existsSync(`${program}.log`) ? readFileSync(`${program}.log`, "utf8").trimEnd().split("\n") : [];
}

function installOfficialPlugins(): void {
  for (const [name, version] of Object.entries(pluginVersions)) {
    const plugin = path.join(folder, "home", "plugins", `resource-${name}-v${version}`);
    mkdirSync(plugin, { recursive: true });
    writeFileSync(path.join(plugin, `pulumi-resource-${name}`), "");
  }
}

const lab = { PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_BACKEND_URL: `file://${projectRoot}` };

describe("with pulumi on the PATH", () => {
  let official: string;

  beforeEach(() => {
    official = fakePulumi("bin", true);
    process.env.PATH = `${path.join(folder, "bin")}:/usr/bin:/bin`;
  });

  test("and its plugins installed, they are used, and nothing of ours is in the way", async () => {
    installOfficialPlugins();
    expect(await prepareEngine(progress)).toEqual({
      program: official,
      env: lab,
      description: `Engine: ${official} with the official plugins command ${command} and kubernetes ${kubernetes}`,
    });
    expect([calls(official), steps, jest.mocked(goBuild).mock.calls]).toEqual([[], [], []]);
  });

  test("missing plugins are fetched", async () => {
    expect((await prepareEngine(progress)).program).toBe(official);
    expect(calls(official)).toEqual([`plugin install resource command ${command}`, `plugin install resource kubernetes ${kubernetes}`]);
    expect(steps).toEqual([`Fetch the Pulumi plugin command ${command}`, `Fetch the Pulumi plugin kubernetes ${kubernetes}`]);
  });

  test("where they can't be fetched the stand-ins serve, and for a day nobody waits for the download again", async () => {
    official = fakePulumi("bin", false);
    expect((await prepareEngine(progress)).program).toBe(built);
    expect((await prepareEngine(progress)).program).toBe(built);
    expect(calls(official)).toEqual([`plugin install resource command ${command}`]);
    const yesterday = Date.now() / 1000 - 25 * 3600;
    utimesSync(path.join(folder, "cache", "plumbline", "plugin-download-failed"), yesterday, yesterday);
    fakePulumi("bin", true);
    expect((await prepareEngine(progress)).program).toBe(official);
  });
});

describe("without pulumi", () => {
  test("the engine is built, and the stand-ins are installed for it once", async () => {
    const engine = await prepareEngine(progress);
    const home = path.join(folder, "cache", "plumbline", "pulumi-home");
    expect(engine).toEqual({
      program: built,
      env: {
        ...lab,
        PULUMI_HOME: home,
        PLUMBLINE_OFFLINE: path.join(projectRoot, "dist", "offline"),
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
      },
      description: `Engine: pulumi 3.259.0 built from its Go module, with Plumbline's stand-ins for the plugins nodejs, command ${command}, kubernetes ${kubernetes}`,
    });
    expect(jest.mocked(goBuild).mock.calls[0]?.[0]).toMatchObject({
      name: "pulumi",
      version: "3.259.0",
      module: path.join(projectRoot, "offline", "engine"),
    });
    expect(readdirSync(path.join(home, "plugins")).sort()).toEqual([`resource-command-v${command}`, `resource-kubernetes-v${kubernetes}`]);
    await prepareEngine(progress);
    expect(calls(built).length).toBe(2);
  });

  test("a launcher runs the compiled program of the checkout that the environment names, and refuses without", async () => {
    await prepareEngine(progress);
    const launcher = path.join(path.dirname(built), "pulumi-language-nodejs");
    mkdirSync(path.join(folder, "checkout", "language"), { recursive: true });
    writeFileSync(path.join(folder, "checkout", "language", "main.js"), "console.log(process.argv.slice(2).join())");
    const env = { ...saved, PLUMBLINE_OFFLINE: path.join(folder, "checkout") };
    expect(spawnSync(launcher, ["a", "b"], { env, encoding: "utf8" }).stdout).toBe("a,b\n");
    const { PLUMBLINE_OFFLINE: _, ...without } = env;
    expect(spawnSync(launcher, [], { env: without, encoding: "utf8" }).stderr).toMatch(
      /PLUMBLINE_OFFLINE: is not set; start the engine by npm run pulumi/,
    );
  });
});

test("a backend of the user's own is left alone", async () => {
  process.env.PULUMI_BACKEND_URL = "file:///mine";
  fakePulumi("bin", true);
  process.env.PATH = `${path.join(folder, "bin")}:/usr/bin:/bin`;
  installOfficialPlugins();
  expect((await prepareEngine(progress)).env).toEqual({ PULUMI_SKIP_UPDATE_CHECK: "true" });
});
