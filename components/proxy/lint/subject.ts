import type { Report } from "./decode";
import type { Configuration } from "./fields";
import type { Version } from "./version";

export type LinuxMode = "iptables" | "ipvs" | "nftables";

/** One KubeProxyConfiguration, as the rules see it. */
export interface Subject {
  readonly config: Configuration;
  /** The mode that takes effect on Linux; undefined when kube-proxy refuses it or it is Windows'. */
  readonly mode: LinuxMode | undefined;
  readonly version: Version;
  /** It is of a ConfigMap, so of every node. */
  readonly isShared: boolean;
  /** It has all fields, as kubeadm and --write-config-to write it; so a default there says nothing about what somebody wanted. */
  readonly isDump: boolean;
  readonly report: Report;
}

export type Rule = (subject: Subject) => void;
