import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { attempt, run } from "../setup/run";
import { type Lab, type LabHost, machineName, type Shape } from "./topology";

/**
 * The bridge that all hosts are on. Nothing leaves the lab: this machine answers on the bridge and forwards nothing that comes from it, whatever
 * its own forwarding setting says.
 */
export async function createBridge(lab: Lab, shape: Shape): Promise<void> {
  if (!existsSync(`/sys/class/net/${lab.bridge}`)) await run("ip", ["link", "add", lab.bridge, "type", "bridge"]);
  writeFileSync(`/proc/sys/net/ipv4/conf/${lab.bridge}/forwarding`, "0");
  const families = shape.kind === "cluster" ? shape.families : undefined;
  const ipv6 = `/proc/sys/net/ipv6/conf/${lab.bridge}`;
  if (existsSync(ipv6)) {
    writeFileSync(`${ipv6}/forwarding`, "0");
    writeFileSync(`${ipv6}/disable_ipv6`, families ? "0" : "1");
  }
  if (families) await run("ip", ["address", "replace", `${lab.address6(1)}/64`, "dev", lab.bridge, "nodad"]);
  if (families !== "ipv6-only") await run("ip", ["address", "replace", `${lab.gateway}/${lab.prefixLength}`, "dev", lab.bridge]);
  await run("ip", ["link", "set", lab.bridge, "up"]);
}

/** Removes the bridge and the hosts' links. */
export async function deleteBridge(lab: Lab): Promise<void> {
  for (const link of hostLinks(lab)) await deleteLink(link);
  await deleteLink(lab.bridge);
}

/** Puts running hosts back on a bridge that was deleted and made again. */
export async function attachHosts(lab: Lab): Promise<void> {
  for (const link of hostLinks(lab)) {
    if (!existsSync(`/sys/class/net/${link}/master`)) await run("ip", ["link", "set", link, "master", lab.bridge, "up"]);
  }
}

/** Removes the link of a host whose processes were ended: the kernel takes its time, and a new one of that name can't be made before. */
export async function deleteHostLink(lab: Lab, host: LabHost): Promise<void> {
  await deleteLink(`vb-${machineName(lab, host.name)}`);
}

/** This machine's ends of the hosts' links, as systemd-nspawn names them. */
function hostLinks(lab: Lab): string[] {
  return readdirSync("/sys/class/net").filter((name) => name.startsWith(`vb-${machineName(lab, "")}`));
}

async function deleteLink(name: string): Promise<void> {
  const exists = () => existsSync(`/sys/class/net/${name}`);
  if (!exists()) return;
  const { code, stderr } = await attempt("ip", ["link", "delete", name]);
  // The kernel may have been at it.
  if (code !== 0 && exists()) throw new Error(`ip link delete ${name}: ${stderr.trim()}`);
}
