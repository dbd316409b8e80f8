import type { V1Pod, V1Service } from "@kubernetes/client-node";
import type { Reference } from "../../components/cluster";
import { apiServiceAddress, dnsServiceAddresses, podRanges, usesNodeRanges } from "../../core/addresses";
import { Address } from "../../core/cidr";
import type { Manifest, PlannedNode } from "../../core/part";
import type { Plan } from "../../core/plan";
import { type AgreementCheck, failed, passed, type Verdict } from "./check";
import { type LiveState, showReference } from "./live";

const from = "API server";

/** What the plan needs to compare with the cluster, beside nodes and pods. */
export function comparedObjects(plan: Plan): Reference[] {
  return [...services(plan).map(({ reference }) => reference), ...patches(plan)];
}

/** The cluster's own records against the plan: where they differ, packets go astray. */
export function agreementChecks(plan: Plan): AgreementCheck[] {
  return [
    ...plan.nodes.flatMap((node) => nodeChecks(plan, node)),
    {
      kind: "agreement",
      name: "no other nodes",
      from,
      to: "the cluster's nodes",
      expected: "every one is in the stack",
      compare: ({ nodes }) => {
        const others = nodes.map(nameOf).filter((name) => !plan.nodes.some((node) => node.name === name));
        return others.length === 0
          ? passed(count(nodes.length, "node"))
          : failed(`${few(others)} not in the stack: no host has a route to their pods. Run \`plumbline adopt\`.`);
      },
    },
    ...services(plan).map(
      ({ reference, addresses }): AgreementCheck => ({
        kind: "agreement",
        name: "service address",
        from,
        to: showReference(reference),
        expected: addresses.join(", "),
        compare: ({ object }) => compareService(object(reference), addresses),
      }),
    ),
    ...patches(plan).map(
      (wanted): AgreementCheck => ({
        kind: "agreement",
        name: "as planned",
        from,
        to: showReference(wanted),
        expected: "what the plan says, rolled out",
        compare: ({ object }) => comparePatch(wanted, object(wanted)),
      }),
    ),
  ];
}

/** The services whose addresses follow from the service ranges. */
function services({ stack }: Plan): { reference: Reference; addresses: string[] }[] {
  const api = apiServiceAddress(stack);
  const service = (namespace: string, name: string, addresses: readonly Address[]) => ({
    reference: { apiVersion: "v1", kind: "Service", metadata: { namespace, name } },
    addresses: addresses.map(String),
  });
  return [service("default", "kubernetes", api ? [api] : []), service("kube-system", stack.dns.service, dnsServiceAddresses(stack))];
}

/** kubeadm's objects that the plan sets fields of: kube-proxy's and CoreDNS' configuration. */
const patches = ({ manifests }: Plan): Manifest[] => manifests.filter(({ patch }) => patch).map(({ object }) => object);

const nameOf = ({ metadata }: { metadata?: { name?: string } }) => metadata?.name ?? "";

const count = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;

