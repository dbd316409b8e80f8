import type { Announcement } from "./recipe";
import type { NetworkRecord } from "./record";

/** What a change of a setting means for pods that run. Sources: CNI specification 1.1.0, libcni, the plugins v1.9.1, flanneld v0.28. */
interface SettingClass {
  /** in place: running pods go on. Else packets are lost, or pods have to be made anew. */
  readonly kind: "in place" | "while it rolls out" | "pods made anew";
  readonly effect: (before: unknown, now: unknown) => string;
  readonly action?: string;
}

const byOtherNetwork = (network: string, others: string) =>
  `To lose nothing, change it while another network carries the packets: \`plumbline migrate --from ${network} --to ${others}\`, the change, and back.`;

/** The two ends of a tunnel have to agree, and hosts change one wave after the other. */
const vxlanEnds: SettingClass = {
  kind: "while it rolls out",
  effect: () =>
    "until the last host has changed, pods on hosts that have and on hosts that haven't don't reach each other. No pod restarts",
  action: byOtherNetwork("vxlan", "bridge or flannel"),
};

const flanneld: SettingClass = {
  kind: "while it rolls out",
  effect: () =>
    "flanneld restarts on one node after the other, and until the last has, pods on nodes that have and on nodes that haven't may not reach each other. No pod restarts",
  action: byOtherNetwork("flannel", "bridge or vxlan"),
};

const classes: Readonly<Record<string, SettingClass>> = {
  mtu: {
    kind: "in place",
    effect: (before, now) => `new pods have packets of ${now} bytes; pods that run keep ${before} until they are made anew`,
  },
  // The bridge plugin makes the bridge of the name that it is given; both would have the gateway's address (plugins/main/bridge).
  "bridge.name": {
    kind: "pods made anew",
    effect: (before, now) =>
      `pods that run stay on ${before}, new ones are on ${now}; both have the gateway's address, and a host sends packets to one of the two only`,
    action:
      "Go node by node: set rollout.batch to 1, drain the node before its turn comes, remove its old bridge afterwards (`ip link delete`), and uncordon it.",
  },
  confDir: {
    kind: "in place",
    effect: () => "the container runtime has to read the new folder before; pods that run go on, and are taken down by what is in it",
  },
  "vxlan.port": vxlanEnds,
  "vxlan.vni": vxlanEnds,
  "flannel.backend": flanneld,
  "flannel.port": flanneld,
  "flannel.vni": flanneld,
  "flannel.directRouting": flanneld,
  // The runtime takes a pod down (DEL) by the configuration that is there then, not by the one that made it (ADD).
  "custom.conflist": {
    kind: "pods made anew",
    effect: () =>
      "pods that run were made by the former configuration and are taken down by the new one: what only the former plugins made (addresses of another IPAM, port mappings) stays behind",
    action: "Drain each node before its turn comes, and uncordon it afterwards.",
  },
};

/** What changes of the settings of one and the same network mean, in words. */
export function settingChanges(before: NetworkRecord, now: NetworkRecord): Announcement[] {
  return Object.entries(classes).flatMap(([setting, { kind, effect, action }]) => {
    const [from, to] = [before[setting], now[setting]];
    // A setting of a network that comes or goes is no change of it.
    if (from === to || from === undefined || to === undefined) return [];
    const change = setting === "custom.conflist" ? "changes" : `changes from ${from} to ${to}`;
    return [
      {
        isSafe: kind === "in place",
        restarts: kind === "pods made anew" ? "all pods" : "no pod",
        text: `cni.${setting} ${change}: ${effect(from, to)}.${action ? `\n  ${action}` : ""}`,
      },
    ];
  });
}
