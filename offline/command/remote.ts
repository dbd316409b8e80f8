import type { Client, ClientChannel } from "ssh2";
import type { Operation } from "../provider/provider";
import { readConnection } from "./connection";
import { dial } from "./dial";
import { type Exit, type Job, OutputCollector, type Result, type Runner } from "./runner";

// @types/ssh2 lacks the documented variant of `sftp` that takes variables.
declare module "ssh2" {
  interface Client {
    sftp(env: Record<string, string>, callback: (error: Error | undefined, sftp?: SFTPWrapper) => void): this;
  }
}

/** Runs commands on another host, over a connection of their own each. */
export const runRemotely: Runner = async (job, inputs, operation) => {
  const client = await dial(readConnection(inputs.connection), operation);
  try {
    return await execute(client, await acceptedVariables(client, job, operation), job, operation);
  } finally {
    client.end();
  }
};

/** The variables that the host accepts. Refusing one of the job's own is an error; refusing the previous output only a warning. */
async function acceptedVariables(client: Client, job: Job, operation: Operation): Promise<Record<string, string>> {
  const accepted: Record<string, string> = {};
  for (const [name, value] of Object.entries(job.environment)) {
    if (!(await accepts(client, name, value))) throw new Error(`could not set environment variable "${name}": ${refusal(name)}`);
    accepted[name] = value;
  }
  for (const [name, value] of Object.entries(job.previousOutput)) {
    if (value === "") continue;
    if (await accepts(client, name, value)) accepted[name] = value;
    else operation.log("warning", `${refusal(name)} Set addPreviousOutputInEnv to false if the command doesn't need it.`);
  }
  return accepted;
}

function refusal(name: string): string {
  return `the host's sshd refuses the variable ${name}. It takes those that its AcceptEnv names; or put it before the command: NAME=value command.`;
}

/**
 * Whether the host's sshd takes a variable. ssh2 asks for an answer to `env` only where it opens SFTP, so that is how to ask; whether the
 * host has SFTP doesn't matter.
 */
function accepts(client: Client, name: string, value: string): Promise<boolean> {
  return new Promise((resolve) => {
    client.sftp({ [name]: value }, (error, sftp) => {
      sftp?.end();
      resolve(error?.message !== "Unable to set environment");
    });
  });
}

function execute(client: Client, env: Record<string, string>, job: Job, operation: Operation): Promise<Result> {
  return new Promise((resolve, reject) => {
    const broken = (reason: string) => reject(new Error(`the connection broke while the command ran: ${reason}`));
    client.on("error", (error) => broken(error.message));
    client.on("close", () => broken("closed by the host"));
    client.exec(job.command, { env }, (error, channel) => {
      if (error) reject(error);
      else follow(channel, job, operation).then(resolve, reject);
    });
  });
}

function follow(channel: ClientChannel, job: Job, operation: Operation): Promise<Result> {
  return new Promise((resolve, reject) => {
    const output = new OutputCollector(job, operation);
    output.collect("stdout", channel);
    output.collect("stderr", channel.stderr);
    let exit: Exit = { code: undefined, signal: undefined };
    channel.on("exit", (code: number | null, signal?: string) => {
      exit = { code: code ?? undefined, signal: signal?.replace(/^SIG/, "") };
    });
    channel.on("error", reject);
    channel.on("close", () => resolve(output.result(exit)));
    channel.end(job.stdin);
  });
}
