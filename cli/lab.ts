import type { Command } from "commander";

/** `plumbline lab`: the embedded lab. The lab's own modules are loaded when a command runs, so that the others start quickly. */
export function register(program: Command): void {
  const lab = program
    .command("lab")
    .enablePositionalOptions()
    .description("a real kubeadm cluster on this machine, without a network, to try things on")
    .addHelpText(
      "after",
      "\nLabs side by side: PLUMBLINE_LAB=N (0 to 99) chooses the one that a command is about. Everything here needs Linux and root.",
    );

  lab
    .command("up")
    .description("start it: cp1, w1, w2 as kubeadm leaves them, and a client outside the cluster")
    .option("--hosts <number>", "how many plain hosts h1, h2, ... (with --no-cluster; 3 unless told)")
    .option("--dual-stack", "a cluster with IPv4 and IPv6")
    .option("--ipv6-only", "a cluster without IPv4, on its LAN too")
    .option("--no-cluster", "plain Debian hosts with sshd instead of a cluster")
    .action(async (options: { hosts?: string; cluster: boolean; dualStack?: boolean; ipv6Only?: boolean }) => {
      const { chosenLab, shapeFromOptions } = await import("../lab/topology.js");
      const { up } = await import("../lab/up.js");
      const { showProgress } = await import("../setup/progress.js");
      const families = [...(options.dualStack ? ["dual-stack" as const] : []), ...(options.ipv6Only ? ["ipv6-only" as const] : [])];
      await up(chosenLab(), shapeFromOptions(options.cluster, options.hosts, families), showProgress());
      await printStatus(false);
    });

  lab
    .command("down")
    .description("take it away: processes, mounts, network devices and files; the cache stays")
    .action(async () => {
      const { chosenLab } = await import("../lab/topology.js");
      const { down } = await import("../lab/down.js");
      const { showProgress } = await import("../setup/progress.js");
      await down(chosenLab(), showProgress());
    });

  lab
    .command("status")
    .description("what is running; exits 1 unless all of it is")
    .option("--json", "for machines")
    .action(async (options: { json?: boolean }) => {
      const state = await printStatus(options.json ?? false);
      process.exitCode = state === "up" ? 0 : 1;
    });

  lab
    .command("ssh")
    .argument("<node>", "cp1, w1, w2 or client")
    .description("log in on a host")
    .action(async (node: string) => {
      process.exitCode = await onHost(node, []);
    });

  lab
    .command("exec")
    .argument("<node>", "cp1, w1, w2 or client")
    .argument("<command...>", "after --, for example: -- sudo nft list ruleset")
    .description("run a command on a host, with its exit code")
    .passThroughOptions()
    .action(async (node: string, command: string[]) => {
      // With options passed through, commander hands the `--` on as well.
      process.exitCode = await onHost(node, command[0] === "--" ? command.slice(1) : command);
    });
}

async function printStatus(json: boolean): Promise<string> {
  const { chosenLab } = await import("../lab/topology.js");
  const { labStatus, describeStatus } = await import("../lab/status.js");
  const status = await labStatus(chosenLab());
  process.stdout.write(json ? `${JSON.stringify(status, undefined, 2)}\n` : describeStatus(status));
  return status.state;
}

/** Gives the exit code of what ran on the host; 255 when the host lets nobody in. */
async function onHost(node: string, command: readonly string[]): Promise<number> {
  const { chosenLab } = await import("../lab/topology.js");
  const { quote, runningHost, sshArguments } = await import("../lab/ssh.js");
  const { runAttached } = await import("../setup/run.js");
  const lab = chosenLab();
  const line = command.length > 0 ? [command.map(quote).join(" ")] : [];
  return runAttached("ssh", [...sshArguments(lab, runningHost(lab, node)), ...line]);
}
