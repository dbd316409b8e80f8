import { announceNetworkChange } from "../../components/cni/migration/announce";
import type { Announcement } from "../../components/cni/migration/recipe";
import { readRecord } from "../../components/cni/migration/record";
import type { Plan } from "../../core/plan";
import { heading, table } from "../output";
import type { LiveNetwork } from "./live";

/** What the plan's pod network means for a cluster that has another one. */
export interface NetworkChange extends Announcement {
  /** Pods that have to be made anew. */
  readonly pods: readonly { readonly node: string; readonly pods: readonly string[] }[];
}

/** Undefined when nothing changes, or nothing is known of what there is. */
export function networkChange(plan: Plan, { annotation, foreign, pods }: LiveNetwork): NetworkChange | undefined {
  const change = announceNetworkChange(annotation, plan, foreign);
  return change && { ...change, pods: change.restarts === "all pods" ? pods : [] };
}

/** For people. */
export function showNetworkChange(change: NetworkChange | undefined, { annotation, underWay, foreign }: LiveNetwork): string {
  return `${heading("Change of the pod network")}\n${underWay ? `${underWay}\n` : ""}${words()}`;

  function words(): string {
    if (change) {
      const pods = table(
        ["node", "pods that are made anew"],
        change.pods.map(({ node, pods }) => [node, pods.join(", ")]),
      );
      return change.pods.length > 0 ? `${change.text}\n\n${pods}` : change.text;
    }
    // kube-flannel's objects may be Plumbline's own, of a version that wrote no record.
    const isKnown = readRecord(annotation) !== undefined || (foreign !== undefined && foreign !== "kube-flannel");
    return isKnown
      ? "None: the cluster has this pod network."
      : "Not known: the cluster has no record of the pod network that it has now. `pulumi up` writes one.";
  }
}
