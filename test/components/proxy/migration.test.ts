import fc from "fast-check";
import { planNetwork } from "../../../components/plan";
import { type ProxyMode, proxyModeChange } from "../../../components/proxy/migration";
import { announceModeChange } from "../../../components/proxy/showChange";
import type { StackInput } from "../../../core/stack/schema";
import { stackWith } from "../../support/stacks";

const change = (from: ProxyMode, to: ProxyMode, sections: Partial<StackInput> = {}) =>
  proxyModeChange(from, to, planNetwork(stackWith({ ...sections, proxy: { ...sections.proxy, mode: to } })));
const topics = (...[from, to, sections]: Parameters<typeof change>) => change(from, to, sections).differences.map(({ topic }) => topic);

test("iptables to nftables", () => {
  expect(change("iptables", "nftables")).toEqual({
    kind: "rolling",
    differences: [
      {
        topic: "the hosts",
        before: "they fit the mode iptables",
        after: "kube-proxy ends with an error on a host without kernel 5.13 or later",
        action: "Look first that every host has kernel 5.13 or later.",
      },
      {
        topic: "open connections",
        before: "connections through services are open",
        after: "they go on; new ones wait for a second or two while kube-proxy starts",
      },
      {
        topic: "session affinity",
        before: "clients of services with sessionAffinity: ClientIP have a backend",
        after: "each client gets one anew with its next connection",
      },
      {
        topic: "NodePort addresses",
        before: "NodePorts, and health check NodePorts, answer on every address of a node",
        after: "NodePorts, and health check NodePorts, answer on a node's primary addresses only",
        action: 'To keep it as it was, write proxy.nodePortAddresses: [0.0.0.0/0, "::/0"].',
      },
      {
        topic: "NodePorts on localhost",
        before: "NodePorts answer on 127.0.0.1 of a node",
        after: "NodePorts don't answer on 127.0.0.1 of a node",
        action: "Have programs of the node use the node's address, or the service's.",
      },
      {
        topic: "the hosts' firewalls",
        before: "kube-proxy adds rules of its own that let NodePorts in",
        after: "a firewall of the host has to let NodePorts in",
      },
      {
        topic: "left-over rules",
        before: "each node has the rules of iptables",
        after: "kube-proxy removes them when it starts; what it can't remove it logs and leaves",
      },
    ],
  });
});

test("the cluster's own settings decide what changes", () => {
  expect(topics("iptables", "nftables", { proxy: { nodePortAddresses: ["10.100.0.0/24"] } })).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/NodePort/)]),
  );
  expect(topics("iptables", "nftables", { proxy: { nodePortAddresses: ["127.0.0.0/8"] } })).toContain("NodePorts on localhost");
  expect(topics("iptables", "ipvs", { proxy: { ipvs: { strictARP: true } } })).not.toContain("ARP");
  expect(topics("iptables", "ipvs")).toContain("ARP");
});

test.each<[ProxyMode, ProxyMode, string]>([
  ["iptables", "nftables", "rolling"],
  ["nftables", "iptables", "rolling"],
  ["iptables", "ipvs", "rolling"],
  ["ipvs", "nftables", "disruptive"],
  ["ipvs", "iptables", "disruptive"],
  ["nftables", "none", "disruptive"],
  ["none", "nftables", "disruptive"],
  ["nftables", "nftables", "none"],
])("%s to %s is %s", (from, to, kind) => {
  expect(change(from, to).kind).toBe(kind);
});

test.each<[ProxyMode, ProxyMode, boolean]>([
  ["iptables", "ipvs", true],
  ["ipvs", "iptables", true],
  ["ipvs", "nftables", false],
  ["nftables", "ipvs", false],
  ["nftables", "none", true],
])("%s to %s: the old rules want cleaning by hand: %s", (from, to, byHand) => {
  expect(change(from, to).differences.find(({ topic }) => topic === "left-over rules")?.action !== undefined).toBe(byHand);
});

test("there and back: what is said of both ways is the other way round", () => {
  const mode = fc.constantFrom<ProxyMode>("iptables", "nftables", "ipvs");
  const turnsRound = ["NodePort addresses", "NodePorts on localhost", "service addresses"];
  fc.assert(
    fc.property(mode, mode, (from, to) => {
      const [there, back] = [change(from, to), change(to, from)].map(({ differences }) =>
        differences.filter(({ topic }) => turnsRound.includes(topic)),
      );
      expect(back?.map(({ topic, before, after }) => ({ topic, before, after }))).toEqual(
        there?.map(({ topic, before, after }) => ({ topic, before: after, after: before })),
      );
    }),
    { numRuns: 20 },
  );
});

test("what a cluster's configuration becomes is said before; nothing where the mode stays, or where it is no such file", () => {
  const announce = (configuration: string | undefined, mode: ProxyMode) =>
    announceModeChange(configuration, planNetwork(stackWith({ proxy: { mode } })));
  const live = (mode: string) => `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: "${mode}"\n`;
  const text = announce(live(""), "nftables") ?? "";
  expect(text).toMatch(/^kube-proxy changes from iptables to nftables, node by node\.\nthe hosts: /);
  expect(text).toContain(
    "left-over rules: each node has the rules of iptables; afterwards kube-proxy removes them when it starts; what it can't remove it logs and leaves.",
  );
  expect(announce(live("ipvs"), "iptables")).toContain(
    "\n  Go by way of nftables, which cleans up at each start: write proxy.mode: nftables, apply it, then write iptables.",
  );
  expect([live("nftables"), "kind: Other\n", "", undefined].map((one) => announce(one, "nftables"))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
