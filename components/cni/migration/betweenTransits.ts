import type { TransitProvider } from "../providers";
import { type Action, daemonSet } from "./actions";
import type { MigrationStep, Recipe, StackCommands } from "./recipe";

/** Changes that test/e2e/podNetworks.test.ts makes under traffic, without a lost request. */
const proven = new Set(["bridge to vxlan", "vxlan to flannel", "flannel to bridge"]);

/** Pods stay on Plumbline's bridges with their addresses; what changes is how packets get from node to node. */
export function betweenTransits(from: TransitProvider, to: TransitProvider, commands: StackCommands): Recipe {
  const apply: Action = { kind: "apply", command: commands.apply };
  const verify: Action = { kind: "verify", of: "everything", command: commands.verify };
  const both: MigrationStep = {
    title: `Make ${to} ready beside ${from}`,
    write: { cni: { provider: from, alongside: to } },
    actions: [apply],
    effects: [
      `Every host gets what ${to} needs, and lets its packets in. Packets go on as before, by ${from}.`,
      "Pods made from now on have packets that are small enough for both.",
    ],
  };
  const last = (what: string): MigrationStep => ({
    title: `Leave ${from} behind`,
    write: { cni: { provider: to } },
    actions: [apply, verify],
    effects: [`cni.alongside is left out. ${what} No packet takes that way any more.`],
  });
  const switched: MigrationStep = {
    title: `Send packets by ${to}`,
    write: { cni: { provider: to, alongside: from } },
    actions: [apply, verify],
    effects: [
      "Hosts change their routes one wave after the other. A host that has changed and one that hasn't reach each other, since each lets in the packets of both.",
      ...(from === "flannel"
        ? ["flannel's DaemonSet is deleted; its interface stays until the next step, and its routes are replaced one by one."]
        : []),
    ],
  };
  const flanneld: MigrationStep = {
    title: "Start flanneld",
    write: { cni: { provider: "flannel", alongside: from } },
    actions: [
      apply,
      {
        kind: "await rollout",
        object: daemonSet("kube-flannel/kube-flannel-ds"),
        command: "kubectl -n kube-flannel rollout status daemonset/kube-flannel-ds",
      },
      verify,
    ],
    effects: [`${from}'s routes stay until flanneld has set its own on each host: then packets go by flannel. Both are let in.`],
  };
  // Only vxlan has to be on all hosts before the first of them sends packets by it: bridge needs nothing there, and flanneld sets its routes when it is ready.
  const links = { bridge: "its routes", vxlan: "its interface plumbline0 and its port", flannel: "its interface and its port" }[from];
  const steps =
    to === "flannel"
      ? [flanneld, last(`${from} goes from the hosts: ${links}.`)]
      : to === "bridge"
        ? [switched, last(`${from} goes from the hosts: ${links}.`)]
        : [both, switched, last(`${from} goes from the hosts: ${links}.`)];
  return {
    restarts: "no pod",
    window: proven.has(`${from} to ${to}`)
      ? "none: Plumbline's own test makes this change under traffic, and no request is lost"
      : "none expected: the steps are those of the changes that Plumbline's own test makes under traffic without a lost request; this direction isn't among them",
    steps: steps.map((step, index) => ({
      ...step,
      // The last one proves the whole, so it is never left out.
      ...(index < steps.length - 1
        ? { done: { kind: "applied", networks: steps.slice(index).flatMap(({ write }) => write?.cni ?? []) } }
        : {}),
    })),
    back: [
      `After any step: write the value of the step before and run \`${commands.apply}\`.`,
      `After the last: \`plumbline migrate --from ${to} --to ${from}\`.`,
    ],
  };
}
