import { type LintOptions, lintConf } from "../../../../../components/cni/conf/lint";
import { showPath } from "../../../../../core/finding";

/** What is above a remark, a line each: `error plugins[0].mtu: message`. */
export const lint = (text: string, options: LintOptions = {}) =>
  lintConf(text, options)
    .findings.filter(({ severity }) => severity !== "info")
    .map(({ severity, path, message }) => `${severity}${path.length > 0 ? ` ${showPath(path)}` : ""}: ${message}`);

/** A conflist of these plugins, which are JSON without the braces around them. */
export const listOf = (...plugins: readonly string[]) =>
  `{\n  "cniVersion": "1.0.0",\n  "name": "pods",\n  "plugins": [\n${plugins.map((plugin) => `    {${plugin}}`).join(",\n")}\n  ]\n}\n`;

/** Addresses for an interface plugin that isn't the subject. */
export const addresses = '"ipam": {"type": "host-local", "ranges": [[{"subnet": "10.244.1.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}';

/** A mistake and what is said about it; and the same put right, about which nothing is. */
export interface Example {
  readonly name: string;
  readonly bad: string;
  readonly findings: readonly string[];
  readonly good: string;
  readonly options?: LintOptions;
  /** What the runtime passes in, by capability. */
  readonly passed?: object;
  /** Why real plugins take what is an error here: they don't see it, and it can't work all the same. */
  readonly unseen?: string;
}
