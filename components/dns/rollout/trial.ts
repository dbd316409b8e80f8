import { setTimeout as sleep } from "node:timers/promises";
import type { V1Deployment, V1Pod } from "@kubernetes/client-node";
import { UserError } from "../../../core/finding";
import type { Stack } from "../../../core/stack/schema";
import type { Cluster } from "../../cluster";
import { deployment, namespace } from "./live";
import { answering, dnsPods, isRolledOut } from "./pods";
import { asking, dnsService, probeNames, unanswered } from "./probes";
import { trialConfigMap, trialObjects, trialPod, trialState } from "./trialPod";

/** Seconds for the pod to be ready, with the time to pull its images. */
const patience = 120;
/** Seconds for CoreDNS as it is to be ready: in a new cluster its pods have just got their network. */
const patienceWithPresent = 60;
const between = 500;
/** Servers that a message names. */
const shown = 4;

/** A CoreDNS that serves nobody, with a new Corefile, and a shell beside it that asks this one and the others. */
export class Trial {
  private address = "";

  constructor(
    private readonly cluster: Cluster,
    private readonly stack: Stack,
  ) {}

  /** @throws UserError when CoreDNS doesn't get ready with the new Corefile. */
  async start(present: V1Deployment, corefile: string): Promise<void> {
    await this.end(); // What a run that died has left.
    for (const object of trialObjects(present, corefile, this.stack.verify.image)) await this.cluster.create(object);
    const end = Date.now() + patience * 1000;
    for (;;) {
      const pod = ((await this.cluster.read(trialPod)) ?? {}) as V1Pod;
      const { state, why } = trialState(pod);
      this.address = pod.status?.podIP ?? "";
      if (state === "ready") return;
      if (state === "failed" || Date.now() > end) throw refusal(why);
      await sleep(between);
    }
  }

  async end(): Promise<void> {
    for (const reference of [trialPod, trialConfigMap]) await this.cluster.remove(reference);
  }

  /** The names that the present DNS answers. */
  async answeredNow(): Promise<string[]> {
    const end = Date.now() + patienceWithPresent * 1000;
    while (Date.now() < end && !isRolledOut(((await this.cluster.read(deployment)) ?? {}) as V1Deployment)) await sleep(between);
    const names = probeNames(this.stack);
    const [silent] = await this.ask(names, [dnsService(this.stack)]);
    return names.filter((name) => !silent?.includes(name));
  }

  /** @throws UserError when the new Corefile doesn't answer all of the names. */
  async mustAnswer(names: readonly string[]): Promise<void> {
    const [silent = []] = await this.ask(names, [this.address]);
    if (silent.length > 0) throw refusal(`CoreDNS doesn't answer ${silent.join(" and ")} with it, as it did before`);
  }

  /** Which of the names the service or a pod behind it doesn't answer, in words. */
  async silence(names: readonly string[]): Promise<string | undefined> {
    const servers = [
      { name: `the service ${this.stack.dns.service}`, address: dnsService(this.stack) },
      ...answering(await dnsPods(this.cluster)).map(({ name, address }) => ({ name: `pod ${name}`, address })),
    ];
    const silent = await this.ask(
      names,
      servers.map(({ address }) => address),
    );
    const words = servers.flatMap(({ name }, index) =>
      silent[index]?.length ? `${name} doesn't answer ${silent[index].join(" and ")}` : [],
    );
    const more = words.length > shown ? [`${words.length - shown} more`] : [];
    return words.length > 0 ? [...words.slice(0, shown), ...more].join("; ") : undefined;
  }

  /** What each of the servers doesn't answer. */
  private async ask(names: readonly string[], servers: readonly string[]): Promise<string[][]> {
    if (names.length === 0) return servers.map(() => []);
    const { stdout } = await this.cluster.run(namespace, trialPod.metadata.name, asking(names, servers), new AbortController().signal);
    return servers.map((server) => unanswered(names, server, stdout));
  }
}

const refusal = (why: string) =>
  new UserError(`The new Corefile was tried in a pod of its own: ${why}.\nNothing was changed; the present one is in force.`);
