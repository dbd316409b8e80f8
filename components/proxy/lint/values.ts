import type { Path } from "../../../core/finding";
import { periods } from "./ignored";
import type { Rule } from "./subject";
import { showVersion } from "./version";

const refused = "kube-proxy refuses the file.";
const secondsShown = (seconds: number) =>
  seconds !== 0 && Math.abs(seconds) < 1 ? `${Number((seconds * 1000).toPrecision(6))}ms` : `${seconds}s`;

/** How often rules are written. Source: Validate in pkg/proxy/apis/config/validation. */
export const checkPeriods: Rule = ({ config, mode, report }) => {
  if ((config.configSyncPeriod ?? 0) < 0)
    report(
      "error",
      ["configSyncPeriod"],
      `is ${secondsShown(config.configSyncPeriod ?? 0)}; it must be above 0: ${refused}`,
      "Remove it: the default is 15m.",
    );
  if (!mode) return;
  const { sync, min } = periods(config, mode);
  if (sync < 0) report("error", [mode, "syncPeriod"], `is negative: ${refused}`, "Remove it: the default is 30s.");
  if (min < 0) report("error", [mode, "minSyncPeriod"], `is negative: ${refused}`, "Write 1s, the default.");
  if (sync >= 0 && min > sync) {
    const isSyncSet = Boolean(config[mode]?.syncPeriod);
    const message = `${secondsShown(sync)} between full writes (syncPeriod) is less than ${secondsShown(min)} at least between two (minSyncPeriod): ${refused}`;
    report("error", [mode, isSyncSet ? "syncPeriod" : "minSyncPeriod"], message, "Write a minSyncPeriod of at most syncPeriod.");
  }
};

/** Numbers within their ranges. Source: pkg/proxy/apis/config/validation, and the kernel's list of IPVS schedulers. */
export const checkNumbers: Rule = ({ config, mode, report }) => {
  const outside = (path: Path, value: number | undefined, least: number, most: number, mend: string) => {
    if (value === undefined || (value >= least && value <= most)) return;
    const range = most === Number.POSITIVE_INFINITY ? "negative" : `not between ${least} and ${most}`;
    report("error", path, `${value} is ${range}: ${refused}`, mend);
  };
  const bitMend = "Write 14, the default, or another bit from 0 to 31 that nothing else on the host marks packets with.";
  // The bit of the section iptables is looked at in every mode.
  outside(["iptables", "masqueradeBit"], config.iptables?.masqueradeBit, 0, 31, bitMend);
  if (mode === "nftables") outside(["nftables", "masqueradeBit"], config.nftables?.masqueradeBit, 0, 31, bitMend);
  outside(["oomScoreAdj"], config.oomScoreAdj, -1000, 1000, "Write -999, the default.");
  const positive = Number.POSITIVE_INFINITY;
  const { conntrack = {}, ipvs = {}, clientConnection = {} } = config;
  outside(["conntrack", "maxPerCore"], conntrack.maxPerCore, 0, positive, "Write 0 to leave the host's limit, or a number of connections.");
  outside(["conntrack", "min"], conntrack.min, 0, positive, "Write a number of connections, or remove it.");
  outside(["clientConnection", "burst"], clientConnection.burst, 0, positive, "Write 10, the default.");
  const timeouts = ["tcpEstablishedTimeout", "tcpCloseWaitTimeout", "udpTimeout", "udpStreamTimeout"] as const;
  for (const name of timeouts) {
    const seconds = conntrack[name] ?? 0;
    outside(["conntrack", name], seconds, 0, positive, "Write 0s to leave the host's value, or a time.");
    if (seconds > 0 && seconds < 1)
      report("warning", ["conntrack", name], "is less than a second, of which kube-proxy makes 0 seconds.", "Write 1s or more.");
  }
  if (mode !== "ipvs") return;
  for (const name of ["tcpTimeout", "tcpFinTimeout", "udpTimeout"] as const)
    outside(["ipvs", name], ipvs[name], 0, positive, "Write 0s to leave the host's value, or a time.");
  if (ipvs.scheduler && !schedulers.includes(ipvs.scheduler)) {
    const message = `${JSON.stringify(ipvs.scheduler)} is no scheduler of IPVS: kube-proxy ends when the kernel refuses it.`;
    report("error", ["ipvs", "scheduler"], message, `Write one of ${schedulers.join(", ")}; rr is the default.`);
  }
};

/** Kernel 6.x, net/netfilter/ipvs. */
const schedulers = ["rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh", "twos"];

/** Source: ValidateShowHiddenMetricsVersion in k8s.io/component-base/metrics. */
export const checkHiddenMetrics: Rule = ({ config: { showHiddenMetricsForVersion: shown = "" }, version, report }) => {
  const previous = `${version.major}.${version.minor - 1}`;
  if (shown === "" || shown === previous) return;
  const message = `is ${JSON.stringify(shown)}; kube-proxy ${showVersion(version)} takes the minor version before its own only, and refuses the file.`;
  report("error", ["showHiddenMetricsForVersion"], message, `Remove it, or write "${previous}".`);
};

/** Source: Validate in k8s.io/component-base/logs/api/v1. */
export const checkLogging: Rule = ({ config: { logging = {}, featureGates = {} }, report }) => {
  const { format = "", flushFrequency = 0, verbosity = 0, vmodule = [], options = {} } = logging;
  const path = (...rest: Path): Path => ["logging", ...rest];
  if (!["", "text", "json"].includes(format))
    report("error", path("format"), `${JSON.stringify(format)} is no log format: ${refused}`, "Write text or json.");
  if (flushFrequency < 0)
    report("error", path("flushFrequency"), "is negative: kube-proxy ends with a panic.", "Remove it: the default is 5s.");
  const most = 2 ** 31 - 1;
  if (verbosity > most) report("error", path("verbosity"), `is above ${most}: ${refused}`, "Write 0 to 10.");
  if (vmodule.length > 0 && format === "json")
    report("error", path("vmodule"), `works with the format text only: ${refused}`, "Remove it, or write format: text.");
  vmodule.forEach(({ filePattern = "", verbosity: level = 0 }, index) => {
    const at = path("vmodule", index);
    if (filePattern === "") report("error", at, `has no filePattern: ${refused}`, "Write the name of a source file, for example proxier.");
    else if (/[=,]/.test(filePattern)) report("error", at, `has "=" or "," in its filePattern: ${refused}`, "Write one pattern per entry.");
    if (level > most) report("error", at, `has a verbosity above ${most}: ${refused}`, "Write 0 to 10.");
  });
  const hasAlpha = featureGates.LoggingAlphaOptions ?? featureGates.AllAlpha;
  for (const name of ["text", "json"] as const) {
    const { splitStream, infoBufferSize = "0" } = options[name] ?? {};
    if (splitStream) {
      // copyLogsFromFlags in cmd/kube-proxy/app/options.go binds the flags to the file's values, and that sets their defaults.
      const message = "does nothing in a file: kube-proxy puts the default of its flag in its place.";
      report("warning", path("options", name, "splitStream"), message, `Remove it, or use the flag --log-${name}-split-stream.`);
    }
    if (!hasAlpha && !/^[+-]?0*\.?0*[a-zA-Z]*$/.test(infoBufferSize)) {
      const mend = "Remove it, or write featureGates: { LoggingAlphaOptions: true }.";
      report("error", path("options", name, "infoBufferSize"), `needs the feature gate LoggingAlphaOptions: ${refused}`, mend);
    }
  }
};
