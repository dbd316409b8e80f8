import type { PlannedNode } from "../../core/part";
import type { HostFacts } from "./facts";
import type { LiveFinding } from "./finding";
import { nodeLink } from "./host";

/** What has to be different on every machine, and what goes wrong where a machine was copied without a change of it. */
interface Identity {
  readonly what: string;
  of(facts: HostFacts, node: PlannedNode): string | undefined;
  readonly severity: "error" | "warning";
  readonly harm: string;
  readonly mend: string;
}

/** Source: kubernetes.io, "Installing kubeadm": unique host name, MAC address and product_uuid for every node. */
const identities: readonly Identity[] = [
  {
    what: "host name",
    of: ({ hostname }) => hostname,
    severity: "error",
    harm: "they register as one Node object, and take turns in overwriting it",
    mend: "Give each a name of its own: `hostnamectl set-hostname NAME`, before kubeadm join.",
  },
  {
    what: "MAC address",
    of: (facts, node) => nodeLink(node, facts)?.mac,
    severity: "error",
    harm: "switches send one's packets to the other",
    mend: "Have the hypervisor give each VM's interface an address of its own.",
  },
  {
    what: "product_uuid",
    of: ({ productUuid }) => productUuid,
    severity: "error",
    harm: "kubeadm and cloud providers tell machines apart by it",
    mend: "Have the hypervisor give each VM a UUID of its own; libvirt and VMware do when a VM is cloned, not copied.",
  },
  {
    what: "machine-id",
    of: ({ machineId }) => machineId,
    severity: "warning",
    harm: "DHCP gives them one address, and their journals mix",
    mend: "On each copy: `rm /etc/machine-id /var/lib/dbus/machine-id; systemd-machine-id-setup`, and restart it.",
  },
];

/** Machines that are copies of each other. */
export function cloneFindings(hosts: readonly { readonly node: PlannedNode; readonly facts: HostFacts }[]): LiveFinding[] {
  return identities.flatMap(({ what, of, severity, harm, mend }) => {
    const groups = new Map<string, string[]>();
    for (const { node, facts } of hosts) {
      const value = of(facts, node);
      if (value !== undefined) groups.set(value, [...(groups.get(value) ?? []), node.name]);
    }
    return [...groups].flatMap(([value, names]) =>
      names.length < 2
        ? []
        : names.map((name): LiveFinding => {
            const others = names.filter((one) => one !== name);
            const shown = others.length > 3 ? `${others.slice(0, 3).join(", ")} and ${others.length - 3} more` : others.join(", ");
            return { severity, node: name, path: [], message: `has the same ${what} as ${shown} (${value}): ${harm}.`, mend };
          }),
    );
  });
}
