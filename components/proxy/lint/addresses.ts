import type { Cidr } from "../../../core/cidr";
import type { Configuration } from "./fields";
import { localModes } from "./ignored";
import { type HostPort, readAddress, readCidr, readHostPort, type SloppyCidr } from "./sloppy";
import type { Rule, Subject } from "./subject";
import { atLeast, showVersion } from "./version";

const refused = "kube-proxy refuses the file.";

/** What to write instead of a text that is no range. */
function rangeMend(text: string): string {
  const trimmed = text.trim();
  if (trimmed !== text && readCidr(trimmed)) return `Write ${trimmed}, without spaces.`;
  const address = readAddress(trimmed);
  return address
    ? `Write ${address}/${address.family === 4 ? 32 : 128} for this address alone.`
    : "Write for example 10.244.0.0/16 or fd00:10:244::/56.";
}

const hostBits = ({ cidr }: SloppyCidr) => [`has bits set after the prefix; kube-proxy reads ${cidr}.`, `Write ${cidr}.`] as const;

/** The pods' ranges of clusterCIDR, as far as they can be read. */
const clusterRanges = ({ clusterCIDR = "" }: Configuration): Cidr[] =>
  clusterCIDR === "" ? [] : clusterCIDR.split(",").flatMap((text) => readCidr(text)?.cidr ?? []);

/** How local traffic is told. Source: validateDetectLocalMode and validateDetectLocalConfiguration in pkg/proxy/apis/config/validation. */
export const checkDetectLocal: Rule = ({ config, report }) => {
  const { detectLocalMode = "", detectLocal = {} } = config;
  if (detectLocalMode !== "" && !localModes.includes(detectLocalMode)) {
    const spelled = localModes.find((name) => name.toLowerCase() === detectLocalMode.trim().toLowerCase());
    const message = `${JSON.stringify(detectLocalMode)} is no way to tell local traffic: ${refused}`;
    report("error", ["detectLocalMode"], message, spelled ? `Write ${spelled}.` : `Write one of ${localModes.join(", ")}.`);
    return;
  }
  if (detectLocalMode === "BridgeInterface") checkInterface("bridgeInterface", detectLocal.bridgeInterface ?? "", "cni0", 15, report);
  if (detectLocalMode === "InterfaceNamePrefix") {
    const prefix = detectLocal.interfaceNamePrefix ?? "";
    checkInterface("interfaceNamePrefix", prefix, "cali", 14, report);
    if (/[*+]$/.test(prefix)) {
      const message = "ends with a wildcard, which kube-proxy adds itself: no interface has such a name.";
      report("warning", ["detectLocal", "interfaceNamePrefix"], message, `Write ${prefix.replace(/[*+]+$/, "")}.`);
    }
  }
};

/** A name of an interface: Linux has 15 characters at most, without spaces and slashes (dev_valid_name in net/core/dev.c). */
function checkInterface(
  field: "bridgeInterface" | "interfaceNamePrefix",
  name: string,
  example: string,
  most: number,
  report: Subject["report"],
) {
  const path = ["detectLocal", field];
  if (name === "") {
    const mode = field === "bridgeInterface" ? "BridgeInterface" : "InterfaceNamePrefix";
    report("error", path, `is missing, and detectLocalMode is ${mode}: ${refused}`, `Write detectLocal: { ${field}: ${example} }.`);
  } else if (name.length > most || /[\s/]/.test(name))
    report(
      "error",
      path,
      `${JSON.stringify(name)} can't be the name of an interface: no rule can be made with it.`,
      `Write at most ${most} characters without spaces and slashes, for example ${example}.`,
    );
}

