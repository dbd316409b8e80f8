import { z } from "zod";
import { Address, addressBits, type Cidr } from "../../../../core/cidr";
import type { Path } from "../../../../core/finding";
import { address, parseAddress, parseInterface, range, text } from "../fields";
import { type Around, kind, type Loose } from "../kind";
import type { Say } from "../say";
import { judgeRoutes, judgeSecondDefault, route } from "./ipam";

const rangeFields = {
  subnet: range(),
  rangeStart: address("10.244.1.10").optional().describe("First address to give, inclusive. Default: the first of the subnet."),
  rangeEnd: address("10.244.1.200").optional().describe("Last address to give, inclusive. Default: the last of the subnet."),
  gateway: address().optional().describe("Never given to a pod. Default: the first address of the subnet."),
};

const wrongSet = "is one range, and every entry of ranges is a set of them. Write two brackets: [[{…}]].";

/** Addresses of ranges, remembered in files on the node; a pod gets one address of every range set (plugins/ipam/host-local v1.9.1). */
export const hostLocal = kind({
  type: "host-local",
  role: "ipam",
  capabilities: ["ipRanges", "ips"],
  schema: z.object({
    type: text(),
    name: text().optional(),
    ranges: z
      .array(z.array(z.object(rangeFields), { error: wrongSet }))
      .optional()
      .describe("Range sets; for two families write two sets of one range each."),
    ...rangeFields,
    subnet: range().optional().describe("The older way to write one range: it goes before `ranges`."),
    routes: z.array(route).optional().describe("Routes of the pod. Without a default route it reaches its own subnet only."),
    dataDir: text()
      .optional()
      .describe("Where given addresses are remembered. Default: /var/lib/cni/networks; one folder per network name."),
    resolvConf: text().optional().describe("A resolv.conf to take the resolver of the result from."),
  }),
  rules(conf, say, around) {
    const sets = rangeSets(conf);
    const bounds = sets.map(({ path, ranges }) =>
      ranges.map((one, index) => judgeRange(one, [...path, ...(isLegacy(path) ? [] : [index])], say)),
    );
    judgeSets(
      sets.map(({ path }) => path),
      bounds,
      say,
    );
    if (sets.length === 0 && !around.isWrong("ranges") && !around.isWrong("subnet")) missingRanges(conf, say, around);
    for (const key of ["rangeStart", "rangeEnd", "gateway"] as const) {
      if (conf[key] && conf.subnet === undefined)
        say("warning", [key], "has no effect without subnet beside it.", "Write it into the range that it is for.");
    }
    judgeGateways(conf, bounds.flat(), say, around);
    const found = bounds.flat().filter((bound) => bound !== undefined);
    const families = new Set(found.map(({ subnet }) => subnet.family));
    judgeRoutes(conf.routes, families, say);
    if (around.isDefaultGateway) judgeSecondDefault(conf.routes, families, say);
  },
});

/** A configuration as far as it is right. */
export type HostLocalConf = Loose<z.output<typeof hostLocal.schema>>;
type Range = { readonly [Key in keyof typeof rangeFields]?: string | undefined };

/** A range as the plugin completes it. */
interface Bounds {
  readonly path: Path;
  readonly subnet: Cidr;
  readonly start: bigint;
  readonly end: bigint;
  readonly gateway?: Address;
}

const isLegacy = (path: Path) => path.length === 0;

/** The plugin's own order: the older form first. */
function rangeSets(conf: HostLocalConf): { path: Path; ranges: (Range | undefined)[] }[] {
  const { subnet, rangeStart, rangeEnd, gateway } = conf;
  return [
    ...(subnet === undefined ? [] : [{ path: [], ranges: [{ subnet, rangeStart, rangeEnd, gateway }] }]),
    ...(conf.ranges ?? []).map((ranges, index) => ({ path: ["ranges", index], ranges: [...(ranges ?? [undefined])] })),
  ];
}

/** Networks that a configuration gives addresses of. */
export function subnetsOf(conf: HostLocalConf): Cidr[] {
  return rangeSets(conf).flatMap(({ ranges }) => ranges.flatMap((one) => parseInterface(one?.subnet)?.network ?? []));
}

