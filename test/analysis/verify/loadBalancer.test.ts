import { NotThere } from "../../../analysis/verify/check";
import { planChecks } from "../../../analysis/verify/checks";
import { probeObjects, service } from "../../../analysis/verify/probes";
import { announcerOf } from "../../../components/load-balancer/announcing";
import type { Outcome } from "../../../components/node/dial";
import type { StackInput } from "../../../core/stack/schema";
import { client, facts, planOf } from "./plans";

/** The check of a service of type LoadBalancer, where MetalLB gives addresses away. */
const pools = [{ name: "lan", range: "10.100.0.240-10.100.0.250" }];
const planWith = (
  loadBalancer: StackInput["loadBalancer"],
  loadBalancerPools: NonNullable<StackInput["cluster"]>["loadBalancerPools"] = pools,
) => planOf({ cluster: { serviceCIDRs: ["10.96.0.0/16"], loadBalancerPools }, loadBalancer });
const layer2 = planWith({ provider: "metallb" });
const bgp = planWith({ provider: "metallb", metallb: { announce: "bgp", bgpPeers: [{ address: "10.100.0.1", asNumber: 64513 }] } });

function checkOf(plan: typeof layer2) {
  const check = planChecks(plan, client).checks.find(({ name }) => name === "LoadBalancer from outside");
  if (check?.kind !== "packet") throw new Error("no check of a LoadBalancer");
  return check;
}
const outcome = (stdout: string, code = 0, stderr = ""): Outcome => ({ code, stdout, stderr });
const silent = outcome("", 28, "curl: (28) Connection timed out after 3001 milliseconds\n");

test("the client asks for the address that the service got", () => {
  expect(checkOf(layer2)).toMatchObject({
    from: "client",
    to: "an address of the pools lan",
    expected: "answered by backend",
    at: "outside",
    needs: "services",
  });
  expect(checkOf(layer2).command(facts)).toBe("curl -qgsSv --noproxy '*' -m 3 http://10.100.0.240:8080/hostname");
});

test.each([
  ["answered", layer2, outcome("backend"), { passed: true, detail: "10.100.0.240:8080" }],
  ["answered by somebody else", layer2, outcome("probe-1"), { passed: false, detail: "10.100.0.240:8080 is answered by probe-1" }],
  [
    "silent on the LAN",
    layer2,
    silent,
    {
      passed: false,
      detail:
        "no answer from 10.100.0.240:8080 within 3 s: no node answers ARP or NDP for it on the client's LAN (see `kubectl -n metallb-system logs -l component=speaker`), or dropped on the way to the backend on w1; see `plumbline plan --node w1`",
    },
  ],
  [
    "silent behind a router",
    bgp,
    silent,
    {
      passed: false,
      detail:
        "no answer from 10.100.0.240:8080 within 3 s: the client's router was told no way to it (see `plumbline doctor`, which knows the BGP sessions, and `kubectl -n metallb-system logs -l component=speaker`), or dropped on the way to the backend on w1; see `plumbline plan --node w1`",
    },
  ],
  [
    "refused",
    layer2,
    outcome("", 7, "curl: (7) Failed to connect to 10.100.0.240 port 8080: Connection refused\n"),
    {
      passed: false,
      detail: "connection to 10.100.0.240:8080 refused: the packet came to a node, whose kube-proxy doesn't translate it",
    },
  ],
])("%s", (_, plan, said, verdict) => expect(checkOf(plan).judge(said, facts)).toEqual(verdict));

test("an address of no pool is a failure, whoever answers", () => {
  const other = { ...facts, loadBalancerAddress: () => "10.100.0.99" };
  expect(checkOf(layer2).judge(outcome("backend"), other)).toEqual({
    passed: false,
    detail:
      "the service got 10.100.0.99, which isn't in the pools lan: who else gives addresses to services? See `kubectl get ipaddresspools -A`",
  });
});

test("no address can't be asked for", () => {
  const loadBalancerAddress = () => {
    throw new NotThere("nobody gave the service an address");
  };
  expect(() => checkOf(layer2).command({ ...facts, loadBalancerAddress })).toThrow(NotThere);
});

describe("there is a service of type LoadBalancer only where the client can ask for one", () => {
  const types = (plan: typeof layer2, who?: typeof client) => {
    const { probes, backends, loadBalancer, checks } = planChecks(plan, who);
    const objects = probeObjects({ namespace: "n", image: "i", probes, backends, loadBalancer, family: 4, domain: "cluster.local" });
    return {
      services: objects.filter(({ metadata }) => metadata.name === service.loadBalancer).map(({ spec }) => spec),
      checks: checks.filter(({ name }) => name === "LoadBalancer from outside").map(({ kind }) => kind),
    };
  };
  const none = { services: [], checks: [] };
  test.each([
    ["nobody gives addresses", types(planWith({ provider: "none" }), client), none],
    ["pools of the other family", types(planWith({ provider: "metallb" }, [{ name: "v6", cidr: "fd00:7::/120" }]), client), none],
    ["no client", types(layer2), { services: [], checks: ["skipped"] }],
  ])("%s", (_, found, wanted) => expect(found).toEqual(wanted));
  test("a client", () => {
    expect(types(layer2, client)).toEqual({
      services: [expect.objectContaining({ type: "LoadBalancer", ipFamilyPolicy: "SingleStack", ipFamilies: ["IPv4"] })],
      checks: ["packet"],
    });
  });
});

test("who tells the network is waited for: kube-vip's pods by the name that the plan gives them", () => {
  const { stack, manifests } = planWith({ provider: "kube-vip" });
  const daemons = manifests.map(({ object }) => object).filter(({ kind }) => kind === "DaemonSet");
  expect(daemons.map(({ metadata }) => metadata)).toContainEqual(expect.objectContaining(announcerOf(stack)?.daemonSet));
  expect(announcerOf(layer2.stack)?.daemonSet).toEqual({ namespace: "metallb-system", name: "speaker" });
  expect(announcerOf(planWith({ provider: "none" }).stack)).toBeUndefined();
});
