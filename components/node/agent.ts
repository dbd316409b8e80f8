import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The files of `agent/`, a subject each, in the order in which the host's shell reads them. These have the checks, and what they are made of. */
const checks = [
  "start",
  "words",
  "state",
  "bundle",
  "checks",
  "requires",
  "kubelet",
  "kubeletChange",
  "kubeProxy",
  "forwarding",
  "files",
  "unmanaged",
  "hosts",
  "resolver",
  "sysctls",
  "links",
  "namespaces",
  "networks",
  "ovs",
  "routes",
  "nexthops",
  "routing",
  "nftables",
  "services",
];

/** The host agent's source: one shell script. `main` starts the run, so it is the last. */
export const agent = (): string => script([...checks, "kubeletFiles", "probes", "converge", "units", "story", "main"]);

/** What only looks: the agent's checks, and facts about the host. */
export const look = (): string => script([...checks, "facts", "look"]);

const script = (subjects: readonly string[]) =>
  subjects.map((subject) => readFileSync(join(__dirname, "agent", `${subject}.sh`), "utf8")).join("\n");
