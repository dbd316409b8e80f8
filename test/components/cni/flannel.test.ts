import { renderBundle } from "../../../components/node/bundle";
import { planNetwork } from "../../../components/plan";
import { showFinding } from "../../../core/finding";
import type { HostItem } from "../../../core/host";
import type { Manifest } from "../../../core/part";
import { stackFile, stackWith } from "../../support/stacks";

type Cni = NonNullable<Parameters<typeof stackWith>[0]["cni"]>;

const planOf = (flannel: Cni["flannel"] = {}, alongside?: Cni["alongside"]) =>
  planNetwork(stackWith({ cni: { provider: "flannel", flannel, alongside } }));

const object = ({ manifests }: ReturnType<typeof planOf>, kind: string) =>
  manifests.find(({ part, object }) => part === "cni/flannel" && object.kind === kind)?.object as Manifest & Record<string, never>;

const netConf = (plan: ReturnType<typeof planOf>) =>
  JSON.parse((object(plan, "ConfigMap") as { data?: Record<string, string> }).data?.["net-conf.json"] ?? "");

/** The lines of w1's bundle of some kinds. */
function lines(plan: ReturnType<typeof planOf>, ...kinds: HostItem["kind"][]): string[] {
  const items = plan.nodes
    .filter(({ name }) => name === "w1")
    .flatMap((node) => plan.hostItems(node))
    .filter(({ kind }) => kinds.includes(kind));
  return renderBundle({ node: "w1", confirmTimeoutSeconds: 60, items }).trim().split("\n").slice(3);
}

const flows = ({ flows }: ReturnType<typeof planOf>) =>
  flows.filter(({ part }) => part === "cni/flannel").map(({ protocol, ports }) => ({ protocol, ports }));

// Keys and defaults: flannel v0.28, Documentation/configuration.md and backends.md.
test.each([
  ["vxlan", {}, { Type: "vxlan", VNI: 1, Port: 8472, DirectRouting: false, MTU: 1500 }, [8472], 1450],
  [
    "vxlan with options",
    { vni: 7, port: 4789, directRouting: true },
    { Type: "vxlan", VNI: 7, Port: 4789, DirectRouting: true, MTU: 1500 },
    [4789],
    1450,
  ],
  ["host-gw", { backend: "host-gw" }, { Type: "host-gw" }, [], 1500],
  // flanneld takes 80 bytes of what it is given; over IPv4 60 are enough.
  ["wireguard", { backend: "wireguard" }, { Type: "wireguard", ListenPort: 51820, MTU: 1520 }, [51820], 1440],
  ["udp", { backend: "udp" }, { Type: "udp", Port: 8285 }, [8285], 1472],
] as [string, Cni["flannel"], object, number[], number][])(
  "%s: flanneld's configuration, ports and MTU agree",
  (_, options, backend, ports, mtu) => {
    const plan = planOf(options);
    expect(netConf(plan)).toEqual({ EnableIPv4: true, Network: "10.244.0.0/16", EnableIPv6: false, Backend: backend });
    expect(flows(plan)).toEqual(ports.map((port) => ({ protocol: "udp", ports: [{ from: port, to: port }] })));
    expect(lines(plan, "link-mtu")).toEqual([`link-mtu cni0 ${mtu}`]);
    const conflist = plan.nodes
      .flatMap((node) => plan.hostItems(node))
      .find((item) => item.kind === "file" && item.path.endsWith("conflist"));
    expect(conflist).toMatchObject({ content: expect.stringContaining(`"mtu": ${mtu},`) });
  },
);

test("dual stack: both ranges, a port per family where there are two tunnels, the larger header", () => {
  const dual = (flannel: Cni["flannel"]) => {
    const stack = stackFile("prod-example");
    return planNetwork({ ...stack, cni: { ...stack.cni, ...stackWith({ cni: { provider: "flannel", flannel } }).cni } });
  };
  expect(netConf(dual({}))).toEqual({
    EnableIPv4: true,
    Network: "10.244.0.0/16",
    EnableIPv6: true,
    IPv6Network: "fd00:10:244::/48",
    Backend: { Type: "vxlan", VNI: 1, Port: 8472, DirectRouting: false, MTU: 1480 },
  });
  expect(netConf(dual({ backend: "wireguard" })).Backend).toEqual({ Type: "wireguard", ListenPort: 51820, ListenPortV6: 51821, MTU: 1500 });
  expect(flows(dual({ backend: "wireguard", port: 6000 }))).toEqual([
    {
      protocol: "udp",
      ports: [
        { from: 6000, to: 6000 },
        { from: 6001, to: 6001 },
      ],
    },
  ]);
});

