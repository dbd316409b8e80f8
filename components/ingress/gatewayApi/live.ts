import { gatewayApi } from "../../../core/versions";
import { ownLabel } from "./definitions";

/** A definition of Gateway API that the cluster has. */
export interface LiveDefinition {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const group = "gateway.networking.k8s.io";
const [ownKey, ownValue] = Object.entries(ownLabel)[0] ?? ["", ""];

/**
 * Why the definitions that the cluster has are left as they are; undefined: Plumbline's are installed. A newer version, or the experimental
 * channel, may hold objects that ours would lose; somebody else's are theirs to change.
 */
export function whyLeft(live: readonly LiveDefinition[]): string | undefined {
  if (live.length === 0) return undefined;
  const versions = [...new Set(live.map(({ annotations }) => annotations?.[`${group}/bundle-version`] ?? "of no known version"))];
  const has = `The cluster has Gateway API's definitions ${versions.join(" and ")}`;
  const stay = `They stay as they are; the stack's objects are written for ${gatewayApi.version}, standard channel.`;
  if (live.some(({ annotations }) => annotations?.[`${group}/channel`] === "experimental")) return `${has}, experimental channel. ${stay}`;
  if (versions.some((version) => compareVersions(version, gatewayApi.version) > 0)) return `${has}, newer than Plumbline's. ${stay}`;
  if (live.every(({ labels }) => labels?.[ownKey] === ownValue)) return undefined;
  return `${has}, made by somebody else. ${stay} To let Plumbline keep them up to date, label each of them ${ownKey}=${ownValue}.`;
}

/** Of the form v1.6.3; a release candidate counts as its release, an unknown one as older than all. */
function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => (/^v(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  return [0, 1, 2].map((index) => (left[index] ?? -1) - (right[index] ?? -1)).find((difference) => difference !== 0) ?? 0;
}
