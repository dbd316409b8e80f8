import { showPath } from "../../../core/finding";
import type { Role } from "../../../core/stack/nodes";
import type { Entry, Place } from "./entry";
import { isName } from "./values";

/** Something of the source that the stack doesn't say, or something that the source doesn't say and the stack needs. */
export interface LeftOut extends Place {
  readonly file: string;
  /** In the source, for example `networking.podSubnet`. */
  readonly path: string;
  /** Why it isn't in the stack. */
  readonly message: string;
  /** What to do about it. */
  readonly mend: string;
}

/** A node as the source states it; texts aren't judged here, `check` does that. */
export interface NodeDraft {
  name: string;
  roles: Role[];
  address: string[];
  ssh: { host?: string | undefined; port?: number | undefined; user?: string | undefined; key?: string | undefined };
}

/** The stack that a source is turned into, in the words of the stack file, and what got left out of it. */
export class Draft {
  readonly cluster: Record<string, unknown> = {};
  readonly nodes: NodeDraft[] = [];
  readonly ssh: { user?: string; key?: string; agent?: boolean; bastion?: Record<string, unknown> } = {};
  readonly cni: Record<string, unknown> = {};
  readonly proxy: Record<string, unknown> = {};
  readonly dns: Record<string, unknown> = {};
  readonly firewall: Record<string, unknown> = {};
  /** Whether control planes run etcd. */
  etcd = true;
  /** What kubelets tell pods to ask for names. */
  readonly clusterDns: Entry[] = [];
  readonly leftOut: LeftOut[] = [];

  leave(entry: Entry, message: string, mend: string): void {
    this.leftOut.push({ file: entry.file, path: showPath(entry.path), ...entry.place, message, mend });
  }

  /** A cache on every node that isn't Plumbline's; pods that run ask it. */
  leaveNodeLocal(entry: Entry, whose: string, address: string): void {
    this.firewall.allow = [{ from: "pods", tcp: [53], udp: [53], why: "NodeLocal DNSCache" }];
    this.leave(
      entry,
      `${whose} answers pods at ${address}. firewall.allow lets them ask it; kubelets tell new pods to ask the DNS service itself.`,
      `To have Plumbline run the cache instead: take the other one away, then write dns.nodeLocal: true and dns.nodeLocalAddresses: [${address}].`,
    );
  }

  /** A text, number or boolean as text; nothing else has the right form. */
  text(entry: Entry): string | undefined {
    const { value } = entry;
    if (!entry.given || value === "") return undefined;
    if (typeof value !== "object") return String(value).trim();
    this.leave(entry, "is no plain value, so it was not understood.", "Correct the source, or write it into the stack by hand.");
    return undefined;
  }

  /** A list of texts, or one text with commas or spaces between. */
  texts(entry: Entry): string[] {
    const parts = Array.isArray(entry.value) ? entry.items().flatMap((item) => this.text(item) ?? []) : [this.text(entry) ?? ""];
    return parts.flatMap((part) => part.split(/[\s,]+/)).filter((part) => part !== "");
  }

  /** A whole number. */
  number(entry: Entry): number | undefined {
    const text = this.text(entry);
    if (text === undefined || /^\d{1,15}$/.test(text)) return text === undefined ? undefined : Number(text);
    this.leave(entry, `${JSON.stringify(text)} is no whole number.`, "Correct the source, or write it into the stack by hand.");
    return undefined;
  }

  /** Ranges that were found so far. */
  ranges(key: "podCIDRs" | "serviceCIDRs"): readonly string[] {
    return (this.cluster[key] as string[] | undefined) ?? [];
  }

  /**
   * Adds a node, unless it has no address; a host name is none.
   * @param entry the place that says what there is about it.
   */
  addNode(
    entry: Entry,
    { name, roles, address, ssh }: Omit<NodeDraft, "name" | "ssh"> & Partial<Pick<NodeDraft, "ssh">> & { name?: string | undefined },
  ): void {
    const chosen = name?.toLowerCase() ?? this.freeName(roles.includes("control-plane") ? "cp" : roles.includes("worker") ? "w" : "etcd");
    const addresses = address.filter((text) => !isName(text));
    if (addresses.length === 0) {
      const found = address.length > 0 ? `${address.join(", ")} is a name, and the stack needs the address` : "There is no address";
      const mend = `Add it under plumbline:nodes: - { name: ${chosen}, roles: [${roles.join(", ")}], address: … }`;
      this.leave(entry, `${found} of ${name === undefined ? "this node" : chosen} on the cluster's LAN.`, mend);
      return;
    }
    if (name === undefined)
      this.leave(
        entry,
        `The node ${addresses[0]} has no name here; the stack calls it ${chosen}.`,
        "Write the name that `kubectl get nodes` shows.",
      );
    this.nodes.push({ name: chosen, roles: roles.length > 0 ? roles : ["worker"], address: addresses, ssh: ssh ?? {} });
  }

  /** The cluster's name, which is a DNS label here and only for messages. */
  setName(entry: Entry): void {
    const name = this.text(entry);
    const label = name
      ?.toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 63);
    this.set("cluster", "name", label === "" ? undefined : label);
  }

  /** Sets the jump host; a stack has one for all. */
  setBastion(entry: Entry, bastion: { host: string; port?: number; user?: string }): void {
    const before = this.ssh.bastion;
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(bastion))
      this.leave(
        entry,
        `is a second jump host; the stack has one for all, ${String(before.host)}.`,
        "Reach every host through the same one, or give nodes an ssh.host.",
      );
    else this.ssh.bastion = bastion;
  }

  /** cp1, cp2…: the first that no node has. */
  freeName(prefix: string): string {
    for (let number = 1; ; number++) if (!this.nodes.some(({ name }) => name === `${prefix}${number}`)) return `${prefix}${number}`;
  }

  /** Sets a key of a section, unless there is nothing to set. */
  set(section: "cluster" | "cni" | "proxy" | "dns", key: string, value: unknown): void {
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) this[section][key] = value;
  }
}

/** A kind of source, one file each. */
export interface Source {
  /** For messages: "a kubeadm configuration". */
  readonly what: string;
  /** Whether the documents are of this kind. */
  recognises(documents: readonly Entry[]): boolean;
  read(documents: readonly Entry[], draft: Draft): void;
  /** Why something that was not read isn't carried over, and what to do, by its path. The first that fits counts. */
  readonly unread: readonly (readonly [path: RegExp, message: string, mend: string])[];
}
