import { AddressError, Cidr } from "../../cidr";
import type { Finding, Path } from "../../finding";
import type { Stack } from "../schema";

/** Ports of every cluster that a NodePort range must not cover. Source: kubernetes.io, "Ports and Protocols". */
const clusterPorts = [2379, 2380, 10249, 10250, 10256, 10257, 10259];

type Report = (severity: Finding["severity"], path: Path, message: string, mend: string) => void;
type Rule = (stack: Stack, report: Report) => void;

/** kube-proxy's settings against each other, the Kubernetes version and the ports of the nodes. What only wastes words is the proxy part's to say. */
export function checkProxy(stack: Stack): Finding[] {
  const findings: Finding[] = [];
  for (const rule of rules)
    rule(stack, (severity, path, message, mend) => findings.push({ severity, path: ["proxy", ...path], message, mend }));
  return findings;
}

const rules: readonly Rule[] = [checkMode, checkRuns, checkNodePorts, checkNodePortAddresses, checkDetectLocal, checkPeriods];

function checkMode({ cluster, proxy }: Stack, report: Report): void {
  const minor = Number(cluster.kubernetes.split(".")[1]);
  if (proxy.mode === "nftables" && minor < 31)
    report("error", ["mode"], `nftables needs Kubernetes 1.31, but cluster.kubernetes is ${cluster.kubernetes}.`, "Write iptables.");
  if (proxy.mode === "ipvs" && minor >= 35)
    report("warning", ["mode"], "ipvs is deprecated since Kubernetes 1.35.", "Write nftables (kernel 5.13 or later).");
}

function checkRuns({ proxy }: Stack, report: Report): void {
  if (proxy.runs === "host" && proxy.mode === "none")
    report(
      "warning",
      ["runs"],
      "host does nothing with proxy.mode none: Plumbline then sets no kube-proxy up.",
      "Remove it, or write a mode.",
    );
}

function checkNodePorts({ cluster, proxy, ssh }: Stack, report: Report): void {
  const used = [...new Set([ssh.port, cluster.apiServerPort, ...clusterPorts])].sort((a, b) => a - b);
  const covered = used.filter((port) => port >= proxy.nodePorts.from && port <= proxy.nodePorts.to);
  if (covered.length === 0) return;
  const message = `${proxy.nodePorts.from}-${proxy.nodePorts.to} covers port${covered.length > 1 ? "s" : ""} ${covered.join(", ")} of the nodes themselves.`;
  report("error", ["nodePorts"], message, "Keep the default 30000-32767, or write a range without them.");
}

function checkNodePortAddresses({ proxy }: Stack, report: Report): void {
  proxy.nodePortAddresses.forEach((text, index) => {
    const path = ["nodePortAddresses", index];
    if (text === "primary") {
      if (proxy.nodePortAddresses.length > 1)
        report("error", path, "primary is listed along with ranges.", "Write [primary] alone, or ranges only.");
    } else checkRange(text, path, report);
  });
  (proxy.ipvs.excludeCIDRs ?? []).forEach((text, index) => {
    checkRange(text, ["ipvs", "excludeCIDRs", index], report);
  });
}

function checkRange(text: string, path: Path, report: Report): void {
  try {
    Cidr.parse(text);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    report("error", path, error.problem, error.mend);
  }
}

function checkDetectLocal({ proxy: { detectLocalMode, detectLocal = {} } }: Stack, report: Report): void {
  const missing = (field: string, example: string) =>
    report("error", ["detectLocalMode"], `${detectLocalMode} needs detectLocal.${field}.`, `Write detectLocal: { ${field}: ${example} }.`);
  if (detectLocalMode === "BridgeInterface" && !detectLocal.bridgeInterface) missing("bridgeInterface", "cni0");
  if (detectLocalMode === "InterfaceNamePrefix" && !detectLocal.interfaceNamePrefix) missing("interfaceNamePrefix", "veth");
}

/** Seconds; kube-proxy's defaults, which 0 stands for too. */
const leastByDefault = { iptables: 1, nftables: 1, ipvs: 0 };

function checkPeriods({ proxy }: Stack, report: Report): void {
  if (proxy.mode === "none") return;
  const { syncPeriod, minSyncPeriod } = proxy[proxy.mode] ?? {};
  const sync = secondsOf(syncPeriod) || 30;
  const least = secondsOf(minSyncPeriod) || leastByDefault[proxy.mode];
  if (least > sync) {
    const message = `${least} s at least between two writes of the rules are more than ${sync} s between complete ones (syncPeriod); kube-proxy refuses that.`;
    report("error", [proxy.mode, "minSyncPeriod"], message, "Write a minSyncPeriod of at most syncPeriod.");
  }
}

function secondsOf(duration = ""): number {
  const [, hours = 0, minutes = 0, seconds = 0] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
