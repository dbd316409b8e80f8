import { showFinding } from "../../core/finding";
import { checkMtu, mtuBudget } from "../../core/mtu";
import type { Layer } from "../../core/part";
import { stackWith } from "../support/stacks";

const vxlan: Layer = { name: "VXLAN", bytes: { 4: 50, 6: 70 } };
const wireguard: Layer = { name: "WireGuard", bytes: { 4: 60, 6: 80 } };
const dualStack = {
  podCIDRs: ["10.244.0.0/16", "fd00:10:244::/56"],
  serviceCIDRs: ["10.96.0.0/16", "fd00:10:96::/112"],
};
const nodes = (address: string[]) => [{ name: "cp1", roles: ["control-plane" as const, "etcd" as const], address }];
const [ipv4First, ipv6First] = [nodes(["192.168.0.20", "fd00:1::20"]), nodes(["fd00:1::20", "192.168.0.20"])];

test("each layer takes its bytes, by the family of the nodes' first address", () => {
  expect(mtuBudget(stackWith({}), [])).toEqual({ link: 1500, layers: [], pods: 1500 });
  expect(mtuBudget(stackWith({}), [vxlan, wireguard])).toEqual({
    link: 1500,
    layers: [
      { name: "VXLAN", bytes: 50 },
      { name: "WireGuard", bytes: 60 },
    ],
    pods: 1390,
  });
  expect(mtuBudget(stackWith({ cluster: { ...dualStack, mtu: 9000 }, nodes: ipv6First }), [vxlan]).pods).toBe(8930);
  expect(mtuBudget(stackWith({ cni: { mtu: 1400 } }), [vxlan]).pods).toBe(1400);
});

test.each([
  ["an override within the budget", { cni: { mtu: 1450 } }, []],
  [
    "an override of a byte too many",
    { cni: { mtu: 1451 } },
    ["cni.mtu: 1451 bytes don't fit: 1500 - 50 (VXLAN) leaves 1450.\n  Write 1450, or leave cni.mtu out: it is computed then."],
  ],
  ["IPv4 with just enough", { cluster: { mtu: 626 } }, []],
  [
    "IPv4 with a byte too few",
    { cluster: { mtu: 625 } },
    [
      "cluster.mtu: 625 - 50 (VXLAN) leaves pods packets of 575 bytes, and IPv4 needs 576 (RFC 791).\n  Give the nodes' LAN an MTU of at least 626 and write it, or choose a pod network without an overlay.",
    ],
  ],
  [
    "IPv6 with a byte too few",
    { cluster: { ...dualStack, mtu: 1329 }, nodes: ipv4First },
    [
      "cluster.mtu: 1329 - 50 (VXLAN) leaves pods packets of 1279 bytes, and IPv6 needs 1280 (RFC 8200).\n  Give the nodes' LAN an MTU of at least 1330 and write it, or choose a pod network without an overlay.",
    ],
  ],
  [
    "IPv6 with too small an override",
    { cluster: dualStack, nodes: ipv4First, cni: { mtu: 1200 } },
    [
      "cni.mtu: 1200 bytes are too few: IPv6 needs 1280 (RFC 8200).\n  Write at least 1280, at most 1450; or leave cni.mtu out: it is computed then.",
    ],
  ],
] as [string, Parameters<typeof stackWith>[0], string[]][])("%s", (_, changes, findings) => {
  expect(checkMtu(stackWith(changes), [vxlan]).map((finding) => showFinding(finding))).toEqual(findings);
});
