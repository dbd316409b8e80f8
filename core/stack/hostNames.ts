import { z } from "zod";
import { address, dnsName } from "./values";

export const hostsSection = z
  .strictObject({
    nodes: z.boolean().optional().describe("The cluster's other nodes, by their names. Default: false."),
    entries: z
      .array(
        z.strictObject({
          address: address("10.0.0.7"),
          names: z
            .array(dnsName().meta({ examples: ["registry.example"] }))
            .min(1)
            .describe("The first is the one that a look-up of the address gives."),
        }),
      )
      .optional()
      .describe("Names with their addresses."),
  })
  .describe("Lines of /etc/hosts: a block of Plumbline's own, the rest of the file stays as it is.");

/** resolv.conf(5) of glibc 2.40; beyond these numbers glibc takes the largest without a word. */
const resolverOption =
  /^(ndots:(\d|1[0-5])|timeout:([1-9]|[12]\d|30)|attempts:[1-5]|debug|edns0|no-aaaa|no-check-names|no-reload|no-tld-query|rotate|single-request|single-request-reopen|trust-ad|use-vc)$/;

/** How many of resolv.conf's search domains are used, and of how many characters: MAXDNSRCH of the kubelet since 1.26; glibc has no limit since 2.26. */
export const searchLimit = { domains: 32, characters: 2048 } as const;

export const resolverSection = z
  .strictObject({
    nameservers: z
      .array(address("10.0.0.53"))
      .min(1)
      .max(3, "has more than 3 nameservers, and the rest is never asked: write the 3 to be asked, in their order.")
      .describe("Whom the host asks for names, one after the other. At most 3."),
    search: z
      .array(dnsName())
      .max(searchLimit.domains, "has more than 32 domains, and kubelets leave out the rest: write at most 32.")
      .refine((domains) => domains.join(" ").length <= searchLimit.characters, "is longer than 2048 characters: write fewer domains.")
      .optional()
      .describe("Domains that short names are tried in. Pods get them too, after the cluster's own three. Default: none."),
    options: z
      .array(
        z
          .string()
          .regex(
            resolverOption,
            "is no option of resolv.conf(5): write for example timeout:2 (to 30), attempts:2 (to 5), ndots:2 (to 15) or rotate.",
          )
          .meta({ examples: ["timeout:2"] }),
      )
      .optional()
      .describe("Options of resolv.conf(5), each as it stands there. Not for hosts with systemd-resolved, which has none."),
  })
  .describe("The host's own resolver, instead of what it has.");

export type HostNames = z.output<typeof hostsSection>;
export type HostResolver = z.output<typeof resolverSection>;
