import { setTimeout as sleep } from "node:timers/promises";
import type { V1Node } from "@kubernetes/client-node";
import type { Result } from "../../../analysis/verify/check";
import type { Cluster } from "../../../components/cluster";
import { label, type Proof } from "../../../components/cni/migration/actions";
import { UserError } from "../../../core/finding";
import { count, print } from "../../output";
import { openStack } from "../../readStack";
import { showProgress } from "../../verify/progress";
import { showFailures } from "../../verify/text";
import { prove } from "../../verify/verify";

/**
 * What has to hold among nodes that are on the new network while others are on one that the two don't share: services and names may have their pods on
 * either side.
 */
const ownChecks = ["pod to pod, same node", "pod to pod, other node", "unfragmented packets", "pod to API service"];

/**
 * Seconds that programs of a node which has started have. One that looked for the API server before kube-proxy had written its rules (an ingress controller,
 * say) waits for that connection for half a minute, and is ready meanwhile by its own account.
 */
const late = 90;
/** Seconds between two proofs. */
const interval = 10;

interface Where {
  readonly file: string;
  readonly kubeconfig: string;
  readonly cluster: Cluster;
  readonly signal: AbortSignal;
}

/** Proves what the stack says now with packets. The function throws UserError with the checks that failed. */
export function makeVerify({ file, kubeconfig, cluster, signal }: Where) {
  return async ({ of, isFresh }: Proof): Promise<void> => {
    const { plan, directory } = openStack(file);
    const nodes = await cluster.list<V1Node>("v1", "Node");
    // Where no node takes pods, CoreDNS and the like have no place until this one is uncordoned.
    const isWhole = of === "everything" && nodes.some(({ spec }) => !spec?.unschedulable);
    const labelled = nodes.filter(({ metadata }) => metadata?.labels?.[label] !== undefined).map(({ metadata }) => metadata?.name);
    const tried = isWhole || of === "everything" ? plan : { ...plan, nodes: plan.nodes.filter(({ name }) => !labelled.includes(name)) };

    async function once(): Promise<Result[]> {
      const progress = showProgress();
      try {
        return await prove(tried, directory, kubeconfig, { signal, progress, ...(isWhole ? {} : { only: ownChecks }) });
      } finally {
        progress.end();
      }
    }

    for (const deadline = Date.now() + late * 1000; ; await sleep(interval * 1000, undefined, { signal })) {
      const results = await once();
      const failed = results.filter(({ status }) => status === "failed");
      if (failed.length === 0) {
        print(`   ${count(results.filter(({ status }) => status === "passed").length, "check")} passed`);
        return;
      }
      if (!isFresh || Date.now() > deadline) throw new UserError(`${count(failed.length, "check")} failed.\n${showFailures(failed)}`);
      print(`   ${count(failed.length, "check")} failed; the node has just started, so all are made once more.`);
    }
  };
}
