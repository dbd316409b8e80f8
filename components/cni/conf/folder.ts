import type { Finding } from "../../../core/finding";
import { type ConfFinding, fileKindOf, type Linted, lintConf } from "./lint";

/** A file of the runtime's configuration folder. */
export interface ConfFile {
  /** Its name in the folder. */
  readonly name: string;
  readonly text: string;
  /** The folder has a folder of the network's name, as CNI 1.1 allows. */
  readonly hasPluginFolder?: boolean;
}

export interface FileFindings {
  readonly name: string;
  readonly findings: readonly ConfFinding[];
}

/**
 * The files that a container runtime looks at, in its order: those that end in .conf, .conflist or .json, by the bytes of their names. containerd
 * (go-cni, loadFromConfDir) and CRI-O (ocicni, loadNetworks) agree on that.
 */
export function inRuntimeOrder(files: readonly string[]): string[] {
  return files.filter((file) => /\.(conf|conflist|json)$/.test(file)).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** The file that the runtime takes for the pods' network; undefined when there is none. Later ones have no effect. */
export const winner = (files: readonly string[]): string | undefined => inRuntimeOrder(files)[0];

/** Judges a folder as the runtime reads it: each file, and which of them counts. */
export function lintFolder(files: readonly ConfFile[]): FileFindings[] {
  const order = inRuntimeOrder(files.map(({ name }) => name));
  const linted = order.flatMap((name) => {
    const file = files.find((one) => one.name === name);
    const kind = fileKindOf(name);
    return file ? [{ ...lintConf(file.text, { ...(kind ? { kind } : {}), hasPluginFolder: file.hasPluginFolder === true }), name }] : [];
  });
  const [first] = linted;
  if (!first) return [];
  return linted.map((conf, index) => {
    const { name, findings } = conf;
    const own = index === 0 ? [first.findings.some(isError) ? broken(order) : takes(name, conf)] : [shadowed(name, first, order)];

    return { name, findings: [...own, ...findings, ...sameAddresses(conf, linted.slice(0, index))] };
  });
}

const isError = ({ severity }: Finding) => severity === "error";
const about = (severity: Finding["severity"], message: string, mend: string): ConfFinding => ({
  severity,
  path: [],
  message,
  mend,
  line: 1,
  column: 1,
});

function takes(name: string, { plugins }: Pick<Linted, "plugins">): ConfFinding {
  return about(
    "info",
    `is the file that the runtime takes, the first by name: ${plugins.join(", ") || "no plugins"}.`,
    `Another network's file has to sort before ${name} to count.`,
  );
}

function broken(order: readonly string[]): ConfFinding {
  const next = order[1];
  return about(
    "error",
    `is the first by name, so the runtime takes it, and it has errors: containerd gives pods no network at all${next ? `, CRI-O may skip it for ${next}` : ""}.`,
    `Correct it, or move it out of the folder${next ? ` if ${next} is meant` : ""}.`,
  );
}

function shadowed(name: string, first: { name: string }, order: readonly string[]): ConfFinding {
  const before = order.indexOf(name);
  return about(
    "warning",
    `has no effect: ${first.name} is before it by name, and the runtime takes the first only.`,
    `Remove ${before > 0 && order.length > 1 ? "the one that isn't meant" : "it"}; a rest of a former network is best moved away.`,
  );
}

/** host-local keeps its leases per network name, so two networks of one range give the same address to two pods. */
function sameAddresses(conf: Linted, others: readonly (Linted & { name: string })[]): ConfFinding[] {
  return conf.subnets.flatMap(({ subnet }) =>
    others.flatMap((other) => {
      const hit = other.subnets.find((one) => one.subnet.overlaps(subnet));
      return hit
        ? [
            about(
              "warning",
              `gives addresses of ${subnet}, and ${other.name} of ${hit.subnet}: leases are kept per network, so two pods can get one address.`,
              "Give each network a range of its own.",
            ),
          ]
        : [];
    }),
  );
}
