import { type Finding, type Path, showPath } from "../../core/finding";
import { type ManifestDocument, readManifests } from "../manifests/documents";
import type { Version } from "../proxy/lint/version";
import { checkAddresses, checkExternalName, checkLabels, checkType } from "./kinds";
import { checkPorts } from "./ports";
import { serviceSchema } from "./service";
import type { ServiceRule, ServiceSubject } from "./subject";
import { checkAffinity, checkAnnotations, checkTraffic } from "./traffic";

const rules: readonly ServiceRule[] = [
  checkType,
  checkExternalName,
  checkPorts,
  checkTraffic,
  checkAffinity,
  checkAddresses,
  checkLabels,
  checkAnnotations,
];

/** A finding and the file that it is about. */
export interface ServiceFinding extends Finding {
  readonly file: string;
}

/** A NodePort that somebody has claimed, over all files. */
type Claims = Map<string, { readonly service: string; readonly file: string }>;

/**
 * Judges the Services of files together: errors are what the API server refuses or what can't work, warnings what does nothing, is deprecated or is
 * risky. Objects of other kinds are passed over. Never throws.
 */
export function lintServices(files: readonly { readonly file: string; readonly text: string }[], version: Version): ServiceFinding[] {
  const claims: Claims = new Map();
  return files.flatMap(({ file, text }) => {
    const { documents, findings } = readManifests(text);
    const own = documents.filter(({ data }) => data.kind === "Service" && (data.apiVersion === undefined || data.apiVersion === "v1"));
    const none: Finding = { severity: "info", path: [], message: "holds no Service.", mend: "None is needed." };
    const found = own.flatMap((document) => lintService(document, file, claims, version));
    return [...findings, ...(own.length + findings.length === 0 ? [none] : found)].map((finding) => ({ ...finding, file }));
  });
}

function lintService(document: ManifestDocument, file: string, claims: Claims, version: Version): Finding[] {
  const findings: Finding[] = [];
  const add = (severity: Finding["severity"], path: Path, message: string, mend: string) =>
    findings.push({ severity, path, message, mend, ...document.place(path) });
  const parsed = serviceSchema.safeParse(document.data);
  if (!parsed.success) {
    for (const { path } of parsed.error.issues) {
      const place = path.filter((step) => typeof step !== "symbol");
      add("error", place, "has a value of a wrong type: the API server refuses that.", wrongTypeMend(document.data, place));
    }
    return findings;
  }
  const { apiVersion, metadata, spec } = parsed.data;
  if (!apiVersion) add("error", ["apiVersion"], "is missing: the API server refuses that.", "Write apiVersion: v1.");
  const name = metadata?.name ?? "";
  if (!/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
    add(
      "error",
      ["metadata", "name"],
      `${JSON.stringify(name)} is no name of a service: the API server refuses that.`,
      "Write at most 63 lower-case letters, digits and '-', a letter first.",
    );
  const type = spec?.type || "ClusterIP";
  const subject: ServiceSubject = {
    spec: spec ?? {},
    type,
    isHeadless: (spec?.clusterIP ?? spec?.clusterIPs?.[0]) === "None",
    annotations: metadata?.annotations ?? {},
    version,
    report: (severity, path, message, mend) => add(severity, path[0] === "metadata" ? path : ["spec", ...path], message, mend),
  };
  for (const rule of rules) rule(subject);
  const own = `${metadata?.namespace ?? "default"}/${name}`;
  for (const [index, { nodePort, protocol }] of (spec?.ports ?? []).entries()) {
    if (!nodePort || (type !== "NodePort" && type !== "LoadBalancer")) continue;
    const key = `${nodePort}/${protocol || "TCP"}`;
    const first = claims.get(key);
    if (first && first.service !== own) {
      const message = `${key} is also that of the service ${first.service}${first.file === file ? "" : ` in ${first.file}`}: the API server gives it to one of them only.`;
      add("error", ["spec", "ports", index, "nodePort"], message, "Write another port, or none: the API server chooses one.");
    }
    claims.set(key, first ?? { service: own, file });
  }
  return findings;
}

function wrongTypeMend(data: unknown, path: Path): string {
  const value = path.reduce<unknown>(
    (parent, step) => (typeof parent === "object" && parent !== null ? (parent as Record<string | number, unknown>)[step] : undefined),
    data,
  );
  if (typeof value === "string" && /^\d+$/.test(value)) return `Write ${value} without quotes.`;
  if (typeof value === "number" || typeof value === "boolean") return `Put it into quotes: "${value}".`;
  return `See \`kubectl explain service.${showPath(path.filter((step) => typeof step === "string"))}\`.`;
}
