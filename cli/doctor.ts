import type { Command } from "commander";
import { jsonOption, type StackOption, stackOption } from "./stack";

export interface DoctorOptions extends StackOption {
  readonly json?: boolean;
  readonly kubeconfig?: string;
}

const details = `
Nothing is changed: every host is asked over one SSH connection, and the cluster by its API where a kubeconfig is there. It looks for what
an apply would refuse, ranges of Docker, libvirt, VPNs and other networks that overlap the plan, machines that are copies of each other, addresses
that no interface has, addresses that are given to pods that are gone, and for what the cluster has otherwise than the stack says. The rules
of plumbline:ingress are judged together with the cluster's Ingresses, IngressClasses, Services and TLS Secrets.

Exit codes: 0 nothing, or remarks only; 1 an error or a warning; 2 it could not run.`;

/** `plumbline doctor`: preflight of the live hosts and the cluster, read-only. */
export function register(program: Command): void {
  const command = program
    .command("doctor")
    .description("look at the live hosts and the cluster for what would go wrong; changes nothing")
    .option("--kubeconfig <file>", "instead of the stack's cluster.kubeconfig")
    .addHelpText("after", details);
  jsonOption(stackOption(command)).action(async (options: DoctorOptions) => {
    const { doctor } = require("./doctor/doctor") as typeof import("./doctor/doctor");
    await doctor(options);
  });
}
