import { distance } from "fastest-levenshtein";
import type { Path } from "../finding";

const podsRestart =
  "It gives pods their addresses itself, so nothing can be kept beside it. Leave cni.alongside out; `plumbline migrate` prints the steps.";
const laterBackend = "That backend comes in a later version. Write auto or nftables.";

/** Values that are read, so that the plan can say what to do about them, but never proposed. */
export const refused: ReadonlySet<string> = new Set(["weave"]);

/** What became of values that guides still name, and what to write instead. Source of each: the Kubernetes changelog of the version named. */
const values = new Map<string, ReadonlyMap<string, string>>([
  [
    "proxy.mode",
    new Map([
      ["userspace", "Kubernetes removed the userspace mode in 1.26. Write iptables, or nftables (kernel 5.13, Kubernetes 1.31)."],
      ["ebpf", "That is a CNI's replacement of kube-proxy, not a mode of it. Write none where the CNI does it, else iptables or nftables."],
    ]),
  ],
  [
    "cni.provider",
    new Map([
      [
        "weave-net",
        "Weave Net is archived since June 2024. Write flannel or vxlan; `plumbline migrate --from weave --to flannel` says how.",
      ],
    ]),
  ],
  ["cni.alongside", new Map(["weave", "calico", "cilium", "custom"].map((name) => [name, podsRestart]))],
  [
    "ingress.controllers.*.name",
    new Map([
      [
        "nginx",
        "Two programs have that name: f5-nginx (nginx/kubernetes-ingress) and ingress-nginx (kubernetes/ingress-nginx), which was retired in March 2026. Write traefik, or f5-nginx.",
      ],
      ["haproxy-ingress", "That is another project than HAProxy Technologies' controller. Write haproxy, or traefik."],
    ]),
  ],
  [
    "firewall.backend",
    new Map([
      ["iptables", laterBackend],
      ["firewalld", laterBackend],
      ["ufw", laterBackend],
    ]),
  ],
]);

/** What to write instead of a value that older guides or other tools use at this place. */
export function valueHint(path: Path, found: unknown): string | undefined {
  const place = path.map((step) => (typeof step === "number" ? "*" : step)).join(".");
  return typeof found === "string" ? values.get(place)?.get(found) : undefined;
}

/** What became of keys that guides still name, by their place, and what to write instead. */
const removedKeys = new Map([
  [
    "dns.federation",
    "CoreDNS has no plugin federation since 1.7.0: federation v1, whose names it answered, was never more than alpha. Give the other cluster's domain its resolvers: dns.zones.",
  ],
]);

/** Keys of guides and of other tools, with ours. */
const keys = new Map([
  ["podCIDR", "podCIDRs"],
  ["podSubnet", "podCIDRs"],
  ["clusterCIDR", "podCIDRs"],
  ["serviceCIDR", "serviceCIDRs"],
  ["serviceSubnet", "serviceCIDRs"],
  ["nodeCIDR", "nodeCIDRs"],
  ["nodeMaskSize", "nodeMaskSizes"],
  ["kubernetesVersion", "kubernetes"],
  ["version", "kubernetes"],
  ["dnsDomain", "domain"],
  ["clusterDomain", "domain"],
  ["ip", "address"],
  ["hostname", "name"],
  ["role", "roles"],
  ["key", "privateKeyFile"],
  ["upstreamNameservers", "upstream"],
  ["stubDomains", "zones"],
  ["identityFile", "privateKeyFile"],
]);

const runtimeSays = "its flag was removed from the kubelet in Kubernetes 1.24, and the container runtime's own configuration says it.";

/** Keys that older guides have, and that nothing stands for any more. */
const gone = new Map([
  ["networkPlugin", `Leave it out: ${runtimeSays}`],
  ["cniBinDir", `Leave it out: ${runtimeSays} Hosts are asked.`],
  ["cniConfDir", `Write confDir, where it isn't /etc/cni/net.d: ${runtimeSays}`],
]);

/** The known name that somebody probably meant: another tool's name for it, or the nearest spelling. */
export function meant(text: string, known: readonly string[]): string | undefined {
  const alias = keys.get(text);
  if (alias && known.includes(alias)) return alias;
  const lower = text.toLowerCase();
  const [nearest] = [...known].sort((a, b) => distance(lower, a.toLowerCase()) - distance(lower, b.toLowerCase()));
  if (!nearest) return undefined;
  const changes = distance(lower, nearest.toLowerCase());
  return changes <= Math.max(2, text.length / 3) && changes <= Math.max(text.length, nearest.length) / 2 ? nearest : undefined;
}

/** What became of a key that was known once. */
export function removedKey(path: Path): string | undefined {
  return removedKeys.get(path.join("."));
}

/** The mend for an unknown name: the one that was probably meant, else all of them (the first, where they are very many). */
export function unknownNameMend(text: string, known: readonly string[]): string {
  const removed = gone.get(text);
  if (removed) return removed;
  const nearest = meant(text, known);
  if (nearest) return `Did you mean ${nearest}?`;
  const shown = known.length > 20 ? [...known.slice(0, 20), "…"] : known;
  return known.length > 0 ? `Known here: ${shown.join(", ")}.` : "Remove it.";
}
