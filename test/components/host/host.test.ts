import { host } from "../../../components/host/host";
import { planNetwork } from "../../../components/plan";
import type { HostItem } from "../../../core/host";
import type { StackInput } from "../../../core/stack/schema";
import { smallest, stackWith } from "../../support/stacks";

/** What the part declares for a node of the smallest stack with these settings, w1's own among them. */
function itemsOf(name: string, section: StackInput["host"], own: StackInput["host"] = {}): HostItem[] {
  const [cp1, w1] = smallest.nodes;
  const plan = planNetwork(stackWith({ nodes: [cp1, { ...w1, host: own }] as StackInput["nodes"], host: section }));
  const node = plan.nodes.find((candidate) => candidate.name === name);
  return (node && host(plan).host?.(node)) ?? [];
}

test("a node's own settings are laid over those of all: lists are added, values replace", () => {
  const section: StackInput["host"] = {
    sysctls: { "net.ipv4.conf.all.rp_filter": 1, "net.core.somaxconn": 4096 },
    routes: [{ to: "default", via: "192.168.0.1", metric: 50 }],
  };
  const own: StackInput["host"] = {
    sysctls: { "net.ipv4.conf.all.rp_filter": 2 },
    routes: [{ to: "10.9.0.0/16", dev: "eth1", table: 100 }],
  };
  expect(itemsOf("cp1", section, own)).toEqual([
    { kind: "sysctl", key: "net.ipv4.conf.all.rp_filter", value: "1" },
    { kind: "sysctl", key: "net.core.somaxconn", value: "4096" },
    { kind: "static-route", destination: "0.0.0.0/0", table: "main", metric: 50, via: "192.168.0.1" },
  ]);
  expect(itemsOf("w1", section, own)).toEqual([
    { kind: "sysctl", key: "net.ipv4.conf.all.rp_filter", value: "2" },
    { kind: "sysctl", key: "net.core.somaxconn", value: "4096" },
    { kind: "static-route", destination: "0.0.0.0/0", table: "main", metric: 50, via: "192.168.0.1" },
    { kind: "static-route", destination: "10.9.0.0/16", table: "100", link: "eth1" },
  ]);
});

test("a rule that names no address is for the families that the node has", () => {
  expect(itemsOf("w1", { rules: [{ priority: 7, fwmark: 1, table: "main" }] })).toEqual([
    { kind: "rule", family: 4, priority: 7, fwmark: "1", table: "main" },
  ]);
});