test("routes are flanneld's; with host-gw the plan's are the same, so that they outlive it", () => {
  expect(lines(planOf(), "route")).toEqual(["route 10.244.0.0/16 blackhole"]);
  expect(lines(planOf({ backend: "host-gw" }), "route")).toEqual([
    "route 10.244.0.0/16 blackhole",
    "route 10.244.20.0/24 via 192.168.0.20",
  ]);
  expect(lines(planOf({ vni: 7 }), "foreign-link")).toContain("foreign-link flannel.7");
});

test("the interface is the one with the node's own address", () => {
  const [container] = (
    object(planOf(), "DaemonSet") as unknown as { spec: { template: { spec: { containers: { args: string[]; env: object[] }[] } } } }
  ).spec.template.spec.containers;
  expect(container?.args).toContain("--iface=$(NODE_IP)");
  expect(container?.env).toContainEqual({ name: "NODE_IP", valueFrom: { fieldRef: { fieldPath: "status.hostIP" } } });
});

test("a new configuration is a rollout", () => {
  const annotations = (plan: ReturnType<typeof planOf>) =>
    JSON.stringify((object(plan, "DaemonSet") as unknown as { spec: { template: { metadata: object } } }).spec.template.metadata);
  expect(annotations(planOf({ vni: 2 }))).not.toBe(annotations(planOf()));
  expect(annotations(planOf())).toBe(annotations(planOf()));
});

test("udp is told from", () => {
  expect(planOf({ backend: "udp" }).findings.map((finding) => showFinding(finding))).toEqual([
    "warning: cni.flannel.backend: udp copies every packet through a program; flannel keeps it for debugging only.\n  Write vxlan.",
  ]);
});

describe("while one network replaces another", () => {
  const change = (provider: Cni["provider"], alongside: Cni["alongside"]) => planNetwork(stackWith({ cni: { provider, alongside } }));
  const tunnel = ["link plumbline0", "foreign-link flannel.1", "take-over routes", "route 10.244.20.0/24 via"];
  const has = (plan: ReturnType<typeof planOf>) => {
    const all = lines(plan, "link", "foreign-link", "take-over", "route");
    return tunnel.filter((start) => all.some((line) => line.startsWith(start)));
  };
  const route = (plan: ReturnType<typeof planOf>) => lines(plan, "route").filter((line) => line.startsWith("route 10.244.20.0/24"));
  const overTunnel = ["route 10.244.20.0/24 via 10.244.20.0 dev plumbline0 onlink"];

  test("bridge, with vxlan's tunnel beside: routes stay on the LAN, the tunnel's port is open, packets are small enough for it", () => {
    const plan = change("bridge", "vxlan");
    expect(has(plan)).toEqual(["link plumbline0", "route 10.244.20.0/24 via"]);
    expect(route(plan)).toEqual(["route 10.244.20.0/24 via 192.168.0.20"]);
    expect(lines(plan, "link-mtu")).toEqual(["link-mtu cni0 1450"]);
    expect(plan.flows.map(({ why }) => why)).toContain("VXLAN tunnel between nodes");
  });

  test("flannel, with vxlan beside: vxlan's routes stay until flanneld has set its own", () => {
    const plan = change("flannel", "vxlan");
    expect(has(plan)).toEqual(["link plumbline0", "foreign-link flannel.1", "route 10.244.20.0/24 via"]);
    expect(route(plan)).toEqual(overTunnel);
    expect(object(plan, "DaemonSet")).toBeDefined();
  });

  test("vxlan, with flannel beside: its routes are taken over, its objects go, its interface stays", () => {
    const plan = change("vxlan", "flannel");
    expect(has(plan)).toEqual(tunnel);
    expect(route(plan)).toEqual(overTunnel);
    expect(object(plan, "DaemonSet")).toBeUndefined();
    expect(lines(plan, "link-mtu")).toEqual(["link-mtu cni0 1450"]);
  });

  test("a reminder that it is a step of a change; the provider itself is a mistake", () => {
    const texts = (plan: ReturnType<typeof planOf>) =>
      plan.findings.map(({ severity, path, message }) => `${severity} ${path.join(".")}: ${message}`);
    expect(texts(change("bridge", "vxlan"))).toEqual([
      "info cni.alongside: vxlan's tunnels and ports are kept beside bridge's, as a change from one to the other needs it.",
    ]);
    expect(texts(change("vxlan", "vxlan"))).toEqual(["error cni.alongside: vxlan is the provider itself."]);
  });
});
