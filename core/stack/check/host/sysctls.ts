import type { Finding, Path } from "../../../finding";
import { hostSettings } from "../../hostSettings";
import type { Stack } from "../../schema";

/** Kernel settings that are Plumbline's, or that break what it sets up. */
export function checkSysctls(stack: Stack, index: number): Finding[] {
  const node = stack.nodes[index];
  if (!node) return [];
  return Object.entries(hostSettings(stack, node).sysctls ?? {}).flatMap(([key, value]) => {
    const path: Path = node.host.sysctls?.[key] === undefined ? ["host", "sysctls", key] : ["nodes", index, "host", "sysctls", key];
    return judge(stack, key, value).map((finding) => ({ ...finding, path }));
  });
}

function judge({ cluster, cni }: Stack, key: string, value: string): Omit<Finding, "path">[] {
  if (!/^net(\.[A-Za-z0-9_@:-][A-Za-z0-9_@:/-]*)+$/.test(key))
    return [
      {
        severity: "error",
        message: `${key} is no setting of the network, and Plumbline sets no others.`,
        mend: "Name a key below net., for example net.ipv4.conf.all.rp_filter (a dot in an interface's name as /: net.ipv4.conf.eth0/100.rp_filter).",
      },
    ];
  const families = new Set(cluster.podCIDRs.map(({ family }) => family));
  const forwarding = /^net\.ipv([46])\.(ip_forward|conf\.(.+)\.forwarding)$/.exec(key);
  if (forwarding && value === "0") {
    const family = forwarding[1] === "4" ? 4 : 6;
    const where = forwarding[3] ?? "all";
    if (families.has(family) && ["all", "default", cni.bridge.name].includes(where))
      return [
        {
          severity: "error",
          message: `0 keeps the host from forwarding IPv${family} packets, so no pod would reach another node: Plumbline sets it to 1.`,
          mend: "Leave it out; a single interface can still be 0, for example net.ipv4.conf.eth1.forwarding.",
        },
      ];
  }
  if (/^net\.bridge\.bridge-nf-call-ip6?tables$/.test(key) && value === "0")
    return [
      {
        severity: "error",
        message: "0 hides packets between pods of one node from kube-proxy and from the firewall: Plumbline sets it to 1.",
        mend: "Leave it out.",
      },
    ];
  if (/^net\.ipv6\.conf\.(all|default|lo)\.disable_ipv6$/.test(key) && value === "1" && families.has(6))
    return [
      {
        severity: "error",
        message: "1 takes IPv6 away from the host, and pods of this cluster have IPv6 addresses.",
        mend: "Leave it out, or write cluster.podCIDRs without the IPv6 range.",
      },
    ];
  if (/^net\.ipv4\.conf\..+\.rp_filter$/.test(key) && !["0", "1", "2"].includes(value))
    return [
      {
        severity: "error",
        message: `${value} is no mode of rp_filter.`,
        mend: "Write 0 (off), 1 (strict) or 2 (loose; for hosts with several ways out).",
      },
    ];
  return [];
}
