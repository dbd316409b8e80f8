import { z } from "zod";
import { cniSection } from "../../../core/stack/network";
import type { Draft } from "./draft";
import type { Entry } from "./entry";

/** Plumbline's providers for the names that other tools use, and what differs. */
const known: Record<string, readonly [provider: string, remark?: string]> = {
  bridge: ["bridge"],
  flannel: ["flannel"],
  calico: ["calico"],
  cilium: ["cilium"],
  weave: ["weave"],
  weavenet: ["weave"],
  canal: ["flannel", "canal is flannel's network with Calico's policies; the stack takes flannel, and the policies are nobody's then."],
  "kube-router": ["custom", "kube-router is a custom provider here: declare its ranges and flows under cni."],
  "kube-ovn": ["custom", "Kube-OVN is a custom provider here: declare its ranges and flows under cni."],
  antrea: ["custom", "Antrea is a custom provider here: declare its ranges and flows under cni."],
  custom: ["custom", "Which pod network it is, the source doesn't say: declare its ranges and flows under cni."],
};

/** Writes the pod network that a source names, as far as this version has it. */
export function setProvider(entry: Entry, name: string, draft: Draft): void {
  const [provider, remark] = known[name.toLowerCase().replace("_", "-")] ?? [];
  if (provider === undefined) {
    const mend = `Write cni.provider: one of ${providers().join(", ")}.`;
    draft.leave(entry, `${name} is no pod network that Plumbline knows; the stack takes its default, bridge.`, mend);
    return;
  }
  if (remark !== undefined) draft.leave(entry, remark, "Compare with docs/cni.md before the first `pulumi up`.");
  if (providers().includes(provider)) draft.cni.provider = provider;
  else {
    const mend = `Leave the cluster's pod network as it is until then, or choose one of ${providers().join(", ")}: on a running cluster that is a migration.`;
    draft.leave(entry, `This version has no provider ${provider}; the stack takes its default, bridge.`, mend);
  }
}

/** The providers that this version has. */
function providers(): readonly string[] {
  const schema = z.toJSONSchema(cniSection, { io: "input" }) as { properties?: { provider?: { enum?: string[] } } };
  return schema.properties?.provider?.enum ?? [];
}