function few(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

const noSuchNode = "the cluster has no such node. Has it joined, and under this name? See `kubectl get nodes`.";

function nodeChecks({ stack }: Plan, node: PlannedNode): AgreementCheck[] {
  const check = (name: string, expected: string, compare: (live: LiveState) => Verdict): AgreementCheck => ({
    kind: "agreement",
    name,
    from,
    to: node.name,
    expected,
    compare,
  });
  const ranges = node.podCIDRs.map(String);
  const addresses = usesNodeRanges(stack) ? node.podCIDRs : podRanges(stack).map(({ cidr }) => cidr);
  return [
    check("node is Ready", `Ready at ${node.address.join(", ")}`, ({ nodes }) => {
      const live = nodes.find((candidate) => nameOf(candidate) === node.name);
      if (!live) return failed(noSuchNode);
      const ready = live.status?.conditions?.find(({ type }) => type === "Ready");
      if (ready?.status !== "True") return failed(`not Ready: ${ready?.message ?? "its kubelet has said nothing yet"}`);
      const addresses = live.status?.addresses?.filter(({ type }) => type === "InternalIP").map(({ address }) => address) ?? [];
      return sameSet(addresses.map(canonical), node.address.map(String))
        ? passed("Ready")
        : failed(
            `its InternalIP is ${addresses.join(", ")}. Routes and firewalls of the other hosts use the stack's: run \`plumbline adopt\`.`,
          );
    }),
    check("pod ranges agree", ranges.join(", "), ({ nodes }) => {
      const object = nodes.find((candidate) => nameOf(candidate) === node.name);
      if (!object) return failed(noSuchNode);
      const live = object.spec?.podCIDRs ?? [];
      if (live.length === 0) return failed("the Node object has no podCIDRs: kube-controller-manager runs without --allocate-node-cidrs");
      return sameSet(live, ranges)
        ? passed(live.join(", "))
        : failed(`the Node object says ${live.join(", ")}. Run \`plumbline adopt\`, which pins what the cluster has.`);
    }),
    check("pods' addresses", `all in ${addresses.join(", ")}`, ({ pods }) => {
      const own = pods.filter(({ spec, status }) => spec?.nodeName === node.name && !spec.hostNetwork && (status?.podIPs?.length ?? 0) > 0);
      const strays = own.filter((pod) => !podAddresses(pod).every((address) => addresses.some((range) => range.contains(address))));
      return strays.length === 0
        ? passed(count(own.length, "pod"))
        : failed(
            `${few(strays.map((pod) => `${pod.metadata?.namespace}/${nameOf(pod)} ${podAddresses(pod).join(", ")}`))}: made by another CNI configuration. Delete the pods; they get addresses from the ${usesNodeRanges(stack) ? "node" : "cluster"}'s range.`,
          );
    }),
  ];
}

const podAddresses = ({ status }: V1Pod): Address[] => (status?.podIPs ?? []).flatMap(({ ip }) => (ip ? [Address.parse(ip)] : []));
const canonical = (address: string) => String(Address.parse(address));
const sameSet = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((one) => b.includes(one));

function compareService(object: object | undefined, addresses: readonly string[]): Verdict {
  const service = object as V1Service | undefined;
  if (!service) return failed("there is no such service");
  const live = service.spec?.clusterIPs ?? [];
  // Single stack services are fine in a dual stack cluster: the first family decides.
  return live.length > 0 && live.every((address) => addresses.includes(canonical(address)))
    ? passed(live.join(", "))
    : failed(`it has ${live.join(", ") || "no address"}: cluster.serviceCIDRs isn't the API server's --service-cluster-ip-range`);
}

/** Every field that the plan gives must be live, and a workload's pods must be those of its newest version. */
function comparePatch(wanted: Manifest, live: object | undefined): Verdict {
  if (!live) return failed("there is no such object: is this a kubeadm cluster?");
  const { apiVersion, kind, metadata, ...fields } = wanted;
  const difference = firstDifference({ ...fields, metadata: { annotations: metadata.annotations ?? {} } }, live, "");
  if (difference) return failed(`${difference}. \`pulumi up --refresh\` brings it back.`);
  return rolledOut(live as Workload);
}

function firstDifference(wanted: unknown, live: unknown, path: string): string | undefined {
  if (typeof wanted === "object" && wanted !== null && !Array.isArray(wanted)) {
    const object = (typeof live === "object" && live !== null ? live : {}) as Record<string, unknown>;
    for (const [key, value] of Object.entries(wanted)) {
      const difference = firstDifference(value, object[key], path ? `${path}.${key}` : key);
      if (difference) return difference;
    }
    return undefined;
  }
  if (hasNames(wanted)) {
    // Lists of named things are merged by name: containers, volumes.
    const byName = (list: unknown) => Object.fromEntries(hasNames(list) ? list.map((one) => [one.name, one]) : []);
    return firstDifference(byName(wanted), byName(live), path);
  }
  if (JSON.stringify(wanted) === JSON.stringify(live)) return undefined;
  if (live === undefined) return `${path} is missing`;
  if (typeof wanted !== "string" || typeof live !== "string") return `${path} is another one`;
  return wanted.includes("\n") ? `${path} is another one: ${lineDifference(wanted, live)}` : `${path} is "${live}" instead of "${wanted}"`;
}

const hasNames = (value: unknown): value is { readonly name: string }[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one?.name === "string");

function lineDifference(wanted: string, live: string): string {
  const [ours, theirs] = [wanted.split("\n"), live.split("\n")];
  const index = ours.findIndex((line, number) => line !== theirs[number]);
  if (index === -1) return `it has more lines, from "${theirs[ours.length]?.trim()}" on`;
  return `line ${index + 1} is "${theirs[index]?.trim() ?? ""}" instead of "${ours[index]?.trim()}"`;
}

/** A DaemonSet or a Deployment, by what their status has for pods of the newest version that work. */
interface Workload {
  readonly metadata?: { readonly generation?: number };
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
  };
}

function rolledOut({ metadata, spec, status }: Workload): Verdict {
  const desired = status?.desiredNumberScheduled ?? spec?.replicas;
  if (desired === undefined) return passed("the plan's");
  const updated = status?.updatedNumberScheduled ?? status?.updatedReplicas ?? 0;
  const available = status?.numberAvailable ?? status?.availableReplicas ?? 0;
  const isNewest = status?.observedGeneration === metadata?.generation;
  return isNewest && updated === desired && available === desired
    ? passed(`the plan's, ${count(available, "pod")}`)
    : failed(
        `of ${desired} pods ${updated} are of the newest version and ${available} available. See \`kubectl -n kube-system get pods\`.`,
      );
}
