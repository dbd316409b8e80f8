import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { hostMistake } from "../../components/ingress/lint/names";
import { UserError } from "../../core/finding";
import type { CertificateOptions } from "../ingress";
import { print } from "../output";

/** Makes a self-signed certificate with OpenSSL: once, as files that the stack names, so that the plan stays a function of files. @throws UserError */
export function makeCertificate({ host: hosts, out, days }: CertificateOptions): void {
  const mistakes = hosts.flatMap((host) => hostMistake(host) ?? []);
  if (mistakes.length > 0) throw new UserError(mistakes.map(({ message, mend }) => `--host: ${message}\n  ${mend}`).join("\n"));
  if (!/^[1-9]\d{0,4}$/.test(days)) throw new UserError(`--days: ${days} is no number of days. Write for example 365.`);
  const [certificate, key] = [`${out}.crt`, `${out}.key`];
  const there = [certificate, key].filter((file) => existsSync(file));
  if (there.length > 0)
    throw new UserError(`${there.join(" and ")}: already there. Write another --out, or remove what you don't need any more.`);
  const [certificateText, keyText] = selfSigned(hosts, days);
  mkdirSync(path.dirname(out), { recursive: true });
  writeFileSync(key, keyText, { mode: 0o600, flag: "wx" });
  writeFileSync(certificate, certificateText, { flag: "wx" });
  const name = path.basename(out);
  print(
    `${certificate} and ${key}: for ${hosts.join(", ")}, ${days} days. Browsers don't trust it; keep the key out of version control.\nIn the stack file, from its folder:\n  tls: { certificateFile: ${name}.crt, keyFile: ${name}.key }`,
  );
}

function selfSigned(hosts: readonly string[], days: string): [certificate: string, key: string] {
  const folder = mkdtempSync(path.join(tmpdir(), "plumbline-certificate-"));
  const [certificate, key] = [path.join(folder, "crt"), path.join(folder, "key")];
  try {
    const names = hosts.map((host) => `DNS:${host}`).join(",");
    const options = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", days, "-subj", "/O=Plumbline lab"];
    const run = spawnSync("openssl", ["req", ...options, "-addext", `subjectAltName=${names}`, "-keyout", key, "-out", certificate], {
      encoding: "utf8",
    });
    if (run.error) throw new UserError(`openssl can't be run (${(run.error as NodeJS.ErrnoException).code}): install OpenSSL.`);
    if (run.status !== 0) throw new UserError(`openssl refused: ${run.stderr.trim()}`);
    return [readFileSync(certificate, "utf8"), readFileSync(key, "utf8")];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
