import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Path } from "../../../core/finding";
import { judgeDates, lacksName, namesOf } from "../certificate";
import { covers } from "./names";
import { describe, type FileObject, fields, finding, type ManifestFinding, sameNamespace } from "./objects";
import type { World } from "./world";

/** Certificates of the files' TLS Secrets. */
export function certificateFindings(world: World): ManifestFinding[] {
  return world.secrets.filter(({ data }) => data.type === "kubernetes.io/tls").flatMap((secret) => judgeSecret(secret, world));
}

function judgeSecret(secret: FileObject, world: World): ManifestFinding[] {
  const parts = (["tls.crt", "tls.key"] as const).map((key) => readKey(secret, key));
  const findings = parts.flatMap((part) => part.findings);
  const [certificate, key] = parts.map((part) => part.pem);
  if (certificate === undefined) return findings;
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(certificate);
  } catch {
    const mend = "Write the PEM of the certificate, the host's own first: kubectl create secret tls NAME --cert=FILE --key=FILE.";
    return [
      ...findings,
      finding(secret, "error", pathOf(secret, "tls.crt"), "is no certificate in PEM form; controllers pass the Secret over.", mend),
    ];
  }
  const dated = judgeDates(parsed, world.now);
  return [
    ...findings,
    ...judgeKey(secret, parsed, key),
    ...(dated ? [finding(secret, dated.severity, pathOf(secret, "tls.crt"), dated.message, dated.mend)] : []),
    ...judgeNames(secret, parsed, world),
  ];
}

const pathOf = ({ data }: FileObject, key: string): Path => [key in fields(data.stringData) ? "stringData" : "data", key];

/** stringData wins over data, as on the API server. */
function readKey(secret: FileObject, key: string): { pem?: string; findings: ManifestFinding[] } {
  const plain = fields(secret.data.stringData)[key];
  if (typeof plain === "string") return { pem: plain, findings: [] };
  const encoded = fields(secret.data.data)[key];
  if (encoded === undefined || encoded === null) {
    const message = `${describe(secret)} has no ${key}; the API server refuses a Secret of type kubernetes.io/tls without it.`;
    return {
      findings: [finding(secret, "error", ["data"], message, `Write data: { ${key}: … } in base64, or stringData: { ${key}: … } as text.`)],
    };
  }
  const compact = String(encoded).replace(/[\r\n]/g, "");
  if (typeof encoded !== "string" || compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) {
    const mend = "Write it in base64 (base64 -w0 FILE), or the text itself under stringData.";
    return { findings: [finding(secret, "error", ["data", key], "is no base64; the API server refuses it.", mend)] };
  }
  return { pem: Buffer.from(compact, "base64").toString("utf8"), findings: [] };
}

function judgeKey(secret: FileObject, certificate: X509Certificate, key: string | undefined): ManifestFinding[] {
  if (key === undefined) return [];
  const path = pathOf(secret, "tls.key");
  try {
    if (certificate.checkPrivateKey(createPrivateKey(key))) return [];
  } catch {
    return [
      finding(
        secret,
        "error",
        path,
        "is no private key in PEM form, or it is encrypted; controllers pass the Secret over.",
        "Write the unencrypted PEM of the key.",
      ),
    ];
  }
  return [
    finding(
      secret,
      "error",
      path,
      "is the key of another certificate than tls.crt; controllers pass the Secret over.",
      "Write the key that the certificate was made for; the host's certificate comes first in tls.crt.",
    ),
  ];
}

function judgeNames(secret: FileObject, certificate: X509Certificate, { ingresses }: World): ManifestFinding[] {
  const names = namesOf(certificate);
  return ingresses.flatMap(({ object, tls, hosts }) =>
    tls
      .filter((entry) => entry.secret === secret.name && sameNamespace(object.namespace, secret.namespace))
      .flatMap((entry) => {
        const wanted = entry.hosts.length > 0 ? entry.hosts.map((host, index) => ({ host, path: [...entry.path, "hosts", index] })) : hosts;
        return wanted.flatMap(({ host, path }) => {
          if (names.some((name) => covers(name, host))) return [];
          const { message, mend } = lacksName(host, names, `the certificate of ${describe(secret)}`);
          return [finding(object, "error", path, message, mend)];
        });
      }),
  );
}
