import { spawn } from "node:child_process";
import type { Properties } from "../provider/values";
import { OutputCollector, type Runner } from "./runner";

/** Runs commands on this machine, in their own folder and with their own interpreter where they say so. */
export const runLocally: Runner = (job, inputs, operation) => {
  const [program = "/bin/sh", ...args] = interpreter(inputs);
  const set = Object.entries(job.previousOutput).filter(([, value]) => value !== "");
  const env = { ...process.env, ...job.environment, ...Object.fromEntries(set) };
  const cwd = typeof inputs.dir === "string" ? inputs.dir : undefined;
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args, job.command], { cwd, env, signal: operation.signal });
    const output = new OutputCollector(job, operation);
    output.collect("stdout", child.stdout);
    output.collect("stderr", child.stderr);
    child.on("error", (error) => reject(operation.signal.aborted ? operation.signal.reason : error));
    child.on("close", (code, signal) => resolve(output.result({ code: code ?? undefined, signal: signal?.replace(/^SIG/, "") })));
    // A command that ends without reading its input isn't at fault: its exit status tells.
    child.stdin.on("error", () => undefined).end(job.stdin);
  });
};

function interpreter(inputs: Properties): string[] {
  return Array.isArray(inputs.interpreter) && inputs.interpreter.length > 0 ? inputs.interpreter.map(String) : ["/bin/sh", "-c"];
}
