import { spawnSync } from "node:child_process";
import { commandsOf } from "../../../components/cni/migration/actions";
import { leftovers } from "../../../components/cni/migration/leftovers";
import { planMigration } from "../../../components/cni/migration/migration";
import { planNetwork } from "../../../components/plan";

import { parseStack, requireStack } from "../../../core/stack/parse";
import { smallest, stackFile, stackWith } from "../../support/stacks";

const commands = { apply: "pulumi up", verify: "plumbline verify" };
const transits = ["bridge", "vxlan", "flannel"] as const;
const foreign = ["weave", "calico", "cilium", "kube-flannel"] as const;
const changes = transits.flatMap((to) =>
  [...transits, ...foreign]
    .filter((from) => from !== to && !(from === "kube-flannel" && to === "flannel"))
    .map((from) => [from, to] as const),
);

test.each(changes)("from %s to %s: every step is a stack without mistakes, and the last one is only the new network", (from, to) => {
  const { steps } = planMigration(stackWith({}), from, to, commands);
  const written = steps.flatMap(({ write }) => (write ? [write] : []));
  for (const sections of written) {
    const plan = planNetwork(requireStack(parseStack({ ...smallest, ...sections })));
    expect(plan.findings.filter(({ severity }) => severity !== "info")).toEqual([]);
  }
  expect(written.at(-1)).toMatchObject({ cni: { provider: to } });
  expect(written.at(-1)?.cni).not.toHaveProperty("alongside");
});

test.each(transits.flatMap((to) => transits.filter((from) => from !== to).map((from) => [from, to] as const)))(
  "from %s to %s: at each step the network of the step before is still there",
  (from, to) => {
    const { steps } = planMigration(stackWith({}), from, to, commands);
    const present = steps.map(({ write }) => Object.values(write?.cni ?? {}) as string[]);
    [[from], ...present].forEach((networks, index, all) => {
      const before = all[index - 1] ?? networks;
      expect(networks.some((network) => before.includes(network))).toBe(true);
      // What carries packets now was made ready before, or starts beside what carries them.
      expect(before.includes(networks[0] ?? "") || networks.includes(before[0] ?? "")).toBe(true);
    });
  },
);

test("the MTU is that of the new network; what a network of others' had isn't known", () => {
  const mtu = (from: (typeof changes)[number][0], to: (typeof changes)[number][1]) => planMigration(stackWith({}), from, to, commands).mtu;
  expect(mtu("bridge", "vxlan")).toEqual({ before: 1500, after: 1450 });
  expect(mtu("flannel", "bridge")).toEqual({ before: 1450, after: 1500 });
  expect(mtu("weave", "vxlan")).toEqual({ after: 1450 });
});

test("workers before control planes, each node once", () => {
  const { steps } = planMigration(stackFile("prod-example"), "calico", "vxlan", commands);
  expect(steps.map(({ title }) => title).filter((title) => title.startsWith("Switch"))).toEqual([
    "Switch w1",
    "Switch w2",
    "Switch cp1",
    "Switch cp2",
    "Switch cp3",
  ]);
});

test("addresses that flannel's own installation gave are kept until their pods end", () => {
  const { steps } = planMigration(stackFile("dev"), "kube-flannel", "vxlan", commands);
  const copy =
    "sudo mkdir -p /var/lib/cni/networks/cbr0 /var/lib/cni/networks/plumbline && sudo cp -au /var/lib/cni/networks/cbr0/. /var/lib/cni/networks/plumbline";
  const [, keep, , bring] = steps.map(({ actions }) => commandsOf(actions));
  expect([keep, bring]).toEqual([
    ["kubectl cordon cp1 w1", `ssh ops@192.168.56.10 "${copy}"`, `ssh ops@192.168.56.11 "${copy}"`],
    ["pulumi up", "kubectl uncordon cp1 w1"],
  ]);
});

test("flannel's own tunnels are kept beside the new network, with the firewall on, and go at the end", () => {
  const { steps } = planMigration(stackFile("dev"), "kube-flannel", "vxlan", commands);
  expect(steps.flatMap(({ write }) => write ?? [])).toEqual([
    { cni: { provider: "vxlan", alongside: "flannel", takeover: true } },
    { cni: { provider: "vxlan", takeover: true } },
  ]);
});

test("flannel's own installation and Plumbline's flannel have the same objects", () => {
  expect(() => planMigration(stackWith({}), "kube-flannel", "flannel", commands)).toThrow(
    /^Plumbline's flannel has the same objects as flannel's own manifest, so the two can't be there at once\. Change to vxlan or bridge, then:/,
  );
});

test("a firewall that is off stays off", () => {
  const { steps } = planMigration(stackWith({ firewall: { mode: "off" } }), "weave", "vxlan", commands);
  expect(steps.flatMap(({ write }) => Object.keys(write ?? {}))).toEqual(["cni", "cni"]);
});

test.each(foreign)("from %s: a shell can read every command", (from) => {
  const { steps } = planMigration(stackFile("prod-example"), from, "vxlan", commands);
  for (const command of steps.flatMap(({ actions }) => commandsOf(actions))) {
    const { status, stderr } = spawnSync("sh", ["-n", "-c", command], { encoding: "utf8" });
    expect({ command, status, stderr }).toEqual({ command, status: 0, stderr: "" });
  }
});

describe("names of interfaces and chains are those of one network only", () => {
  const names = {
    weave: [
      ["weave", "datapath", "vethwe-bridge", "vethwepl1a2b3c4", "vxlan-6784"],
      ["WEAVE", "WEAVE-NPC", "WEAVE-NPC-DEFAULT", "WEAVE-CANARY"],
    ],
    calico: [
      ["cali1a2b3c4d5e6", "vxlan.calico", "vxlan-v6.calico", "wireguard.cali", "wg-v6.cali"],
      ["cali-FORWARD", "cali-nat-outgoing"],
    ],
    cilium: [
      ["cilium_host", "cilium_net", "cilium_vxlan", "cilium_wg0", "lxc1a2b3c4d5e6f", "lxc_health"],
      ["CILIUM_FORWARD", "OLD_CILIUM_PRE_nat"],
    ],
    "kube-flannel": [
      ["flannel.1", "flannel-v6.1", "flannel-wg", "flannel-wg-v6", "flannel0"],
      ["FLANNEL-FWD", "FLANNEL-POSTRTG"],
    ],
  } as const;
  const others = ["eth0", "lo", "cni0", "plumbline0", "docker0", "veth1a2b3c4d", "virbr0", "lxcbr0", "tunl0", "vxlan0"];
  const chains = ["KUBE-FORWARD", "DOCKER", "DOCKER-USER", "INPUT", "LIBVIRT_FWO", "PLUMBLINE-FORWARD"];

  test.each(foreign)("%s", (network) => {
    const isLink = new RegExp(`^(${leftovers[network].links})$`);
    const isChain = new RegExp(`^(${leftovers[network].chains})$`);
    const matched = (list: readonly string[], pattern: RegExp) => list.filter((name) => pattern.test(name));
    const foreigners = foreign.filter((other) => other !== network);
    expect(matched(names[network][0], isLink)).toEqual(names[network][0]);
    expect(matched(names[network][1], isChain)).toEqual(names[network][1]);
    expect(matched([...others, ...foreigners.flatMap((other) => names[other][0])], isLink)).toEqual([]);
    expect(matched([...chains, ...foreigners.flatMap((other) => names[other][1])], isChain)).toEqual([]);
  });
});
