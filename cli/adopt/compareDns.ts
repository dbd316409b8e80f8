import { corefile } from "../../components/dns/corefile";
import { diffCorefiles } from "../../components/dns/corefile/diff";
import { settingsOf } from "../../components/dns/settingsOf";
import type { Finding } from "../../core/finding";
import { lenientSchema, type Stack } from "../../core/stack/schema";
import type { Change, Comparison, Says } from "./compare";
import type { LiveCluster } from "./live";

/**
 * What somebody added to the cluster's Corefile, as settings that the stack doesn't have yet. Whatever else would become of that Corefile
 * with the next `pulumi up` is said, line by line of its meaning.
 */
export function compareDns(stack: Stack, { corefile: live, domain }: LiveCluster, says: Says): Comparison {
  if (live === undefined) return { changes: [], findings: [] };
  const cluster = { ...stack.cluster, ...(domain === undefined ? {} : { domain }) };
  const declared = { ...stack, cluster };
  if (diffCorefiles(live, corefile(declared)).length === 0) return { changes: [], findings: [] };
  const settings = Object.entries(settingsOf(live)).filter(([key]) => !says(["dns", key]));
  const changes = settings.map(([key, value]): Change => {
    const text = typeof value === "string" ? value.trim() : JSON.stringify(value);
    return { path: ["dns", key], declared: "(default)", live: text.replaceAll(/\s*\n\s*/g, " ; "), value };
  });
  return { changes, findings: remaining(live, adopted(declared, Object.fromEntries(settings)), says(["dns"])) };
}

/** The stack as it is after adopting. */
function adopted(stack: Stack, settings: object): Stack {
  const section = lenientSchema.shape.dns.safeParse(settings);
  if (!section.success) return stack;
  const given = Object.fromEntries(Object.entries(section.data).filter(([key]) => key in settings));
  return { ...stack, dns: { ...stack.dns, ...given } };
}

/** @param isMeant the stack speaks of DNS, so that the change may be what somebody wants. */
function remaining(live: string, stack: Stack, isMeant: boolean): Finding[] {
  return diffCorefiles(live, corefile(stack)).map(({ message }) => ({
    severity: isMeant ? "info" : "warning",
    path: ["dns"],
    message: `the cluster's Corefile was changed, and \`pulumi up\` will change it: ${message}.`,
    mend: "Say in the stack what it has to be (docs/dns.md), or leave it so.",
  }));
}
