import path from "node:path";
import { renderBundle } from "../../../components/node/bundle";
import { planNetwork } from "../../../components/plan";
import { expectGolden } from "../../support/golden";
import { stackWith } from "../../support/stacks";

type Sections = Parameters<typeof stackWith>[0];
const planOf = (proxy: object, rest: Sections = {}) => planNetwork(stackWith({ ...rest, proxy: { runs: "host", ...proxy } } as Sections));

/** What the proxy puts on the first node. */
function items(...args: Parameters<typeof planOf>) {
  const plan = planOf(...args);
  const [node] = plan.nodes;
  if (!node) throw new Error("the stack has a node");
  return plan.parts.filter(({ name }) => name === "proxy").flatMap((part) => part.host?.(node) ?? []);
}

test("kube-proxy as a service of the host: what is required of it, its files and its unit", () => {
  const bundle = renderBundle({ node: "cp1", confirmTimeoutSeconds: 60, items: items({ mode: "nftables" }) });
  expectGolden(path.join(__dirname, "golden", "host-service.bundle"), bundle);
});

test("kubeadm's objects are left alone", () => {
  expect(planOf({}).manifests.filter(({ part }) => part === "proxy")).toEqual([]);
});

test("each mode's programs have to be on the host", () => {
  const programs = (mode: string) => items({ mode }).flatMap((item) => ("what" in item && item.what === "program" ? [item.value] : []));
  expect({ iptables: programs("iptables"), nftables: programs("nftables"), ipvs: programs("ipvs") }).toEqual({
    iptables: ["bash", "iptables"],
    nftables: ["bash", "nft"],
    ipvs: ["bash", "iptables", "ipset"],
  });
});

describe("where the unit asks whether kube-proxy has written its rules", () => {
  const asked = (...args: Parameters<typeof planOf>) => {
    const unit = items(...args).flatMap((item) => (item.kind === "file" && item.path.endsWith(".service") ? [item.content] : []));
    return /\/dev\/tcp\/(\S+)/.exec(unit.join())?.[1];
  };
  const ipv6: Sections = {
    cluster: { podCIDRs: ["fd00:10:244::/56"], serviceCIDRs: ["fd00:10:96::/112"] },
    nodes: [{ name: "cp1", roles: ["control-plane", "etcd"], address: "fd00::20" }],
  };
  const at = (bindAddress: string) => ({ metrics: { bindAddress } });
  test.each([
    ["by default", asked({}), "127.0.0.1/10249"],
    ["in an IPv6 cluster", asked({}, ipv6), "::1/10249"],
    ["on all addresses", asked(at("0.0.0.0:9000")), "127.0.0.1/9000"],
    ["on all addresses, IPv6", asked(at("[::]:9000")), "::1/9000"],
    ["on one address", asked(at("10.100.0.20:9000")), "10.100.0.20/9000"],
  ])("%s", (_, found, wanted) => expect(found).toBe(wanted));
});
