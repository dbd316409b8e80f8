import colors from "picocolors";
import type { LiveFinding } from "../../analysis/doctor/finding";
import { showPath } from "../../core/finding";
import { count, table } from "../output";
import type { NodeState } from "./doctor";

const paint = { error: colors.red, warning: colors.yellow, info: colors.cyan };

/** Hosts in a table, then what was found: what several hosts have alike is told once. */
export function showDoctor(findings: readonly LiveFinding[], nodes: readonly NodeState[], file: string): string {
  const number = (severity: LiveFinding["severity"]) => findings.filter((finding) => finding.severity === severity).length;
  const grave = [
    ...(number("error") > 0 ? [count(number("error"), "error")] : []),
    ...(number("warning") > 0 ? [count(number("warning"), "warning")] : []),
  ];
  return [
    hostTable(nodes),
    ...(findings.length > 0 ? [[...alike(findings).values()].map(show).join("\n")] : []),
    grave.length > 0 ? `${file}: ${grave.join(", ")}.` : `${file}: the hosts are ready.`,
  ].join("\n\n");
}

function hostTable(nodes: readonly NodeState[]): string {
  return table(
    ["node", "address", "interface", "kernel", "CNI configuration in force", "pods' addresses"],
    nodes.map(({ name, address, reached, interface: link = "none", kernel = "", cniConfiguration = "none", leases = [] }) =>
      reached
        ? [
            name,
            address,
            link,
            kernel,
            cniConfiguration,
            leases.map(({ used, total }) => `${used} of ${total < 1e9 ? total : `2^${Math.round(Math.log2(total))}`}`).join(", "),
          ]
        : [name, address, colors.red("not reached"), "", "", ""],
    ),
  );
}

function alike(findings: readonly LiveFinding[]): Map<string, LiveFinding[]> {
  const groups = new Map<string, LiveFinding[]>();
  for (const finding of findings) {
    // Findings about a node's own place in the stack differ in it.
    const key = [finding.severity, showPath(finding.path), finding.message, finding.mend].join("\n");
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return groups;
}

function show(group: readonly LiveFinding[]): string {
  const [first] = group;
  if (!first) return "";
  const { severity, path, message, mend } = first;
  const names = group.flatMap(({ node }) => node ?? []);
  const who = names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  // Of a node's own place in the stack its name says the beginning.
  const rest = who && path[0] === "nodes" ? path.slice(2) : path;
  const place = [who, showPath(rest)].filter((part) => part !== "").join("  ");
  return paint[severity](
    `${severity === "error" ? "" : `${severity}: `}${place ? `${place}: ` : ""}${message}${mend ? `\n  ${mend}` : ""}`,
  );
}
