import type { Finding } from "../../finding";
import type { Losses } from "../losses";
import type { Stack } from "../schema";
import { checkLinks } from "./host/links";
import { checkNames } from "./host/names";
import { checkNat } from "./host/nat";
import { checkResolver } from "./host/resolver";
import { checkRouting } from "./host/routing";
import { checkSysctls } from "./host/sysctls";

/** The hosts' own network settings, for each node as the section and the node say it together. A mistake of the section is said once, not for every node. */
export function checkHost(stack: Stack, losses: Losses): Finding[] {
  const findings = stack.nodes.flatMap((_, index) =>
    [checkSysctls, checkLinks, checkRouting, checkNat, checkNames, checkResolver].flatMap((check) => check(stack, index, losses)),
  );
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}
