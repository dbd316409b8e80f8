import { judgeGate } from "./gates";
import type { LinuxMode, Rule, Subject } from "./subject";
import { atLeast, showVersion } from "./version";

const linuxModes: readonly LinuxMode[] = ["iptables", "ipvs", "nftables"];
const isLinuxMode = (mode: string): mode is LinuxMode => (linuxModes as readonly string[]).includes(mode);

/** The mode that takes effect; empty means iptables. Source: platformApplyDefaults in cmd/kube-proxy/app/server_linux.go. */
export const linuxMode = (mode: string | undefined): LinuxMode | undefined =>
  isLinuxMode(mode || "iptables") ? ((mode || "iptables") as LinuxMode) : undefined;

/** Whether somebody has set something that exists on Windows only. */
export const isForWindows = ({ config: { winkernel = {}, windowsRunAsService } }: Pick<Subject, "config">): boolean =>
  windowsRunAsService === true || Object.values(winkernel).some((value) => value !== "" && value !== false);

/** What to write instead of modes that aren't any (more). */
const instead: ReadonlyMap<string, string> = new Map([
  ["ebpf", "That is a CNI's replacement of kube-proxy, not a mode of it: don't run kube-proxy then, or write iptables or nftables."],
  ["none", "To go without kube-proxy, don't run it: `kubeadm init --skip-phases=addon/kube-proxy`."],
  ["nft", "Write nftables."],
  ["iptables-nft", "Write iptables; it takes the host's iptables program, whichever variant that is."],
]);

/** Source: validateProxyModeLinux, and the Kubernetes changelogs of 1.26, 1.29, 1.31, 1.33 and 1.35. */
export const checkMode: Rule = (subject) => {
  const mode = subject.config.mode ?? "";
  if (mode !== "") (byMode.get(mode) ?? checkUnknown)(subject);
};

const path = ["mode"];

const byMode: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["iptables", () => undefined],
  ["nftables", checkNftables],
  ["ipvs", checkIpvs],
  ["kernelspace", checkKernelspace],
  ["userspace", checkUserspace],
]);

function checkIpvs({ version, report }: Subject): void {
  const mend = "Plan to move to nftables (kernel 5.13 or later), or to iptables.";
  if (atLeast(version, "1.35")) report("warning", path, "ipvs is deprecated since Kubernetes 1.35.", mend);
  else report("info", path, "ipvs is deprecated from Kubernetes 1.35 on.", mend);
}

function checkKernelspace(subject: Subject): void {
  const { report } = subject;
  if (isForWindows(subject)) report("info", path, "kernelspace is the mode of Windows nodes.", "Keep this file off Linux nodes.");
  else report("error", path, "kernelspace exists on Windows only; kube-proxy on Linux refuses it.", "Write iptables or nftables.");
}

function checkUserspace({ version, report }: Subject): void {
  if (atLeast(version, "1.26")) {
    const message = `userspace was removed in Kubernetes 1.26; kube-proxy ${showVersion(version)} refuses it.`;
    report("error", path, message, "Write iptables or nftables.");
  } else report("warning", path, "userspace is deprecated, and removed in Kubernetes 1.26.", "Write iptables.");
}

function checkUnknown({ config: { mode = "" }, report }: Subject): void {
  const spelled = [...linuxModes, "kernelspace"].find((known) => known === mode.trim().toLowerCase());
  const mend = spelled ? `Write ${spelled}.` : (instead.get(mode.toLowerCase()) ?? "Write iptables, nftables or ipvs.");
  report("error", path, `${JSON.stringify(mode)} is no mode of kube-proxy; it refuses the file.`, mend);
}

function checkNftables({ config: { featureGates = {} }, version, report }: Subject): void {
  const gate = featureGates.NFTablesProxyMode ?? featureGates.AllAlpha;
  const shown = showVersion(version);
  if (!atLeast(version, "1.29"))
    report("error", path, `nftables needs Kubernetes 1.29; kube-proxy ${shown} refuses it.`, "Write iptables.");
  else if (!atLeast(version, "1.31") && gate !== true) {
    const message = `nftables is behind the feature gate NFTablesProxyMode in Kubernetes ${shown}; kube-proxy refuses it without.`;
    report("error", path, message, "Write iptables, or featureGates: { NFTablesProxyMode: true } (alpha).");
  } else if (!atLeast(version, "1.33") && gate === false) {
    report("error", path, "nftables is switched off by the feature gate NFTablesProxyMode.", "Remove the gate, or write iptables.");
  }
}

export const checkFeatureGates: Rule = ({ config: { featureGates = {} }, version, report }) => {
  const shown = showVersion(version);
  for (const [name, value] of Object.entries(featureGates)) {
    const path = ["featureGates", name];
    const verdict = judgeGate(name, value, version);
    if (verdict.kind === "unknown")
      report("error", path, `is no feature gate of Kubernetes ${shown}; kube-proxy refuses the file.`, "Remove it.");
    else if (verdict.kind === "removed")
      report("error", path, `was removed in Kubernetes ${verdict.since}; kube-proxy refuses the file.`, "Remove it.");
    else if (verdict.kind === "later")
      report("error", path, `is new in Kubernetes ${verdict.since}; kube-proxy ${shown} refuses the file.`, "Remove it, or upgrade first.");
    else if (verdict.kind === "locked")
      report(
        "error",
        path,
        `can't be ${value} since Kubernetes ${verdict.since}; kube-proxy refuses the file.`,
        `Remove it: it is ${verdict.to} anyway.`,
      );
    else if (name === "AllAlpha" && value)
      report("warning", path, "switches on everything that is unfinished, of all components' gates.", "Name the gates that you need.");
  }
};