/** Source: validateDualStackCIDRStrings in pkg/proxy/apis/config/validation; only with detectLocalMode ClusterCIDR. */
export const checkClusterCidr: Rule = ({ config, report }) => {
  const { clusterCIDR = "", detectLocalMode = "", bindAddress = "" } = config;
  if (detectLocalMode !== "" && detectLocalMode !== "ClusterCIDR") return;
  const path = ["clusterCIDR"];
  if (clusterCIDR === "") {
    const message = "is missing: kube-proxy can't tell pods' traffic from traffic of the outside.";
    const [severity, how] = detectLocalMode === "ClusterCIDR" ? (["warning", ""] as const) : (["info", " (kubeadm fills it in)"] as const);
    report(severity, path, message, `Write the pods' range${how}, for example clusterCIDR: 10.244.0.0/16.`);
    return;
  }
  const texts = clusterCIDR.split(",");
  for (const text of texts) {
    const range = readCidr(text);
    if (!range) report("error", path, `${JSON.stringify(text)} is no range of addresses: ${refused}`, rangeMend(text));
    else if (!range.isNetwork) report("info", path, ...hostBits(range));
  }
  const ranges = clusterRanges(config);
  const [first, second] = ranges;
  if (texts.length > 2) report("error", path, `has ${texts.length} ranges: ${refused}`, "Write one range, or one per IP family.");
  else if (first && second && first.family === second.family) {
    const overlap = first.overlaps(second) ? ", and they overlap" : "";
    report("error", path, `has two ranges of IPv${first.family}${overlap}: ${refused}`, "Write one range, or one per IP family.");
  }
  for (const range of ranges.filter(({ prefix }) => prefix === 0))
    report(
      "warning",
      path,
      `${range} is every address: nothing counts as traffic from outside, so none of it is masqueraded.`,
      "Write the pods' range.",
    );
  const own = readAddress(bindAddress);
  if (first && own && ranges.every(({ family }) => family !== own.family)) {
    const message = `has ranges of IPv${first.family} only, and bindAddress ${bindAddress} is of IPv${own.family}: local traffic of IPv${own.family} isn't told.`;
    report(
      "warning",
      path,
      message,
      `Write bindAddress: "${first.family === 6 ? "::" : "0.0.0.0"}", or add the pods' range of IPv${own.family}.`,
    );
  }
};

/** Where NodePorts answer. Source: validateKubeProxyNodePortAddress; NewNodePortAddresses and checkBadConfig say what becomes of valid ones. */
export const checkNodePortAddresses: Rule = (subject) => {
  const { config, mode, version, report } = subject;
  const { nodePortAddresses: texts = [] } = config;
  const path = (index: number) => ["nodePortAddresses", index];
  const primary = texts.indexOf("primary");
  if (primary >= 0) {
    if (!atLeast(version, "1.31")) {
      const message = `primary is new in Kubernetes 1.31; kube-proxy ${showVersion(version)} refuses it.`;
      report("error", path(primary), message, "Write ranges, for example 10.100.0.0/24.");
    } else if (texts.length > 1)
      report("error", path(primary), `primary stands beside other entries: ${refused}`, "Write [primary] alone, or ranges only.");
    return;
  }
  const ranges = texts.flatMap((text, index) => {
    const range = readCidr(text);
    if (!range) {
      const spelled = text.trim().toLowerCase() === "primary" ? "Write primary." : rangeMend(text);
      report("error", path(index), `${JSON.stringify(text)} is no range of addresses: ${refused}`, spelled);
      return [];
    }
    if (!range.isNetwork) report("info", path(index), ...hostBits(range));
    return [{ cidr: range.cidr, index }];
  });
  ranges.forEach(({ cidr, index }, position) => {
    const around = ranges.find(
      (other, earlier) => earlier !== position && other.cidr.contains(cidr) && (!cidr.equals(other.cidr) || earlier < position),
    );
    if (around) report("warning", path(index), `${cidr} is inside of ${around.cidr}, and adds nothing.`, "Remove one of the two.");
  });
  const pods = clusterRanges(config);
  for (const { cidr, index } of ranges) {
    const inside = pods.find((range) => range.prefix > 0 && range.contains(cidr));
    if (inside)
      report(
        "warning",
        path(index),
        `${cidr} is of the pods' range ${inside}, where nodes have no addresses of their own.`,
        "Write the nodes' network.",
      );
  }
  checkFamilies(
    subject,
    ranges.map(({ cidr }) => cidr),
    pods,
  );
  const ipv4 = ranges.filter(({ cidr }) => cidr.family === 4);
  const [only] = ipv4;
  if (mode === "nftables" && only && ipv4.every(({ cidr }) => /^127\./.test(String(cidr)) && cidr.prefix >= 8)) {
    const message = "is loopback only, and in the mode nftables NodePorts never answer there: they answer nowhere.";
    report("warning", path(only.index), message, "Write the nodes' network, or primary.");
  }
};

function checkFamilies({ report }: Subject, ranges: readonly Cidr[], pods: readonly Cidr[]): void {
  if (ranges.length === 0) return;
  for (const family of [4, 6] as const) {
    const has = (list: readonly Cidr[]) => list.some((range) => range.family === family);
    if (!has(pods) || has(ranges)) continue;
    const message = `has no range of IPv${family}, which the pods have: NodePorts answer on all local addresses of IPv${family}.`;
    const all = family === 4 ? "0.0.0.0/0" : "::/0";
    report("warning", ["nodePortAddresses"], message, `Add the nodes' network of IPv${family}, or ${all} if that is meant.`);
  }
}

