import { createPrivateKey, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isMapping } from "./values";

/**
 * A stack's plain data with the texts of the files that it names beside their paths: a stack is judged and planned without looking at files.
 * These are every `{file: PATH}` of `cni.custom`, certificates and the public halves of their keys. One that can't be read stays without, which the plan reports.
 * @param directory where relative paths start from.
 */
export function withTexts(input: unknown, directory: string): unknown {
  if (!isMapping(input)) return input;
  const readText = (file: string) => read(resolve(directory, file));
  return {
    ...input,
    ...(isMapping(input.cni) ? { cni: withCustomTexts(input.cni, readText) } : {}),
    ...(isMapping(input.ingress) ? { ingress: withCertificates(input.ingress, readText) } : {}),
  };
}

type Mapping = Readonly<Record<string, unknown>>;
type ReadText = (file: string) => string | undefined;

const each = (value: unknown, fill: (item: Mapping) => unknown): unknown =>
  Array.isArray(value) ? value.map((item) => (isMapping(item) ? fill(item) : item)) : value;
const changed = (mapping: Mapping, key: string, change: (value: unknown) => unknown): Mapping =>
  key in mapping ? { ...mapping, [key]: change(mapping[key]) } : mapping;

function withCustomTexts(cni: Mapping, readText: ReadText): Mapping {
  const filled = (value: unknown) => {
    if (!isMapping(value) || typeof value.file !== "string" || Object.keys(value).length > 1) return value;
    const text = readText(value.file);
    return text === undefined ? value : { ...value, text };
  };
  return changed(cni, "custom", (custom) => {
    if (!isMapping(custom)) return custom;
    const conf = changed(custom, "conflist", filled);
    const files = changed(conf, "files", (list) => each(list, (file) => changed(file, "content", filled)));
    return changed(files, "manifests", (list) => each(list, filled));
  });
}

function withCertificates(ingress: Mapping, readText: ReadText): Mapping {
  const filled = (tls: unknown) => {
    if (!isMapping(tls)) return tls;
    const [certificate, key] = [tls.certificateFile, tls.keyFile].map((file) => (typeof file === "string" ? readText(file) : undefined));
    return {
      ...(certificate === undefined ? {} : { certificate: certificatesIn(certificate) }),
      ...(key === undefined ? {} : { publicKey: publicHalf(key) }),
      ...tls,
    };
  };
  const rules = changed(ingress, "rules", (list) => each(list, (rule) => changed(rule, "tls", filled)));
  const ofListener = (tls: unknown) => (isMapping(tls) ? changed(tls, "files", filled) : tls);
  const ofGateway = (gateway: Mapping) => changed(gateway, "listeners", (list) => each(list, (one) => changed(one, "tls", ofListener)));
  return changed(rules, "gateways", (list) => each(list, ofGateway));
}

/** The certificates of a PEM file, without a key that may be in it as well. */
const certificatesIn = (pem: string): string =>
  (pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []).map((one) => `${one}\n`).join("");

/** What a certificate has of its key; empty where the text is no private key, or an encrypted one. */
function publicHalf(pem: string): string {
  try {
    return createPublicKey(createPrivateKey(pem)).export({ type: "spki", format: "pem" }).toString();
  } catch {
    return "";
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined;
  }
}
