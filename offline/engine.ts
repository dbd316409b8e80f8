import path from "node:path";
import { goBuild } from "../setup/goBuild";
import { projectRoot } from "../setup/paths";
import type { Progress } from "../setup/progress";
import { findOfficialEngine } from "./official";
import { installStandIns } from "./stand-ins";
import { pluginVersions } from "./versions";

/** The engine's version when we build it; offline/engine/go.mod pins it too. */
const engineVersion = "3.259.0";

/** A `pulumi` that is ready to run. */
export interface Engine {
  /** Path of the program. */
  readonly program: string;
  /** What to add to the environment that it runs in. */
  readonly env: Readonly<Record<string, string>>;
  /** One line for people: which engine and plugins these are. */
  readonly description: string;
}

/**
 * The engine to use: the installed `pulumi` with the official plugins where both are there or can be fetched; otherwise one that is built
 * from its Go module, with Plumbline's stand-ins for the language host and the plugins. Takes milliseconds when everything is in place.
 */
export async function prepareEngine(progress: Progress): Promise<Engine> {
  const plugins = Object.entries(pluginVersions).map(([name, version]) => `${name} ${version}`);
  const official = await findOfficialEngine(progress);
  if (official !== undefined) {
    return { program: official, env: backend(), description: `Engine: ${official} with the official plugins ${plugins.join(" and ")}` };
  }
  const program = await buildEngine(progress);
  const env = { ...backend(), ...(await installStandIns(program)) };
  const standIns = ["nodejs", ...plugins].join(", ");
  return {
    program,
    env,
    description: `Engine: pulumi ${engineVersion} built from its Go module, with Plumbline's stand-ins for the plugins ${standIns}`,
  };
}

function buildEngine(progress: Progress): Promise<string> {
  const module = path.join(projectRoot, "offline", "engine");
  const recipe = {
    name: "pulumi",
    version: engineVersion,
    module,
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    ldflags: `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion}`,
    cgo: false,
    expect: "about 4 minutes",
  };
  return goBuild(recipe, progress);
}

/** Where the state goes: into `.pulumi/` of the checkout, unless the user says otherwise in his environment. */
function backend(): Record<string, string> {
  const { PULUMI_BACKEND_URL } = process.env;
  // The engine itself makes the folder `.pulumi` there.
  return { PULUMI_SKIP_UPDATE_CHECK: "true", ...(PULUMI_BACKEND_URL === undefined ? { PULUMI_BACKEND_URL: `file://${projectRoot}` } : {}) };
}
