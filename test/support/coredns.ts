import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export interface Verdict {
  /** It came up, and stayed up for a moment. */
  readonly accepted: boolean;
  /** What it said last. */
  readonly output: string;
}

/** How long CoreDNS may take to come up on a busy machine, in milliseconds. */
const patience = 30_000;
/** How long it has to stay up: a loop shows only then. */
const afterwards = 500;
const atOnce = 4;

/** A network and a service account of its own: every port is free, and what the plugin kubernetes reads at the start is there. */
const cell = `ip link set lo up; ip address add 169.254.20.10 dev lo; ip address add 10.96.0.10 dev lo; mount -t tmpfs tmpfs /run; d=/run/secrets/kubernetes.io/serviceaccount; mkdir -p $d; echo token > $d/token; : > $d/ca.crt; cd "$1"; exec "$0" -conf Corefile`;

/** Asks a real CoreDNS whether it starts with each of the texts. */
export async function tryCorefiles(
  program: string,
  texts: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const queue = [...texts.entries()];
  const worker = async () => {
    for (let task = queue.shift(); task; task = queue.shift()) verdicts[task[0]] = await tryOne(program, task[1], files);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return verdicts;
}

async function tryOne(program: string, text: string, files: Readonly<Record<string, string>>): Promise<Verdict> {
  const folder = mkdtempSync(path.join(tmpdir(), "corefile-"));
  try {
    for (const [name, content] of Object.entries({ ...files, Corefile: text })) writeFileSync(path.join(folder, name), content);
    return await start(program, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function start(program: string, folder: string): Promise<Verdict> {
  const env = { ...process.env, KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: "1" };
  const child = spawn("unshare", ["--net", "--mount", "sh", "-c", cell, program, folder], { env, stdio: ["ignore", "pipe", "pipe"] });
  return new Promise((resolve) => {
    let output = "";
    let isUp = false;
    const end = (accepted: boolean) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      resolve({ accepted, output });
    };
    let timer = setTimeout(() => end(false), patience);
    const listen = (data: Buffer) => {
      output += data;
      if (isUp || !/^CoreDNS-1\./m.test(output)) return;
      isUp = true;
      clearTimeout(timer);
      timer = setTimeout(() => end(true), afterwards);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("exit", () => end(false));
  });
}
