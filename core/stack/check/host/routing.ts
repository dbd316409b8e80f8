import type { Finding, Path } from "../../../finding";
import type { RoutingRule, StaticRoute } from "../../host";
import { placedSettings } from "../../hostSettings";
import type { Losses } from "../../losses";
import type { Stack, StackNode } from "../../schema";

/** A mistake below the place of a setting, at one of its keys. */
type Mistake = Omit<Finding, "path"> & { readonly key: string };
const error = (key: string, message: string, mend: string): Mistake => ({ severity: "error", message, mend, key });

/** Static routes and rules of one node. */
export function checkRouting(stack: Stack, index: number, losses: Losses): Finding[] {
  const { intact } = losses;
  const node = stack.nodes[index];
  if (!node) return [];
  const routes = placedSettings(stack, index, "routes");
  const rules = placedSettings(stack, index, "rules");
  const at = (path: Path, mistakes: readonly Mistake[]) =>
    mistakes.map(({ key, ...finding }): Finding => ({ ...finding, path: [...path, key] }));
  const tables = new Set(routes.map(({ value }) => value.table));
  const allRoutes = intact("host", "routes") && intact("nodes", index, "host", "routes");
  return [
    ...routes.flatMap(({ value, path }) => at(path, [...checkForm(value, intact(...path)), ...checkPlace(stack, node, value, losses)])),
    ...twice(
      routes.map(({ value: { to, via, table = "main", metric }, path }) => {
        const destination = to === "default" && via?.family === 6 ? "default of IPv6" : to;
        return { path, name: `${destination} in table ${table}${metric === undefined ? "" : ` with metric ${metric}`}` };
      }),
      "Remove one of the two, or give them different metrics.",
    ),
    ...rules.flatMap(({ value, path }) => at(path, checkRule(value, allRoutes ? tables : undefined))),
    ...twice(
      rules.map(({ value, path }) => ({ path, name: JSON.stringify(value) })),
      "Remove one of the two.",
    ),
  ];
}

/** What a route says of itself. */
function checkForm({ to, via, dev, source, onlink, blackhole }: StaticRoute, isWhole: boolean): Mistake[] {
  const mistakes: Mistake[] = [];
  const family = to === "default" ? via?.family : to.family;
  if (blackhole) {
    const others = Object.entries({ via, dev, source, onlink }).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    if (others.length > 0)
      mistakes.push(
        error(
          "blackhole",
          `drops what goes to ${to}, and ${others.join(", ")} would send it on.`,
          `Leave out blackhole, or ${others.join(" and ")}.`,
        ),
      );
    if (to === "default") mistakes.push(error("to", "default doesn't say of which family the blackhole is.", "Write 0.0.0.0/0 or ::/0."));
    return mistakes;
  }
  if (via && family !== via.family)
    mistakes.push(error("via", `the gateway ${via} is of another family than ${to}.`, `Name an IPv${family} address of the gateway.`));
  if (source && family !== undefined && source.family !== family)
    mistakes.push(error("source", `${source} is of another family than ${to}.`, `Name an IPv${family} address of this host.`));
  if (isWhole && onlink && (via === undefined || dev === undefined))
    mistakes.push(error("onlink", "needs a gateway and the interface that it is on.", "Write via and dev, or leave out onlink."));
  return mistakes;
}

/** A route against the cluster's addresses and the node's own. */
function checkPlace({ cluster }: Stack, node: StackNode, { to, via, table }: StaticRoute, { intact }: Losses): Mistake[] {
  const mistakes: Mistake[] = [];
  const isMain = table === undefined;
  const ranges = (key: "podCIDRs" | "serviceCIDRs" | "additionalServiceCIDRs" | "nodeCIDRs") =>
    intact("cluster", key) ? cluster[key] : [];
  const pods = to === "default" ? undefined : ranges("podCIDRs").find((range) => range.contains(to));
  if (isMain && pods)
    mistakes.push(
      error(
        "to",
        `${to} is in the pods' range ${pods}, whose routes are the pod network's.`,
        "Leave the route out, or write a range outside of cluster.podCIDRs.",
      ),
    );
  if (
    isMain &&
    to !== "default" &&
    to.size > 1n &&
    node.address.some((address) => to.contains(address)) &&
    ranges("nodeCIDRs").some((lan) => lan.contains(to))
  )
    mistakes.push(
      error(
        "to",
        `${to} holds the node's own address, so answers to its neighbours, and to you over SSH, would leave by this route.`,
        "Write the range that is behind the gateway.",
      ),
    );
  if (via && node.address.some((address) => address.value === via.value && address.family === via.family))
    mistakes.push(error("via", `${via} is this node itself.`, "Name the router's address."));
  for (const [what, taken] of [
    ["pods", ranges("podCIDRs")],
    ["services", [...ranges("serviceCIDRs"), ...ranges("additionalServiceCIDRs")]],
  ] as const) {
    const range = via && taken.find((candidate) => candidate.contains(via));
    if (range)
      mistakes.push(
        error(
          "via",
          `${via} is in the ${what}' range ${range}, where no router is.`,
          "Name the router's address on a network of the host.",
        ),
      );
  }
  return mistakes;
}

function checkRule({ from, to, table }: RoutingRule, tables: ReadonlySet<number | undefined> | undefined): Mistake[] {
  const mistakes: Mistake[] = [];
  if (from && to && from.family !== to.family)
    mistakes.push(error("to", `${to} is of another family than ${from}.`, "Write a rule for each family."));
  if (typeof table === "number" && tables && !tables.has(table))
    mistakes.push({
      severity: "warning",
      key: "table",
      message: `no route of host.routes is in table ${table}; while it is empty, the rule does nothing.`,
      mend: `Write a route with table: ${table}, unless another program fills it.`,
    });
  return mistakes;
}

/** What the kernel would refuse as a duplicate. */
function twice(entries: readonly { readonly path: Path; readonly name: string }[], mend: string): Finding[] {
  const seen = new Set<string>();
  return entries.flatMap(({ path, name }): Finding[] => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ severity: "error", path, message: `is there twice: ${name}.`, mend }];
  });
}
