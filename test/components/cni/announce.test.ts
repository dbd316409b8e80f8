import { announceNetworkChange } from "../../../components/cni/migration/announce";
import { recordAnnotation } from "../../../components/cni/migration/record";
import { planNetwork } from "../../../components/plan";
import type { StackInput } from "../../../core/stack/schema";
import { stackWith } from "../../support/stacks";

type Cni = StackInput["cni"];
const planWith = (cni: Cni) => planNetwork(stackWith({ cni }));

/** The annotation that a cluster has after an apply. */
function recorded(cni: Cni): string {
  const annotations = planWith(cni).manifests.flatMap(({ object }) => object.metadata.annotations?.[recordAnnotation] ?? []);
  expect(annotations).toHaveLength(1);
  return annotations.join();
}
const change = (before: Cni, now: Cni) => announceNetworkChange(recorded(before), planWith(now));

test("nothing is said of what stays, of a cluster without a record, and of a text of somebody else's", () => {
  expect(change({ provider: "vxlan" }, { provider: "vxlan" })).toBeUndefined();
  expect([undefined, "", "[]", "{}", "null", "vxlan"].map((text) => announceNetworkChange(text, planWith({ provider: "vxlan" })))).toEqual(
    Array(6).fill(undefined),
  );
});

test("from one of our networks to another at once: the window, and the steps that lose nothing", () => {
  expect(change({ provider: "bridge" }, { provider: "vxlan" })).toEqual({
    isSafe: false,
    restarts: "no pod",
    text: `The pod network changes from bridge to vxlan at once.
No pod restarts, but until the last host has changed, pods on hosts that have and on hosts that haven't don't reach each other.
These steps lose nothing, each applied by itself:
  1. Make vxlan ready beside bridge: plumbline:cni: {provider: bridge, alongside: vxlan}
  2. Send packets by vxlan: plumbline:cni: {provider: vxlan, alongside: bridge}
  3. Leave bridge behind: plumbline:cni: {provider: vxlan}
The way back: After any step: write the value of the step before and run \`pulumi up\`.
\`plumbline migrate --from bridge --to vxlan\` says what each step does.
cni.mtu changes from 1500 to 1450: new pods have packets of 1450 bytes; pods that run keep 1500 until they are made anew.`,
  });
});

const ours = ["bridge", "vxlan", "flannel"] as const;
test.each(ours.flatMap((from) => ours.filter((to) => to !== from).map((to) => [from, to] as const)))(
  "from %s to %s: each step of `plumbline migrate` is safe, and so is the way back",
  (from, to) => {
    const ready: Cni[] = to === "vxlan" ? [{ provider: from, alongside: to }] : [];
    const all: Cni[] = [{ provider: from }, ...ready, { provider: to, alongside: from }, { provider: to }];
    const there = all.slice(1).map((now, index) => change(all[index], now)?.isSafe);
    expect(there).toEqual(there.map(() => true));
  },
);

test("vxlan has to be ready on all hosts first", () => {
  expect(change({ provider: "flannel" }, { provider: "vxlan", alongside: "flannel" })).toMatchObject({ isSafe: false });
});

test("a step says what is left to do, and the way back", () => {
  expect(change({ provider: "flannel", alongside: "vxlan" }, { provider: "vxlan", alongside: "flannel" })).toEqual({
    isSafe: true,
    restarts: "no pod",
    text: `The pod network changes from flannel beside vxlan to vxlan beside flannel. No pod restarts, and hosts that have changed and hosts that haven't reach each other meanwhile.
What is left to do then:
  3. Leave flannel behind: plumbline:cni: {provider: vxlan}
The way back: plumbline:cni: {provider: flannel, alongside: vxlan}, and \`pulumi up\`.`,
  });
  expect(change({ provider: "bridge", alongside: "flannel" }, { provider: "bridge" })?.text).toContain(
    "meanwhile.\nThe way back: plumbline:cni: {provider: bridge, alongside: flannel}, and `pulumi up`.\n",
  );
});

test("a network of others' that the cluster has, where there is no record", () => {
  expect(announceNetworkChange(undefined, planWith({ provider: "vxlan" }), "kube-flannel")).toMatchObject({
    isSafe: false,
    restarts: "all pods",
    text: expect.stringMatching(
      /^The pod network changes from kube-flannel to vxlan at once\.\nRestarts: all pods\. .*\nThe way back: Until kube-flannel/s,
    ),
  });
  expect(announceNetworkChange(undefined, planWith({ provider: "cilium" }), "cilium")).toBeUndefined();
  // Plumbline's own, applied by a version that wrote no record.
  expect(announceNetworkChange(undefined, planWith({ provider: "flannel" }), "kube-flannel")).toBeUndefined();
});

test("from a network of its own, and to one: all pods are made anew", () => {
  const away = change({ provider: "cilium" }, { provider: "vxlan" })?.text ?? "";
  expect(away).toMatch(
    /^The pod network changes from cilium to vxlan at once\.\nRestarts: all pods\. Without connectivity: until the last node/,
  );
  expect(away).toContain(
    "\n  2. Keep cilium's agents where they are needed\n  3. Bring vxlan to all hosts: plumbline:cni: {provider: vxlan, takeover: true}",
  );
  expect(change({ provider: "bridge" }, { provider: "cilium" })?.text).toBe(`The pod network changes from bridge to cilium at once.
All pods are made anew: those that run keep their addresses of the former network, and don't reach new ones.
Plumbline knows no steps for this change. See docs/cni.md, "Change to another one".
cni.mtu changes from 1500 to 1450: new pods have packets of 1450 bytes; pods that run keep 1500 until they are made anew.`);
});

test.each<[string, Cni, Cni, boolean, RegExp]>([
  ["the MTU", {}, { mtu: 1400 }, true, /^cni\.mtu changes from 1500 to 1400: new pods/],
  [
    "the bridge's name",
    {},
    { bridge: { name: "br-pods" } },
    false,
    /^cni\.bridge\.name changes from cni0 to br-pods: pods that run stay on cni0/,
  ],
  [
    "the folder",
    {},
    { confDir: "/etc/other" },
    true,
    /^cni\.confDir changes from \/etc\/cni\/net\.d to \/etc\/other: the container runtime has to/,
  ],
  [
    "vxlan's port",
    { provider: "vxlan" },
    { provider: "vxlan", vxlan: { port: 8472 } },
    false,
    /^cni\.vxlan\.port changes from 4789 to 8472: until the last/,
  ],
  [
    "vxlan's number",
    { provider: "vxlan" },
    { provider: "vxlan", vxlan: { vni: 7 } },
    false,
    /^cni\.vxlan\.vni changes from 1 to 7: until the last/,
  ],
  [
    "flannel's backend",
    { provider: "flannel", mtu: 1400 },
    { provider: "flannel", mtu: 1400, flannel: { backend: "host-gw" } },
    false,
    /^cni\.flannel\.backend changes from vxlan to host-gw: flanneld restarts on one node after the other/,
  ],
  [
    "flannel's port",
    { provider: "flannel" },
    { provider: "flannel", flannel: { port: 4789 } },
    false,
    /^cni\.flannel\.port changes from the default to 4789: flanneld restarts/,
  ],
])("%s of a live network", (_, before, now, isSafe, text) => {
  expect(change(before, now)).toMatchObject({ isSafe, text: expect.stringMatching(text) });
});
