import { z } from "zod";
import { cniSection } from "../../../core/stack/network";
import type { Draft } from "./draft";
import type { Entry } from "./entry";

const declare = (name: string) => `${name} is a custom provider here: declare its ranges and flows under cni.custom.`;

/** Plumbline's providers for the names that other tools use, and what differs. */
const known: Record<string, readonly [provider: string, remark?: string, custom?: { name: string; confFile: string }]> = {
  bridge: ["bridge"],
  flannel: ["flannel"],
  calico: ["calico"],
  cilium: ["cilium"],
  weave: ["weave"],
  weavenet: ["weave"],
  canal: ["flannel", "canal is flannel's network with Calico's policies; the stack takes flannel, and the policies are nobody's then."],
  "kube-router": ["custom", declare("kube-router"), { name: "kube-router", confFile: "10-kuberouter.conflist" }],
  "kube-ovn": ["custom", declare("Kube-OVN"), { name: "kube-ovn", confFile: "01-kube-ovn.conflist" }],
  antrea: ["custom", declare("Antrea"), { name: "antrea", confFile: "10-antrea.conflist" }],
  custom: ["custom", "Which pod network it is, the source doesn't say: declare its ranges and flows under cni.custom."],
};

/** Writes the pod network that a source names, as far as this version has it. */
export function setProvider(entry: Entry, name: string, draft: Draft): void {
  const [provider, remark, custom] = known[name.toLowerCase().replace("_", "-")] ?? [];
  if (provider === undefined) {
    const mend = `Write cni.provider: one of ${providers().join(", ")}.`;
    draft.leave(entry, `${name} is no pod network that Plumbline knows; the stack takes its default, bridge.`, mend);
    return;
  }
  if (remark !== undefined) draft.leave(entry, remark, "Compare with docs/cni.md before the first `pulumi up`.");
  draft.cni.provider = provider;
  if (custom) draft.cni.custom = custom;
}

/** The providers that this version has. */
function providers(): readonly string[] {
  const schema = z.toJSONSchema(cniSection, { io: "input" }) as { properties?: { provider?: { enum?: string[] } } };
  return schema.properties?.provider?.enum ?? [];
}
