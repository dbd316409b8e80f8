import { networkInterfaces } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { missingAccess, sshAccess } from "../../../components/node/access";
import { type Outcome, run, SshError } from "../../../components/node/dial";
import { UserError } from "../../../core/finding";
import type { PlannedNode } from "../../../core/part";
import type { Stack } from "../../../core/stack/schema";

/** Seconds for a script on a host, and for a host to come back. */
const limit = { script: 120, restart: 600 };
/** Seconds between two tries to reach a host that restarts. */
const interval = 2;

/**
 * Says which start of the system this is: the kernel's own mark, and when the first process began. A container that is a host shares the kernel's with the
 * machine that it is on.
 */
const startMark = "cat /proc/sys/kernel/random/boot_id; sed 's/.*) //' /proc/1/stat | cut -d ' ' -f 20";

/** Hosts by SSH, as root. */
export interface Hosts {
  /** What a script prints. @throws UserError when the host can't be reached. */
  run(node: string, script: string): Promise<Outcome>;
  /** Restarts a host and waits until it lets us in again. The Unix time at which it started, by its own clock. */
  restart(node: string, signal: AbortSignal): Promise<number>;
  /** What keeps a host from being worked on, in words. */
  problem(node: PlannedNode): Promise<string | undefined>;
}

export function hostsOf(stack: Stack, nodes: readonly PlannedNode[], baseDirectory: string): Hosts {
  const asRoot = (name: string, script: string) => {
    const node = nodes.find((one) => one.name === name);
    if (!node) throw new Error(`the stack has no node ${name}`);
    const access = sshAccess(stack, node, { baseDirectory });
    return run(access, access.user === "root" ? "sh -s" : "sudo -n sh -s", { stdin: script, timeout: limit.script });
  };

  async function restart(node: string, signal: AbortSignal): Promise<number> {
    const before = (await asRoot(node, startMark)).stdout;
    await asRoot(node, "systemctl reboot").catch((error) => {
      // The connection breaks with the host.
      if (!(error instanceof SshError)) throw error;
    });
    for (const deadline = Date.now() + limit.restart * 1000; ; await sleep(interval * 1000, undefined, { signal })) {
      const now = await asRoot(node, `${startMark}; echo "$(date +%s) $(ps -o etimes= -p 1)"`).catch((error: unknown) => {
        if (error instanceof SshError) return error;
        throw error;
      });
      if (!(now instanceof SshError) && now.code === 0 && !now.stdout.startsWith(before)) {
        const [seconds = 0, running = 0] = (now.stdout.trim().split("\n").at(-1) ?? "").trim().split(/\s+/).map(Number);
        return seconds - running;
      }
      if (Date.now() > deadline) {
        const reason = now instanceof SshError ? now.message : "it answers, and hasn't restarted";
        throw new UserError(`${node} isn't back ${limit.restart} s after its restart: ${reason} Look at its console.`);
      }
    }
  }

  async function problem(node: PlannedNode): Promise<string | undefined> {
    if (node.address.some((address) => isOwn(String(address))))
      return `${node.name} is the machine that this runs on, and the change restarts it. Run it on another one.`;
    const missing = missingAccess(sshAccess(stack, node, { baseDirectory }), stack);
    if (missing.length > 0) return `${node.name}: ${missing.join(" ")}`;
    try {
      const { code, stderr } = await asRoot(node.name, "true");
      return code === 0 ? undefined : `${node.name}: nobody gets root there: ${stderr.trim().split("\n").at(-1) || `exit code ${code}`}`;
    } catch (error) {
      if (error instanceof SshError) return `${node.name}: ${error.message}`;
      throw error;
    }
  }

  return { run: asRoot, restart, problem };
}

const isOwn = (address: string) =>
  Object.values(networkInterfaces()).some((list) => list?.some((own) => own.address === address && !own.internal));
