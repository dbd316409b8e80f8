import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { withLock } from "../setup/cache";
import { cacheFolder, projectRoot } from "../setup/paths";
import { run } from "../setup/run";
import { pluginVersions } from "./versions";

/**
 * Puts the stand-ins where an engine of ours finds them, in a home of its own, and gives the environment that it needs for that. What is
 * installed are launchers only; the programs run from the compiled checkout that PLUMBLINE_OFFLINE names, so checkouts can share the engine.
 */
export async function installStandIns(engine: string): Promise<Record<string, string>> {
  const home = path.join(cacheFolder(), "pulumi-home");
  // The language host is looked up next to the engine, plugins in its home.
  const languageHost = path.join(path.dirname(engine), "pulumi-language-nodejs");
  if (!holds(languageHost, launcher("language"))) writeProgram(languageHost, launcher("language"));
  for (const [name, version] of Object.entries(pluginVersions)) {
    const installed = path.join(home, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
    const install = () => installPlugin(engine, name, version, home);
    if (!holds(installed, launcher(name))) await withLock(installed, install);
  }
  return {
    PULUMI_HOME: home,
    PLUMBLINE_OFFLINE: path.join(projectRoot, "dist", "offline"),
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // Only ours: a plugin that happens to be on the PATH would otherwise win.
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
  };
}

function launcher(folder: string): string {
  return `#!/bin/sh\nexec node "\${PLUMBLINE_OFFLINE:?is not set; start the engine by npm run pulumi}/${folder}/main.js" "$@"\n`;
}

async function installPlugin(engine: string, name: string, version: string, home: string): Promise<void> {
  mkdirSync(home, { recursive: true });
  const folder = mkdtempSync(path.join(cacheFolder(), "plugin-"));
  try {
    writeProgram(path.join(folder, `pulumi-resource-${name}`), launcher(name));
    await run(engine, ["plugin", "install", "resource", name, version, "--file", folder, "--reinstall"], {
      env: { PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function holds(file: string, content: string): boolean {
  return existsSync(file) && readFileSync(file, "utf8") === content;
}

/** Written beside and moved into place: another process may be about to run it. */
function writeProgram(file: string, content: string): void {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, content, { mode: 0o755 });
  renameSync(temporary, file);
}
