import { z } from "zod";
import type { Path } from "../../../../core/finding";
import { daemonNeeded, defaultSocket, isPlainSocket } from "../dhcpDaemon";
import { address, parseAddress, parseInterface, range, text, texts } from "../fields";
import { kind, type Loose } from "../kind";
import type { Say } from "../say";

/*
 * The plugins that give addresses (plugins/ipam of containernetworking/plugins v1.9.1); host-local is in a file of its own.
 */

/** A route of the pod's. `scope` is a number, as in the kernel: 0 global, 253 link, 254 host. */
export const route = z.object({
  dst: range("0.0.0.0/0"),
  gw: address().optional().describe("Default: the gateway of the range."),
  mtu: z.number().int().min(0).optional(),
  advmss: z.number().int().min(0).optional(),
  priority: z.number().int().min(0).optional().describe("Metric."),
  table: z.number().int().min(0).optional(),
  scope: z.number().int().min(0).max(255).optional(),
});

export type Routes = Loose<z.output<typeof route>[]>;

/** Routes whose parts don't fit each other. */
export function judgeRoutes(routes: Routes | undefined, families: ReadonlySet<4 | 6>, say: Say): void {
  routes?.forEach((entry, index) => {
    const dst = parseInterface(entry?.dst);
    if (!entry || !dst) return;
    const path: Path = ["routes", index];
    const { family } = dst.network;
    if (dst.address.value !== dst.network.base) {
      say(
        "error",
        [...path, "dst"],
        `${entry.dst} has bits set after the prefix: the kernel refuses such a route.`,
        `Write ${dst.network}.`,
      );
    }
    if (routes.slice(0, index).some((other) => isSameRoute(other, entry))) {
      say("error", path, `is the route to ${entry.dst} once more: the kernel refuses the second one.`, "Remove one of them.");
    }
    const gateway = parseAddress(entry.gw);
    if (gateway && gateway.family !== family) {
      say(
        "error",
        [...path, "gw"],
        `${entry.gw} is IPv${gateway.family}, and ${entry.dst} is IPv${family}.`,
        `Write a gateway of IPv${family}.`,
      );
    }
    if (families.size > 0 && !families.has(family) && !gateway) {
      say(
        "warning",
        [...path, "dst"],
        `${entry.dst} is IPv${family}, and no range of addresses is.`,
        `Leave the route out, or add a range of IPv${family}.`,
      );
    }
  });
}

const isSameRoute = (a: Routes[number], b: Routes[number]): boolean =>
  String(parseInterface(a?.dst)?.network) === String(parseInterface(b?.dst)?.network) &&
  (["gw", "priority", "table", "scope"] as const).every((key) => (a?.[key] || undefined) === (b?.[key] || undefined));

/** A bridge with isDefaultGateway adds a default route beside one without a gateway of its own, and the kernel takes a route once only. */
export function judgeSecondDefault(routes: Routes | undefined, families: ReadonlySet<4 | 6>, say: Say): void {
  routes?.forEach((entry, index) => {
    const dst = parseInterface(entry?.dst);
    if (!entry || !dst || dst.network.prefix > 0 || entry.gw || entry.priority || entry.table || !families.has(dst.network.family)) return;
    say(
      "error",
      ["routes", index],
      "is the default route that isDefaultGateway gives already: the second one is refused, and pods don't start.",
      "Leave the route out; or write isGateway instead of isDefaultGateway.",
    );
  });
}

