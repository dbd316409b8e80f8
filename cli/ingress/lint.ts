import { lintIngress } from "../../components/ingress/lint/lint";
import type { IngressOptions } from "../ingress";
import { reportFindings } from "../lintFile";
import { readManifestFiles } from "./files";

export function lint(given: readonly string[], { controller, json }: IngressOptions): void {
  const files = readManifestFiles(given);
  const findings = lintIngress(files, { now: new Date(), ...(controller ? { controller } : {}) });
  reportFindings(
    findings.map((finding) => ({ plugin: "ingress", ...finding })),
    { files: files.map(({ file }) => file), ...(json ? { json } : {}) },
  );
}
