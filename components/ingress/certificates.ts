import { X509Certificate } from "node:crypto";
import type { Finding, Path } from "../../core/finding";
import type { ManifestItem } from "../../core/part";
import { filesSecret } from "../../core/stack/check/gatewayApi";
import { ruleSecret } from "../../core/stack/check/ingress";
import type { Stack } from "../../core/stack/schema";
import { judgeDates, lacksName, namesOf } from "./certificate";
import { covers } from "./lint/names";

type TlsFiles = NonNullable<Stack["ingress"]["rules"][number]["tls"]>;

/** A certificate that the stack file names, and the host that it is for. */
export interface CertificateOf {
  readonly path: Path;
  readonly tls: TlsFiles;
  /** The Secret that is made of it. */
  readonly secret: { readonly name: string; readonly namespace: string };
  readonly host: { readonly name: string; readonly path: Path } | undefined;
}

/** Those of the Ingresses. */
export function ruleCertificates({ ingress }: Stack): CertificateOf[] {
  return ingress.rules.flatMap((rule, index): CertificateOf[] => {
    const path = ["ingress", "rules", index];
    const { tls, host, namespace } = rule;
    if (!tls) return [];
    return [
      {
        path: [...path, "tls"],
        tls,
        secret: { name: ruleSecret(rule) ?? "", namespace },
        host: host === undefined ? undefined : { name: host, path: [...path, "host"] },
      },
    ];
  });
}

/** Those of the Gateways' listeners. */
export function listenerCertificates({ ingress }: Stack): CertificateOf[] {
  return ingress.gateways.flatMap((gateway, index) =>
    gateway.listeners.flatMap((listener, position): CertificateOf[] => {
      const path = ["ingress", "gateways", index, "listeners", position];
      const { tls, hostname } = listener;
      if (!tls?.files) return [];
      return [
        {
          path: [...path, "tls", "files"],
          tls: tls.files,
          secret: { name: filesSecret(gateway, listener), namespace: gateway.namespace },
          host: hostname === undefined ? undefined : { name: hostname, path: [...path, "hostname"] },
        },
      ];
    }),
  );
}

/** The Secret of a certificate's files. The key joins it where the object is applied. */
export function certificateSecret({ tls, secret }: CertificateOf, part: string): ManifestItem {
  return {
    part,
    object: {
      apiVersion: "v1",
      kind: "Secret",
      metadata: secret,
      type: "kubernetes.io/tls",
      data: { "tls.crt": Buffer.from(tls.certificate ?? "").toString("base64") },
    },
    secretFiles: { "tls.key": tls.keyFile },
  };
}

/** A certificate against its key and its host. Nothing here depends on the day. */
export function judgeCertificate({ path, tls, host }: CertificateOf): Finding[] {
  const { certificateFile, keyFile, publicKey } = tls;
  const error = (at: Path, message: string, mend: string): Finding => ({ severity: "error", path: at, message, mend });
  const [certificateAt, keyAt] = [
    [...path, "certificateFile"],
    [...path, "keyFile"],
  ];
  const fromFolder = "Write the file's path from the stack file's folder.";
  const ofKey =
    publicKey === undefined
      ? [error(keyAt, `${keyFile} can't be read.`, fromFolder)]
      : publicKey === ""
        ? [error(keyAt, `${keyFile} has no private key in PEM form, or an encrypted one.`, "Write the unencrypted PEM of the key.")]
        : [];
  if (tls.certificate === undefined) return [error(certificateAt, `${certificateFile} can't be read.`, fromFolder), ...ofKey];
  const certificate = parse(tls);
  if (!certificate) {
    const mend = "Write the PEM of the certificate, the host's own first.";
    return [error(certificateAt, `${certificateFile} has no certificate in PEM form.`, mend), ...ofKey];
  }
  const names = namesOf(certificate);
  const lacks = host && !names.some((name) => covers(name, host.name)) && lacksName(host.name, names, certificateFile);
  return [
    ...ofKey,
    ...(publicKey && publicKey !== certificate.publicKey.export({ type: "spki", format: "pem" })
      ? [
          error(
            keyAt,
            `${keyFile} is the key of another certificate than ${certificateFile}.`,
            "Write the key that the certificate was made for; the host's certificate comes first in certificateFile.",
          ),
        ]
      : []),
    ...(lacks ? [error(host.path, lacks.message, lacks.mend)] : []),
  ];
}

/** What the day says of a stack's certificates. */
export function expiryFindings(stack: Stack, now: Date): Finding[] {
  return [...ruleCertificates(stack), ...listenerCertificates(stack)].flatMap(({ path, tls }) => {
    const certificate = parse(tls);
    const dated = certificate && judgeDates(certificate, now);
    return dated ? [{ ...dated, path: [...path, "certificateFile"], message: `${tls.certificateFile} ${dated.message}` }] : [];
  });
}

function parse({ certificate }: TlsFiles): X509Certificate | undefined {
  try {
    return certificate ? new X509Certificate(certificate) : undefined;
  } catch {
    return undefined;
  }
}