function judgeRange(one: Range | undefined, path: Path, say: Say): Bounds | undefined {
  const parsed = parseInterface(one?.subnet);
  if (!one || !parsed) return undefined;
  const { network: subnet } = parsed;
  const at = (key: string) => [...path, key];
  if (parsed.address.value !== subnet.base) {
    say("error", at("subnet"), `${one.subnet} has bits set after the prefix: the plugin refuses it.`, `Did you mean ${subnet}?`);
  }
  if (subnet.prefix > addressBits[subnet.family] - 2) {
    say(
      "error",
      at("subnet"),
      `${subnet} is too small: the plugin gives no addresses of a range with less than 4.`,
      `Write a /${addressBits[subnet.family] - 2} or larger.`,
    );
    return undefined;
  }
  const first = subnet.base + 1n;
  const last = subnet.last.value - (subnet.family === 4 ? 1n : 0n);
  const inside = (key: "rangeStart" | "rangeEnd"): bigint | undefined => {
    const value = parseAddress(one[key]);
    if (!value) return undefined;
    if (subnet.contains(value)) return value.value;
    say(
      "error",
      at(key),
      `${one[key]} is not in ${subnet}: the plugin refuses it.`,
      `Write an address from ${Address.of(subnet.family, first)} to ${Address.of(subnet.family, last)}.`,
    );
    return undefined;
  };
  const start = inside("rangeStart");
  const end = inside("rangeEnd");
  if (start !== undefined && end !== undefined && end < start) {
    say(
      "error",
      at("rangeEnd"),
      `${one.rangeEnd} is before rangeStart, ${one.rangeStart}: the plugin refuses it.`,
      "Write the smaller address as rangeStart.",
    );
    return undefined;
  }
  if (start === subnet.base || end === subnet.base) {
    say(
      "warning",
      at(start === subnet.base ? "rangeStart" : "rangeEnd"),
      `${Address.of(subnet.family, subnet.base)} is the network itself, and a pod would get it.`,
      `Write ${Address.of(subnet.family, first)}.`,
    );
  }
  if (subnet.family === 4 && (start === subnet.last.value || end === subnet.last.value)) {
    say(
      "warning",
      at(end === subnet.last.value ? "rangeEnd" : "rangeStart"),
      `${subnet.last} is the broadcast address, and a pod would get it.`,
      `Write ${Address.of(4, last)}.`,
    );
  }
  const gateway = parseAddress(one.gateway);
  return { path, subnet, start: start ?? first, end: end ?? last, ...(gateway ? { gateway } : {}) };
}

function judgeSets(paths: readonly Path[], sets: readonly (readonly (Bounds | undefined)[])[], say: Say): void {
  sets.forEach((set, index) => {
    const path = paths[index] ?? [];
    if (set.length === 0)
      say("error", path, "is an empty range set: the plugin refuses it.", 'Write for example [{"subnet": "10.244.1.0/24"}].');
    const known = set.filter((bound) => bound !== undefined);
    const other = known.find(({ subnet }) => subnet.family !== known[0]?.subnet.family);
    if (other) {
      say(
        "error",
        path,
        "mixes IPv4 and IPv6 in one range set: the plugin refuses it.",
        "Write a set of its own for each family: [[{…}], [{…}]].",
      );
    }
    known.forEach((bound, position) => {
      const before = known.slice(0, position).find((earlier) => overlap(earlier, bound));
      const elsewhere = sets
        .slice(0, index)
        .flat()
        .find((earlier) => earlier && overlap(earlier, bound));
      const hit = before ?? elsewhere;
      if (hit)
        say(
          "error",
          [...bound.path, "subnet"],
          `${shownRange(bound)} overlaps ${shownRange(hit)}: the plugin refuses it.`,
          "Write ranges without a common address, or remove one.",
        );
    });
  });
  for (const family of [4, 6] as const) {
    const second = sets.filter((set) => set.find((bound) => bound)?.subnet.family === family)[1]?.find((bound) => bound);
    if (second) {
      say(
        "warning",
        [...second.path, "subnet"],
        `is in a second set of IPv${family}: every pod gets an address of each set, and Kubernetes takes the first.`,
        "Put the range into the first set, where it is used when the other one is full.",
      );
    }
  }
}

const overlap = (a: Bounds, b: Bounds) => a.subnet.family === b.subnet.family && a.start <= b.end && b.start <= a.end;
const shownRange = ({ subnet, start, end }: Bounds) =>
  start === subnet.base + 1n && end >= subnet.last.value - 1n
    ? `${subnet}`
    : `${Address.of(subnet.family, start)}-${Address.of(subnet.family, end)}`;

function missingRanges(conf: HostLocalConf, say: Say, around: Around): void {
  if (around.capabilities?.ipRanges) return;
  const message = conf.ranges ? "is empty" : "is missing";
  say(
    "error",
    ["ranges"],
    `${message}: the plugin has no range to give addresses of, and refuses.`,
    'Write for example "ranges": [[{"subnet": "10.244.1.0/24"}]].',
  );
}

function judgeGateways(conf: HostLocalConf, bounds: readonly (Bounds | undefined)[], say: Say, around: Around): void {
  for (const bound of bounds) {
    if (!bound?.gateway) continue;
    const { subnet, gateway, path } = bound;
    const at = [...path, "gateway"];
    const mend = `Write an address of ${subnet}, for example ${subnet.at(1)}; or leave gateway out for that one.`;
    if (gateway.family !== subnet.family) {
      say("error", at, `${gateway} is IPv${gateway.family}, and ${subnet} is IPv${subnet.family}.`, mend);
    } else if (!subnet.contains(gateway)) {
      // ptp makes a route to its gateway first; a link-local one is reached on any interface in IPv6.
      const isReached = around.type === "ptp" || (gateway.family === 6 && gateway.value >> 118n === 0x3fan);
      const isUsed =
        around.isDefaultGateway === true ||
        (conf.routes ?? []).some((entry) => entry && !entry.gw && parseInterface(entry.dst)?.network.family === subnet.family);
      if (isReached) continue;
      if (isUsed) say("error", at, `${gateway} is not in ${subnet}, so the pod has no way to it and its route is refused.`, mend);
      else say("warning", at, `${gateway} is not in ${subnet}, so the pod has no way to it.`, mend);
    } else if (gateway.value === subnet.base || (subnet.family === 4 && gateway.value === subnet.last.value)) {
      say(
        "error",
        at,
        `${gateway} is the ${gateway.value === subnet.base ? "network itself" : "broadcast address"}, which no interface can have.`,
        mend,
      );
    }
  }
}
