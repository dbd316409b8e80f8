import { randomBytes } from "node:crypto";
import { type Changes, rootOf, structuralDiff } from "../provider/diff";
import type { Operation, Resource } from "../provider/provider";
import { type Properties, reveal, Secret, Unknown, type Value } from "../provider/values";
import { checkInputs } from "./check";
import { describeExit, type Job, type Result, type Runner } from "./runner";
import type { ObjectSpec } from "./schema";

/** The life cycle of commands: a command runs on create, update and delete, and its output is the state. */
export function commandResource(spec: ObjectSpec, runner: Runner): Resource {
  return {
    check: ({ news }) => checkInputs(spec, news),

    diff: ({ state, news }) => {
      const inputs = Object.fromEntries(Object.entries(state).filter(([name]) => name in spec.properties));
      const changes = structuralDiff(inputs, news);
      return { changes, replaces: replacing(spec, changes) };
    },

    async create({ name, inputs, preview }, operation) {
      const id = `${name}${randomBytes(4).toString("hex")}`;
      if (preview) return { id, state: { ...inputs, ...unknownOutput } };
      return { id, state: { ...inputs, ...(await run(inputs.create, inputs, noOutput, operation)) } };
    },

    // A command leaves nothing that could be read: what was recorded stays true.
    async read({ name, state, inputs }) {
      if (Object.keys(state).length === 0)
        throw new Error(`${name}: a command can't be read or imported: there is nothing to find on the host`);
      return { state, inputs };
    },

    async update({ state, news, preview }, operation) {
      if (preview) return { ...news, ...unknownOutput };
      return { ...news, ...(await run(news.update ?? news.create, news, outputOf(state), operation)) };
    },

    async delete({ state }, operation) {
      await run(state.delete, state, outputOf(state), operation);
    },
  };

  /** Runs a command and returns its output; without a command, the previous output. */
  async function run(command: Value | undefined, inputs: Properties, previous: Output, operation: Operation): Promise<Output> {
    if (command === undefined) return previous;
    const job = jobOf(String(reveal(command)), inputs, previous);
    const result = await runner(job, reveal(inputs) as Properties, operation);
    if (result.exit.code !== 0) throw new Error(`${describeExit(result.exit)}: running ${shown(command)}:\n${result.combined}`);
    return { stdout: withoutNewline(result.stdout), stderr: withoutNewline(result.stderr) };
  }
}

type Output = Pick<Result, "stdout" | "stderr">;

const noOutput: Output = { stdout: "", stderr: "" };
const unknownOutput = { stdout: Unknown.value, stderr: Unknown.value };

function outputOf(state: Properties): Output {
  return { stdout: textOf(state.stdout), stderr: textOf(state.stderr) };
}

function textOf(value: Value | undefined): string {
  const text = value === undefined ? undefined : reveal(value);
  return typeof text === "string" ? text : "";
}

function jobOf(command: string, inputs: Properties, previous: Output): Job {
  const logging = textOf(inputs.logging) || "stdoutAndStderr";
  const environment = inputs.environment === undefined ? {} : (reveal(inputs.environment) as Properties);
  const passOn = inputs.addPreviousOutputInEnv === undefined || reveal(inputs.addPreviousOutputInEnv) === true;
  return {
    command,
    stdin: textOf(inputs.stdin),
    environment: Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, String(value)])),
    previousOutput: passOn ? { PULUMI_COMMAND_STDOUT: previous.stdout, PULUMI_COMMAND_STDERR: previous.stderr } : {},
    logStdout: logging === "stdout" || logging === "stdoutAndStderr",
    logStderr: logging === "stderr" || logging === "stdoutAndStderr",
  };
}

function replacing(spec: ObjectSpec, changes: Changes): Set<string> {
  return new Set([...changes.keys()].filter((path) => spec.properties[rootOf(path)]?.replaceOnChanges));
}

function shown(command: Value): string {
  return command instanceof Secret ? "a secret command" : JSON.stringify(command);
}

function withoutNewline(text: string): string {
  return text.replace(/\n$/, "");
}
