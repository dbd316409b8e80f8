import { dnsServiceAddresses } from "../../../addresses";
import type { Finding, Path } from "../../../finding";
import { Resolver } from "../../../resolver";
import { searchLimit } from "../../hostNames";
import { hostSettings } from "../../hostSettings";
import type { Losses } from "../../losses";
import type { Stack } from "../../schema";

/** What the kubelet puts before the node's domains, each before cluster.domain; a namespace has at most 63 characters. */
const clusterSearch = [`${"n".repeat(63)}.svc.`, "svc.", ""];
/** Of glibc before 2.26 and of kubelets before 1.26 (ExpandedDNSConfig). */
const oldLimit = { domains: 6, characters: 256 } as const;

/** The resolver of one node: nobody asks himself, and pods get as many search domains as they are meant to. */
export function checkResolver(stack: Stack, index: number, losses: Losses): Finding[] {
  const node = stack.nodes[index];
  const resolver = node && hostSettings(stack, node).resolver;
  if (!resolver) return [];
  const path: Path = node.host.resolver ? ["nodes", index, "host", "resolver"] : ["host", "resolver"];
  return [
    ...resolver.nameservers.flatMap((address, position) =>
      checkNameserver(stack, String(address), [...path, "nameservers", position], losses),
    ),
    ...checkSearch(stack, resolver.search ?? [], [...path, "search"], losses),
  ];
}

function checkNameserver(stack: Stack, address: string, path: Path, { intact }: Losses): Finding[] {
  const asksHost = intact("dns", "upstream") && stack.dns.upstream.some((upstream) => !(upstream instanceof Resolver));
  const error = (message: string, mend: string): Finding[] => [{ severity: "error", path, message, mend }];
  // resolved.conf(5), DNSStubListener.
  if (address === "127.0.0.53" || address === "127.0.0.54")
    return error(
      `${address} is systemd-resolved's own address, which would ask itself.`,
      "Write the nameservers that it is to ask; Plumbline hands them to systemd-resolved where it runs.",
    );
  if (/^127\.|^::1$/.test(address) && asksHost)
    return error(
      `${address} is loopback: CoreDNS's pod gets it with the node's resolv.conf (dns.upstream), and there it is CoreDNS itself: queries would go round for ever.`,
      "Write addresses on the network, or name resolvers in dns.upstream.",
    );
  if (intact("cluster", "serviceCIDRs") && dnsServiceAddresses(stack).map(String).includes(address))
    return asksHost
      ? error(
          `${address} is the cluster's DNS service, which asks the node's resolvers (dns.upstream): queries would go round for ever.`,
          "Write a nameserver outside of the cluster, or name resolvers in dns.upstream.",
        )
      : [
          {
            severity: "warning",
            path,
            message: `${address} is the cluster's DNS service: a host that starts knows no names before the cluster runs, and the cluster needs images by name to run.`,
            mend: "Write a nameserver outside of the cluster first.",
          },
        ];
  return [];
}

function checkSearch({ cluster }: Stack, search: readonly string[], path: Path, { intact }: Losses): Finding[] {
  const characters = search.join(" ").length;
  const warning = (message: string, mend: string): Finding[] => [{ severity: "warning", path, message, mend }];
  const isOldKubelet = intact("cluster", "kubernetes") && Number(cluster.kubernetes.split(".")[1]) < 26;
  const limit = isOldKubelet ? oldLimit : searchLimit;
  const own = clusterSearch.length;
  const inPod = [...clusterSearch.map((name) => `${name}${cluster.domain}`), ...search].join(" ").length;
  if (search.length === 0) return [];
  if (own + search.length > limit.domains || inPod > limit.characters)
    return warning(
      `with the cluster's own ${own} domains a pod would have ${own + search.length} of ${inPod} characters; kubelets ${isOldKubelet ? "before 1.26 " : ""}give it ${limit.domains} of ${limit.characters} and leave out the last ones.`,
      `Write at most ${limit.domains - own} domains, the important ones first.`,
    );
  if (search.length > oldLimit.domains || characters > oldLimit.characters)
    return warning(
      `has ${search.length} domains of ${characters} characters; programs with a glibc before 2.26 use ${oldLimit.domains} of ${oldLimit.characters}.`,
      "Put the important ones first, or write fewer.",
    );
  return [];
}
