import { finding, type ManifestFinding } from "./objects";
import type { World } from "./world";

/** Annotations that ask cert-manager for a certificate. */
const issuers = ["cert-manager.io/issuer", "cert-manager.io/cluster-issuer", "kubernetes.io/tls-acme"];

/** What cert-manager's ingress-shim passes over: it needs hosts and a secretName in tls (cert-manager, pkg/controller/certificate-shim). */
export function issuerFindings({ ingresses }: World): ManifestFinding[] {
  return ingresses.flatMap(({ object, annotations, tls }) => {
    const key = issuers.find((known) => known in annotations && annotations[known] !== "false");
    if (key === undefined) return [];
    if (tls.length === 0)
      return [
        finding(
          object,
          "warning",
          ["metadata", "annotations", key],
          "asks for a certificate, and there is no tls: cert-manager makes none.",
          "Write tls: [{ hosts: [HOST], secretName: NAME }].",
        ),
      ];
    return tls.flatMap((entry) => {
      const missing = [...(entry.secret ? [] : ["secretName"]), ...(entry.hosts.length > 0 ? [] : ["hosts"])].join(" and no ");
      return missing === ""
        ? []
        : [
            finding(
              object,
              "warning",
              entry.path,
              `has no ${missing}: cert-manager makes no certificate for it.`,
              "Write tls: [{ hosts: [HOST], secretName: NAME }].",
            ),
          ];
    });
  });
}
