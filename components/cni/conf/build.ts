import type { z } from "zod";
import { showFinding, UserError } from "../../../core/finding";
import type { CniVersion, Kind } from "./kind";
import { type ConfFinding, lintConf } from "./lint";
import { bridge } from "./plugins/bridge";
import { hostLocal } from "./plugins/hostLocal";
import { dhcp, staticIpam } from "./plugins/ipam";
import { dummy, hostDevice, ipvlan, loopback, macvlan, ptp, tap, vlan } from "./plugins/links";
import { bandwidth, firewall, portmap, sbr, tuning, vrf } from "./plugins/meta";
import { winBridge, winOverlay } from "./plugins/windows";

/** What the list or the runtime says. */
type NotOwn = "type" | "name" | "cniVersion" | "runtimeConfig" | "prevResult";
type Settings<K extends Kind> = Omit<z.input<K["schema"]>, NotOwn>;

/** A plugin's configuration in a list. */
export interface Plugin {
  readonly type: string;
  readonly [key: string]: unknown;
}

const builder =
  <K extends Kind>({ type }: K) =>
  (settings: Settings<K>): Plugin => ({ type, ...settings });

/** Makes the configuration of a plugin of containernetworking/plugins; keys in the order that they are given in. */
export const plugin = {
  bridge: builder(bridge),
  ptp: builder(ptp),
  vlan: builder(vlan),
  macvlan: builder(macvlan),
  ipvlan: builder(ipvlan),
  hostDevice: builder(hostDevice),
  dummy: builder(dummy),
  tap: builder(tap),
  loopback: builder(loopback),
  winBridge: builder(winBridge),
  winOverlay: builder(winOverlay),
  portmap: builder(portmap),
  bandwidth: builder(bandwidth),
  tuning: builder(tuning),
  firewall: builder(firewall),
  sbr: builder(sbr),
  vrf: builder(vrf),
};

/** Makes an `ipam` for a plugin. */
export const ipam = {
  hostLocal: builder(hostLocal),
  static: builder(staticIpam),
  dhcp: builder(dhcp),
};

/** A network: the plugins that are called one after the other. */
export interface Conflist {
  readonly cniVersion: CniVersion;
  readonly cniVersions?: readonly CniVersion[];
  readonly name: string;
  readonly disableCheck?: boolean;
  readonly disableGC?: boolean;
  readonly loadOnlyInlinedPlugins?: boolean;
  readonly plugins: readonly Plugin[];
}

/** A configuration that can't work. */
export class ConfError extends UserError {
  constructor(readonly findings: readonly ConfFinding[]) {
    super(findings.map((finding) => showFinding(finding)).join("\n"));
  }
}

/**
 * The list with its keys in the usual order, checked by the rules of `plumbline cni lint`.
 * @param network `cniVersion` is 1.0.0 by default, which every runtime of today reads.
 * @throws ConfError with everything that is wrong.
 */
export function conflist({
  name,
  cniVersion = "1.0.0",
  plugins,
  ...others
}: Omit<Conflist, "cniVersion"> & { cniVersion?: CniVersion }): Conflist {
  const list = { cniVersion, name, ...others, plugins };
  const errors = lintConf(confText(list), { kind: "list" }).findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new ConfError(errors);
  return list;
}

/** As it goes into a file. */
export const confText = (list: Conflist): string => `${JSON.stringify(list, undefined, 2)}\n`;
