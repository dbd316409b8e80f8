import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { cacheFolder } from "../setup/paths";
import type { Progress } from "../setup/progress";
import type { Log } from "../setup/run";
import { pluginVersions } from "./versions";

/** How long a plugin's download may take, and how long to wait after a failed one before trying again. */
const downloadLimit = 60_000;
const retryAfter = 24 * 3600_000;

/** The installed `pulumi`, provided that its plugins are there too or can be fetched; undefined otherwise. */
export async function findOfficialEngine(progress: Progress): Promise<string | undefined> {
  const program = findOnPath("pulumi");
  if (program === undefined) return undefined;
  const missing = Object.entries(pluginVersions).filter(([name, version]) => !isInstalled(name, version));
  if (missing.length === 0) return program;
  if (failedLately()) return undefined;
  for (const [name, version] of missing) {
    const fetched = await progress.step(`Fetch the Pulumi plugin ${name} ${version}`, "up to a minute", (log) =>
      fetchPlugin(program, name, version, log),
    );
    if (fetched) continue;
    mkdirSync(cacheFolder(), { recursive: true });
    writeFileSync(failureMark(), `${name} ${version}\n`);
    return undefined;
  }
  rmSync(failureMark(), { force: true });
  return program;
}

function findOnPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Whether the plugin is where `pulumi plugin install` puts it, or on the PATH, where the engine looks first. */
function isInstalled(name: string, version: string): boolean {
  const home = process.env.PULUMI_HOME || path.join(homedir(), ".pulumi");
  const program = `pulumi-resource-${name}`;
  return existsSync(path.join(home, "plugins", `resource-${name}-v${version}`, program)) || findOnPath(program) !== undefined;
}

/** Resolves to whether it worked: a download that can't be reached is an expected case, for which the stand-ins are there. */
function fetchPlugin(program: string, name: string, version: string, log: Log): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["plugin", "install", "resource", name, version], {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: downloadLimit,
    });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", log);
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0));
  });
}

// Without this mark every command would wait for the same download to fail.
function failureMark(): string {
  return path.join(cacheFolder(), "plugin-download-failed");
}

function failedLately(): boolean {
  const mark = statSync(failureMark(), { throwIfNoEntry: false });
  return mark !== undefined && Date.now() - mark.mtimeMs < retryAfter;
}