/** Addresses that are written down. */
export const staticIpam = kind({
  type: "static",
  role: "ipam",
  capabilities: ["ips"],
  schema: z.object({
    type: text(),
    name: text().optional(),
    addresses: z
      .array(z.object({ address: range("10.244.1.10/24"), gateway: address().optional() }))
      .optional()
      .describe("Addresses with prefix length. May come from the runtime or from CNI_ARGS instead."),
    routes: z.array(route).optional(),
    dns: z
      .object({ nameservers: texts().optional(), domain: text().optional(), search: texts().optional(), options: texts().optional() })
      .optional(),
  }),
  rules(conf, say, around) {
    const addresses = conf.addresses ?? [];
    if (addresses.length === 0 && !around.isWrong("addresses") && !around.isGivenAddresses) {
      say(
        "error",
        conf.addresses ? ["addresses"] : [],
        "has no addresses, and the runtime isn't asked for any: no pod gets one.",
        'Write for example "addresses": [{"address": "10.244.1.10/24"}]; or "capabilities": {"ips": true} into the plugin around it.',
      );
    }
    const seen = new Map<string, number>();
    addresses.forEach((entry, index) => {
      const own = parseInterface(entry?.address);
      if (!entry || !own) return;
      const path: Path = ["addresses", index];
      const before = seen.get(String(own.address));
      if (before !== undefined)
        say("error", [...path, "address"], `${own.address} is there already, as number ${before}.`, "Remove one of them.");
      seen.set(String(own.address), index);
      const bits = own.address.family === 4 ? 32 : 128;
      if (own.network.prefix < bits - 1 && own.address.value === own.network.base) {
        say(
          "error",
          [...path, "address"],
          `${entry.address} is the network itself, not an address in it.`,
          `Write for example ${own.network.at(10)}/${own.network.prefix}.`,
        );
      }
      const gateway = parseAddress(entry.gateway);
      if (gateway && gateway.family !== own.address.family) {
        say(
          "error",
          [...path, "gateway"],
          `${entry.gateway} is IPv${gateway.family}, and ${entry.address} is IPv${own.address.family}.`,
          "Write a gateway of the same family.",
        );
      } else if (gateway && !own.network.contains(gateway) && own.network.prefix < bits) {
        say(
          "warning",
          [...path, "gateway"],
          `${entry.gateway} is not in ${own.network}, so the pod has no way to it.`,
          `Write for example ${own.network.at(1)}.`,
        );
      }
    });
    const families = new Set(addresses.flatMap((entry) => parseInterface(entry?.address)?.address.family ?? []));
    judgeRoutes(conf.routes, families, say);
    if (around.isDefaultGateway) judgeSecondDefault(conf.routes, families, say);
  },
});

/** Options that the plugin knows by name; others go by number. */
const dhcpOptions = ["dhcp-client-identifier", "subnet-mask", "routers", "host-name", "user-class", "vendor-class-identifier"];
const dhcpOption = () =>
  z.string().refine((value) => dhcpOptions.includes(value) || (/^\d+$/.test(value) && Number(value) <= 255), {
    message: "is no DHCP option that the plugin knows.",
    params: { mend: `Write a number from 0 to 255 as a text, or one of ${dhcpOptions.join(", ")}.` },
  });

/** Addresses by DHCP; a daemon of the plugin's renews the leases. */
export const dhcp = kind({
  type: "dhcp",
  role: "ipam",
  schema: z.object({
    type: text(),
    daemonSocketPath: text().optional().describe("Default: /run/cni/dhcp.sock."),
    priority: z.number().int().min(0).optional().describe("Metric of the routes."),
    provide: z
      .array(z.object({ option: dhcpOption(), value: text().optional(), fromArg: text().optional() }))
      .optional()
      .describe("Options to send: a value, or the name of a CNI argument."),
    request: z
      .array(z.object({ option: dhcpOption().optional(), skipDefault: z.boolean().optional() }))
      .optional()
      .describe("Options that the server has to give."),
  }),
  rules(conf, say) {
    const socket = conf.daemonSocketPath ? ` --socketpath ${conf.daemonSocketPath}` : "";
    say("info", ["type"], daemonNeeded, `Have a systemd unit run the plugin as \`dhcp daemon${socket}\`.`);
    if (conf.daemonSocketPath && !isPlainSocket(conf.daemonSocketPath)) {
      say(
        "warning",
        ["daemonSocketPath"],
        "is no plain absolute path, so Plumbline runs no daemon for it.",
        `Write one of letters, digits, '.', '_' and '-', for example ${defaultSocket}.`,
      );
    }
    conf.provide?.forEach((entry, index) => {
      if (entry && !entry.value && !entry.fromArg) {
        say("warning", ["provide", index], "has neither a value nor fromArg, so nothing is sent.", "Write a value.");
      }
    });
  },
});
