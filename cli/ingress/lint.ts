import { lintIngress } from "../../components/ingress/lint/lint";
import type { IngressOptions } from "../ingress";
import { reportFindings } from "../lintFile";
import { readGiven } from "./files";

export async function lint(given: readonly string[], { controller, cluster, json }: IngressOptions): Promise<void> {
  const files = await readGiven(given, { cluster });
  const findings = lintIngress(files, { now: new Date(), isCluster: cluster !== undefined, ...(controller ? { controller } : {}) });
  reportFindings(
    findings.map((finding) => ({ plugin: "ingress", ...finding })),
    { files: cluster === undefined ? files.map(({ file }) => file) : ["the cluster"], ...(json ? { json } : {}) },
  );
}
