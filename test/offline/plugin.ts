import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { type LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { buildSync } from "esbuild";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { listen } from "../../offline/grpc";

const root = path.join(__dirname, "..", "..");

export interface LogLine {
  readonly urn: string;
  readonly severity: string;
  readonly message: string;
  /** Shown only while the operation runs. */
  readonly status: boolean;
}

/** A plugin that runs as the engine runs it: a process of its own that prints its port, and an engine that takes its log. */
export interface RunningPlugin {
  readonly address: string;
  readonly engineAddress: string;
  readonly process: ChildProcess;
  readonly log: LogLine[];
  stop(): Promise<void>;
}

/** @param main the plugin's entry point, from the project's root. */
export async function startPlugin(main: string, env: Record<string, string> = {}): Promise<RunningPlugin> {
  // Under node_modules, so that it finds its packages.
  const cache = path.join(root, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, "plumbline-plugin-"));
  const outfile = path.join(folder, "main.js");
  buildSync({ entryPoints: [path.join(root, main)], outfile, bundle: true, packages: "external", platform: "node", target: "node20" });

  const log: LogLine[] = [];
  const engine = new grpc.Server();
  engine.addService(EngineService, {
    log(call: grpc.ServerUnaryCall<LogRequest, Empty>, callback: grpc.sendUnaryData<Empty>) {
      const { request } = call;
      const severity = Object.entries(LogSeverity).find(([, value]) => value === request.getSeverity())?.[0] ?? "";
      log.push({ urn: request.getUrn(), severity, message: request.getMessage(), status: request.getEphemeral() });
      callback(null, new Empty());
    },
  });
  const engineAddress = `127.0.0.1:${await listen(engine)}`;

  // The engine keeps the plugin's stdin open for as long as it lives.
  const child = spawn(process.execPath, [outfile, engineAddress], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = new Promise((resolve) => child.on("exit", resolve));
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (data: Buffer) => resolve(data.toString().trim()));
    child.on("exit", (code) => reject(new Error(`${main} ended with ${code}`)));
  });
  return {
    address: `127.0.0.1:${port}`,
    engineAddress,
    process: child,
    log,
    async stop() {
      child.stdin.end();
      await exited;
      engine.forceShutdown();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Makes a unary call of a generated client a promise. */
export function call<Response>(
  send: (callback: (error: grpc.ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    send((error, response) => (error ? reject(error) : resolve(response)));
  });
}
