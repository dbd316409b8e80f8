import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The files of `agent/`, a subject each, in the order in which the host's shell reads them: `main` starts the run, so it is the last. */
const subjects = [
  "start",
  "words",
  "state",
  "bundle",
  "checks",
  "requires",
  "kubelet",
  "forwarding",
  "files",
  "hosts",
  "resolver",
  "sysctls",
  "links",
  "namespaces",
  "routes",
  "routing",
  "nftables",
  "probes",
  "converge",
  "units",
  "story",
  "main",
];

/** The host agent's source: one shell script. */
export function agent(): string {
  return subjects.map((subject) => readFileSync(join(__dirname, "agent", `${subject}.sh`), "utf8")).join("\n");
}
