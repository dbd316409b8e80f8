import colors from "picocolors";
import type { Result } from "../../analysis/verify/check";
import { count, heading, table } from "../output";

const marks = { passed: "✓", failed: "✗", skipped: "-" };
const paint = { passed: colors.green, failed: colors.red, skipped: colors.yellow };

/**
 * The results for people: a table, what failed with its reason, what was skipped with its reason, and a line that counts.
 * @param all a row per check; by default checks that passed and prove the same thing in several places share a row.
 */
export function showResults(results: readonly Result[], all: boolean): string {
  const of = (status: Result["status"]) => results.filter((result) => result.status === status);
  const [passed, failed, skipped] = [of("passed"), of("failed"), of("skipped")];
  return [
    all ? everyCheck([...passed, ...failed]) : provenThings([...passed, ...failed]),
    ...reasons("Failed", failed),
    ...reasons("Skipped", skipped),
    "",
    [
      `${count(passed.length, "check")} passed`,
      `${failed.length} failed`,
      ...(skipped.length > 0 ? [`${skipped.length} skipped`] : []),
    ].join(", "),
  ].join("\n");
}

const seen = ({ status, detail }: Result) => (status === "passed" ? detail : "see below");

function everyCheck(results: readonly Result[]): string {
  const rows = results.map((result) => [marks[result.status], result.name, result.from, result.to, `${result.milliseconds}`, seen(result)]);
  return table(["", "check", "from", "to", "ms", "seen"], rows);
}

function provenThings(results: readonly Result[]): string {
  const groups = new Map<string, Result[]>();
  for (const result of results) {
    const key = `${result.status} ${result.name}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  const rows = [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first
      ? [
          [
            marks[first.status],
            first.name,
            `${group.length}`,
            some(group.map(({ from }) => from)),
            some(group.map(({ to }) => to)),
            seen(first),
          ],
        ]
      : [];
  });
  return table(["", "check", "times", "from", "to", "seen, for example"], rows);
}

/** The first two different ones, and how many more there are. */
function some(texts: readonly string[]): string {
  const different = [...new Set(texts)];
  const more = different.length - 2;
  return [...different.slice(0, 2), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

function reasons(title: string, results: readonly Result[]): string[] {
  return results.length === 0 ? [] : ["", heading(title), ...byReason(results)];
}

/** For people: what failed, with its reason. */
export const showFailures = (failed: readonly Result[]): string => byReason(failed).join("\n");

/** Checks with the same reason are told together. */
function byReason(results: readonly Result[]): string[] {
  const groups = new Map<string, Result[]>();
  for (const result of results) groups.set(result.detail, [...(groups.get(result.detail) ?? []), result]);
  return [...groups].flatMap(([reason, alike]) => [
    ...alike.map(
      ({ status, name, from, to, expected }) =>
        `${paint[status](marks[status])} ${name}: ${from} → ${to}${expected ? `, expected: ${expected}` : ""}`,
    ),
    `  ${reason}`,
  ]);
}
