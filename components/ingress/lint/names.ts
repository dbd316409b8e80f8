import { isIPv6 } from "node:net";

/** The forms of names that the API server enforces: k8s.io/apimachinery, pkg/util/validation. */

const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomain = `${label}(\\.${label})*`;

export const isSubdomain = (name: string): boolean => name.length <= 253 && new RegExp(`^${subdomain}$`).test(name);
export const isWildcard = (name: string): boolean => name.length <= 253 && new RegExp(`^\\*\\.${subdomain}$`).test(name);
export const isLabel = (name: string): boolean => name.length <= 63 && new RegExp(`^${label}$`).test(name);
/** A Service's name (DNS-1035): unlike other labels it starts with a letter. */
export const isServiceName = (name: string): boolean => name.length <= 63 && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name);
/** A port's name (IANA_SVC_NAME): at most 15 characters, with a letter. */
export const isPortName = (name: string): boolean =>
  name.length <= 15 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) && /[a-z]/.test(name) && !name.includes("--");

/** The key of a label or an annotation: `name` or `prefix.example/name`. */
export function isQualifiedName(key: string): boolean {
  const parts = key.split("/");
  const name = parts.at(-1) ?? "";
  const prefix = parts.length === 2 ? parts[0] : undefined;
  const prefixFits = prefix === undefined || isSubdomain(prefix);
  return parts.length <= 2 && prefixFits && name.length <= 63 && /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(name);
}

export const isLabelValue = (value: string): boolean => value.length <= 63 && /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(value);

/** Kubernetes reads addresses sloppily: 010.0.0.1 is one. */
export const isAddress = (host: string): boolean =>
  isIPv6(host) || (/^\d{1,3}(\.\d{1,3}){3}$/.test(host) && host.split(".").every((part) => Number(part) <= 255));

/** What is wrong with the host of a rule or of TLS, and the mend; undefined where the API server takes it. */
export function hostMistake(host: string): { message: string; mend: string } | undefined {
  if (isAddress(host))
    return {
      message: `${host} is an address, not a host name.`,
      mend: "Write the name that the browser shows, or leave host out for any host.",
    };
  if (host.includes("*") ? isWildcard(host) : isSubdomain(host)) return undefined;
  const bare = host.replace(/^[a-z]+:\/\//i, "").replace(/[/?#].*$/, "");
  const plain = bare.replace(/:\d*$/, "").replace(/\.$/, "").toLowerCase();
  const write =
    plain !== host && (isSubdomain(plain) || isWildcard(plain)) ? `Write ${plain}.` : "Write for example shop.example or *.shop.example.";
  if (host === "*") return { message: "* is no host.", mend: "Leave host out: such a rule is for any host." };
  const reasons: [boolean, string][] = [
    [host.length > 253, "is longer than 253 characters"],
    [/^[a-z]+:\/\//i.test(host), "has a scheme, and a host has none"],
    [/[/?#]/.test(host), "has a path, which belongs in paths"],
    [/:\d*$/.test(host), "has a port, and a host has none: the controller's ports decide"],
    [host.includes("*"), "has a * that isn't the whole first label, the one place where a wildcard may be"],
    [/[A-Z]/.test(host), "has upper-case letters"],
    [host.endsWith("."), "has a dot at the end"],
    [host.includes("_"), "has an underscore"],
    [/\s/.test(host), "has a space"],
  ];
  const reason = reasons.find(([holds]) => holds)?.[1] ?? "is no DNS name of lower-case letters, digits, '-' and '.'";
  return { message: `${host} ${reason}; the API server refuses it.`, mend: write };
}

/** Whether a name of a certificate or of TLS stands for a host; a wildcard does for one label, and for the wildcard itself. */
export function covers(name: string, host: string): boolean {
  const [pattern, wanted] = [name.toLowerCase(), host.toLowerCase()];
  return (
    pattern === wanted ||
    (pattern.startsWith("*.") && !wanted.startsWith("*.") && pattern.slice(2) === wanted.split(".").slice(1).join("."))
  );
}
