import type { Path } from "../../../core/finding";
import { isForWindows } from "./modes";
import { readCidr } from "./sloppy";
import type { LinuxMode, Rule } from "./subject";

/** Seconds; SetDefaults_KubeProxyConfiguration. 0 stands for the default. */
const defaultPeriods = { iptables: { sync: 30, min: 1 }, ipvs: { sync: 30, min: 0 }, nftables: { sync: 30, min: 1 } };
const defaultMasqueradeBit = 14;
const defaultConntrackMin = 131072;

/** How often rules are written, in seconds, in the mode that takes effect. */
export function periods(config: Parameters<Rule>[0]["config"], mode: LinuxMode): { readonly sync: number; readonly min: number } {
  const { syncPeriod, minSyncPeriod } = config[mode] ?? {};
  return { sync: syncPeriod || defaultPeriods[mode].sync, min: minSyncPeriod || defaultPeriods[mode].min };
}

/**
 * Settings of a section that the mode doesn't read. One whose wish comes true all the same, or that is the default, says nothing.
 * Source: Convert_v1alpha1_KubeProxyConfiguration_To_config_KubeProxyConfiguration, createProxier in cmd/kube-proxy/app/server_linux.go.
 */
export const checkOtherModes: Rule = ({ config, mode, isDump, report }) => {
  if (!mode) return;
  const ignored = (path: Path, mend: string) => report("warning", path, `does nothing in the mode ${mode}.`, mend);
  const moveTo = (place: string) => `Write ${place} instead.`;
  const effective = periods(config, mode);
  for (const other of ["iptables", "ipvs", "nftables"] as const) {
    if (other === mode) continue;
    const { syncPeriod = 0, minSyncPeriod = 0 } = config[other] ?? {};
    if (![0, defaultPeriods[other].sync, effective.sync].includes(syncPeriod)) ignored([other, "syncPeriod"], moveTo(`${mode}.syncPeriod`));
    if (![0, defaultPeriods[other].min, effective.min].includes(minSyncPeriod))
      ignored([other, "minSyncPeriod"], moveTo(`${mode}.minSyncPeriod`));
  }
  // ipvs masquerades by iptables, with that section's settings.
  const [used, unused] = mode === "nftables" ? (["nftables", "iptables"] as const) : (["iptables", "nftables"] as const);
  if (config[unused]?.masqueradeAll && !config[used]?.masqueradeAll) ignored([unused, "masqueradeAll"], moveTo(`${used}.masqueradeAll`));
  const bit = config[unused]?.masqueradeBit ?? defaultMasqueradeBit;
  if (bit !== defaultMasqueradeBit && bit !== config[used]?.masqueradeBit)
    ignored([unused, "masqueradeBit"], moveTo(`${used}.masqueradeBit`));
  if (mode !== "iptables" && config.iptables?.localhostNodePorts && !isDump) {
    const message = `does nothing in the mode ${mode}: NodePorts never answer on 127.0.0.1 there.`;
    report("warning", ["iptables", "localhostNodePorts"], message, "Remove it, or write mode: iptables if something needs that.");
  }
  if (mode === "ipvs") return;
  for (const [name, value] of Object.entries(config.ipvs ?? {})) {
    if (["syncPeriod", "minSyncPeriod"].includes(name)) continue;
    const isSet = Array.isArray(value) ? value.length > 0 : Boolean(value);
    if (isSet) ignored(["ipvs", name], "Remove it, or write mode: ipvs.");
  }
};

/** The ways to tell local traffic; ClusterCIDR where none is named. */
export const localModes: readonly string[] = ["ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix"];

/** Settings that another one switches off. */
export const checkSwitchedOff: Rule = (subject) => {
  const { config, mode, isDump, report } = subject;
  const { conntrack = {}, portRange = "" } = config;
  if (portRange !== "")
    report(
      "warning",
      ["portRange"],
      "does nothing since the userspace mode is gone.",
      "Remove it; the NodePort range is the API server's.",
    );
  if (mode && config.mode && isForWindows(subject)) {
    const path = config.windowsRunAsService ? ["windowsRunAsService"] : ["winkernel"];
    report(
      "warning",
      path,
      `does nothing in the mode ${mode}: it is for Windows nodes.`,
      "Remove it, or write mode: kernelspace in the Windows nodes' file.",
    );
  }
  if (conntrack.maxPerCore === 0 && conntrack.min && conntrack.min !== defaultConntrackMin) {
    const message = "does nothing, since conntrack.maxPerCore is 0: the host's limit stays as it is.";
    report("warning", ["conntrack", "min"], message, "Remove it, or give maxPerCore a number.");
  }
  checkLocalMode(subject);
  if (mode === "iptables" && config.iptables?.localhostNodePorts && !isDump && excludesLoopback(config.nodePortAddresses ?? [])) {
    const message = "does nothing, since nodePortAddresses leaves out 127.0.0.0/8.";
    report("warning", ["iptables", "localhostNodePorts"], message, "Add 127.0.0.0/8 to nodePortAddresses, or remove this.");
  }
};

/** Without a range of IPv4, all of its addresses are meant (NewNodePortAddresses in pkg/proxy/util). */
function excludesLoopback(addresses: readonly string[]): boolean {
  if (addresses.includes("primary")) return true;
  const ranges = addresses.flatMap((text) => readCidr(text)?.cidr ?? []).filter(({ family }) => family === 4);
  return ranges.length > 0 && !ranges.some((range) => /^127\./.test(range.toString()) || range.prefix === 0);
}

function checkLocalMode({ config, report }: Parameters<Rule>[0]): void {
  const { detectLocalMode = "", detectLocal = {}, clusterCIDR = "" } = config;
  const localMode = detectLocalMode || "ClusterCIDR";
  if (!localModes.includes(localMode)) return;
  if (localMode !== "ClusterCIDR" && clusterCIDR !== "") {
    const message = `does nothing with detectLocalMode ${localMode}.`;
    report("warning", ["clusterCIDR"], message, "Remove it, or write detectLocalMode: ClusterCIDR.");
  }
  const interfaces = { bridgeInterface: "BridgeInterface", interfaceNamePrefix: "InterfaceNamePrefix" } as const;
  for (const name of ["bridgeInterface", "interfaceNamePrefix"] as const) {
    if (detectLocal[name] && localMode !== interfaces[name]) {
      const message = `does nothing with detectLocalMode ${localMode}.`;
      report("warning", ["detectLocal", name], message, `Remove it, or write detectLocalMode: ${interfaces[name]}.`);
    }
  }
}
