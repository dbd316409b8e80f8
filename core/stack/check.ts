import type { Finding } from "../finding";
import { checkAddresses } from "./check/addresses";
import { checkCapacity } from "./check/capacity";
import { checkDns } from "./check/dns";
import { checkFamilies } from "./check/families";
import { checkFirewall } from "./check/firewall";
import { checkGatewayApi } from "./check/gatewayApi";
import { checkHost } from "./check/host";
import { checkIngress } from "./check/ingress";
import { checkNodes } from "./check/nodes";
import { checkPins } from "./check/pins";
import { checkPodPools } from "./check/podPools";
import { checkPools } from "./check/pools";
import { checkProxy } from "./check/proxy";
import { checkRewrites } from "./check/rewrites";
import { checkSizes } from "./check/sizes";
import { checkSpace } from "./check/space";
import { type Losses, noLosses } from "./losses";
import type { Stack } from "./schema";

/** One rule of the domain. Says nothing about what was lost of the stack: its loss has a finding of its own. */
export type Check = (stack: Stack, losses: Losses) => Finding[];

const checks: readonly Check[] = [
  checkAddresses,
  checkPools,
  checkSpace,
  checkFamilies,
  checkSizes,
  checkCapacity,
  checkNodes,
  checkPins,
  checkPodPools,
  checkFirewall,
  checkProxy,
  checkDns,
  checkIngress,
  checkRewrites,
  checkGatewayApi,
  checkHost,
];

/** Judges a stack of the right form by its meaning. */
export function checkStack(stack: Stack, losses: Losses = noLosses): Finding[] {
  return checks.flatMap((check) => check(stack, losses));
}
