import { type Finding, showPath } from "../../core/finding";
import { showFindings } from "../check/check";
import { heading, table } from "../output";
import type { Change } from "./compare";
import type { NewKey } from "./keys";

/** What adopting would write, and where. */
export interface Proposal {
  readonly file: string;
  readonly newText: string;
  readonly changes: readonly Change[];
  readonly keys: readonly NewKey[];
  readonly findings: readonly Finding[];
  /** Where the keys go; absent: into the stack file. */
  readonly knownHosts?: string;
}

export function showProposal({ file, changes, keys, findings, knownHosts }: Proposal): string {
  const differences = table(
    ["", "stack", "cluster"],
    changes.map(({ path, declared, live }) => [showPath(path), declared || "-", live]),
  );
  const fingerprints = table(
    ["host", "at", "key", "fingerprint"],
    keys.map(({ name, host, port, key, fingerprint }) => [name, `${host} port ${port}`, key.split(" ")[0] ?? "", fingerprint]),
  );
  return [
    ...(changes.length > 0 ? [`${heading(`${file}: what the cluster says`)}\n${differences}`] : []),
    ...(keys.length > 0 ? [`${heading(`${knownHosts ?? file}: host keys, on first use`)}\n${trust}\n${fingerprints}`] : []),
    ...(findings.length > 0 ? [showFindings(findings, file)] : []),
  ].join("\n\n");
}

const trust =
  "Nobody has vouched for these keys yet. Compare them with what the hosts' consoles show:\n" +
  "ssh-keygen -l -f /etc/ssh/ssh_host_ed25519_key.pub";
