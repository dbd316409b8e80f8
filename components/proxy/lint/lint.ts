import { type Finding, type Path, showPath } from "../../../core/finding";
import { type ManifestDocument, type Place, readManifests } from "../../manifests/documents";
import { checkClusterCidr, checkDetectLocal, checkExcludeCidrs, checkNodePortAddresses, checkServers } from "./addresses";
import { decode, type Report } from "./decode";
import { checkOtherModes, checkSwitchedOff } from "./ignored";
import { checkFeatureGates, checkMode, linuxMode } from "./modes";
import type { Rule, Subject } from "./subject";
import { checkHiddenMetrics, checkLogging, checkNumbers, checkPeriods } from "./values";
import type { Version } from "./version";

const rules: readonly Rule[] = [
  checkMode,
  checkFeatureGates,
  checkPeriods,
  checkNumbers,
  checkHiddenMetrics,
  checkLogging,
  checkDetectLocal,
  checkClusterCidr,
  checkNodePortAddresses,
  checkExcludeCidrs,
  checkServers,
  checkOtherModes,
  checkSwitchedOff,
];

const group = "kubeproxy.config.k8s.io";
const apiVersion = `${group}/v1alpha1`;
const kind = "KubeProxyConfiguration";

/**
 * What a kube-proxy of a version makes of a file: errors are what it refuses or ends with, warnings what it ignores or what is risky.
 * The file is a KubeProxyConfiguration, a ConfigMap that holds one (kubeadm's `kube-proxy`), or several documents of which one is either: other
 * kinds are passed over with a remark. Never throws.
 */
export function lintProxyConfiguration(text: string, version: Version): Finding[] {
  return lintText(text, version, { path: [], at: (place) => place, isShared: false });
}

/** Where a text is in the user's file. */
interface Origin {
  readonly path: Path;
  readonly at: (place: Place) => Place;
  readonly isShared: boolean;
}

function lintText(text: string, version: Version, origin: Origin): Finding[] {
  const findings: Finding[] = [];
  const { documents, findings: broken } = readManifests(text, {
    severity: "warning",
    message: "is there twice; kube-proxy logs that and takes the last.",
  });
  const add: Add = (severity, path, place, message, mend) =>
    findings.push({ severity, path: [...origin.path, ...path], message, mend, ...origin.at(place) });
  for (const { severity, path, message, mend, line = 1, column = 1 } of broken) add(severity, path, { line, column }, message, mend);
  let seen = 0;
  for (const document of documents) {
    const report: Report = (severity, path, message, mend) => add(severity, path, document.place(path), message, mend);
    const { kind: ownKind } = document.data;
    if (ownKind === "ConfigMap" && !origin.isShared) {
      const inner = configMapTexts(document);
      for (const key of inner) {
        const path = ["data", key];
        findings.push(...lintText(textOf(document, key), version, { path, at: document.inside(path), isShared: true }));
      }
      seen += inner.length;
      if (inner.length === 0) report("info", [], "is a ConfigMap without a KubeProxyConfiguration; it isn't judged.", "None is needed.");
    } else if (isMeant(document, documents.length)) {
      seen++;
      if (seen > 1) {
        const message = "is a second KubeProxyConfiguration: kube-proxy reads the first document of a file only, kubeadm refuses two.";
        report("warning", ["kind"], message, "Keep one of them in this file.");
      }
      if (document === documents[0]) checkJson(text, add);
      lintDocument(document, version, origin.isShared, report);
    } else report("info", ["kind"], `is a ${String(ownKind ?? "document without a kind")}, which isn't judged here.`, "None is needed.");
  }
  if (seen === 0 && broken.every(({ severity }) => severity !== "error")) {
    const message = documents.length === 0 ? "is empty: kube-proxy refuses that." : `holds no ${kind}.`;
    add("error", [], { line: 1, column: 1 }, message, `Start with apiVersion: ${apiVersion} and kind: ${kind}.`);
  }
  return findings;
}

type Add = (severity: Finding["severity"], path: Path, place: Place, message: string, mend: string) => void;

/** A text that starts with `{` is JSON to Kubernetes, not YAML's way to write a mapping on one line. */
function checkJson(text: string, add: Add): void {
  if (!/^[ \t\r\n]*\{/.test(text)) return;
  try {
    JSON.parse(text);
  } catch (error) {
    const before = text.slice(0, Number(/position (\d+)/.exec((error as Error).message)?.[1] ?? 0)).split("\n");
    const place = { line: before.length, column: (before.at(-1) ?? "").length + 1 };
    const message = "starts with {, so it is read as JSON, and it isn't JSON: kube-proxy refuses the file.";
    add(
      "error",
      [],
      place,
      message,
      "Put names and texts into double quotes, without comments and commas at the end; or write YAML with a line per field.",
    );
  }
}

const textOf = ({ data }: ManifestDocument, key: string): string => String((data.data as Record<string, unknown>)[key]);

/** The keys of a ConfigMap whose text is a KubeProxyConfiguration: `config.conf` (kubeadm's) and any other that says so. */
function configMapTexts({ data }: ManifestDocument): string[] {
  const entries = typeof data.data === "object" && data.data !== null ? Object.entries(data.data) : [];
  return entries.flatMap(([key, value]) =>
    typeof value === "string" && (key === "config.conf" || /^\s*["']?kind["']?\s*:\s*["']?KubeProxyConfiguration\b/m.test(value))
      ? [key]
      : [],
  );
}

/** Whether a document is meant for kube-proxy: by its kind or group, or by its place as the only one that has neither. */
function isMeant({ data }: ManifestDocument, documents: number): boolean {
  const { kind: ownKind, apiVersion: own } = data;
  if (typeof ownKind === "string" && /^kube-?proxy/i.test(ownKind)) return true;
  if (typeof own === "string" && own.toLowerCase().startsWith(group)) return true;
  return documents === 1 && (ownKind === undefined || ownKind === null);
}

function lintDocument(document: ManifestDocument, version: Version, isShared: boolean, report: Report): void {
  const { data } = document;
  if (data.apiVersion !== apiVersion) {
    const found = data.apiVersion === undefined ? "is missing" : `is ${JSON.stringify(data.apiVersion)}`;
    report("error", ["apiVersion"], `${found}: kube-proxy refuses the file.`, `Write apiVersion: ${apiVersion}.`);
  }
  if (data.kind !== kind) {
    const found = data.kind === undefined ? "is missing" : `is ${JSON.stringify(data.kind)}`;
    report("error", ["kind"], `${found}: kube-proxy refuses the file.`, `Write kind: ${kind}.`);
  }
  const unread = new Set<string>();
  const config = decode({ ...data, apiVersion, kind }, version, (severity, path, message, mend) => {
    unread.add(showPath(path));
    report(severity, path, message, mend);
  });
  // A mode of a wrong type is no mode at all.
  const mode = data.mode !== undefined && data.mode !== null && config.mode === undefined ? undefined : linuxMode(config.mode);
  const isDump = "winkernel" in data && "portRange" in data;
  // Of a value that couldn't be read, nothing else is said: it isn't missing.
  const reportRest: Report = (severity, path, message, mend) => {
    if (!unread.has(showPath(path))) report(severity, path, message, mend);
  };
  const subject: Subject = { config, mode, version, isShared, isDump, report: reportRest };
  for (const rule of rules) rule(subject);
}
