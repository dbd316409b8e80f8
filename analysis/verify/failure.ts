import type { Outcome } from "../../components/node/dial";

/** Seconds until a try counts as unanswered. */
export const patience = 3;
/** The same where no answer is what we expect. Linux sends the first packet of a connection again after one second. */
export const shortPatience = 2;

/** What became of a packet without an answer. */
export type Failure = "timeout" | "refused" | "unreachable" | "other";

/** Reads the exit codes and messages of busybox (timeout, wget, nslookup), `curl -v` and `agnhost connect`. */
export function failureOf({ code, stderr }: Outcome): Failure {
  // curl's 28; 143 and 124 are those of busybox's and coreutils' timeout.
  if ([28, 124, 143].includes(code) || /TIMEOUT|timed out/i.test(stderr)) return "timeout";
  if (/refused/i.test(stderr)) return "refused";
  if (/no route to host|unreachable/i.test(stderr)) return "unreachable";
  return "other";
}

/** What a failure means for the one check, where that is more than what it means in general. */
export interface Mends {
  /** The nodes whose plans tell about the way there. */
  readonly nodes?: readonly string[];
  /** How long the try waited. Default: patience. */
  readonly seconds?: number;
  readonly timeout?: string;
  readonly refused?: string;
}

/** Why a try failed and what to do about it, in a sentence. */
export function explain(outcome: Outcome, target: string, { nodes = [], seconds = patience, timeout, refused }: Mends = {}): string {
  switch (failureOf(outcome)) {
    case "timeout":
      return `no answer from ${target} within ${seconds} s: ${timeout ?? `dropped on the way; see ${plansOf(nodes)}`}`;
    case "refused":
      return `connection to ${target} refused: ${refused ?? "the packet arrived, but nothing listens there"}`;
    case "unreachable":
      return `${target} is unreachable: a router on the way, or a firewall that rejects, says so; compare \`ip route\` with \`plumbline plan\``;
    case "other":
      return `${target}: ${said(outcome)}`;
  }
}

/** Where one reads what hosts let in and where they send. */
export const plansOf = (nodes: readonly string[]): string =>
  [...new Set(nodes)].map((node) => `\`plumbline plan --node ${node}\``).join(" and ");

/** What a program said, in one line. */
export function said({ code, stdout, stderr }: Outcome): string {
  if (code === 127) return `a program is missing there: ${stderr.trim()}`;
  const lines = (stderr.trim() || stdout.trim()).split("\n");
  // curl -v says much before its one line of error.
  const line = lines.find((one) => one.startsWith("curl: ")) ?? lines[0];
  return line ? `${line} (exit code ${code})` : `exit code ${code} without a word`;
}
