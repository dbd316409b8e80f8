import { judgeHosts, type LookedAt } from "../../analysis/doctor/doctor";
import type { LiveFinding } from "../../analysis/doctor/finding";
import { leaseCounts, nodeLink } from "../../analysis/doctor/host";
import { showPath, sortFindings } from "../../core/finding";
import type { DoctorOptions } from "../doctor";
import { count, print, printJson } from "../output";
import { openStack } from "../readStack";
import { clusterFindings } from "./cluster";
import { lookAtHosts } from "./hosts";
import { showDoctor } from "./text";

/** One host, as `--json` prints it. */
export interface NodeState {
  readonly name: string;
  readonly address: string;
  /** Whether the host could be asked; the rest is absent otherwise. */
  readonly reached: boolean;
  readonly hostname?: string;
  readonly kernel?: string;
  /** The one with the node's address. */
  readonly interface?: string;
  /** The configuration that the container runtime takes now. */
  readonly cniConfiguration?: string;
  readonly leases?: ReturnType<typeof leaseCounts>;
}

export async function doctor({ stack: name, json, kubeconfig }: DoctorOptions): Promise<void> {
  const { plan, directory, file, findings: ofStack } = openStack(name);
  process.stderr.write(`> Looking at ${count(plan.nodes.length, "host")}\n`);
  const [hosts, ofCluster] = await Promise.all([lookAtHosts(plan, directory), clusterFindings(plan, directory, kubeconfig)]);
  const findings = sortFindings([
    ...judgeHosts(plan, hosts),
    ...ofCluster,
    ...ofStack.filter(({ severity }) => severity !== "info"),
  ]) as LiveFinding[];
  const nodes = hosts.map(stateOf);
  if (json) printJson({ findings: findings.map(forMachines), nodes });
  else print(showDoctor(findings, nodes, file));
  if (findings.some(({ severity }) => severity !== "info")) process.exitCode = 1;
}

function stateOf(host: LookedAt): NodeState {
  const { name, address } = host.node;
  const known = { name, address: String(address[0]) };
  if (!("facts" in host)) return { ...known, reached: false };
  const { hostname, kernel, cni } = host.facts;
  const link = nodeLink(host.node, host.facts);
  return {
    ...known,
    reached: true,
    ...(hostname ? { hostname } : {}),
    ...(kernel ? { kernel } : {}),
    ...(link ? { interface: link.name } : {}),
    ...(cni?.winner ? { cniConfiguration: cni.winner } : {}),
    leases: leaseCounts(host.node, host.facts),
  };
}

/** The published form: without a node what is said is about the cluster, without a path it has no place in the stack. */
function forMachines({ severity, node, path, message, mend }: LiveFinding) {
  return { severity, ...(node ? { node } : {}), ...(path.length > 0 ? { path: showPath(path) } : {}), message, mend };
}