/** excludeCIDRs is looked at in ipvs mode only (validateIPVSExcludeCIDRs). */
export const checkExcludeCidrs: Rule = ({ config, mode, report }) => {
  if (mode !== "ipvs") return;
  (config.ipvs?.excludeCIDRs ?? []).forEach((text, index) => {
    const range = readCidr(text);
    const path = ["ipvs", "excludeCIDRs", index];
    if (!range) report("error", path, `${JSON.stringify(text)} is no range of addresses: ${refused}`, rangeMend(text));
    else if (!range.isNetwork) report("info", path, ...hostBits(range));
  });
};

/** Ports of every node that something else listens on. Source: kubernetes.io, "Ports and Protocols". */
const taken = new Map([
  [2379, "etcd"],
  [2380, "etcd"],
  [6443, "the API server"],
  [10250, "the kubelet"],
  [10257, "the controller manager"],
  [10259, "the scheduler"],
]);

/** bindAddress and the two servers. Source: validateHostPort, SetDefaults_KubeProxyConfiguration, serveHealthz and serveMetrics. */
export const checkServers: Rule = (subject) => {
  const { config, isShared, report } = subject;
  const { bindAddress = "", bindAddressHardFail = false, enableProfiling = false } = config;
  const own = readAddress(bindAddress || "0.0.0.0");
  if (!own) {
    const mend =
      bindAddress.includes(":") && !bindAddress.includes("::")
        ? "Write the address without a port."
        : "Write 0.0.0.0, :: or the node's address.";
    report("error", ["bindAddress"], `${JSON.stringify(bindAddress)} is no address: ${refused}`, mend);
  } else if (own.value !== 0n && isShared)
    report(
      "warning",
      ["bindAddress"],
      `${own} is taken for the own address by every node that reads this ConfigMap.`,
      `Write ${own.family === 6 ? '"::"' : "0.0.0.0"}: kube-proxy asks the Node object.`,
    );
  const isIpv6 = own?.family === 6;
  const health = server(subject, "healthzBindAddress", 10256, isIpv6 ? "::" : "0.0.0.0");
  const metrics = server(subject, "metricsBindAddress", 10249, isIpv6 ? "::1" : "127.0.0.1");
  if (health && metrics && health.port === metrics.port && canMeet(health, metrics)) {
    const field = config.metricsBindAddress ? "metricsBindAddress" : "healthzBindAddress";
    const message = `is port ${metrics.port} of the same address as ${field === "metricsBindAddress" ? "healthzBindAddress" : "metricsBindAddress"}: only one of the two servers starts.`;
    const [severity, also] = bindAddressHardFail
      ? (["error", " With bindAddressHardFail kube-proxy ends then."] as const)
      : (["warning", ""] as const);
    report(severity, [field], `${message}${also}`, "Write 10249 for metrics and 10256 for healthz, the defaults.");
  }
  if (enableProfiling && metrics && !isLoopback(metrics))
    report(
      "warning",
      ["enableProfiling"],
      `offers profiles to everybody who reaches ${config.metricsBindAddress}.`,
      "Write metricsBindAddress: 127.0.0.1:10249, or remove it.",
    );
};

const isLoopback = ({ host }: HostPort) => /^127\.|^::1$/.test(String(host));

/** Whether two listeners of the same port are in each other's way: the same address, or one has all of them; `::` has IPv4's too. */
function canMeet({ host: a }: HostPort, { host: b }: HostPort): boolean {
  const holds = (x: typeof a, y: typeof a) => x.value === 0n && (x.family === 6 || y.family === 4);
  return String(a) === String(b) || holds(a, b) || holds(b, a);
}

function server(
  { config, report }: Subject,
  field: "healthzBindAddress" | "metricsBindAddress",
  port: number,
  host: string,
): HostPort | undefined {
  const text = config[field] || host;
  const read = readHostPort(text, port);
  if (typeof read === "string") {
    const name = /^\w[\w.-]*(:\d+)?$/.test(text) && /[a-z]/i.test(text) ? " Names aren't looked up." : "";
    report(
      "error",
      [field],
      `${JSON.stringify(text)} ${read}: ${refused}`,
      `Write an address and a port, for example ${host.includes(":") ? `"[${host}]:${port}"` : `${host}:${port}`}.${name}`,
    );
    return undefined;
  }
  const other = taken.get(read.port);
  if (other && config[field]) report("warning", [field], `is port ${read.port}, which is ${other}'s.`, `Write port ${port}, the default.`);
  else if (read.port >= 30000 && read.port <= 32767)
    report(
      "warning",
      [field],
      `is port ${read.port}, of the range of NodePorts: a service may get it.`,
      `Write port ${port}, the default.`,
    );
  return read;
}
