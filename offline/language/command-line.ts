import type { RunRequest } from "@pulumi/pulumi/proto/language_pb";

/** The options under `runtime` in Pulumi.yaml that we know. */
export interface RuntimeOptions {
  /** Whether ts-node loads the program; it does by default. */
  readonly typescript: boolean;
  /** The tsconfig.json for that, where it isn't the program's own. */
  readonly tsconfig: string | undefined;
  /** Arguments for node. */
  readonly nodeargs: readonly string[];
}

/** Reads the options; throws with a clear message when one of them has the wrong type. */
export function runtimeOptions(request: RunRequest): RuntimeOptions {
  const options = request.getInfo()?.getOptions()?.toJavaScript() ?? {};
  const { typescript = true, tsconfig, nodeargs = "" } = options;
  if (typeof typescript !== "boolean") throw mistyped("typescript", "true or false", typescript);
  if (tsconfig !== undefined && typeof tsconfig !== "string") throw mistyped("tsconfig", "a path", tsconfig);
  if (typeof nodeargs !== "string") throw mistyped("nodeargs", "a string", nodeargs);
  return { typescript, tsconfig, nodeargs: nodeargs.split(/\s+/).filter((argument) => argument !== "") };
}

function mistyped(option: string, expected: string, found: unknown): Error {
  return new Error(`Pulumi.yaml: runtime.options.${option} is ${JSON.stringify(found)}; expected ${expected}`);
}

/** The command line of the SDK's runner, `@pulumi/pulumi/cmd/run`. */
export function runnerArguments(request: RunRequest, engineAddress: string): string[] {
  const info = request.getInfo();
  const values: [string, string][] = [
    ["monitor", request.getMonitorAddress()],
    ["engine", engineAddress],
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["stack", request.getStack()],
    ["pwd", request.getPwd()],
    ["root-directory", info?.getRootDirectory() ?? ""],
    ["parallel", String(request.getParallel())],
  ];
  const flags = values.filter(([, value]) => value !== "").flatMap(([name, value]) => [`--${name}`, value]);
  const entryPoint = info?.getEntryPoint() || request.getProgram() || ".";
  return [...flags, ...(request.getDryrun() ? ["--dry-run"] : []), entryPoint, ...request.getArgsList()];
}

/** What the SDK reads from its environment: the stack's configuration and how to load the program. */
export function programEnvironment(request: RunRequest, options: RuntimeOptions): Record<string, string> {
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
    ...(options.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
  };
}
