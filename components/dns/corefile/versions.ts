/** The version that is judged by where none is named: the newest that this table was checked against, program and source. */
export const defaultVersion = "1.14.7";

/** The releases of CoreDNS that can be migrated from and to, oldest first (github.com/coredns/corefile-migration v1.0.36). */
export const releases: readonly string[] =
  `1.1.3 1.1.4 1.2.0 1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.2.6 1.3.0 1.3.1 1.4.0 1.5.0 1.5.1 1.5.2 1.6.0 1.6.1 1.6.2 1.6.3 1.6.4 1.6.5 1.6.6 1.6.7 1.6.9 1.7.0 1.7.1 1.8.0 1.8.3 1.8.4 1.8.5 1.8.6 1.8.7 1.9.0 1.9.1 1.9.2 1.9.3 1.9.4 1.10.0 1.10.1 1.11.0 1.11.1 1.11.3 1.11.4 1.12.0 1.12.1 1.12.2 1.12.3 1.12.4 1.13.0 1.13.1 1.13.2 1.14.0 1.14.1 1.14.2 1.14.3 1.14.4 1.14.6 1.14.7 1.15.0`.split(
    /\s+/,
  );

/** The CoreDNS that kubeadm installs with a Kubernetes version (cmd/kubeadm/app/constants, CoreDNSVersion). */
const kubeadm: Readonly<Record<string, string>> = {
  "1.11": "1.1.3",
  "1.12": "1.2.2",
  "1.13": "1.2.6",
  "1.14": "1.3.1",
  "1.15": "1.3.1",
  "1.16": "1.6.2",
  "1.17": "1.6.5",
  "1.18": "1.6.7",
  "1.19": "1.7.0",
  "1.20": "1.7.0",
  "1.21": "1.8.0",
  "1.22": "1.8.4",
  "1.23": "1.8.6",
  "1.24": "1.8.6",
  "1.25": "1.9.3",
  "1.26": "1.9.3",
  "1.27": "1.10.1",
  "1.28": "1.10.1",
  "1.29": "1.11.1",
  "1.30": "1.11.3",
  "1.31": "1.11.3",
  "1.32": "1.11.3",
  "1.33": "1.12.0",
  "1.34": "1.12.1",
  "1.35": "1.13.1",
};

/** The CoreDNS version that kubeadm of a Kubernetes version installs; undefined when it isn't known. */
export function coreDnsOf(kubernetes: string): string | undefined {
  const [, minor = ""] = /^v?(1\.\d+)(?:\.|$)/.exec(kubernetes) ?? [];
  return Object.hasOwn(kubeadm, minor) ? kubeadm[minor] : undefined;
}

/** Whether `version` is `other` or later; both are numbers with dots. */
export function atLeast(version: string, other: string): boolean {
  const [a, b] = [version, other].map((text) => text.split(".").map(Number));
  for (let index = 0; index < 3; index++) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** `v1.11.3` and `1.11.3-eksbuild.1` as `1.11.3`; undefined when it is no version. */
export const plainVersion = (text: string): string | undefined => /^v?(\d+\.\d+\.\d+)(?:$|[-+])/.exec(text)?.[1];
